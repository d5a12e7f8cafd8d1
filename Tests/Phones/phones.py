#!/usr/bin/env python3
"""Real softphones through a SIP proxy: baresip, linphonec, linphone-daemon, pjsua2 and sipsak on loopback.

  phones.py                              Sipglass: .build/release/sipglass, or the program that $SIPGLASS names
  phones.py --server kamailio            the reference (kamailio:auth has digest in every run)
  phones.py --server 'command:BIN --listen udp:{ip}:{port} --domain {domain} [--users {users}]'

A part in [brackets] is used only in the runs that have what it names: users (digest), tlsport, cert, key (TLS).
Each case is judged by what the phones report and by what was seen on the wire at the server's ports.
One line a case: id, pass/FAIL/skip, what was seen.  Exit status 1 when something failed.
"""
import argparse, concurrent.futures, json, os, re, shutil, socket, subprocess, sys, tempfile, threading, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from phones_lib.server import IP, Server, make_certificate
from phones_lib.sniff import Sniffer
from phones_lib.phone import PhoneError
from phones_lib.baresip import Baresip
from phones_lib.linphone import Linphonec, LinphoneDaemon
from phones_lib.pjsua import Pjsua, find_python

DOMAIN = "phones.test"
KINDS = {"B": Baresip, "P": Pjsua, "C": Linphonec, "D": LinphoneDaemon}
TALK = 3.0


class Bad(Exception):
    """A case failed."""


class Skip(Exception):
    pass


class Env:
    """What the phones need to know of the run."""

    def __init__(self, port, tlsport, folder, certs):
        self.ip, self.domain, self.port, self.tlsport, self.dir, self.certs = IP, DOMAIN, port, tlsport, folder, certs
        self.ca = certs[2] if certs else None
        self.client_pem = None
        if certs:
            self.client_pem = os.path.join(folder, "both.pem")
            with open(self.client_pem, "w") as out:
                for p in certs[:2]:
                    with open(p) as f:
                        out.write(f.read())
        self.next, self.lock = port + 20, threading.Lock()

    def take_port(self, count=1):
        """A free even port, and the one after it."""
        with self.lock:
            while True:
                n = self.next
                self.next += 2 if self.next < self.port + 3990 else -3960
                if free(n) and free(n + 1):
                    return n


def free(port):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as s:
            try:
                s.bind((IP, port))
            except OSError:
                return False
    return True


def accounts():
    return [("u%03d" % n, "Secret-%03d" % (n * 7)) for n in range(1, 400)]


# ----------------------------------------------------------------- one case

class Case:
    """The phones of one case and what was seen of them."""

    def __init__(self, run, ident):
        self.run, self.id, self.phones, self.users, self.started = run, ident, [], set(), time.time()
        self.notes = []
        self.repeats = False               # repeated messages are no failure
        self.folder = os.path.join(run.folder, re.sub(r"[^\w.-]", "_", ident) + time.strftime("-%H%M%S"))
        os.makedirs(self.folder, exist_ok=True)

    def phone(self, letter, transport="udp", user=None, password=None, register=True, expires=600, ring=60, talks_to=None, wait=True):
        kind = KINDS[letter]
        why = kind.why_not()
        if why:
            raise Skip(why)
        user, right = user or self.run.take_user()
        self.users.add(user)
        p = kind(os.path.join(self.folder, "%d" % (len(self.phones) + 1)), user, self.run.env)
        p.account(user, right if password is None else password, transport, expires)
        p.credentials, p.ring_seconds, p.talks_to = (user, right), ring, talks_to
        self.phones.append(p)
        p.start(register)
        if register and wait:
            p.wait("registered", 8)
        return p

    def close(self):
        for p in self.phones:
            p.stop()

    def crashes(self):
        """Phones that ended by themselves: then it is the phone that failed."""
        gone = ["%s(%s) ended with %d" % (p.kind, p.user, p.proc.returncode) for p in self.phones
                if p.proc and p.proc.poll() is not None and not p.killed]
        return " [%s]" % ", ".join(gone) if gone else ""

    # --- calls

    def dial(self, a, b, ringing=True):
        """a calls b until b rings."""
        na, nb = a.here(), b.here()
        a.call(b.aor)
        b.wait("incoming", 8, nb)
        if ringing:
            a.wait("ringing", 5, na)
        return na, nb

    def connect(self, a, b):
        na, nb = self.dial(a, b)
        time.sleep(0.4)
        b.answer()
        a.wait("established", 6, na)
        b.wait("established", 6, nb)
        return na, nb

    def bye(self, who, other, n_other, n_who=0):
        who.hangup()
        other.wait("closed", 6, n_other)
        who.wait("closed", 6, n_who)

    # --- what was on the wire

    def wire(self):
        """The messages of this case's users since it began."""
        time.sleep(1.0)
        mine = []
        for m in self.run.sniffer.messages():
            if m.time >= self.started - 0.2 and any("sip:%s@" % u in m.get("from") or "sip:%s@" % u in m.get("to") or
                                                    "sips:%s@" % u in m.get("from") + m.get("to") for u in self.users):
                mine.append(m)
        return Wire(mine, self.run.ports)

    def judge(self, wire):
        """The rules that hold for every case."""
        again = [m for m in wire.all if m.again]
        if again and not self.repeats:
            by = ["%s by %s" % (m.label, "server" if m.src[1] in self.run.ports else "phone %d" % m.src[1]) for m in again[:4]]
            raise Repeated("%d repeated message%s: %s" % (len(again), "s"[:len(again) != 1], ", ".join(by)))
        for m in wire.all:
            if m.status in ((400, 478, 513) if self.repeats else (400, 478, 500, 513)) and m.src[1] in self.run.ports:
                raise Bad("server answers '%s' to %s" % (m.first, m.method))
        wire.check_bodies()


