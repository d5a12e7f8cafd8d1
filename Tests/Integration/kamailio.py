"""Kamailio in one call path with Sipglass: before it, behind it, on both sides, all with record routing."""
import contextlib
from phone import *


class Kamailio:
    """One Kamailio: an edge in front of the port `next` when one is given, else a registrar, or what `role` says."""

    def __init__(self, folder, name, next=None, role=None, ip=IP, port=None):
        self.folder, self.ip, self.port, self.next = os.path.join(folder, name), ip, port or free_port(), next
        self.role = role or (next and "EDGE")

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        with open(os.path.join(HERE, "kamailio.cfg")) as file:
            text = file.read()
        text = re.sub(r"\bNEXT\b", str(self.next), re.sub(r"\bPORT\b", str(self.port), text))
        if self.role:
            text = text.replace("#!KAMAILIO\n", "#!KAMAILIO\n#!define %s\n" % self.role, 1)
        configuration = os.path.join(self.folder, "kamailio.cfg")
        with open(configuration, "w") as file:
            file.write(text)
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(["kamailio", "-DD", "-E", "-f", configuration, "-m", "32", "-M", "4", "-Y", self.folder,
                                         "-P", os.path.join(self.folder, "pid")],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)
        try:
            wait_for(self.answers, 15, self.words)
        except Failure:
            self.__exit__()
            raise
        return self

    def answers(self):
        need(self.process.poll() is None, self.words())
        with Peer(self.port, self.ip) as peer:
            peer.send(request("OPTIONS", "sip:%s:%d" % (self.ip, self.port), peer))
            return peer.receive(0.5)

    def words(self):
        with open(self.log.name, "rb") as log:
            return "answer of kamailio: " + log.read()[-1500:].decode("latin1")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


class Place:
    """The stations of one arrangement, caller and callee, and the URI that reaches the callee."""

    def __init__(self, stack, folder, arrangement):
        enter = stack.enter_context
        self.server = server = enter(Sipglass(folder))
        before = enter(Kamailio(folder, "before", server.port)) if arrangement in ("before", "both") else None
        behind = None
        if arrangement == "behind":
            behind = enter(Kamailio(folder, "behind"))
        elif arrangement == "both":
            behind = enter(Kamailio(folder, "behind", server.port))
        self.caller = enter(Phone((before or server).port, "alice"))
        self.uri = "sip:bob@" + DOMAIN
        if arrangement == "behind":
            # Sipglass relays for phones that are registered with it; Kamailio is the callee's registrar
            self.caller.register()
            self.uri = "sip:bob@%s:%d" % (IP, behind.port)
            self.callee = enter(Phone(behind.port, "bob", "%s:%d" % (IP, behind.port)))
        else:
            self.callee = enter(Phone((behind or server).port, "bob"))
        answer = self.callee.register()
        need(answer.ports("contact") == [self.callee.port], "bound is %s" % answer.all("contact"))
        self.stations = [station.port for station in (before, server, behind) if station]

    def check_request(self, message, way):
        """The Via stack names each station and the sender, nearest first; no Route is left, none is looped."""
        stations = self.stations if way == "down" else self.stations[::-1]
        sender = self.caller if way == "down" else self.callee
        need(message.ports("via") == [*stations[::-1], sender.port], "Via of %s: %s" % (message.start, message.all("via")))
        need(not message.all("route"), "Route left over: %s" % message.all("route"))
        need(message.one("max-forwards") == str(70 - len(stations)), "Max-Forwards " + message.one("max-forwards"))

    def invite(self, extra=(), body=b""):
        """alice calls: her dialog, and what bob got."""
        call = self.caller.start("INVITE", self.uri, extra, body)
        self.caller.expect(100)
        invite = self.callee.expect("INVITE")
        self.check_request(invite, "down")
        need(invite.ports("record-route") == self.stations[::-1], "Record-Route %s" % invite.all("record-route"))
        need(all(";lr" in value for value in invite.all("record-route")), "no loose route: %s" % invite.all("record-route"))
        need(invite.uri == self.callee.contact, "Request-URI " + invite.uri)
        return call, invite

    def check_response(self, response, code, invite):
        """Only the caller's own Via is left; the route set is the one that the callee saw."""
        need(response.code == code and response.ports("via") == [self.caller.port], "Via of %s: %s" % (code, response.all("via")))
        need(response.all("record-route") == invite.all("record-route"), "Record-Route %s" % response.all("record-route"))

    def answer(self, call, invite):
        """bob rings and answers, alice confirms; bob's dialog."""
        self.callee.reply(invite, 180)
        self.check_response(self.caller.expect(180), 180, invite)
        self.callee.reply(invite, 200, body=b"v=0\r\n")
        answer = self.caller.expect(200)
        self.check_response(answer, 200, invite)
        need(answer.body == "v=0\r\n", "body %r" % answer.body)
        other = Dialog.accept(self.callee, invite)
        call.confirm(answer)
        call.acknowledge()
        self.check_request(self.callee.expect("ACK"), "down")
        return other

    def within(self, dialog, method, way):
        """A request in the dialog that is answered with 200 (and an ACK)."""
        sender, receiver = (self.caller, self.callee) if way == "down" else (self.callee, self.caller)
        dialog.send(method)
        if method == "INVITE":
            sender.expect(100)
        message = receiver.expect(method)
        self.check_request(message, way)
        need(message.uri == receiver.contact, "Request-URI " + message.uri)
        receiver.reply(message, 200)
        reply = sender.expect(200)
        need(reply.method == method and reply.ports("via") == [sender.port], "the answer is %s" % reply.fields)
        if method == "INVITE":
            dialog.acknowledge()
            self.check_request(receiver.expect("ACK"), way)


