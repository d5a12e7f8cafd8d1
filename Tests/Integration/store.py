#!/usr/bin/env python3
"""Kills Sipglass with SIGKILL under a load of REGISTERs, and looks for every acknowledged binding.

Every other kill comes at the very moment when a phone hears its 200, the others at random moments.

  store.py [--kills N] [--rate N] [--seed N]   by itself; `run` makes a moderate number of kills
"""
import argparse, os, random, socket, sqlite3, subprocess, sys, tempfile, threading, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import BINARY, DOMAIN, IP, Failure, Peer, Sipglass, need, register, request, test, wait_for

USERS = 400


class Kept(Sipglass):
    """Sipglass with its store in a file of the test's folder; may be killed and started again on the same port."""

    def __init__(self, folder, **more):
        super().__init__(folder, **more)
        self.file = os.path.join(folder, "sipglass.db")
        self.words[self.words.index("--store") + 1] = self.file

    def bury(self):
        """After a SIGKILL."""
        self.process.wait()
        self.log.close()


class Office:
    """Phones that register, refresh and unregister at a rate, and know what was acknowledged to them.

    `acknowledged` maps a user to (CSeq, bound) of the last REGISTER that was answered with 200; `unknown` to those of
    the REGISTERs sent since, which may have happened or not.
    """

    def __init__(self, port, seed):
        self.random, self.server = random.Random(seed), (IP, port)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind((IP, 0))
        self.port, self.cseq = self.socket.getsockname()[1], 0
        self.acknowledged, self.unknown, self.sent, self.answers = {}, {}, 0, {}
        self.lock, self.ends, self.victim, self.last_answers = threading.Lock(), False, None, 0
        self.listener = threading.Thread(target=self.listen)
        self.listener.start()

    def close(self):
        self.ends = True
        self.listener.join()
        self.socket.close()

    def drive(self, process, rate, answers=None, seconds=None):
        """Sends at the rate until the process is killed: with the answer of that number, or after a time."""
        if answers:
            self.last_answers, self.victim = answers, process
        else:
            threading.Timer(seconds, process.kill).start()
        begun, sent = time.monotonic(), 0
        while process.poll() is None:
            need(time.monotonic() - begun < 30, "no %d answers in 30 s: %s" % (answers or 0, self.answers))
            while sent < (time.monotonic() - begun) * rate:
                self.send_one()
                sent += 1
            time.sleep(0.001)

    def send_one(self):
        user, bound = "u%03d" % self.random.randrange(USERS), self.random.random() < 0.8
        with self.lock:
            self.cseq += 1
            cseq = self.cseq
            self.unknown.setdefault(user, []).append((cseq, bound))
            self.sent += 1
        contact = "<sip:%s@%s:%d>" % (user, IP, self.port)
        text = ("REGISTER sip:{0} SIP/2.0\r\nVia: SIP/2.0/UDP {1}:{2};rport;branch=z9hG4bK{3}.{4}\r\nMax-Forwards: 70\r\n"
                "From: <sip:{4}@{0}>;tag={3}\r\nTo: <sip:{4}@{0}>\r\nCall-ID: {4}@{1}\r\nCSeq: {3} REGISTER\r\n"
                "Contact: {5}\r\nExpires: {6}\r\nContent-Length: 0\r\n\r\n"
                ).format(DOMAIN, IP, self.port, cseq, user, contact, 3600 if bound else 0)
        try:
            self.socket.sendto(text.encode(), self.server)
        except ConnectionRefusedError:
            pass

    def listen(self):
        self.socket.settimeout(0.05)
        while not self.ends:
            try:
                data = self.socket.recv(65536)
            except (TimeoutError, ConnectionRefusedError):
                continue
            if self.victim and data[8:11] == b"200":
                self.last_answers -= 1
                if self.last_answers <= 0:
                    # at once: what was just acknowledged must be on the disk already
                    self.victim.kill()
                    self.victim = None
            code = data[8:11].decode()
            number, user = data.partition(b"branch=z9hG4bK")[2].split(b"\r\n")[0].split(b";")[0].split(b".")
            with self.lock:
                self.answers[code] = self.answers.get(code, 0) + 1
                if code == "200":
                    self.note(user.decode(), int(number))

    def note(self, user, cseq):
        waiting = self.unknown.get(user, [])
        bound = dict(waiting).get(cseq)
        if bound is None:
            return
        if cseq > self.acknowledged.get(user, (0, False))[0]:
            self.acknowledged[user] = (cseq, bound)
        self.unknown[user] = [entry for entry in waiting if entry[0] > cseq]

    def compare(self, rows):
        """What is wrong with the bindings that are back: each is the last acknowledged one, or one sent after it."""
        found, wrong = {}, []
        for row in rows:
            user = row["aor"].partition("@")[0]
            if user in found:
                wrong.append("%s is bound twice" % user)
            found[user] = row["cseq"]
        with self.lock:
            for user in {*self.acknowledged, *self.unknown, *found}:
                cseq, bound = self.acknowledged.get(user, (0, False))
                may = {cseq if bound else None, *(number if keeps else None for number, keeps in self.unknown.get(user, []))}
                if found.get(user) not in may:
                    wrong.append("%s has CSeq %s, acknowledged %s %d" % (user, found.get(user), "bound" if bound else "gone", cseq))
                # what is there now is what counts from here on
                self.acknowledged[user] = (found[user], True) if user in found else (cseq, False)
                self.unknown[user] = []
        return wrong