class Repeated(Bad):
    pass


class Wire:
    def __init__(self, messages, ports):
        self.all, self.ports = messages, ports

    def out(self, m):
        return m.src[1] in self.ports

    def requests(self, method, out=None, inside=None):
        return [m for m in self.all if not m.status and not m.again and m.method == method and (out is None or self.out(m) == out)
                and (inside is None or m.totag == inside)]

    def answers(self, method, out=None, low=200, high=699, inside=None):
        return [m for m in self.all if m.status and not m.again and m.method == method and low <= m.status <= high
                and (out is None or self.out(m) == out) and m.status not in (401, 407)]

    def challenged(self, method):
        return [m for m in self.all if m.status in (401, 407) and m.method == method and self.out(m)]

    def record_routed(self):
        inv = self.requests("INVITE", out=True, inside=False)
        return bool(inv) and all(m.all("record-route") for m in inv)

    def check_bodies(self):
        """What a phone put into a message comes out of the server unchanged."""
        came = {}
        for m in self.all:
            if not self.out(m) and m.body:
                came.setdefault((m.get("call-id"), m.get("cseq"), m.status), set()).add(m.body)
        for m in self.all:
            if self.out(m) and m.body:
                key = (m.get("call-id"), m.get("cseq"), m.status)
                if key in came and m.body not in came[key]:
                    raise Bad("the server changed the body of " + m.label)

    def final(self, method="INVITE"):
        """The last final answer that the server gave to a request that starts a dialog or stands alone."""
        f = self.answers(method, out=True)
        return f[-1].status if f else None

    def story(self):
        """Counts: what came in and what went out, in the order of first sight."""
        seen = {}
        for m in self.all:
            k = (m.label, self.out(m))
            seen[k] = seen.get(k, 0) + 1
        done, words = set(), []
        for label, _ in seen:
            if label not in done:
                done.add(label)
                words.append("%s %d>%d" % (label, seen.get((label, False), 0), seen.get((label, True), 0)))
        return "%d messages: %s" % (len(self.all), ", ".join(words))


def need(ok, text):
    if not ok:
        raise Bad(text)


def check_call(c, w, legs=1, ended=True, more=False):
    """One call that was answered and hung up."""
    first = w.requests("INVITE", out=True, inside=False)
    need(len(first) == legs or more and len(first) > legs, "%d INVITEs left the server, not %d" % (len(first), legs))
    ok = [m for m in w.answers("INVITE", out=True, high=299)]
    need(len(ok) >= 1, "the caller got no 200")
    if w.record_routed():
        acks = [m for m in w.requests("ACK", out=True) if m.totag]
        need(acks, "no ACK reached the callee")
        if ended:
            byes = w.requests("BYE", out=True)
            need(byes, "no BYE reached the other side")
            need(w.answers("BYE", out=True, high=299), "BYE was not answered with 200 through the server")
    else:
        c.notes.append("no Record-Route")


# ----------------------------------------------------------------- the cases

CASES = []


def case(ident, group, combos=("",), slow=False, mode="open"):
    """Register a case: one run for each combination of phone letters.  mode: open, auth, tls."""
    def wrap(fn):
        for combo in combos:
            CASES.append(dict(id=ident + (":" + combo if combo else ""), group=group, fn=fn, combo=combo, slow=slow, mode=mode,
                              title=(fn.__doc__ or "").strip()))
        return fn
    return wrap


