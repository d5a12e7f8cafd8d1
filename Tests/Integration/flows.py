"""The flows of RFC 3665 between two SIPps: what each side sends and receives, in order, through one proxy and through two."""
import contextlib, hashlib, itertools
from kamailio import Kamailio
from phone import Message
from support import *

FLOWS = os.path.join(HERE, "scenarios")
ONE, TWO, MIXED = "one proxy", "two proxies", "Kamailio and Sipglass"


def once(trace):
    """A trace without repeats: a loaded machine may be late for a timer."""
    return [message for message, _ in itertools.groupby(trace)]


def steps(text):
    """'> INVITE < 100' as a trace has it."""
    words = text.split()
    return once(list(zip(words[::2], words[1::2])))


class Party(Sipp):
    """One SIPp with one call of a flow."""

    def __init__(self, folder, name, scenario, server, port, target, keys=(), extra=()):
        words = [word for key, value in dict(target=target, who=name.split("-")[0], **dict(keys)).items()
                 for word in ("-key", key, str(value))]
        super().__init__(folder, name, os.path.join(FLOWS, scenario + ".xml"), server, port,
                         extra=["-m", "1", "-trace_msg", "-message_file", os.path.join(folder, name + ".msg"), "-trace_err",
                                "-error_file", os.path.join(folder, name + ".err"), "-recv_timeout", "10000", *words, *extra])

    def need_flow(self, flow):
        """The call went well, and these messages made it."""
        with contextlib.suppress(OSError), open(os.path.join(self.folder, self.name + ".err"), encoding="latin1") as file:
            raise Failure("%s: %s" % (self.name, file.read()[:1500]))
        ok, failed, _ = self.figures()
        seen = once(self.trace())
        need((ok, failed) == (1, 0) and seen == steps(flow),
             "%s: %d good, %d failed\n  saw      %s\n  expected %s" %
             (self.name, ok, failed, *(" ".join("%s %s" % step for step in trace) for trace in (seen, steps(flow)))))


class Way:
    """One or two proxies; alice's port may call through the first, bob is registered with the last."""

    def __init__(self, stack, folder, kind, settings=""):
        first, last = os.path.join(folder, "1"), os.path.join(folder, "2")
        self.server = self.sipglass(stack, last, settings)
        self.entry, self.target = self.server, "sip:%s@" + DOMAIN
        self.alice, self.bob = free_port(), free_port()
        if kind == TWO:
            self.entry = self.sipglass(stack, first, settings)
            self.target = "sip:%%s@%s:%d" % (IP, self.server.port)
            # the first proxy relays for its own phones
            bind(self.entry, "alice", self.alice, self.alice)
        elif kind == MIXED:
            self.entry = stack.enter_context(Kamailio(folder, "edge", self.server.port))
            self.entry.domain = DOMAIN
        for user in ("bob", "carol"):
            bind(self.server, user, self.bob if user == "bob" else self.carol_port())

    def carol_port(self):
        self.carol = free_port()
        return self.carol

    @staticmethod
    def sipglass(stack, folder, settings):
        os.makedirs(folder, exist_ok=True)
        more = []
        if settings:
            more = ["--config", os.path.join(folder, "config.toml")]
            with open(more[1], "w") as file:
                file.write(settings)
        return stack.enter_context(Sipglass(folder, more=more))


def bind(server, user, port, source=None):
    """Registers user@DOMAIN at a port, from it or from another one."""
    with Peer(server.port) as peer:
        if source:
            peer.socket.close()
            peer.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            peer.socket.bind((IP, source))
            peer.port = source
        register(peer, user, contact="<sip:%s@%s:%d>" % (user, IP, port))


