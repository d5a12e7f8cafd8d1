"""RFC 3665, sections 2 and 3, played as printed: every message on every hop against the print, field by field."""
import concurrent.futures, contextlib
from dns import NameServer
from kamailio import Kamailio
from players import *

DOMAINS = {"1": "atlanta.example.com", "2": "biloxi.example.com", "3": "chicago.example.com"}
ALG1, SS2 = "<sip:alg1.atlanta.example.com;lr>", "<sip:ss2.biloxi.example.com;lr>"
BOB, VIA = "Bob <sip:bob@biloxi.example.com>", "SIP/2.0/UDP %s:5060;branch=z9hG4bK%s"
IN_PATH = "our servers stay in the path of what they forward, so that the screen has the whole call (RFC 3261 16.6 step 4)"

# Where we differ from the print on purpose: messages, field, what stands there instead, why.  Numbers are of RFC 3261.
# A test fails when something of this, or of the misprints, is as it is printed after all.
DIFFERENT = [
    ("3.5 F4 F6 F7 F8 F9 F10 F11", "record-route", [SS2 + ", " + ALG1], IN_PATH),
    ("3.5 F12 F14", "route", [ALG1 + ", " + SS2], IN_PATH),
    ("3.7 F2 F4 F5 F6 F7", "record-route", [SS2], IN_PATH),
    ("3.5 F13 F15 F16, 3.7 F8 F9 F10 F11 F12 F13", "through", ["2"], IN_PATH),
    ("2.2 F2, 2.3 F2", "contact", ["<sip:bob@client.biloxi.example.com>;expires=3600", "<mailto:bob@biloxi.example.com>;expires=3600"],
     "the registrar chooses for a contact that names no time (10.3 step 7), and binds nothing for 136 years"),
    ("3.2 F2, 3.3 F2 F7 F9, 3.4 F9", "start", ["SIP/2.0 407 Proxy Authentication Required"], "the phrase of 21.4.8"),
    ("3.8 F10", "to", [BOB + ";tag=ss1"], "a UAS tags every response but 100 (8.2.6.2)"),
    ("3.8 F12", "to", [BOB + ";tag=ss2"], "a UAS tags every response but 100 (8.2.6.2)"),
    ("3.10 F12 F14", "start", ["SIP/2.0 408 Request Timeout"], "a branch that nobody answers ends as 408 (16.8)"),
]

# Where the print contradicts RFC 3261 or itself.  What user agents send is played with its misprints, but for the last.
MISPRINTS = [
    ("3.2 F22", "via", [VIA % (NAME["2"], "721e4.1"), VIA % (NAME["b"], "nashds7") + ";received=" + ADDRESS["b"]], "alice's address"),
    ("3.3 F8", "via", [VIA % (NAME["1"], "230f2.1")], "the ACK is ss1's own (17.1.1.3)"),
    ("3.3 F20 F21", "contact", [], "F19 has none, and a proxy adds none (16.6)"),
    ("3.6 F14", "via", [VIA % (NAME["3"], "721e.1"), VIA % (NAME["c"], "fgaw2") + ";received=" + ADDRESS["c"]], "at the wrong value"),
    ("3.8 F11", "start", ["CANCEL sip:bob@biloxi.example.com SIP/2.0"], "the Request-URI is that of F2 (9.1)"),
    ("3.8 F18", "via", [VIA % (NAME["1"], "2d4790.1")], "the ACK is ss1's own (17.1.1.3)"),
    ("3.11 F1", "body", ["\r\n".join(["v=0", "o=alice 2890844526 2890844526 IN IP4 client.atlanta.example.com", "s=-", "c=IN IP4 127.0.2.101",
                                      "t=0 0", "m=audio 49172 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", ""])], "its first line is left out"),
    ("3.11 F1", "content-length", ["151"], "left out too; F2 has it"),
]


def differences(section):
    """Those of one flow: messages, field, values, why."""
    for places, *rest in DIFFERENT + MISPRINTS:
        for number, *messages in map(str.split, places.split(", ")):
            if number == section:
                yield messages, *rest


def zone():
    """What the name server says of the stations, below example.com."""
    lines = ["%s A %s" % (NAME[letter].removesuffix(".example.com"), ADDRESS[letter]) for letter in STATIONS]
    return lines + ["_sip._udp.%s SRV 1 1 5060 %s." % (domain.removesuffix(".example.com"), NAME[letter])
                    for letter, domain in DOMAINS.items()]