@case("01-register", 1, ["B", "P", "C", "D"])
def register(c, combo):
    """register, (refresh), unregister"""
    p = c.phone(combo)
    if "reregister" in p.can:
        n = p.here()
        p.reregister()
        p.wait("registered", 5, n)
    time.sleep(0.3)
    p.unregister()
    if combo != "B":                       # baresip says nothing about it
        p.wait("unregistered", 5)
    time.sleep(0.5)
    w = c.wire()
    oks = [m for m in w.answers("REGISTER", out=True, high=299)]
    need(len(oks) >= (3 if "reregister" in p.can else 2), "only %d times 200 to REGISTER" % len(oks))
    need(oks[0].get("contact") and granted(oks[0]), "the first 200 has no Contact with expires: " + oks[0].get("contact"))
    need(not any(granted(m) for m in oks[-1:]), "the 200 to the unregistration still lists " + oks[-1].get("contact"))
    return w


def granted(m):
    """The largest expires of the contacts in a 200 to REGISTER."""
    found = [int(x) for v in m.all("contact") for x in re.findall(r"expires\s*=\s*\"?(\d+)", v)]
    if not found and m.get("contact") and m.get("expires").isdigit():
        found = [int(m.get("expires"))]
    return max(found or [0])


@case("01-refresh", 1, ["BPCD"], slow=True)
def refresh(c, combo):
    """phones refresh by their own timers, 60 s"""
    phones = [c.phone(x, expires=60, wait=False) for x in combo]
    for p in phones:
        p.wait("registered", 10)
    time.sleep(62)
    w = c.wire()
    late = []
    for p in phones:
        asked = [m for m in w.requests("REGISTER", out=False) if "sip:%s@" % p.user in m.get("to")]
        first, rest = asked[0], [m for m in asked if m.time - asked[0].time > 20]
        if not rest:
            late.append(p.kind)
            continue
        ok = [m for m in w.answers("REGISTER", out=True, high=299) if "sip:%s@" % p.user in m.get("to")
              and m.time >= rest[0].time and m.get("call-id") == rest[0].get("call-id")]
        need(ok and granted(ok[-1]), "no 200 with a Contact to the refresh of " + p.kind)
        need(rest[0].get("call-id") == first.get("call-id"), p.kind + " used a new Call-ID")
        c.notes.append("%s after %.0f s" % (p.kind, rest[0].time - first.time))
    need(not late, "no refresh in 62 s by " + ", ".join(late))
    return w


@case("02-digest", 2, ["B", "P", "C", "D", "S"], mode="auth")
def digest(c, combo):
    """register with digest"""
    if combo == "S":
        user, pw = c.run.take_user()
        c.users.add(user)
        out, rc = sipsak(c, ["-U", "-C", "sip:%s@%s:%d" % (user, IP, c.run.env.take_port()), "-x", "300", "-a", pw, "-u", user], user)
        need(rc == 0, "sipsak ends with %d: %s" % (rc, out[-200:]))
    else:
        c.phone(combo)
    w = c.wire()
    need(w.challenged("REGISTER"), "REGISTER was not challenged")
    ok = w.answers("REGISTER", out=True, high=299)
    need(ok and granted(ok[-1]), "no 200 with a Contact")
    ask = w.challenged("REGISTER")[0].all("www-authenticate")
    c.notes.append("challenge: " + "; ".join("/".join(re.findall(r"(?:algorithm|qop)=\"?([\w,-]+)", v)) or "MD5" for v in ask))
    return w


@case("02-call", 2, ["BP", "PC", "CB", "DP"], mode="auth")
def digest_call(c, combo):
    """a call where users have passwords"""
    a, b = c.phone(combo[0]), c.phone(combo[1])
    na, nb = c.connect(a, b)
    time.sleep(1)
    c.bye(a, b, nb, na)
    w = c.wire()
    c.notes.append("INVITE challenged" if w.challenged("INVITE") else "INVITE not challenged")
    check_call(c, w)
    return w


PAIRS = ["BP", "PB", "CP", "PC", "BC", "CB", "BB", "PP", "CC", "DP", "PD"]


@case("03-caller-ends", 3, PAIRS)
def caller_ends(c, combo):
    """call, answer, talk, caller hangs up"""
    a, b = c.phone(combo[0]), c.phone(combo[1])
    na, nb = c.connect(a, b)
    time.sleep(TALK)
    need(not a.saw("closed", na) and not b.saw("closed", nb), "the call ended by itself")
    c.bye(a, b, nb, na)
    w = c.wire()
    check_call(c, w)
    return w


