"""What the integration tests share: Sipglass as a process, SIP from plain sockets, SIPp, and a terminal in tmux."""
import csv, json, os, re, shlex, signal, socket, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = os.environ.get("SIPGLASS") or os.path.realpath(os.path.join(HERE, "../../.build/release/sipglass"))
SCENARIOS = os.path.join(HERE, "../Benchmarks/scenarios")
IP, DOMAIN = "127.0.0.1", "lab.test"
TESTS = []


class Failure(Exception):
    """A test failed; the text says what was seen."""


def need(ok, text):
    if not ok:
        raise Failure(text)


def test(title, *arguments):
    """Registers a test; with arguments it runs once for each of them."""
    def register(function):
        group = os.path.splitext(os.path.basename(function.__code__.co_filename))[0]
        for argument in arguments or ((),):
            argument = argument if isinstance(argument, tuple) else (argument,)
            TESTS.append((group, title % argument if argument else title, function, argument))
        return function
    return register


def wait_for(condition, seconds, what):
    """The first true value of the condition; a failure when none comes in time."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure("no %s within %g s" % (what() if callable(what) else what, seconds))
        time.sleep(0.05)


_given = set()


def free_port():
    """A UDP port, free on both loopbacks, that was not handed out before."""
    while True:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as six, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as four:
            four.bind((IP, 0))
            port = four.getsockname()[1]
            six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            try:
                six.bind(("::1", port))
            except OSError:
                continue
            if port not in _given:
                _given.add(port)
                return port


def is_taken(ip, port):
    """True once somebody has this UDP address; asked without touching it."""
    address = "%s:%04X" % (socket.inet_aton(ip)[::-1].hex().upper(), port)
    with open("/proc/net/udp") as file:
        return any(line.split()[1] == address for line in file)


# ----------------------------------------------------------------- Sipglass

def users_file(folder, users):
    """A file for --users."""
    path = os.path.join(folder, "users")
    with open(path, "w") as file:
        file.writelines("%s:%s:pw%s\n" % (user, DOMAIN, user) for user in users)
    return path


# a configuration: a 100 for every INVITE, whether its answer comes soon or not
TRYING_AT_ONCE = '[timers]\ntrying = "0ms"\n'


class Sipglass:
    """The real program without a screen, on a free port; the same words start it with one."""

    def __init__(self, folder, listen=None, domain=DOMAIN, more=(), ip=IP, port=None, config=""):
        self.folder, self.ip, self.port, self.domain, self.process = folder, ip, port or free_port(), domain, None
        self.control = os.path.join(folder, "control")
        listeners = listen or ["udp:%s:%d" % (ip, self.port)]
        self.words = [word for listener in listeners for word in ("--listen", listener)]
        self.words += ["--domain", domain, "--store", "memory", "--control", self.control, *more]
        if config:
            path = os.path.join(folder, "config.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(config)
            self.words += ["--config", path]

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "sipglass.log"), "wb")
        self.process = subprocess.Popen([BINARY, "run", "--headless", *self.words], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, start_new_session=True)
        self.wait_ready()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise Failure("SIGTERM did not end it within 5 s")
            finally:
                self.log.close()

    def wait_ready(self):
        wait_for(lambda: not self.alive() or self.answers(), 15, "answer to OPTIONS on port %d" % self.port)
        self.need_alive()

    def alive(self):
        return self.process is None or self.process.poll() is None

    def need_alive(self):
        if not self.alive():
            with open(self.log.name, "rb") as log:
                raise Failure("sipglass ended with %d: %s" % (self.process.returncode, log.read()[-1500:].decode("latin1")))

    def answers(self, seconds=0.5):
        """True when OPTIONS to the server itself is answered with 200."""
        with Peer(self.port, self.ip) as peer:
            peer.send(request("OPTIONS", "sip:" + self.domain, peer))
            reply = peer.receive(seconds)
            return reply is not None and reply.startswith(b"SIP/2.0 200")

    def ctl(self, *words):
        """The object that `sipglass ctl … --json` prints."""
        done = subprocess.run([BINARY, "ctl", *words, "--json", "--control", self.control], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=10)
        need(done.returncode == 0, "ctl %s ends with %d: %s" % (" ".join(words), done.returncode, (done.stdout + done.stderr).decode()))
        return json.loads(done.stdout)

    def registrations(self):
        """The bound (AOR, contact) pairs, by ctl."""
        return {(row["aor"], row["contact"]) for row in self.ctl("registrations")["registrations"]}


# ----------------------------------------------------------------- SIP from plain sockets

class Peer:
    """A UDP socket on loopback that talks to the server."""

    def __init__(self, port, ip=IP):
        self.socket = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.server, self.ip, self.port = (ip, port), ip, self.socket.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendto(data, self.server)

    def receive(self, seconds=1.0):
        """The next datagram, or None."""
        self.socket.settimeout(max(seconds, 0.001))
        try:
            return self.socket.recv(65536)
        except (TimeoutError, BlockingIOError, ConnectionRefusedError):
            return None

    def ask(self, data, seconds=2.0):
        """Sends a request and returns its final answer."""
        self.send(data)
        while True:
            reply = self.receive(seconds)
            need(reply is not None, "no answer to " + data.split(b"\r\n")[0].decode("latin1"))
            if not reply.startswith(b"SIP/2.0 1"):
                return reply


_serial = 0


def request(method, uri, peer, to=None, user="probe", extra=(), body=b""):
    """A request with all that RFC 3261 asks for; `extra` holds more header lines, as bytes or text."""
    global _serial
    _serial += 1
    name = "%d-%d" % (os.getpid(), _serial)
    lines = ["%s %s SIP/2.0" % (method, uri), "Via: SIP/2.0/UDP %s:%d;rport;branch=z9hG4bK%s" % (peer.ip, peer.port, name),
             "Max-Forwards: 70", "From: <sip:%s@%s>;tag=%s" % (user, DOMAIN, name), "To: <%s>" % (to or uri),
             "Call-ID: %s@%s" % (name, peer.ip), "CSeq: 1 " + method, *extra, "Content-Length: %d" % len(body)]
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\r\n\r\n" + body


def register(peer, user, domain=DOMAIN, contact=None, extra=()):
    """Binds user@domain to the peer's own address."""
    contact = contact or "<sip:%s@%s:%d>" % (user, peer.ip, peer.port)
    lines = [b"Contact: " + (contact if isinstance(contact, bytes) else contact.encode()), "Expires: 3600", *extra]
    reply = peer.ask(request("REGISTER", "sip:" + domain, peer, to="sip:%s@%s" % (user, domain), user=user, extra=lines))
    need(reply.startswith(b"SIP/2.0 200"), "REGISTER was answered " + reply.split(b"\r\n")[0].decode("latin1"))


