"""Parties that play the printed messages: SIPp, with scenarios made of the print."""
import hashlib
from printed import *

PASSWORD = "secret"


class Player:
    """One party, at one address or, when it moves, at several.

    It plays in parts, a SIPp process each: SIPp has one Call-ID, one address and one peer at a time, and what answers a
    challenge is computed between two parts.
    """

    def __init__(self, folder, letters, legs, password=PASSWORD, t1=20):
        self.folder, self.letters, self.password, self.t1 = folder, letters, password, t1
        self.legs = [leg for leg in legs if leg.sender in letters or leg.receiver in letters]
        self.seen, self.challenges, self.credentials, self.routes = [], {}, {}, []

    def sends(self, leg):
        return leg.sender in self.letters

    def parts(self):
        """The legs, up to where another SIPp has to go on, as (own letter, legs)."""
        part, key, letter = [], None, None
        for leg in self.legs:
            own = leg.sender if self.sends(leg) else leg.receiver
            new = (own, leg.one("call-id"), leg.receiver) if self.sends(leg) and not leg.code else key
            challenged = self.sends(leg) and leg.method != "ACK" and any(other.code in (401, 407) for other in part)
            if part and (challenged or own != letter or key and new != key):
                yield letter, part
                part = []
            part.append(leg)
            key, letter = new, own
        yield letter, part

    def play(self):
        for number, (letter, part) in enumerate(self.parts()):
            self.play_part("%s%d" % (letter, number + 1), ADDRESS[letter], part)

    def play_part(self, name, address, part):
        path = lambda kind: os.path.join(self.folder, name + kind)
        with open(path(".xml"), "w", encoding="latin1") as file:
            file.write(self.scenario(part))
        argv = ["sipp", "-sf", path(".xml"), "-i", address, "-p", "5060", "-t", "u1", "-m", "1", "-nostdin", "-timer_resol", "1",
                "-cid_str", part[0].one("call-id"), "-trace_msg", "-message_file", path(".msg"), "-trace_err", "-error_file",
                path(".err"), "-recv_timeout", "10000", "-deadcall_wait", "0"]
        if self.sends(part[0]):
            argv.append(ADDRESS[part[0].receiver] + ":5060")
        with open(path(".out"), "wb") as log:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, timeout=30,
                                  env=dict(os.environ, TERM="xterm"))
        self.note(path(".msg"))
        if done.returncode:
            with open(path(".err" if os.path.exists(path(".err")) else ".out"), encoding="latin1") as file:
                raise Failure("%s ended with %d: %s" % (name, done.returncode, file.read()[-1500:]))

    def note(self, path):
        """Takes what was sent and received from SIPp's own account."""
        with open(path, "rb") as file:
            data = file.read()
        for found in re.finditer(rb"message (sent|received) [\[(](\d+)\]? bytes\)? *:\n\n", data):
            message = data[found.end():found.end() + int(found[2])]
            self.seen.append((found[1] == b"sent", message))
            if found[1] == b"received":
                self.learn(Message(message))

    def learn(self, message):
        """Remembers challenges and routes for the parts that follow."""
        for value in message.all("www-authenticate") + message.all("proxy-authenticate"):
            fields = dict(re.findall(r'(\w+)="?([^",]*)"?', value))
            self.challenges[fields["realm"]] = dict(fields, count=0)
        routes = message.all("record-route")
        self.routes = (routes[::-1] if message.code else routes) or self.routes

    # --- The scenario

    def scenario(self, part):
        lines, kept, has_routes, previous, repeats = [], {}, False, "", 0
        for leg in part:
            repeats = repeats + 1 if leg.text() == previous else 0
            previous = leg.text()
            if self.sends(leg):
                lines += ['<pause milliseconds="%d"/>' % (self.t1 * 2 ** (repeats - 1))] if repeats else []
                lines += ["<send><![CDATA[", "", self.send(leg, kept, has_routes), "]]></send>"]
            elif not repeats:
                recorded = bool(leg.all("record-route")) and leg.code in (0, 200)
                has_routes |= recorded
                lines += self.receive(leg, part, kept, ' rrs="true"' if recorded else "")
        # SIPp takes repeats without a word; all that is left is the time for them
        if repeats and not self.sends(leg):
            lines.append('<pause milliseconds="%d"/>' % (self.t1 * 2 ** repeats * 5 // 4))
        if kept:
            lines.append('<Reference variables="%s"/>' % ",".join(name for names in kept.values() for name in names))
        return "\n".join(['<?xml version="1.0" encoding="ISO-8859-1" ?>', '<scenario name="print">', *lines, "</scenario>"])

    def receive(self, leg, part, kept, rrs):
        """Waits for a message.  Of a request the Via values are kept, for the answers to it."""
        if leg.code:
            return ['<recv response="%d"%s/>' % (leg.code, rrs)]
        key = transaction(leg)
        if not any(other.code and transaction(other) == key for other in part):
            return ['<recv request="%s"%s/>' % (leg.method, rrs)]
        kept[key] = ["%svia%d" % (leg.name.strip("+"), at + 1) for at in range(len(leg.all("via")))]
        return ['<recv request="%s"%s><action>' % (leg.method, rrs),
                *['<ereg regexp=".*" search_in="hdr" header="Via:" occurrence="%d" assign_to="%s"/>' % (at + 1, name)
                  for at, name in enumerate(kept[key])], "</action></recv>"]

    def send(self, leg, kept, has_routes):
        """The printed text, with what only a received message can tell: Via, Record-Route, Route, tag, credentials."""
        told = {}
        if leg.code:
            first, *rest = kept[transaction(leg)]
            received = re.search(";received=.*|$", leg.one("via"))[0] if not names_server(leg.one("via")) else ""
            told["via"] = "\n".join(["Via:[$%s]%s" % (first, received), *("Via:[$%s]" % name for name in rest)])
            told["record-route"] = "[last_Record-Route:]"
        else:
            if tags(leg.one("to")):
                told["route"] = "[routes]" if has_routes else "Route: " + ", ".join(self.routes)
            if leg.method == "ACK":
                told["to"] = "[last_To:]"
        lines = [leg.start]
        for name, value in leg.fields:
            if name.lower().endswith("authorization"):
                value = self.proof(leg, value)
            line = told.get(name.lower(), "%s: %s" % (name, value))
            lines += [line] if line not in lines else []
        return "\n".join(lines) + "\n\n" + leg.body.replace("\r\n", "\n")

    # --- Logins

    def proof(self, leg, printed):
        """Credentials for the realm that the print names; an ACK carries those of its INVITE (RFC 3261 22.1)."""
        fields = dict(re.findall(r'(\w+)="([^"]*)"', printed))
        realm = fields["realm"]
        if leg.method == "ACK" and realm in self.credentials:
            return self.credentials[realm]
        if realm not in self.challenges:
            self.ask_challenge(leg)
        challenge = self.challenges[realm]
        challenge["count"] += 1
        md5 = lambda *words: hashlib.md5(":".join(words).encode()).hexdigest()
        nonce, count, method = challenge["nonce"], "%08x" % challenge["count"], leg.start.split()[0]
        response = md5(md5(fields["username"], realm, self.password), nonce, count, "c0ffee", "auth", md5(method, fields["uri"]))
        self.credentials[realm] = (
            'Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s", algorithm=MD5, qop=auth, nc=%s, cnonce="c0ffee"'
            % (fields["username"], realm, nonce, fields["uri"], response, count))
        return self.credentials[realm]

    def ask_challenge(self, leg):
        """A challenge that came before the print begins."""
        with Peer(5060, ADDRESS[leg.receiver]) as peer:
            probe = leg.copy("probe", leg.sender + leg.receiver).put("authorization").put("proxy-authorization")
            probe.put("call-id", "probe-" + leg.one("call-id"))
            probe.put("via", "SIP/2.0/UDP %s:%d;rport;branch=z9hG4bKprobe%d" % (peer.ip, peer.port, time.monotonic_ns()))
            self.learn(Message(peer.ask(probe.text().replace("INVITE", "MESSAGE").encode())))


def transaction(leg):
    return leg.one("cseq"), re.search(r"branch=([^; ]+)", leg.one("via"))[1]


def names_server(via):
    """True for one of our servers, that names itself by address, so that nobody adds `received`."""
    return any(NAME[server] in via for server in SERVERS)