@case("03-callee-ends", 3, PAIRS)
def callee_ends(c, combo):
    """call, answer, talk, callee hangs up"""
    a, b = c.phone(combo[0]), c.phone(combo[1])
    na, nb = c.connect(a, b)
    time.sleep(TALK)
    need(not a.saw("closed", na) and not b.saw("closed", nb), "the call ended by itself")
    c.bye(b, a, na, nb)
    w = c.wire()
    check_call(c, w)
    return w


@case("04-cancel", 4, ["PB", "BC", "CP", "BP", "PC", "CB", "DB"])
def cancel(c, combo):
    """caller gives up while it rings"""
    a, b = c.phone(combo[0]), c.phone(combo[1])
    na, nb = c.dial(a, b)
    time.sleep(1)
    a.hangup()
    a.wait("closed", 6, na)
    b.wait("closed", 6, nb)
    need(not b.saw("established", nb), "the callee reports an established call")
    w = c.wire()
    need(w.requests("CANCEL", out=True), "no CANCEL reached the callee")
    need(w.final() == 487, "the caller got %s, not 487" % w.final())
    need(w.answers("CANCEL", out=True, high=299), "CANCEL was not answered with 200")
    return w


@case("05-decline", 5, ["PB", "BP", "CP", "PC", "BC", "CB"])
def decline(c, combo):
    """callee declines while it rings"""
    a, b = c.phone(combo[0]), c.phone(combo[1])
    na, nb = c.dial(a, b)
    time.sleep(0.5)
    b.decline()
    e = a.wait("closed", 6, na)
    b.wait("closed", 6, nb)
    w = c.wire()
    need(w.final() in b.decline_codes, "the caller got %s, not %s" % (w.final(), b.decline_codes))
    if e[2].get("code"):
        need(e[2]["code"] == w.final(), "the caller reports %s" % e[2]["code"])
    return w


@case("05-busy", 5, ["BP", "CP", "PP"])
def busy(c, combo):
    """callee answers 486 at once"""
    a, b = c.phone(combo[0]), c.phone(combo[1])
    b.be_busy()
    time.sleep(0.2)
    na = a.here()
    a.call(b.aor)
    a.wait("closed", 6, na)
    w = c.wire()
    need(w.final() == 486, "the caller got %s, not 486" % w.final())
    return w


@case("06-no-answer", 6, ["PB", "BC", "CB", "PC"], slow=True)
def no_answer(c, combo):
    """callee rings until its own limit"""
    a, b = c.phone(combo[0]), c.phone(combo[1], ring=6)
    na, nb = c.dial(a, b)
    a.wait("closed", 20, na)
    b.wait("closed", 5, nb)
    w = c.wire()
    need(w.final() and 400 <= w.final() <= 699, "the caller got %s" % w.final())
    return w


@case("06-callee-gone", 6, ["PB"], slow=True)
def callee_gone(c, combo):
    """callee is registered but its program was killed: the call must end with a failure in 40 s"""
    c.repeats = True
    a, b = c.phone(combo[0]), c.phone(combo[1])
    b.kill()
    na, t = a.here(), time.time()
    a.call(b.aor)
    a.wait("closed", 40, na)
    c.notes.append("after %.1f s" % (time.time() - t))
    w = c.wire()
    need(w.final() in (408, 480, 500, 503, 404, 410, 430), "the caller got %s" % w.final())
    return w


@case("07-hold", 7, ["PB", "BP", "CP", "PC", "BC", "CB", "DP"])
def hold(c, combo):
    """caller holds and resumes by re-INVITE"""
    a, b = c.phone(combo[0]), c.phone(combo[1])
    na, nb = c.connect(a, b)
    time.sleep(1)
    a.hold()
    if combo[1] != "B":                    # baresip says nothing about being held
        b.wait("remote_hold", 6, nb)
    if combo[0] != "B":
        a.wait("held", 6, na)
    time.sleep(1)
    a.resume()
    if combo[1] != "B":
        b.wait("remote_resume", 6, nb)
    if combo[0] != "B":
        a.wait("resumed", 6, na)
    time.sleep(1)
    need(not a.saw("closed", na) and not b.saw("closed", nb), "the call ended by itself")
    c.bye(a, b, nb, na)
    w = c.wire()
    check_call(c, w)
    if w.record_routed():
        inv = w.requests("INVITE", out=True, inside=True)
        held = [m for m in inv if re.search(r"(?m)^a=(sendonly|inactive)\r?$", m.body)]
        need(held, "no re-INVITE with sendonly reached the callee")
        need([m for m in inv if m.time > held[0].time and not re.search(r"(?m)^a=(sendonly|inactive)\r?$", m.body)],
             "no re-INVITE that resumes reached the callee")
    return w