# ----------------------------------------------------------------- SIPp

class Sipp:
    """One SIPp process and its own account of what happened."""

    def __init__(self, folder, name, scenario, server, port, ip=IP, users=None, callee=None, extra=()):
        self.folder, self.name, self.log = folder, name, os.path.join(folder, name + ".out")
        self.statistics, self.messages = os.path.join(folder, name + ".csv"), os.path.join(folder, name + ".msg")
        argv = ["sipp", "-sf", os.path.join(SCENARIOS, scenario), "-i", ip, "-p", str(port), "-t", "u1", "-nostdin",
                "-trace_stat", "-stf", self.statistics, "-fd", "1", "-timer_resol", "1", "-buff_size", "4000000",
                "-deadcall_wait", "500", "-key", "dom", server.domain, "-key", "uasport", str(callee or port), "-key", "tpar", "",
                "-key", "c1", "1", "-key", "c2", "2", "-cid_str", name + "-%u-%p@" + ip.strip("[]"), *extra]
        if users:
            listed = os.path.join(folder, name + ".users")
            with open(listed, "w") as out:
                out.write("SEQUENTIAL\n" + "".join("%s;\n" % user for user in users))
            argv += ["-inf", listed]
        if not scenario.endswith("uas.xml"):
            argv.append("%s:%d" % (ip, server.port))
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
                                            env=dict(os.environ, TERM="xterm"), start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def wait(self, seconds):
        """Ends by itself after its last call; a failure when calls failed."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure("%s was not done after %g s: %s" % (self.name, seconds, self.figures()))

    def finish(self):
        """Ends a callee once its calls are over."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)
        self.wait(10)

    def figures(self):
        """(successful, failed, retransmitted)"""
        try:
            with open(self.statistics) as file:
                rows = list(csv.reader(file, delimiter=";"))
        except OSError:
            rows = []
        if len(rows) < 2:
            with open(self.log, "rb") as log:
                raise Failure("%s kept no account: %s" % (self.name, log.read()[-400:].decode("latin1")))
        row = dict(zip(rows[0], rows[-1]))
        return tuple(int(row[key]) for key in ("SuccessfulCall(C)", "FailedCall(C)", "Retransmissions(C)"))

    def need(self, count):
        """All of them succeeded and nothing was sent twice."""
        ok, failed, again = self.figures()
        need((ok, failed, again) == (count, 0, 0), "%s: %d of %d good, %d failed, %d retransmissions" % (self.name, ok, count, failed, again))

    def trace(self):
        """What it sent and received, in order: ('>', 'INVITE'), ('<', '100'), …  Needs -trace_msg."""
        with open(self.messages, encoding="latin1") as file:
            text = file.read()
        found = re.findall(r"message (sent|received) [\[(]\d+\]? bytes\)?\s*:\s+(?:SIP/2\.0 (\d{3})|([A-Z]+) )", text)
        return [(">" if way == "sent" else "<", status or method) for way, status, method in found]


def sipp_register(folder, server, users, rate, callee, ip=IP):
    """SIPp registers the users at the callee's port."""
    with Sipp(folder, "register", "register.xml", server, free_port(), ip, users, callee,
              ["-r", str(rate), "-m", str(len(users)), "-l", "1000"]) as sipp:
        sipp.wait(30 + len(users) / rate)
        sipp.need(len(users))


