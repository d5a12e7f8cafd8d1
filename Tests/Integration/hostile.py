"""Bytes that no phone sends, to the live port: the process lives, answers, counts, and forwards no nonsense."""
import random, threading
from support import *

VECTORS = os.path.join(HERE, "../Vectors/Messages")
CORPUS = os.path.join(HERE, "../../../shared/corpus")      # more messages, of licences that stay out of the repository


class Callee(Peer):
    """bob@example.com: refuses every INVITE that reaches him and remembers it by its Call-ID."""

    def __init__(self, port):
        super().__init__(port)
        self.reached = []
        register(self, "bob", "example.com")
        self.socket.settimeout(0.2)
        self.open = True
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while self.open:
            try:
                data = self.socket.recv(70000)
            except TimeoutError:
                continue
            if data.startswith((b"ACK ", b"SIP/2.0 ")):
                continue
            self.reached.append(data)
            lines = re.sub(rb"\r?\n[ \t]+", b" ", data.split(b"\r\n\r\n")[0]).split(b"\r\n")
            kept = [line for line in lines[1:] if re.match(rb"(?i)(via|v|from|f|to|t|call-id|i|cseq)\s*:", line)]
            kept = [line + b";tag=callee" if re.match(rb"(?i)(to|t)\s*:", line) and b"tag=" not in line else line for line in kept]
            self.send(b"\r\n".join([b"SIP/2.0 486 Busy Here", *kept, b"Content-Length: 0", b"", b""]))

    def __exit__(self, *_):
        self.open = False
        self.thread.join()
        super().__exit__()


def barrier(server, probe):
    """The server works in order: once it has answered this, it is done with what came before."""
    probe.send(request("OPTIONS", "sip:" + server.domain, probe))
    reply = probe.receive(3)
    server.need_alive()
    need(reply is not None and reply.startswith(b"SIP/2.0 200"), "OPTIONS got %s" % (reply and reply[:60]))