@case("08-transfer", 8, ["PBC", "BPC", "PCB", "CPB", "BCP", "CBP", "PPB"])
def transfer(c, combo):
    """first calls second, transfers it blindly to third"""
    if combo[0] == "P" and combo[1] in "CD":
        # the last NOTIFY of linphone 5.1 says "terminated;reason=reason=noresource", pjsip drops it, so it is repeated
        c.repeats = True
    a, b, t = [c.phone(x) for x in combo]
    na, nb = c.connect(a, b)
    time.sleep(1)
    nt, nb2 = t.here(), b.here()
    a.transfer(t.aor)
    t.wait("incoming", 8, nt)
    time.sleep(0.4)
    t.answer()
    t.wait("established", 6, nt)
    if combo[1] != "B":
        b.wait("established", 6, nb2)
    time.sleep(1)
    if not a.saw("closed", na):
        try:
            a.hangup()
        except PhoneError:
            pass
    time.sleep(0.5)
    need(not t.saw("closed", nt), "the transferred call ended with the first one")
    t.hangup()
    t.wait("closed", 6, nt)
    b.wait("closed", 6, nb)
    w = c.wire()
    need(w.requests("REFER", out=True), "no REFER reached the second phone")
    ok = w.answers("REFER", out=True, high=299)
    need(ok, "REFER was not accepted through the server")
    need(w.requests("NOTIFY", out=True), "no NOTIFY reached the first phone")
    need(w.answers("NOTIFY", out=True, high=299), "NOTIFY was not answered with 200 through the server")
    return w


@case("09-fork", 9, ["PBC", "BPC", "CBP", "PCB", "BCP", "CPB"])
def fork(c, combo):
    """second and third share an AOR: both ring, second answers, third is cancelled"""
    a, b = c.phone(combo[0]), c.phone(combo[1])
    b2 = c.phone(combo[2], user=b.credentials)
    na, nb, nb2 = a.here(), b.here(), b2.here()
    a.call(b.aor)
    b.wait("incoming", 8, nb)
    b2.wait("incoming", 8, nb2)
    time.sleep(0.5)
    b.answer()
    a.wait("established", 6, na)
    b.wait("established", 6, nb)
    b2.wait("closed", 6, nb2)
    need(not b2.saw("established", nb2), "the other phone reports an established call")
    time.sleep(1.5)
    need(len(a.saw("established", na)) == 1 and not a.saw("closed", na), "the caller's call did not stay up")
    c.bye(a, b, nb, na)
    w = c.wire()
    check_call(c, w, legs=2)
    need(len(w.requests("CANCEL", out=True)) == 1, "%d CANCELs left the server" % len(w.requests("CANCEL", out=True)))
    need(w.final() == 200 or any(m.status == 200 for m in w.answers("INVITE", out=True)), "the caller got no 200")
    need(not [m for m in w.answers("INVITE", out=True) if m.status == 487], "487 of the cancelled phone went to the caller")
    gone = w.requests("CANCEL", out=True)[0]
    c.notes.append("Reason: %s" % gone.get("reason") if gone.get("reason") else "CANCEL without Reason")
    return w


@case("09-fork-all-decline", 9, ["PBC", "BPC"])
def fork_decline(c, combo):
    """both decline: one final answer"""
    a, b = c.phone(combo[0]), c.phone(combo[1])
    b2 = c.phone(combo[2], user=b.credentials)
    na, nb, nb2 = a.here(), b.here(), b2.here()
    a.call(b.aor)
    b.wait("incoming", 8, nb)
    b2.wait("incoming", 8, nb2)
    time.sleep(0.3)
    b.decline()
    b.wait("closed", 6, nb)
    if not b2.saw("closed", nb2):           # a 603 may already have ended it
        time.sleep(0.3)
        if not b2.saw("closed", nb2):
            b2.decline()
    b2.wait("closed", 6, nb2)
    a.wait("closed", 6, na)
    w = c.wire()
    finals = [m.status for m in w.answers("INVITE", out=True, low=300)]
    need(len(finals) == 1 and finals[0] in (486, 603, 600), "the caller got %s" % finals)
    return w