class Server(Sipglass):
    """ss1, ss2 or ss3, with accounts as "user:realm"."""

    def __init__(self, folder, letter, accounts, config):
        folder = os.path.join(folder, "ss" + letter)
        os.makedirs(folder, exist_ok=True)
        users = os.path.join(folder, "users")
        with open(users, "w") as file:
            file.writelines("%s:%s\n" % (account, PASSWORD) for account in accounts)
        super().__init__(folder, domain=DOMAINS[letter], more=["--users", users], ip=ADDRESS[letter], port=5060,
                         config='domain_aliases = ["%s"]\n%s' % (NAME[letter], config))

    def hops(self, calls):
        """What it sent and received in some calls: the address of the other side to (sent, message)…"""
        hops = {}
        for row in self.ctl("messages")["messages"]:
            sent = row["direction"] == "sent"
            if row["call_id"] in calls:
                hops.setdefault(row["destination" if sent else "source"], []).append((sent, row["raw"].encode()))
        return hops


class Stage:
    """What stands between the parties of a flow: name server, servers, and the gateway when there is one."""

    def __init__(self, stack, folder, letters, accounts, login="", timers=""):
        name_server = stack.enter_context(NameServer(folder, zone(), zone="example.com"))
        config = '[dns]\nservers = ["%s:%d"]\n[login]\nalgorithms = ["MD5"]\n%s\n%s%s\n' % (IP, name_server.port, login, TRYING_AT_ONCE, timers)
        self.folder = folder
        self.servers = {letter: stack.enter_context(Server(folder, letter, accounts[letter], config))
                        for letter in letters if letter in DOMAINS}
        if "g" in letters:
            stack.enter_context(Kamailio(folder, "alg1", role="GATEWAY", ip=ADDRESS["g"], port=5060))

    def play(self, name, legs, moves="", **how):
        """Plays a flow; its parties, with what each sent and received.  `moves` are the addresses of one that has several."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        stations = dict.fromkeys(letter for leg in legs for letter in (leg.sender, leg.receiver))
        parties = [letter for letter in stations if letter not in self.servers and letter not in "g" + moves[1:]]
        parties = [Player(folder, moves if letter in moves else letter, legs, **how) for letter in parties]
        # who is spoken to first begins first
        parties.sort(key=lambda party: party.sends(party.legs[0]))
        with concurrent.futures.ThreadPoolExecutor() as pool:
            playing = []
            for party in parties:
                playing.append(pool.submit(party.play))
                if not party.sends(party.legs[0]):
                    address = ADDRESS[party.letters[0]]
                    wait_for(lambda: playing[-1].done() or is_taken(address, 5060), 5, "SIPp at " + address)
            for party in playing:
                party.result()
        return parties

    def compare(self, legs, parties):
        """Every message, as both sides of its hop saw it, against the print."""
        seen = {}
        for party in parties:
            pair(party.letters, party.legs, party.seen, seen)
        calls = {leg.one("call-id") for leg in legs}
        for letter, server in self.servers.items():
            own = {}
            for leg in legs:
                if letter in (leg.sender, leg.receiver):
                    own.setdefault(leg.receiver if leg.sender == letter else leg.sender, []).append(leg)
            with contextlib.suppress(Failure):      # what is missing is said below
                wait_for(lambda: sum(map(len, server.hops(calls).values())) >= sum(map(len, own.values())), 3, "last message")
            hops = server.hops(calls)
            for other, on_hop in own.items():
                pair(letter, on_hop, hops.pop(ADDRESS[other] + ":5060", []), seen)
            need(not hops, "%s also had to do with %s" % (letter, ", ".join(hops)))
        comparison = Comparison(legs)
        wrong = [text for leg in legs for data in seen[leg.name] for text in comparison.differences(leg, data)]
        need(not wrong, "\n".join(dict.fromkeys(wrong)))


def pair(letters, legs, messages, seen):
    """Adds the messages that one station saw to the legs that they are: as many, the same ways, in the same order."""
    if len({leg.text() for leg in legs}) == len(legs):
        messages = list(dict.fromkeys(messages))    # nothing is printed twice: a repeat is one of a busy machine
    printed = [(leg.sender in letters, leg.start) for leg in legs]
    found = [(sent, Message(data).start) for sent, data in messages]
    need([sent for sent, _ in found] == [sent for sent, _ in printed], "%s: %s" % (letters, "\n".join(
        title + "".join("\n  %s %s" % ("<>"[sent], start) for sent, start in steps)
        for title, steps in (("printed is", printed), ("seen was", found)))))
    for leg, (_, data) in zip(legs, messages):
        seen.setdefault(leg.name, []).append(data)


HOPS = {}


def flow(section, title, hops, before=("2.1",), silent="", realm="biloxi", login="", timers="", **how):
    """Registers a flow: whom each message goes from and to, what was played before it, which server is silent, bob's realm."""
    HOPS[section] = hops

    def run(folder):
        legs = read_flow(section, hops, differences(section))
        letters = set(hops) - set(silent)
        accounts = {"1": ["alice:atlanta.example.com"], "3": ["bob:chicago.example.com"],
                    "2": ["bob:%s.example.com" % realm] + ["alice:biloxi.example.com"] * bool(login)}
        with contextlib.ExitStack() as stack:
            stage = Stage(stack, folder, letters, accounts, login, timers)
            for earlier in before:
                stage.play(earlier, registration(earlier, realm, letters))
            stage.compare(legs, stage.play("flow", legs, **how))
    run.__code__ = run.__code__.replace(co_filename=__file__)
    test("%s, %s" % (section, title))(run)


