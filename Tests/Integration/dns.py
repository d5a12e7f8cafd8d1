"""Calls to host names, against a real name server (Knot) on loopback: NAPTR, SRV, A and AAAA, failover, changes, silence."""
import contextlib
from flows import Party, bind, once
from phone import Message
from support import *

ZONE = "example.test"


class NameServer:
    """Knot with one zone, on a port of its own."""

    def __init__(self, folder, lines, ttl=60, zone=ZONE):
        self.folder, self.port, self.serial, self.ttl, self.zone = os.path.join(folder, "knot"), free_port(), 0, ttl, zone
        os.makedirs(self.folder, exist_ok=True)
        self.write(lines)

    def write(self, lines):
        self.serial += 1
        with open(os.path.join(self.folder, "zone"), "w") as file:
            file.write("$ORIGIN %s.\n$TTL %d\n@ SOA ns root %d 60 60 60 1\n@ NS ns\nns A 127.0.0.1\n" % (self.zone, self.ttl, self.serial))
            file.write("\n".join(lines) + "\n")

    def __enter__(self):
        with open(os.path.join(self.folder, "knot.conf"), "w") as file:
            file.write("server:\n  listen: 127.0.0.1@%d\n  rundir: %s\n  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1\n"
                       "database:\n  storage: %s\nzone:\n  - domain: %s\n    file: %s/zone\n    zonefile-sync: -1\n"
                       % (self.port, self.folder, self.folder, self.zone, self.folder))
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(["knotd", "-c", os.path.join(self.folder, "knot.conf")],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)
        wait_for(lambda: self.served() == self.serial, 10, "answer of knot")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()

    def change(self, lines):
        """Another zone, once it is served."""
        self.write(lines)
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.served() == self.serial, 10, "new zone of knot")

    def served(self):
        """The serial of the zone that is served, by a question of our own; None without an answer."""
        name = b"".join(bytes([len(label)]) + label.encode() for label in self.zone.split(".")) + b"\0"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(0.3)
            asker.connect((IP, self.port))
            asker.send(b"\0\1\0\0\0\1\0\0\0\0\0\0" + name + b"\0\6\0\1")
            try:
                reply = asker.recv(512)
            except OSError:
                return None
            return int.from_bytes(reply[-20:-16], "big") if reply[3] & 15 == 0 and reply[7] else None


@contextlib.contextmanager
def asking(folder, server_port, listen=None, more=""):
    """Sipglass that asks a name server on a port."""
    server = Sipglass(folder, config='[dns]\nservers = ["%s:%d"]\n%s%s' % (IP, server_port, more, TRYING_AT_ONCE))
    for address in listen or ():
        server.words[0:0] = ["--listen", address]
    with server:
        yield server


class Station(Peer):
    """A socket that is registered as alice, or that waits for what is sent to it."""

    def next(self, what, seconds=3.0):
        data = self.receive(seconds)
        need(data is not None, "%s got nothing" % what)
        return Message(data)

    def answer(self, message, start):
        lines = ["SIP/2.0 " + start, *("Via: " + value for value in message.all("via")), "From: " + message.one("from"),
                 "To: %s;tag=x" % message.one("to"), "Call-ID: " + message.one("call-id"), "CSeq: " + message.one("cseq"),
                 "Content-Length: 0", "", ""]
        self.socket.sendto("\r\n".join(lines).encode(), (self.server[0], self.server[1]))


def alice(stack, server):
    phone = stack.enter_context(Station(server.port))
    register(phone, "alice")
    return phone


def message(phone, uri):
    """Sends a MESSAGE of alice's."""
    phone.send(request("MESSAGE", uri, phone, user="alice"))


@test("a call to bob@%s goes by NAPTR and SRV to the second server, since nothing listens at the first" % ZONE)
def call(folder):
    with contextlib.ExitStack() as stack:
        bob, port = free_port(), free_port()
        stack.enter_context(name_server := NameServer(folder, [
            '@ NAPTR 10 1 "s" "SIP+D2T" "" _sip._tcp', '@ NAPTR 20 1 "s" "SIP+D2U" "" _call._udp',
            "_call._udp SRV 10 1 %d gone" % free_port(), "_call._udp SRV 20 1 %d gw" % bob, "gone A 127.0.0.1", "gw CNAME gw2",
            "gw2 A 127.0.0.1"]))
        server = stack.enter_context(asking(folder, name_server.port))
        bind(server, "alice", port, port)
        target = "sip:bob@" + ZONE
        callee = stack.enter_context(Party(folder, "bob", "success_uas", server, bob, target))
        caller = stack.enter_context(Party(folder, "alice", "success_uac", server, port, target))
        caller.wait(20)
        callee.wait(10)
        caller.need_flow("> INVITE < 100 < 180 < 200 > ACK < BYE > 200")
        callee.need_flow("< INVITE > 180 > 200 < ACK > BYE < 200")
        tries = [row for row in server.ctl("messages")["messages"]
                 if row["direction"] == "sent" and row["start_line"].startswith("INVITE ")]
        need(len(tries) == 2 and not any(row["retransmit"] for row in tries), "INVITE went %s" % tries)