@case("10-message", 10, ["PB", "BP", "CP", "PC", "BC", "CB", "DP", "PD", "SP", "SB", "SC"])
def message(c, combo):
    """MESSAGE from one to the other"""
    b = c.phone(combo[1])
    n = b.here()
    text = "hello number %d" % (time.time_ns() % 100000)
    if combo[0] == "S":
        user, pw = c.run.take_user()
        c.users.add(user)
        path = os.path.join(c.folder, "message.sip")        # sipsak -M of Debian 12 crashes, so it shoots a file
        with open(path, "w") as f:
            f.write("MESSAGE {b} SIP/2.0\nMax-Forwards: 70\nFrom: <sip:{a}@{d}>;tag=s1\nTo: <{b}>\nCall-ID: {n}\nCSeq: 1 MESSAGE\n"
                    "Content-Type: text/plain\nContent-Length: {l}\n\n{t}".format(b=b.aor, a=user, d=DOMAIN, n=time.time_ns(), l=len(text), t=text))
        out, rc = sipsak(c, ["-f", path, "-a", pw, "-u", user], b.user, "%s:%d" % (IP, c.run.env.port))
        need(rc == 0, "sipsak ends with %d: %s" % (rc, out[-200:]))
    else:
        a = c.phone(combo[0], talks_to=b.user)
        na = a.here()
        a.message(b.aor, text)
    e = b.wait("message", 6, n)
    need(text in e[2]["text"], "the text came as %r" % e[2]["text"])
    if combo[0] in "PD":
        e = a.wait("message_sent", 6, na)
        need(e[2]["code"] // 100 == 2, "the sender reports %s" % e[2]["code"])
    time.sleep(0.5)
    need(len(b.saw("message", n)) == 1, "the message came %d times" % len(b.saw("message", n)))
    w = c.wire()
    need(w.requests("MESSAGE", out=True), "MESSAGE was not forwarded")
    need(200 <= (w.final("MESSAGE") or 0) <= 299, "the sender got %s" % w.final("MESSAGE"))
    return w


@case("11-tcp", 11, ["BtPu", "PtBt", "CtPt", "PuCt", "BtCu", "CtBt", "DtPu"])
def tcp(c, combo):
    """a call where phones use TCP (t) and UDP (u)"""
    return call_over(c, combo)


@case("12-tls", 12, ["PsBu", "BsPs", "CsPu", "PuCs", "BsCt"], mode="tls")
def tls(c, combo):
    """a call where phones use TLS (s), TCP (t), UDP (u)"""
    return call_over(c, combo)


def call_over(c, combo):
    name = dict(u="udp", t="tcp", s="tls")
    a, b = c.phone(combo[0], name[combo[1]]), c.phone(combo[2], name[combo[3]])
    na, nb = c.connect(a, b)
    time.sleep(1.5)
    need(not a.saw("closed", na) and not b.saw("closed", nb), "the call ended by itself")
    c.bye(b, a, na, nb)
    # and back, over the same connections
    na, nb = c.connect(b, a)
    time.sleep(1)
    c.bye(b, a, nb, na)
    w = c.wire()
    if "s" not in combo:
        # Linphone registers a second contact for one connection; a registrar may keep both and try both
        check_call(c, w, legs=2, more=any(p.kind in ("linphonec", "lindaemon") and p.transport == "tcp" for p in (a, b)))
    for p in (a, b):
        clear = [m for m in w.all if "sip:%s@" % p.user in m.get("to") and m.method == "REGISTER" and not m.status]
        if p.transport == "tls":
            need(not clear, "%s registered in the clear" % p.kind)
        else:
            need(clear and clear[0].proto == p.transport, "%s did not register over %s" % (p.kind, p.transport))
    return w


@case("13-wrong-password", 13, ["B", "P", "C", "D", "S"], mode="auth")
def wrong_password(c, combo):
    """registration with a wrong password is refused"""
    if combo == "S":
        user, _ = c.run.take_user()
        c.users.add(user)
        out, rc = sipsak(c, ["-U", "-C", "sip:%s@%s:%d" % (user, IP, c.run.env.take_port()), "-x", "300", "-a", "wrong", "-u", user], user)
        need(rc != 0, "sipsak is content")
    else:
        p = c.phone(combo, password="wrong", wait=False)
        if combo in "BP":
            p.wait("reg_failed", 8)
        else:
            time.sleep(2)
        need(not p.saw("registered"), "the phone reports success")
    w = c.wire()
    need(not w.answers("REGISTER", out=True, high=299), "the server answered 200")
    last = [m.status for m in w.all if m.status and m.method == "REGISTER" and w.out(m)]
    need(last and last[-1] in (401, 403, 407), "the last answer is %s" % last[-1:])
    c.notes.append("%d attempts" % len(w.requests("REGISTER", out=False)))
    return w


@case("13-unknown-user", 13, ["P"], mode="auth")
def unknown_user(c, combo):
    """a user who is not in the list is refused"""
    p = c.phone(combo, user=("stranger%d" % (time.time_ns() % 10000), "pw"), wait=False)
    p.wait("reg_failed", 8)
    w = c.wire()
    need(not w.answers("REGISTER", out=True, high=299), "the server answered 200")
    return w


@case("14-nobody", 14, ["B", "P", "C", "D"])
def nobody(c, combo):
    """call to a user who is not registered"""
    a = c.phone(combo)
    user, _ = c.run.take_user()
    na = a.here()
    a.call("sip:%s@%s" % (user, DOMAIN))
    e = a.wait("closed", 8, na)
    w = c.wire()
    need(w.final() in (404, 480), "the caller got %s" % w.final())
    if e[2].get("code"):
        need(e[2]["code"] == w.final(), "the caller reports %s" % e[2]["code"])
    return w


@case("15-restart", 15, ["PB", "BP", "PC", "CB", "BC"])
def restart(c, combo):
    """callee is killed, comes back on a new port, is called"""
    c.repeats = True                       # the old contact may be tried in vain
    a, b = c.phone(combo[0]), c.phone(combo[1])
    old = b.port
    b.kill()
    b2 = c.phone(combo[1], user=b.credentials)
    na, nb = a.here(), b2.here()
    t = time.time()
    a.call(b2.aor)
    b2.wait("incoming", 8, nb)
    c.notes.append("rings after %.2f s" % (time.time() - t))
    time.sleep(1)
    b2.answer()
    a.wait("established", 6, na)
    time.sleep(1)
    need(not a.saw("closed", na), "the call did not stay up")
    c.bye(a, b2, nb, na)
    w = c.wire()
    tried = [m for m in w.requests("INVITE", out=True) if m.dst[1] == old]
    c.notes.append("old contact tried %d time(s)" % len([m for m in w.all if not m.status and m.method == "INVITE" and m.dst[1] == old])
                   if tried else "old contact not tried")
    return w


@case("16-kick", 16, ["BP", "PB"])
def kick(c, combo):
    """first is kicked by ctl: its binding is gone, the audit line stands, a call finds nobody, its next REGISTER brings it back"""
    server, reason = c.run.server, "moved desk"
    if server.kind != "sipglass":
        raise Skip("only Sipglass has ctl")
    p, caller = c.phone(combo[0]), c.phone(combo[1])
    aor = p.aor.partition(":")[2]

    def bound():
        return [row["contact"] for row in server.ctl("registrations")["registrations"] if row["aor"] == aor]

    need(len(bound()) == 1, "ctl lists %s before the kick" % bound())
    said = json.dumps(server.ctl("kick", aor, "--reason", reason))
    need(not bound(), "ctl still lists %s" % bound())
    need(all(word in said for word in (reason, aor, "drop")), "no audit line in " + said)
    n = caller.here()
    caller.call(p.aor)
    caller.wait("closed", 8, n)
    need(not p.saw("incoming"), "the kicked phone rang")
    n = p.here()
    p.register()
    p.wait("registered", 6, n)
    need(len(bound()) == 1, "ctl lists %s after the next REGISTER" % bound())
    n, np = caller.here(), p.here()
    c.connect(caller, p)
    c.bye(caller, p, np, n)
    w = c.wire()
    finals = [m.status for m in w.answers("INVITE", out=True)]
    need(finals[:1] in ([404], [480]) and finals[1:] == [200], "the caller got %s" % finals)
    c.notes.append("kicked: " + said)
    return w


# ----------------------------------------------------------------- sipsak

def sipsak(c, args, user, host=None):
    exe = shutil.which("sipsak")
    if not exe:
        raise Skip("sipsak is not installed")
    argv = [exe] + args + ["-H", IP, "-p", "%s:%d" % (IP, c.run.env.port), "-l", str(c.run.env.take_port()), "-v", "-s",
                           "sip:%s@%s" % (user, host or DOMAIN)]
    p = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=40, cwd=c.folder)
    out = (p.stdout + p.stderr).decode("latin1")
    with open(os.path.join(c.folder, "sipsak.log"), "a") as f:
        f.write("%s\n%s\n" % (" ".join(argv), out))
    return " ".join(out.split()), p.returncode