def flow(title, caller, callee, upstream, downstream, settings=""):
    """Registers a flow of two parties for each way: its scenarios, and what each side sees."""
    def run(folder, kind):
        with contextlib.ExitStack() as stack:
            way = Way(stack, folder, kind, settings)
            target = way.target % "bob"
            if callee:
                down = stack.enter_context(Party(folder, "bob", callee, way.server, way.bob, target))
            else:
                down = stack.enter_context(contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)))
                down.bind((IP, way.bob))
            up = stack.enter_context(Party(folder, "alice", caller, way.entry, way.alice, target))
            up.wait(30)
            up.need_flow(upstream)
            if callee:
                down.wait(10)
                down.need_flow(downstream)
            else:
                down.setblocking(False)
                data = [down.recv(65536) for _ in range(7)]
                need(len(set(data)) == 1 and data[0].startswith(b"INVITE "), "the silent callee got %s" % set(data))
                with contextlib.suppress(BlockingIOError):
                    raise Failure("the silent callee also got %s" % down.recv(65536))
            way.server.need_alive()
    run.__code__ = run.__code__.replace(co_filename=__file__)
    test("%s: " % title.replace("%", "%%") + "%s", ONE, TWO, MIXED)(run)


flow("RFC 3665 3.2, a session is established and the callee hangs up", "success_uac", "success_uas",
     "> INVITE < 100 < 180 < 200 > ACK < BYE > 200", "< INVITE > 180 > 200 < ACK > BYE < 200")
flow("RFC 3665 3.7, a re-INVITE of the callee, and the caller hangs up", "reinvite_uac", "reinvite_uas",
     "> INVITE < 100 < 180 < 200 > ACK < INVITE > 200 < ACK > BYE < 200",
     "< INVITE > 180 > 200 < ACK > INVITE < 100 < 200 > ACK < BYE > 200")
flow("RFC 3665 3.8, no answer: the caller cancels", "no_answer_uac", "no_answer_uas",
     "> INVITE < 100 < 180 > CANCEL < 200 < 487 > ACK", "< INVITE > 180 < CANCEL > 200 > 487 < ACK")
flow("RFC 3665 3.9, busy", "refused_uac", "busy_uas", "> INVITE < 100 < 486 > ACK", "< INVITE > 486 < ACK")
flow("RFC 3665 3.10, no response: 7 INVITEs, then 408", "refused_uac", None, "> INVITE < 100 < 408 > ACK", "",
     settings='[timers]\nt1 = "50ms"\n')
flow("RFC 3665 3.11, temporarily unavailable", "refused_uac", "unavailable_uas", "> INVITE < 100 < 180 < 480 > ACK",
     "< INVITE > 180 > 480 < ACK")
flow("a late ACK: the callee repeats its 200 until it comes", "late_ack_uac", "late_ack_uas",
     "> INVITE < 100 < 180 < 200 > ACK > BYE < 200", "< INVITE > 180 > 200 < ACK < BYE > 200")
flow("422 with its Min-SE", "refused_uac", "interval_uas", "> INVITE < 100 < 422 > ACK", "< INVITE > 422 < ACK")
flow("PRACK, UPDATE, INFO, MESSAGE, REFER and NOTIFY in one call, session timers and 199 untouched", "methods_uac", "methods_uas",
     "> INVITE < 100 < 199 < 183 > PRACK < 200 > UPDATE < 200 < 200 > ACK > INFO < 200 > MESSAGE < 202 > REFER < 202 "
     "< NOTIFY > 200 > UPDATE < 422 > BYE < 200",
     "< INVITE > 199 > 183 < PRACK > 200 < UPDATE > 200 > 200 < ACK < INFO > 200 < MESSAGE > 202 < REFER > 202 "
     "> NOTIFY < 200 < UPDATE > 422 < BYE > 200")
flow("PUBLISH, MESSAGE, SUBSCRIBE and NOTIFY", "events_uac", "events_uas",
     "> PUBLISH < 200 > MESSAGE < 200 > SUBSCRIBE < 200 < NOTIFY > 200 > SUBSCRIBE < 200 < NOTIFY > 200",
     "< PUBLISH > 200 < MESSAGE > 200 < SUBSCRIBE > 200 > NOTIFY < 200 < SUBSCRIBE > 200 > NOTIFY < 200")