def kill_often(folder, kills, rate=500, seed=1):
    """The test; returns what it did in one line."""
    chance, server = random.Random(seed), Kept(folder)
    office = Office(server.port, seed)
    try:
        server.__enter__()
        for number in range(kills):
            moment = 0.15 + chance.random()
            if number % 2:
                office.drive(server.process, rate, seconds=moment)
            else:
                office.drive(server.process, rate, answers=int(moment * rate))
            server.bury()
            time.sleep(0.1)        # answers that had left are read
            server.__enter__()
            wrong = office.compare(server.ctl("registrations")["registrations"])
            need(not wrong, "after kill %d (seed %d): %s" % (number + 1, seed, "; ".join(wrong[:5])))
        need(office.answers.get("200", 0) > 0.5 * office.sent, "%d sent, answers %s" % (office.sent, office.answers))
        stats = server.ctl("stats")["stats"]["store"]
        need(stats["path"] == server.file and stats["failure"] is None, "stats: %s" % stats)
        server.__exit__()
        with sqlite3.connect("file:%s?mode=ro" % server.file, uri=True) as file:
            health = file.execute("PRAGMA integrity_check").fetchone()[0]
        need(health == "ok", health)
        return "%d kills, %d REGISTERs, answers %s, seed %d" % (kills, office.sent, office.answers, seed)
    finally:
        office.close()
        if server.process and server.process.poll() is None:
            server.process.kill()
            server.process.wait()


@test("kill -9 at %d moments under 500 REGISTER/s: no acknowledged binding is lost", 20)
def killed(folder, kills):
    return kill_often(folder, kills, seed=random.randrange(1 << 30))


@test("kill -9: bans are back with what is left of their time; lifted ones and those that are over are not")
def bans(folder):
    server = Kept(folder)
    server.__enter__()
    try:
        server.ctl("ban", "1001@" + DOMAIN, "--for", "1h", "--reason", "lost")
        server.ctl("ban", "203.0.113.9", "--for", "1d")
        server.ctl("ban", "203.0.113.10", "--for", "1h")
        server.ctl("ban", "2001:db8::7", "--for", "1s")
        server.ctl("unban", "203.0.113.10")
        # what was answered is in the file once a REGISTER that came later is
        with Peer(server.port) as peer:
            register(peer, "1002")
        server.process.kill()
        server.bury()
        time.sleep(1)
        server.__enter__()
        rows = {row["subject"]: row for row in server.ctl("bans")["bans"]}
        need(set(rows) == {"1001@" + DOMAIN, "203.0.113.9"}, "bans: %s" % rows)
        lost = rows["1001@" + DOMAIN]
        need(3500 < lost["remaining"] < 3600 and lost["reason"] == "lost" and lost["actor"] == "ctl", "ban: %s" % lost)
        with Peer(server.port) as peer:
            lines = ["Contact: <sip:1001@%s:%d>" % (IP, peer.port)]
            reply = peer.ask(request("REGISTER", "sip:" + DOMAIN, peer, to="sip:1001@" + DOMAIN, user="1001", extra=lines))
            need(reply.startswith(b"SIP/2.0 403"), "a banned phone was answered %s" % reply[:30])
        server.__exit__()
        with sqlite3.connect("file:%s?mode=ro" % server.file, uri=True) as file:
            left = [row[0] for row in file.execute("SELECT subject FROM bans ORDER BY subject")]
        need(left == ["1001@" + DOMAIN, "203.0.113.9"], "the file has %s" % left)
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()