def manifest(folder):
    """(name, transport, class, bytes) of each input that make_malformed.py writes."""
    out = os.path.join(folder, "malformed")
    subprocess.run([sys.executable, os.path.join(HERE, "make_malformed.py"), out], check=True, capture_output=True)
    with open(os.path.join(out, "manifest.tsv"), encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            with open(os.path.join(out, row["file"]), "rb") as data:
                yield row["file"][:-4], row["transport"], row["class"], data.read()


# What an element that checks no accounts and reads no bodies passes on as it came (RFC 3261 16.3 step 1).
UNREAD = {"digest-unclosed", "body-no-type"}


def judge(kind, statuses, reached):
    """Why an outcome is not what its class demands; None when it is."""
    final = [status for status in statuses if status >= 200]
    if len(final) > 1:
        return "answered %s" % final
    refused = bool(final) and 400 <= final[0] <= 599 and not reached
    if kind == "400":
        return None if refused else "not refused"
    if kind in ("drop", "keepalive"):
        # a 400 is allowed where enough of the message can be read to answer it
        return None if not reached and (not final or final[0] in (400, 413, 505)) else "not dropped"
    if kind == "accept":
        return None if final != [400] else "refused"
    return None


@test("each hostile datagram has the outcome that its class demands")
def malformed(folder):
    wrong, seen = [], {}
    with Sipglass(folder, domain="example.com") as server, Callee(server.port) as bob, Peer(server.port) as probe:
        for name, transport, kind, data in manifest(folder):
            if transport != "udp" or len(data) > 65507:
                continue
            bob.reached.clear()
            with Peer(server.port) as attacker:
                attacker.send(data)
                barrier(server, probe)
                barrier(server, probe)      # what was forwarded has come back by now
                statuses = []
                while reply := attacker.receive(0):
                    # a STUN request is answered in its own words (RFC 5626 5.4)
                    if not (reply.startswith(b"\x01\x01") and data.startswith(b"\x00\x01")):
                        statuses.append(int(reply.split(b" ", 2)[1]))
            seen[kind] = seen.get(kind, 0) + 1
            why = judge("accept" if name in UNREAD else kind, statuses, len(bob.reached))
            if why:
                wrong.append("%s (%s): %s; answers %s, reached the callee %d times" % (name, kind, why, statuses, len(bob.reached)))
        need(len(bob.reached) < 2 and sum(seen.values()) > 300, "only %s were sent" % seen)
        need(not wrong, "%d of %d:\n  %s" % (len(wrong), sum(seen.values()), "\n  ".join(wrong)))
        drops = server.ctl("stats")
    return "%s; stats %s" % (seen, counted(drops))


def counted(stats):
    """The drop counters by reason, wherever they stand in the object."""
    if isinstance(stats, dict):
        if isinstance(stats.get("drops"), dict):
            return stats["drops"]
        for value in stats.values():
            found = counted(value)
            if found is not None:
                return found
    return None


@test("random bytes, cut messages, RFC 4475, RFC 5118 and messages of many products: it lives, answers, and counts drops by reason")
def flood(folder):
    dice = random.Random(3261)
    whole = next(data for name, _, _, data in manifest(folder) if name == "udp-trailing-junk")
    inputs = [dice.randbytes(dice.choice((0, 1, 3, 20, 500, 1400, 9000, 65507))) for _ in range(300)]
    inputs += [whole[:n] for n in range(len(whole))]
    inputs += [data for _, _, _, data in manifest(folder) if len(data) <= 65507]
    files = 0
    for top in (VECTORS, os.path.join(CORPUS, "messages")):
        for base, _, names in os.walk(top):
            for name in names:
                if name.endswith((".dat", ".sip", ".txt")) or "flows" in base:
                    files += 1
                    with open(os.path.join(base, name), "rb") as file:
                        inputs.append(file.read())
    with Sipglass(folder, domain="example.com") as server, Peer(server.port) as probe, Peer(server.port) as attacker:
        for count, data in enumerate(inputs):
            attacker.send(data)
            if count % 16 == 0:
                barrier(server, probe)
        barrier(server, probe)
        drops = counted(server.ctl("stats"))
        need(drops and len([reason for reason, n in drops.items() if n]) >= 3, "drops by reason: %s" % drops)
        need(sum(drops.values()) >= 300, "only %s for %d inputs" % (drops, len(inputs)))
    return "%d inputs, %d of them files; drops %s" % (len(inputs), files, drops)


@test("Q32 a flood of 1000 REGISTER a second and a scanner are refused and shown by source; calls beside it are not slowed; ban and unban")
def scanners(folder):
    config = "[limits]\nloopback = true\ntrusted = [\"%s\"]\n" % IP
    with Sipglass(folder, domain="example.com", config=config) as server, Callee(server.port) as bob, \
            Peer(server.port) as alice, Peer(server.port, "127.0.0.2") as attacker:
        attacker.server = (IP, server.port)
        slowest, began, sent = 0.0, time.monotonic(), 0
        first = None
        while (elapsed := time.monotonic() - began) < 5:
            while sent < elapsed * 1000:
                attacker.send(request("REGISTER", "sip:example.com", attacker, to="sip:%d@example.com" % (1000 + sent % 500)))
                sent += 1
            asked = time.monotonic()
            need(b" 486 " in alice.ask(request("MESSAGE", "sip:bob@example.com", alice)), "bob was not reached")
            slowest = max(slowest, time.monotonic() - asked)
            if first is None and counted(server.ctl("stats")).get("rate limit"):
                first = time.monotonic() - began
            time.sleep(0.1)
        rows = {row["subject"]: row for row in server.ctl("bans")["bans"]}
        need(list(rows) == ["127.0.0.2"] and rows["127.0.0.2"]["cause"] == "rate limit", "bans: %s" % rows)
        need(first is not None and first < 2.5, "first refused after %s s" % first)
        need(rows["127.0.0.2"]["refused"] > 1000, "refused %d of %d" % (rows["127.0.0.2"]["refused"], sent))
        need(slowest < 0.5, "a request beside the flood took %.0f ms" % (slowest * 1000))
        with Peer(server.port, "127.0.0.3") as scanner:
            scanner.server = (IP, server.port)
            scanner.send(request("OPTIONS", "sip:100@example.com", scanner, extra=("User-Agent: friendly-scanner",)))
            need(scanner.receive(0.5) is None, "the scanner got an answer")
            options = request("OPTIONS", "sip:example.com", scanner)
            need(b" 200 " in scanner.ask(options), "an honest request of the same source got none")
            server.ctl("ban", "127.0.0.3", "--for", "1h", "--reason", "scans")
            scanner.send(request("OPTIONS", "sip:example.com", scanner))
            need(scanner.receive(0.5) is None, "a banned source got an answer")
            causes = {(row["subject"], row["cause"], row["refused"]) for row in server.ctl("bans")["bans"]}
            need(("127.0.0.3", "ban", 1) in causes, "bans: %s" % causes)
            server.ctl("unban", "127.0.0.3")
            need(b" 200 " in scanner.ask(request("OPTIONS", "sip:example.com", scanner)), "no answer after unban")
        drops = counted(server.ctl("stats"))
        need(drops.get("scanner") == 1 and drops.get("banned") == 1, "drops: %s" % drops)
    return "%d sent, first refused after %.1f s; slowest request beside it %.1f ms; drops %s" % (sent, first, slowest * 1000, drops)