@test("RFC 3665 3.6, a redirection, and a session description in the ACK: %s", ONE, TWO, MIXED)
def redirection(folder, kind):
    with contextlib.ExitStack() as stack:
        way = Way(stack, folder, kind)
        keys = [("second", way.target % "carol")]
        bob = stack.enter_context(Party(folder, "bob", "redirect_uas", way.server, way.bob, way.target % "bob", keys))
        carol = stack.enter_context(Party(folder, "carol", "success_uas", way.server, way.carol, way.target % "carol", keys))
        alice = stack.enter_context(Party(folder, "alice", "redirect_uac", way.entry, way.alice, way.target % "bob", keys))
        for party in (alice, bob, carol):
            party.wait(20)
        alice.need_flow("> INVITE < 100 < 302 > ACK > INVITE < 100 < 180 < 200 > ACK < BYE > 200")
        bob.need_flow("< INVITE > 302 < ACK")
        carol.need_flow("< INVITE > 180 > 200 < ACK > BYE < 200")


@test("RFC 3665 2.1 to 2.4, a registration, a second contact, the list, and the end")
def registration(folder):
    with Sipglass(folder) as server, Party(folder, "bob", "registration_uac", server, free_port(), "") as bob:
        bob.wait(20)
        bob.need_flow("> REGISTER < 200 " * 5)
        need(not server.registrations(), "ctl lists %s" % server.registrations())


@test("RFC 3665 2.1, a registration that is challenged")
def registration_challenged(folder):
    with Sipglass(folder, more=["--users", users_file(folder, ["bob"])]) as server:
        log_in(folder, server, free_port())


@test("RFC 3665 2.5, a registration with a wrong password")
def registration_wrong(folder):
    with Sipglass(folder, more=["--users", users_file(folder, ["bob"])]) as server, \
            Party(folder, "bob", "registration_wrong_uac", server, free_port(), "") as bob:
        bob.wait(20)
        bob.need_flow("> REGISTER < 401 > REGISTER < 401")
        need(not server.registrations(), "ctl lists %s" % server.registrations())


@test("RFC 3665 3.2, the caller is challenged by the first proxy")
def session_challenged(folder):
    target = "sip:bob@" + DOMAIN
    with Sipglass(folder, more=["--users", users_file(folder, ["alice", "bob"])]) as server:
        port = free_port()
        log_in(folder, server, port)
        with Party(folder, "bob-called", "success_uas", server, port, target) as bob, \
                Party(folder, "alice", "login_uac", server, free_port(), target, extra=["-auth_uri", "bob@" + DOMAIN]) as alice:
            alice.wait(20)
            bob.wait(20)
            alice.need_flow("> INVITE < 407 > ACK > INVITE < 100 < 180 < 200 > ACK < BYE > 200")
            bob.need_flow("< INVITE > 180 > 200 < ACK > BYE < 200")
            with open(os.path.join(folder, "bob-called.msg"), encoding="latin1") as file:
                need("roxy-Authorization" not in file.read(), "the credentials went on to the callee")