@test("a second sipglass on the same store is refused with 69; a newer store and a foreign database with 78")
def refused(folder):
    with Kept(folder) as server, Peer(server.port) as peer:
        register(peer, "first")
        for store, code in ((server.file, 69), (make(folder, "newer.db", server.file, "PRAGMA user_version = 99"), 78),
                            (make(folder, "other.db", None, "CREATE TABLE people (name)"), 78)):
            done = subprocess.run([BINARY, "run", "--headless", "--listen", "udp:%s:0" % IP, "--store", store, "--control",
                                   os.path.join(folder, "other")], stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
            need(done.returncode == code and store.encode() in done.stderr, "%s: %d %s" % (store, done.returncode, done.stderr))
        need(len(server.registrations()) == 1, "the first one lost its registration")


def make(folder, name, source, statement):
    """A database of the test's own: a copy, or an empty one, changed by a statement."""
    path = os.path.join(folder, name)
    with sqlite3.connect(path) as file:
        if source:
            with sqlite3.connect(source) as original:
                original.backup(file)
        file.execute(statement)
    file.close()
    return path


@test("a %s store: the engine goes on in memory and says so; the file stays", "damaged", "full")
def unusable(folder, how):
    mount = os.path.join(folder, "disk")
    os.makedirs(mount)
    server = Kept(folder)
    if how == "damaged":
        with open(server.file, "wb") as file:
            file.write(b"no database " * 1000)
    else:
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", mount], capture_output=True).returncode:
            return "not root: no disk of its own to fill (the unit tests fill one of SQLite's)"
        server.file = os.path.join(mount, "sipglass.db")
        server.words[server.words.index("--store") + 1] = server.file
    try:
        with server, Peer(server.port) as peer:
            codes = []
            for number in range(300):
                lines = ["Contact: <sip:u%d@%s:%d>" % (number, IP, peer.port), "Expires: 3600"]
                reply = peer.ask(request("REGISTER", "sip:" + DOMAIN, peer, to="sip:u%d@%s" % (number, DOMAIN), extra=lines))
                codes.append(reply[8:11].decode())
            expected = {"200"} if how == "damaged" else {"200", "500"}
            need(set(codes) == expected and codes[-1] == "200" and codes.count("500") <= 1, "answers %s" % codes)
            need(len(server.registrations()) == codes.count("200"), "bound: %d" % len(server.registrations()))
            stats = server.ctl("stats")["stats"]["store"]
            need(stats["failure"], "stats: %s" % stats)
        with open(server.log.name, encoding="utf-8") as log:
            need("registrations live in memory now" in log.read(), "the log does not say so")
        with open(server.file, "rb") as file:
            need(how == "full" or file.read() == b"no database " * 1000, "the file was changed")
        return stats["failure"]
    finally:
        if os.path.ismount(mount):
            subprocess.run(["umount", mount], check=True)


@test("user add, list, passwd, import and remove beside a running engine; no password or hash is shown")
def users(folder):
    with Kept(folder) as server:
        def user(*words, code=0, text=None):
            done = subprocess.run([BINARY, "user", *words, "--store", server.file, "--control", server.control],
                                  input=text, capture_output=True, text=True, timeout=10)
            need(done.returncode == code, "user %s ends with %d: %s" % (" ".join(words), done.returncode, done.stdout + done.stderr))
            return done.stdout + done.stderr
        seen = user("add", "1001", "--realm", DOMAIN, "--password-stdin", text="pa55word\n")
        seen += user("add", "1001", "--realm", DOMAIN, "--password-stdin", text="pa55word\n", code=1)
        seen += user("passwd", "1002", "--realm", DOMAIN, "--password-stdin", text="pa55word\n", code=1)
        seen += user("passwd", "1001", "--realm", DOMAIN, "--password-stdin", text="hidden\n")
        seen += user("import", "-", text="1002:%s:pa55word\n1003:%s:a:b\n" % (DOMAIN, DOMAIN))
        seen += user("import", "-", text="1004:%s:pa55word\nno line\n" % DOMAIN, code=65)
        seen += user("remove", "1003", "--realm", DOMAIN)
        # A running engine asks for passwords from the first account on.
        with Peer(server.port) as peer:
            reply = peer.ask(request("REGISTER", "sip:" + DOMAIN, peer, to="sip:1001@" + DOMAIN, extra=["Contact: <sip:x@%s>" % IP]))
            need(reply.startswith(b"SIP/2.0 401"), "an account is there, and REGISTER is answered " + reply[:20].decode("latin1"))
        listed = user("list")
        need([line.split() for line in listed.splitlines()] == [["USER", "REALM"], ["1001", DOMAIN], ["1002", DOMAIN]], listed)
        need("pa55word" not in seen and "hidden" not in seen, seen)
        with sqlite3.connect("file:%s?mode=ro" % server.file, uri=True) as file:
            rows = dict(file.execute("SELECT user, hex(md5) FROM accounts"))
        import hashlib
        need(rows["1001"] == hashlib.md5(("1001:%s:hidden" % DOMAIN).encode()).hexdigest().upper(), "HA1 %s" % rows)
        need(oct(os.stat(server.file).st_mode & 0o777) == "0o600", "others can read the store")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--rate", type=int, default=500)
    options.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="sipglass.") as place:
        try:
            print("pass:", kill_often(place, chosen.kills, chosen.rate, chosen.seed))
        except Failure as failure:
            sys.exit("FAIL: %s" % failure)