# ----------------------------------------------------------------- a run: one started server and its cases

class Run:
    def __init__(self, opt, mode, folder, users, certs):
        self.opt, self.mode, self.users, self.lock = opt, mode, users, threading.Lock()
        self.folder = os.path.join(folder, mode)
        os.makedirs(self.folder)
        port = opt.port
        while not (free(port) and free(port + 2)):
            port += 4
        self.auth = mode == "auth" or Server.always_auth(opt.server)
        tls = mode == "tls"
        self.ports = [port, port + 2]
        self.env = Env(port, port + 2, self.folder, certs if tls else None)
        self.server = Server(opt.server, os.path.join(self.folder, "server"), DOMAIN, port, port + 2, accounts(), certs if tls else None)
        self.server.start(self.auth, tls)
        self.sniffer = Sniffer(os.path.join(self.folder, "wire.pcap"), self.ports, (port + 20, port + 3999))
        self.sniffer.start()

    def take_user(self):
        with self.lock:
            return self.users.pop(0)

    def one(self, spec):
        """(result, what was seen) of a case; a second try when messages were only repeated."""
        for attempt in (1, 2):
            c = Case(self, spec["id"])
            c.started = time.time()
            try:
                if not self.server.alive():
                    return "FAIL", "the server has ended: " + " ".join(self.server.tail().split())[-300:]
                w = spec["fn"](c, spec["combo"])
                c.judge(w)
                words = "; ".join(c.notes + [w.story()])
                return "pass", words + ("; second try, the first had repeats" if attempt == 2 else "")
            except Skip as e:
                return "skip", str(e)
            except Repeated as e:
                if attempt == 2:
                    return "FAIL", str(e)
            except (Bad, PhoneError) as e:
                return "FAIL", "%s%s | %s" % (e, c.crashes(), "; ".join(c.notes + [c.wire().story()]))
            except Exception as e:
                return "FAIL", "driver error %s: %s" % (type(e).__name__, e)
            finally:
                c.close()

    def close(self):
        alive = self.server.alive()
        self.sniffer.stop()
        self.server.stop()
        return alive