@test("RFC 3665 3.3, a session with two proxies that both want the caller to log in")
def session_challenged_twice(folder):
    servers = []
    for name, realm in (("1", DOMAIN), ("2", "second.test")):
        own = os.path.join(folder, name)
        os.makedirs(own)
        users, config = os.path.join(own, "users"), os.path.join(own, "config.toml")
        with open(users, "w") as file:
            file.writelines("%s:%s:pw%s\n" % (user, realm, realm) for user in ("alice", "bob"))
        with open(config, "w") as file:
            file.write("[login]\nstrangers = true\n")
        servers.append(Sipglass(own, domain=realm, more=["--users", users, "--config", config]))
    first, second = servers
    with first, second, Peer(first.port) as alice:
        port = free_port()
        with Peer(second.port) as peer:
            answer = answered(peer, "REGISTER", "sip:second.test", "bob", [], ["Contact: <sip:bob@%s:%d>" % (IP, port)])
            need(answer.code == 200, "bob's login was answered " + answer.start)
        target = "sip:bob@%s:%d" % (IP, second.port)
        with Party(folder, "bob", "success_uas", second, port, target) as bob:
            wait_for(lambda: is_taken(port), 5, "SIPp on bob's port")
            realms, sent = [], []
            answer = answered(alice, "INVITE", target, "alice", realms, ["Contact: <sip:alice@%s:%d>" % (IP, alice.port)], sent)
            need(answer.code == 200 and [realm for realm, _ in realms] == [DOMAIN, "second.test"],
                 "%s after challenges of %s" % (answer.start, realms))
            need(sent == ["INVITE", "407", "ACK", "INVITE", "100", "407", "ACK", "INVITE", "100", "180", "200"],
                 "alice's messages: %s" % " ".join(sent))
            need(answer.ports("record-route") == [second.port, first.port], "routes: %s" % answer.all("record-route"))
            routes = ["Route: " + value for value in reversed(answer.all("record-route"))]
            contact = re.search(r"<([^>]+)>", answer.one("contact")).group(1)
            alice.send(line_by_line("ACK", contact, alice, answer, int(answer.one("cseq").split()[0]), routes))
            bye = wait_for(lambda: read_message(alice, "BYE"), 5, "BYE")
            keep = [name.title() + ": " + value for name in ("via", "from", "to", "call-id", "cseq") for value in bye.all(name)]
            alice.send(("SIP/2.0 200 OK\r\n" + "\r\n".join(keep) + "\r\nContent-Length: 0\r\n\r\n").encode())
            bob.wait(10)
            bob.need_flow("< INVITE > 180 > 200 < ACK > BYE < 200")
            with open(os.path.join(folder, "bob.msg"), encoding="latin1") as file:
                need("roxy-Authorization" not in file.read(), "the credentials went on to the callee")