def registration(section, realm, letters):
    """A flow of section 2 as something that happened before: of an earlier call, and of the realm and server at hand."""
    hops, other = HOPS[section], [("atlanta", realm), ("1j9FpLxk3uxtm8tn", "before" + section), ("z9hG4bK", "z9hG4bK" + section)]
    if "3" in letters:
        hops, other = hops.replace("2", "3").replace("b", "c"), other + [("ss2.biloxi", "ss3.chicago"), ("biloxi", "chicago")]
    legs = read_flow(section, hops)
    for leg in legs:
        for old, new in other:
            leg.replace(old, new)
    return legs


STRANGERS = "strangers = true"
flow("2.1", "a new registration", "b>2 2>b b>2 2>b", before=(), realm="atlanta")
flow("2.2", "a contact more", "b>2 2>b", realm="atlanta")
flow("2.3", "the list of contacts", "b>2 2>b", before=("2.1", "2.2"), realm="atlanta")
flow("2.4", "the end of a registration", "b>2 2>b", before=("2.1", "2.2"), realm="atlanta")
flow("2.5", "a registration with a wrong password", "b>2 2>b b>2 2>b", before=(), realm="atlanta", password="wrong")
flow("3.1", "a session without a server between the two, which proves the players", "a>b b>a b>a a>b b>a a>b", before=())
flow("3.2", "a session through two proxies, the first of which asks for a login",
     "a>1 1>a a>1 a>1 1>2 1>a 2>b 2>1 b>2 2>1 1>a b>2 2>1 1>a a>1 1>2 2>b b>2 2>1 1>a a>1 1>2 2>b")
flow("3.3", "a session through two proxies that both ask for a login",
     "a>1 1>a a>1 a>1 1>a 1>2 2>1 1>2 1>a a>1 a>1 1>a 1>2 2>1 2>b b>2 2>1 1>a a>1 1>2 2>b", login=STRANGERS)
flow("3.4", "the first proxy is silent, and the caller goes through the second",
     "a>1 a>1 a>1 a>1 a>1 a>1 a>1 a>2 2>a a>2 a>2 2>b 2>a b>2 2>a b>2 2>a a>2 2>b b>2 2>a a>2 2>b", silent="1", login=STRANGERS)
flow("3.5", "a session through a gateway, which is Kamailio",
     "a>g g>2 g>a 2>b 2>g b>2 2>g g>a b>2 2>g g>a a>g g>b a>g g>b b>g g>a", login=STRANGERS)
flow("3.6", "a redirection, and the session description in the ACK",
     "a>r r>a a>r a>3 3>c 3>a c>3 3>a c>3 3>a a>3 3>c c>3 3>a a>3 3>c", realm="chicago")
flow("3.7", "a re-INVITE of a callee who moves", "a>2 2>b 2>a b>2 2>a b>2 2>a a>b c>a a>c c>a a>c c>a", moves="bc")
flow("3.8", "no answer", "a>1 1>2 1>a 2>b 2>1 b>2 2>1 1>a a>1 1>a 1>2 2>1 2>b b>2 b>2 2>b 2>1 1>2 1>a a>1")
flow("3.9", "busy", "a>1 1>2 1>a 2>b 2>1 b>2 2>b 2>1 1>2 1>a a>1")
flow("3.10", "no response", "a>1 1>2 1>a 2>b 2>1 2>b 2>b 2>b 2>b 2>b 2>b 2>1 1>2 1>a a>1", timers='t1 = "50ms"', t1=50)
flow("3.11", "temporarily unavailable", "a>1 1>2 1>a 2>b 2>1 b>2 2>1 1>a b>2 2>b 2>1 1>2 1>a a>1")