def needs(spec):
    """What a case needs of the server beside UDP without accounts: auth, tls, tcp or None."""
    return spec["mode"] if spec["mode"] != "open" else "tcp" if spec["group"] == 11 else None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--server", default="sipglass", help="sipglass[:BINARY], kamailio[:auth] or command:TEXT")
    p.add_argument("--only", help="cases whose id has one of these words (commas)")
    p.add_argument("--fast", action="store_true", help="without the cases that wait long")
    p.add_argument("--jobs", type=int, default=2, help="cases at a time")
    p.add_argument("--port", type=int, default=28060)
    p.add_argument("--keep", metavar="DIR", help="put logs and captures here and leave them")
    p.add_argument("--list", action="store_true")
    opt = p.parse_args()
    chosen = [c for c in CASES if (not opt.only or any(w in c["id"] for w in opt.only.split(","))) and not (opt.fast and c["slow"])]
    if opt.list:
        for c in chosen:
            print("%-24s %-5s %s" % (c["id"], c["mode"], c["title"]))
        return 0
    if not shutil.which("dumpcap"):
        raise SystemExit("dumpcap is not installed; it is part of tshark")
    folder = opt.keep or tempfile.mkdtemp(prefix="phones.")
    os.makedirs(folder, exist_ok=True)
    able = [c for c in chosen if needs(c) is None or Server.can(opt.server, needs(c))]
    if len(able) < len(chosen):
        print("not run, the server spec has no digest, TCP or TLS: " + " ".join(sorted({c["id"].partition(":")[0] for c in chosen if c not in able})))
        chosen = able
    if any("P" in c["combo"] for c in chosen):
        find_python(True)                  # once, before cases run side by side
    users, count, t0 = accounts(), dict(passed=0, FAIL=0, skip=0), time.time()
    certs = None
    try:
        for mode in ("open", "auth", "tls"):
            todo = [c for c in chosen if c["mode"] == mode]
            if not todo:
                continue
            if mode == "tls":
                os.makedirs(os.path.join(folder, "certs"), exist_ok=True)
                certs = make_certificate(os.path.join(folder, "certs"))
            run = Run(opt, mode, folder, users, certs)
            try:
                todo.sort(key=lambda c: not c["slow"])          # the long ones first, beside the others
                with concurrent.futures.ThreadPoolExecutor(opt.jobs) as pool:
                    jobs = [(c, pool.submit(run.one, c)) for c in todo]
                    for c, job in sorted(jobs, key=lambda j: CASES.index(j[0])):
                        result, seen = job.result()
                        count["passed" if result == "pass" else result] += 1
                        print("%-24s %-5s %s" % (c["id"], result, seen), flush=True)
            finally:
                alive = run.close()
            bad = getattr(run.sniffer, "malformed", [])
            ok = alive and not bad
            count["passed" if ok else "FAIL"] += 1
            print("%-24s %-5s server %s at the end; %s" % ("00-server:" + mode, "pass" if ok else "FAIL", "alive" if alive else "DEAD",
                  "%d datagrams at its ports that are not SIP: %r" % (len(bad), bad[:2]) if bad else "nothing malformed at its ports"), flush=True)
    finally:
        if not opt.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print("%d passed, %d failed, %d skipped in %.0f s" % (count["passed"], count["FAIL"], count["skip"], time.time() - t0))
    return 1 if count["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main())