ARRANGEMENTS = ("before", "behind", "both")


def placed(title):
    """Registers a test that gets its stations, for each arrangement."""
    def register(function):
        def run(folder, arrangement):
            with contextlib.ExitStack() as stack:
                place = Place(stack, folder, arrangement)
                note = function(place)
                for phone in (place.caller, place.callee):
                    phone.expect_silence()
                place.server.need_alive()
                return note
        test("Kamailio %s: " + title, *ARRANGEMENTS)(run)
        return function
    return register


@placed("a call with a re-INVITE from each side, hung up by the caller, then one hung up by the callee")
def whole_calls(place):
    for way in ("down", "up"):
        call, invite = place.invite(body=b"v=0\r\n")
        other = place.answer(call, invite)
        place.within(call, "INVITE", "down")
        place.within(other, "INVITE", "up")
        place.within(call if way == "down" else other, "UPDATE", way)
        place.within(call if way == "down" else other, "BYE", way)
    return "stations %s" % place.stations


@placed("a call cancelled while it rings")
def cancelled(place):
    call, invite = place.invite()
    place.callee.reply(invite, 180)
    place.caller.expect(180)
    call.cancel()
    reply = place.caller.expect(200)
    need(reply.method == "CANCEL", "200 to " + reply.method)
    cancel = place.callee.expect("CANCEL")
    need(cancel.all("via") == invite.all("via")[:1] and cancel.uri == invite.uri, "CANCEL %s" % cancel.fields)
    place.callee.reply(cancel, 200)
    place.callee.reply(invite, 487)
    need(place.callee.expect("ACK").all("via") == invite.all("via")[:1], "the ACK is not hop by hop")
    final = place.caller.expect(487)
    need(final.ports("via") == [place.caller.port], "Via %s" % final.all("via"))
    call.acknowledge_failure(final)


@placed("a busy callee")
def busy(place):
    call, invite = place.invite()
    place.callee.reply(invite, 486)
    need(place.callee.expect("ACK").all("via") == invite.all("via")[:1], "the ACK is not hop by hop")
    final = place.caller.expect(486)
    need(final.ports("via") == [place.caller.port], "Via %s" % final.all("via"))
    call.acknowledge_failure(final)


@placed("an answer that crosses the CANCEL")
def crossing(place):
    call, invite = place.invite()
    place.callee.reply(invite, 180)
    place.caller.expect(180)
    call.cancel()
    place.caller.expect(200)
    cancel = place.callee.expect("CANCEL")
    place.callee.reply(invite, 200)
    place.callee.reply(cancel, 200)
    answer = place.caller.expect(200)
    need(answer.method == "INVITE", "200 to " + answer.method)
    call.confirm(answer)
    call.acknowledge()
    place.callee.expect("ACK")
    place.within(call, "BYE", "down")


@placed("a lost 200 comes again, and each has its ACK")
def repeated_answer(place):
    call, invite = place.invite()
    place.callee.reply(invite, 200)
    answer = place.caller.expect(200)
    call.confirm(answer)
    place.caller.seen.clear()
    place.callee.reply(invite, 200)
    place.caller.expect(200)
    for _ in range(2):
        call.acknowledge()
        place.callee.expect("ACK")
    place.within(call, "BYE", "down")


