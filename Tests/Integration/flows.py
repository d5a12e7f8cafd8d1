"""The flows of RFC 3665 between two SIPps: what each side sends and receives, in order, through one proxy and through two."""
import contextlib, itertools
from kamailio import Kamailio
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