def is_taken(port):
    """True once somebody listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((IP, port))
        except OSError:
            return True
    return False


def read_message(peer, method):
    """The next message when it has this method, else None."""
    data = peer.receive(0.5)
    return data and (message := Message(data)).method == method and message


def line_by_line(method, uri, peer, answer, cseq, extra=(), branch=None):
    """A request of the dialog, or of the try, that an answer belongs to."""
    lines = ["%s %s SIP/2.0" % (method, uri),
             "Via: SIP/2.0/UDP %s:%d;rport;branch=%s" % (IP, peer.port, branch or "z9hG4bK%s%d" % (method.lower(), cseq)),
             "Max-Forwards: 70", "From: " + answer.one("from"), "To: " + answer.one("to"), "Call-ID: " + answer.one("call-id"),
             "CSeq: %d %s" % (cseq, method), *extra, "Content-Length: 0"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answered(peer, method, uri, user, realms, extra=(), seen=None):
    """Sends a request until it is let in, with the credentials of all realms that asked; the final answer.

    `realms` gets each realm with the code of its challenge, `seen` what was sent and received.
    """
    seen, challenges, number = [] if seen is None else seen, {}, "%d" % peer.port
    for cseq in range(1, 5):
        lines = ["%s %s SIP/2.0" % (method, uri), "Via: SIP/2.0/UDP %s:%d;rport;branch=z9hG4bK%s-%d" % (IP, peer.port, number, cseq),
                 "Max-Forwards: 70", "From: <sip:%s@%s>;tag=%s" % (user, DOMAIN, number),
                 "To: <%s>" % (uri.replace("sip:", "sip:%s@" % user) if method == "REGISTER" else uri),
                 "Call-ID: twice-%s@%s" % (number, IP), "CSeq: %d %s" % (cseq, method), *extra]
        lines += [credentials(challenge, method, uri, user) for challenge in challenges.values()]
        peer.send(("\r\n".join([*lines, "Content-Length: 0"]) + "\r\n\r\n").encode())
        seen.append(method)
        while True:
            data = peer.receive(5)
            need(data, "no answer to " + lines[0])
            answer = Message(data)
            seen.append(str(answer.code))
            if answer.code >= 200:
                break
        if answer.code not in (401, 407):
            return answer
        if method == "INVITE":
            peer.send(line_by_line("ACK", uri, peer, answer, cseq, branch="z9hG4bK%s-%d" % (number, cseq)))
            seen.append("ACK")
        name = "www-authenticate" if answer.code == 401 else "proxy-authenticate"
        for value in answer.all(name):
            fields = dict(re.findall(r'(\w+)="?([^",]*)"?', value))
            if fields.get("algorithm", "MD5") != "MD5":
                continue
            need(fields["realm"] not in challenges, "%s asks again: %s" % (fields["realm"], value))
            challenges[fields["realm"]] = dict(fields, code=answer.code, count=0)
            realms.append((fields["realm"], answer.code))
    raise Failure("challenged for ever")


def credentials(challenge, method, uri, user):
    """The field that answers a challenge (RFC 7616), each use with the next nonce count."""
    challenge["count"] += 1
    md5 = lambda text: hashlib.md5(text.encode()).hexdigest()
    count, realm, nonce = "%08x" % challenge["count"], challenge["realm"], challenge["nonce"]
    secret, work = md5("%s:%s:pw%s" % (user, realm, realm)), md5("%s:%s" % (method, uri))
    response = md5(":".join((secret, nonce, count, "c0ffee", "auth", work)))
    return ('%s: Digest username="%s", realm="%s", nonce="%s", uri="%s", qop=auth, nc=%s, cnonce="c0ffee", response="%s", '
            "algorithm=MD5" % ("Authorization" if challenge["code"] == 401 else "Proxy-Authorization", user, realm, nonce, uri,
                               count, response))


@test("RFC 3665 3.4, the first proxy is silent, and the caller goes through the second")
def session_after_failure(folder):
    target = "sip:bob@" + DOMAIN
    with Sipglass(folder, more=["--users", users_file(folder, ["alice", "bob"])]) as server, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dead:
        dead.bind((IP, 0))
        port = free_port()
        log_in(folder, server, port)
        keys = [("deadport", dead.getsockname()[1]), ("liveport", server.port)]
        with Party(folder, "bob-called", "success_uas", server, port, target) as bob, \
                Party(folder, "alice", "failover_uac", server, free_port(), target, keys, ["-auth_uri", "bob@" + DOMAIN]) as alice:
            alice.wait(20)
            bob.wait(20)
            alice.need_flow("> INVITE > INVITE < 407 > ACK > INVITE < 100 < 180 < 200 > ACK < BYE > 200")
            bob.need_flow("< INVITE > 180 > 200 < ACK > BYE < 200")
            dead.setblocking(False)
            need(dead.recv(65536).startswith(b"INVITE "), "the silent proxy was not asked first")


@test("RFC 3665 3.5, through a gateway of the application layer that stands between caller and proxy")
def session_through_gateway(folder):
    with Sipglass(folder) as server, Kamailio(folder, "gateway", server.port, "GATEWAY") as gateway:
        gateway.domain = DOMAIN
        port, caller = free_port(), free_port()
        bind(server, "bob", port)
        target = "sip:bob@" + DOMAIN
        with Party(folder, "bob", "success_uas", server, port, target) as bob, \
                Party(folder, "alice", "gateway_uac", gateway, caller, target, [("gateway", gateway.port)]) as alice:
            alice.wait(20)
            bob.wait(20)
            alice.need_flow("> INVITE < 100 < 180 < 200 > ACK < BYE > 200")
            bob.need_flow("< INVITE > 180 > 200 < ACK > BYE < 200")
        texts = {}
        for name in ("alice", "bob"):
            with open(os.path.join(folder, name + ".msg"), encoding="latin1") as file:
                texts[name] = file.read()
        need("c=IN IP4 10.0.0.99" in texts["bob"] and "c=IN IP4 10.0.0.99" in texts["alice"],
             "the gateway did not put itself into the session descriptions")
        need(len(re.findall(r"Record-Route: <sip:127.0.0.1:%d" % server.port, texts["bob"])) >= 1, "no route through the proxy")


def log_in(folder, server, port):
    """Registers bob with his password."""
    with Party(folder, "bob", "registration_digest_uac", server, port, "") as bob:
        bob.wait(20)
        bob.need_flow("> REGISTER < 401 > REGISTER < 200")


@test("a registration for a domain that is not served is 404")
def registration_refused(folder):
    with Sipglass(folder) as server, Party(folder, "bob", "registration_refused_uac", server, free_port(), "") as bob:
        bob.wait(20)
        bob.need_flow("> REGISTER < 404")