# ----------------------------------------------------------------- a terminal

class Terminal:
    """A shell in a tmux of its own.  Everything written to the terminal is kept in `raw`."""

    def __init__(self, folder, columns, rows, environment=()):
        self.folder, self.socket, self.size = folder, os.path.join(folder, "tmux"), (columns, rows)
        self.raw_path = os.path.join(folder, "terminal.raw")
        # no line editing: the shell itself sends no mode switches
        shell = ["env", "-i", "PATH=" + os.environ["PATH"], "HOME=" + folder, "XDG_RUNTIME_DIR=" + folder, "TERM=xterm-256color",
                 "LANG=C.UTF-8", "PS1=shell> ", *environment, "bash", "--norc", "--noprofile", "--noediting", "-i"]
        self.tmux("-u", "-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", folder,
                  " ".join(map(shlex.quote, shell)))
        self.tmux("set-option", "-g", "window-size", "manual")
        self.tmux("pipe-pane", "-O", "cat >> " + shlex.quote(self.raw_path))
        self.wait("shell>")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tmux("kill-server", check=False)

    def tmux(self, *words, check=True):
        done = subprocess.run(["tmux", "-S", self.socket, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=10,
                              env=dict(os.environ, LANG="C.UTF-8"))
        need(done.returncode == 0 or not check, "tmux %s: %s" % (words[0], done.stderr.decode()))
        return done.stdout.decode("utf-8", "replace")

    def screen(self, *options):
        return self.tmux("capture-pane", "-p", *options)

    def lines(self):
        return [line.rstrip() for line in self.screen().split("\n")]

    def wait(self, pattern, seconds=5):
        """Polls the screen until the pattern is on it; the match."""
        matcher = re.compile(pattern)
        return wait_for(lambda: matcher.search(self.screen()), seconds, lambda: "%r on the screen:\n%s" % (pattern, self.screen()))

    def wait_gone(self, pattern, seconds=5):
        matcher = re.compile(pattern)
        wait_for(lambda: not matcher.search(self.screen()), seconds, lambda: "end of %r on the screen:\n%s" % (pattern, self.screen()))

    def press(self, *keys):
        """Keys by tmux's names: Enter, Escape, C-z, K."""
        self.tmux("send-keys", *keys)

    def type(self, line):
        self.tmux("send-keys", "-l", line)
        self.press("Enter")

    def resize(self, columns, rows):
        self.size = (columns, rows)
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def state(self):
        """What tmux knows of the terminal's modes, without the ones that are as a shell has them."""
        names = ["alternate_on", "cursor_flag", "keypad_flag", "keypad_cursor_flag", "mouse_any_flag", "insert_flag", "wrap_flag"]
        values = self.tmux("display-message", "-p", " ".join("#{%s}" % name for name in names)).split()
        usual = dict(cursor_flag="1", wrap_flag="1")
        return {name: value for name, value in zip(names, values) if value != usual.get(name, "0")}

    def raw(self):
        with open(self.raw_path, "rb") as file:
            return file.read()

    # --- Sipglass on it

    def start(self, server, binary=BINARY, **how):
        """Starts the console of this server and waits for its first frame."""
        self.go([binary, "run", *server.words], **how)
        server.wait_ready()

    def go(self, argv, direct=False):
        """Types the command.  The files `before` and `after` hold the line settings, `pid` the process.

        A script of its own keeps the interactive shell from repairing the terminal after a crash; `direct` does
        without it, so that the shell has job control.
        """
        program = "echo $$ >pid; exec " + " ".join(map(shlex.quote, argv))
        with open(os.path.join(self.folder, "go"), "w") as script:
            script.write(program if direct else "stty -g >before\nsh -c %s\n%s" % (shlex.quote(program), self.ENDED))
        if direct:
            self.type("stty -g >before")
        self.type("sh ./go")
        self.wait(r"(?i)sipglass[\s\S]*Regs", 10)

    ENDED = "code=$?; stty -g >after; echo \"ended with $code\""

    def file(self, name):
        with open(os.path.join(self.folder, name)) as file:
            return file.read().strip()

    def kill(self, number):
        os.kill(int(self.file("pid")), number)

    def need_clean(self, code):
        """The program is gone and the terminal is as it was before it."""
        self.wait(r"ended with \d+", 8)
        ended = re.search(r"ended with (\d+)", self.screen()).group(1)
        need(code is None or int(ended) == code, "exit status %s, not %s:\n%s" % (ended, code, self.screen()))
        need(self.file("before") == self.file("after"), "stty was %s and is %s" % (self.file("before"), self.file("after")))
        need(not self.state(), "terminal modes left on: %s" % self.state())
        left = left_on(self.raw())
        need(not left, "private modes not taken back: %s" % left)


def left_on(raw):
    """The private modes whose last switch was not back to what a fresh terminal has."""
    last = {}
    for numbers, way in re.findall(rb"\x1b\[\?([\d;]+)([hl])", raw):
        for number in numbers.split(b";"):
            last[int(number)] = way == b"h"
    return sorted(number for number, on in last.items() if on != (number in (7, 25)))