@placed("a subscription with its notifications, ended by the callee")
def subscription(place):
    call = place.caller.start("SUBSCRIBE", place.uri, ["Event: dialog", "Expires: 600"])
    message = place.callee.expect("SUBSCRIBE")
    place.check_request(message, "down")
    need(message.ports("record-route") == place.stations[::-1], "Record-Route %s" % message.all("record-route"))
    place.callee.reply(message, 200, ["Expires: 600"])
    call.confirm(place.caller.expect(200))
    other = Dialog.accept(place.callee, message)
    for state in ("active", "terminated;reason=noresource"):
        other.send("NOTIFY", extra=["Event: dialog", "Subscription-State: " + state])
        notification = place.caller.expect("NOTIFY")
        # in-dialog NOTIFYs may be record-routed again; the way they came must be the dialog's
        need(notification.ports("via") == [*place.stations, place.callee.port], "Via %s" % notification.all("via"))
        need(notification.one("subscription-state") == state, "state " + notification.one("subscription-state"))
        place.caller.reply(notification, 200)
        place.callee.expect(200)


@placed("a message and its answer")
def message(place):
    place.caller.start("MESSAGE", place.uri, ["Content-Type: text/plain"], "Grüße, 世界".encode())
    message = place.callee.expect("MESSAGE")
    place.check_request(message, "down")
    need(message.body.encode("latin1") == "Grüße, 世界".encode(), "body %r" % message.body)
    place.callee.reply(message, 202)
    need(place.caller.expect(202).ports("via") == [place.caller.port], "foreign Via left")


@test("a phone behind a Kamailio edge registers with Sipglass, which keeps its Path, gives it back and calls along it")
def path(folder):
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(Sipglass(folder))
        edge = stack.enter_context(Kamailio(folder, "edge", server.port))
        bob, carol = stack.enter_context(Phone(edge.port, "bob")), stack.enter_context(Phone(server.port, "carol"))
        answer = bob.register(["Supported: path"])
        need(answer.ports("path") == [edge.port], "the 200 has Path %s" % answer.all("path"))
        rows = server.ctl("registrations")["registrations"]
        need(len(rows) == 1 and str(edge.port) in json.dumps(rows[0]["path"]) and rows[0]["source"].endswith(":%d" % edge.port),
             "ctl lists %s" % rows)
        call = carol.start("INVITE", bob.aor)
        carol.expect(100)
        invite = bob.expect("INVITE")
        need(invite.ports("via") == [edge.port, server.port, carol.port], "Via %s" % invite.all("via"))
        need(invite.uri == bob.contact and not invite.all("route"), "it came as %s" % invite.start)
        bob.reply(invite, 200)
        call.confirm(carol.expect(200))
        call.acknowledge()
        need(bob.expect("ACK").ports("via") == [edge.port, server.port, carol.port], "the ACK took another way")
        # and away again: the binding goes, with it the Path
        bob.send(request("REGISTER", "sip:" + DOMAIN, bob, to=bob.aor, user="bob", extra=["Contact: *", "Expires: 0"]))
        bob.expect(200)
        need(not server.registrations(), "ctl lists %s" % server.registrations())


@test("Kamailio as registrar behind: a registered phone's REGISTER goes through, and calls reach what it bound")
def registrar_behind(folder):
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(Sipglass(folder))
        registrar = stack.enter_context(Kamailio(folder, "registrar"))
        alice, dora = stack.enter_context(Phone(server.port, "alice")), stack.enter_context(Phone(server.port, "dora"))
        alice.register()
        dora.register()
        foreign = "sip:alice@%s:%d" % (IP, registrar.port)
        answer = alice.register(aor=foreign)
        need(answer.ports("contact") == [alice.port] and answer.ports("via") == [alice.port], "bound is %s" % answer.fields)
        call = dora.start("INVITE", foreign)
        dora.expect(100)
        invite = alice.expect("INVITE")
        need(invite.ports("via") == [registrar.port, server.port, dora.port], "Via %s" % invite.all("via"))
        alice.reply(invite, 486)
        alice.expect("ACK")
        call.acknowledge_failure(dora.expect(486))
        # nobody of ours, nobody's business
        with Phone(server.port, "mallory") as mallory:
            mallory.send(request("REGISTER", "sip:%s:%d" % (IP, registrar.port), mallory, to=foreign, user="mallory",
                                 extra=["Contact: <%s>" % mallory.contact]))
            mallory.expect(403)


@test("a user whom Kamailio does not know is 404 through both")
def unknown_behind(folder):
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(Sipglass(folder, config=TRYING_AT_ONCE))
        registrar = stack.enter_context(Kamailio(folder, "registrar"))
        alice = stack.enter_context(Phone(server.port, "alice"))
        alice.register()
        call = alice.start("INVITE", "sip:nobody@%s:%d" % (IP, registrar.port))
        alice.expect(100)
        final = alice.expect(404)
        need(final.ports("via") == [alice.port], "Via %s" % final.all("via"))
        call.acknowledge_failure(final)
        alice.expect_silence()
