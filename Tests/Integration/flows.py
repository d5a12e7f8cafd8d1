"""Flows between two SIPps that RFC 3665 has not: what each side sends and receives, through one proxy, two, and Kamailio."""
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

    def __init__(self, folder, name, scenario, server, port, target):
        super().__init__(folder, name, os.path.join(FLOWS, scenario + ".xml"), server, port,
                         extra=["-m", "1", "-trace_msg", "-message_file", os.path.join(folder, name + ".msg"), "-trace_err",
                                "-error_file", os.path.join(folder, name + ".err"), "-recv_timeout", "10000",
                                "-key", "target", target, "-key", "who", name])

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

    def __init__(self, stack, folder, kind):
        first, last = os.path.join(folder, "1"), os.path.join(folder, "2")
        self.server = self.sipglass(stack, last)
        self.entry, self.target = self.server, "sip:bob@" + DOMAIN
        self.alice, self.bob = free_port(), free_port()
        if kind == TWO:
            self.entry = self.sipglass(stack, first)
            self.target = "sip:bob@%s:%d" % (IP, self.server.port)
            # the first proxy relays for its own phones
            bind(self.entry, "alice", self.alice, self.alice)
        elif kind == MIXED:
            self.entry = stack.enter_context(Kamailio(folder, "edge", self.server.port))
            self.entry.domain = DOMAIN
        bind(self.server, "bob", self.bob)

    @staticmethod
    def sipglass(stack, folder):
        os.makedirs(folder, exist_ok=True)
        return stack.enter_context(Sipglass(folder, config=TRYING_AT_ONCE))


def bind(server, user, port, source=None):
    """Registers user@DOMAIN at a port, from it or from another one."""
    with Peer(server.port) as peer:
        if source:
            peer.socket.close()
            peer.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            peer.socket.bind((IP, source))
            peer.port = source
        register(peer, user, contact="<sip:%s@%s:%d>" % (user, IP, port))


def flow(title, caller, callee, upstream, downstream):
    """Registers a flow of two parties for each way: its scenarios, and what each side sees."""
    def run(folder, kind):
        with contextlib.ExitStack() as stack:
            way = Way(stack, folder, kind)
            down = stack.enter_context(Party(folder, "bob", callee, way.server, way.bob, way.target))
            up = stack.enter_context(Party(folder, "alice", caller, way.entry, way.alice, way.target))
            up.wait(30)
            up.need_flow(upstream)
            down.wait(10)
            down.need_flow(downstream)
            way.server.need_alive()
    run.__code__ = run.__code__.replace(co_filename=__file__)
    test("%s: " % title.replace("%", "%%") + "%s", ONE, TWO, MIXED)(run)


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


@test("a registration for a domain that is not served is 404")
def registration_refused(folder):
    with Sipglass(folder) as server, Party(folder, "bob", "registration_refused_uac", server, free_port(), "") as bob:
        bob.wait(20)
        bob.need_flow("> REGISTER < 404")