@test("a 503 is acknowledged, the next server gets the request, and Retry-After is kept")
def unavailable(folder):
    with contextlib.ExitStack() as stack:
        name_server = NameServer(folder, [])
        server = stack.enter_context(asking(folder, name_server.port))
        phone = alice(stack, server)
        first, second = (stack.enter_context(Station(server.port)) for _ in range(2))
        name_server.write(["_sip._udp SRV 1 1 %d gw" % first.port, "_sip._udp SRV 2 1 %d gw" % second.port, "gw A 127.0.0.1"])
        stack.enter_context(name_server)
        phone.send(request("INVITE", "sip:bob@" + ZONE, phone, user="alice"))
        invite = first.next("the first server")
        first.answer(invite, "503 Service Unavailable\r\nRetry-After: 30")
        need(first.next("the first server").start.startswith("ACK "), "no ACK to the 503")
        again = second.next("the second server")
        need(again.start == invite.start and again.all("via")[0] != invite.all("via")[0], "the second server got " + again.start)
        second.answer(again, "486 Busy Here")
        answers = [phone.next("alice").code, phone.next("alice").code]
        need(answers == [100, 486], "alice got %s" % answers)
        second.next("the second server")
        message(phone, "sip:bob@" + ZONE)
        need(second.next("the second server").start.startswith("MESSAGE "), "the next request went elsewhere")
        need(first.receive(0.2) is None, "the server that asked to be left alone got more")


@test("300 requests are shared 1 to 3 by the weights of two servers")
def weights(folder):
    with contextlib.ExitStack() as stack:
        name_server = NameServer(folder, [])
        server = stack.enter_context(asking(folder, name_server.port))
        phone = alice(stack, server)
        small, large = (stack.enter_context(Station(server.port)) for _ in range(2))
        name_server.write(["_sip._udp SRV 1 10 %d gw" % small.port, "_sip._udp SRV 1 30 %d gw" % large.port, "gw A 127.0.0.1"])
        stack.enter_context(name_server)
        counts = [0, 0]
        for _ in range(300):
            message(phone, "sip:bob@" + ZONE)
            got = wait_for(lambda: [place for place, peer in enumerate((small, large)) if answered(peer)], 5, "MESSAGE at a server")
            counts[got[0]] += 1
            need(phone.next("alice").code == 200, "MESSAGE was not answered 200")
        need(45 <= counts[0] <= 105, "the servers got %s" % counts)


def answered(peer):
    """True when a request waits at a station; it is answered."""
    data = peer.receive(0)
    if data is None:
        return False
    peer.answer(Message(data), "200 OK")
    return True


@test("IPv6 goes before IPv4, and IPv4 is tried when nothing listens there")
def families(folder):
    with contextlib.ExitStack() as stack:
        name_server = stack.enter_context(NameServer(folder, ["gw A 127.0.0.1", "gw AAAA ::1"]))
        server = stack.enter_context(asking(folder, name_server.port, ["udp:[::1]:%d" % free_port()]))
        phone = alice(stack, server)
        four = stack.enter_context(Station(server.port))
        with Station(server.port, "::1") as six:
            message(phone, "sip:x@gw.%s:%d" % (ZONE, six.port))
            need(six.next("the IPv6 station").start.startswith("MESSAGE "), "no MESSAGE over IPv6")
        message(phone, "sip:x@gw.%s:%d" % (ZONE, four.port))
        need(four.next("the IPv4 station").start.startswith("MESSAGE "), "no MESSAGE over IPv4")


@test("a name that changes is seen once its time is over")
def change(folder):
    with contextlib.ExitStack() as stack:
        name_server = NameServer(folder, [], ttl=2)
        server = stack.enter_context(asking(folder, name_server.port))
        phone = alice(stack, server)
        before, after = (stack.enter_context(Station(server.port)) for _ in range(2))

        def zone(station):
            return ["_sip._udp SRV 1 1 %d gw" % station.port, "gw A 127.0.0.1"]
        name_server.write(zone(before))
        stack.enter_context(name_server)
        message(phone, "sip:bob@" + ZONE)
        before.next("the first place")
        name_server.change(zone(after))
        wait_for(lambda: message(phone, "sip:bob@" + ZONE) or after.receive(0.2), 6, "MESSAGE at the new place")


@test("a name that does not exist is 404 in words, and a host of the hosts file needs no name server")
def words(folder):
    with contextlib.ExitStack() as stack:
        name_server = stack.enter_context(NameServer(folder, []))
        server = stack.enter_context(asking(folder, name_server.port))
        phone = alice(stack, server)
        reply = Message(phone.ask(request("MESSAGE", "sip:x@gone." + ZONE, phone, user="alice")))
        need(reply.start == "SIP/2.0 404 No Such Host: gone." + ZONE, "alice got " + reply.start)
        station = stack.enter_context(Station(server.port))
        message(phone, "sip:x@localhost:%d" % station.port)
        station.next("the station on localhost")


@test("a name server that says nothing holds no other traffic up; what waits for it ends as 504")
def silence(folder):
    with contextlib.ExitStack() as stack:
        deaf = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        deaf.bind((IP, 0))
        server = stack.enter_context(asking(folder, deaf.getsockname()[1], more='timeout = "1s"\ntries = 2\n'))
        phone = alice(stack, server)
        for number in range(100):
            message(phone, "sip:x@h%d.%s" % (number, ZONE))
        with Sipp(folder, "options", "options.xml", server, free_port(), extra=["-m", "500", "-r", "500"]) as sipp:
            sipp.wait(30)
            sipp.need(500)
        replies = once(sorted(phone.next("alice", 20).start for _ in range(100)))
        need(all(start.startswith("SIP/2.0 504 No Name Server Answered: ") for start in replies), "alice got %s" % replies[:3])
        server.need_alive()
