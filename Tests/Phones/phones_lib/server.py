"""The server under test: Kamailio with our config, Sipglass, or any command line."""
import json, os, re, signal, socket, subprocess, time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
IP = "127.0.0.1"
BINARY = os.environ.get("SIPGLASS") or os.path.realpath(os.path.join(HERE, "../../.build/release/sipglass"))
SIPGLASS = "{binary} run --headless --listen udp:{{ip}}:{{port}} --domain {{domain}} --store memory --control {{dir}}/control [--users {{users}}]"


def make_certificate(folder):
    """A throw-away certificate authority and a server certificate for IP and the domain; paths (cert, key, ca)."""
    def run(*argv):
        subprocess.run(argv, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    ext = os.path.join(folder, "san.ext")
    with open(ext, "w") as f:
        f.write("subjectAltName=IP:%s,DNS:phones.test,DNS:localhost\nbasicConstraints=CA:FALSE\n" % IP)
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-subj", "/CN=phones test CA",
        "-keyout", "ca.key", "-out", "ca.pem")
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + IP, "-keyout", "server.key", "-out", "server.csr")
    run("openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", "3", "-extfile", ext, "-out", "server.pem")
    return [os.path.join(folder, n) for n in ("server.pem", "server.key", "ca.pem")]


class Server:
    """spec: kamailio, sipglass[:BINARY], or command:TEXT.

    Placeholders in TEXT: {ip} {port} {tlsport} {domain} {users} {dir} {cert} {key} {ca}.
    A part in [square brackets] is used only when the run has what it names: users in a run with
    digest, tlsport, cert and key in a run with TLS.
    """

    def __init__(self, spec, folder, domain, port, tlsport, accounts, certs):
        self.spec, self.dir, self.domain, self.port, self.tlsport = spec, folder, domain, port, tlsport
        self.accounts, self.certs, self.proc = accounts, certs, None
        self.kind, _, self.text = spec.partition(":")
        if self.kind == "sipglass":
            self.binary = self.text or BINARY
            self.text = SIPGLASS.format(binary=self.binary)
        elif self.kind not in ("kamailio", "command"):
            raise SystemExit("unknown server " + spec)

    # what a spec is able to do
    @staticmethod
    def can(spec, what):
        if spec.startswith("kamailio"):
            return True
        if spec.startswith("sipglass"):
            spec = SIPGLASS.replace("{{", "{").replace("}}", "}")
        if what == "tcp":
            return "tcp" in spec
        return {"auth": "{users}", "tls": "{tlsport}"}[what] in spec

    @staticmethod
    def always_auth(spec):
        """{users} stands outside brackets: every run has digest."""
        if spec.startswith("kamailio"):
            return spec == "kamailio:auth"
        return "{users}" in re.sub(r"\[[^\[\]]*\]", "", spec.partition(":")[2])

    def argv(self, auth, tls):
        os.makedirs(self.dir, exist_ok=True)
        users = os.path.join(self.dir, "users.txt")
        with open(users, "w") as f:
            for u, pw in self.accounts:
                f.write("%s:%s:%s\n" % (u, self.domain, pw))
        if self.kind == "kamailio":
            with open(os.path.join(self.dir, "version"), "w") as f:
                f.write("table_name(string) table_version(int)\nsubscriber:7\n")
            with open(os.path.join(self.dir, "subscriber"), "w") as f:
                f.write("username(string) domain(string) password(string)\n")
                for u, pw in self.accounts:
                    f.write("%s:%s:%s\n" % (u, self.domain, pw))
            a = ["kamailio", "-DD", "-E", "-f", os.path.join(HERE, "kamailio.cfg"), "-m", "64", "-M", "8",
                 "-P", os.path.join(self.dir, "pid"), "-Y", self.dir]
            for k, v in dict(BINDIP=IP, BINDPORT=self.port, TLSPORT=self.tlsport, DOMAIN=self.domain, DBDIR=self.dir).items():
                a += ["-A", "%s=%s" % (k, v)]
            if auth:
                a += ["-A", "WITH_AUTH=1"]
            if tls:
                a += ["-A", "WITH_TLS=1"]
            return a
        cert, key, ca = self.certs or ("", "", "")
        have = dict(ip=IP, port=self.port, domain=self.domain, dir=self.dir, users=users,
                    tlsport=self.tlsport, cert=cert, key=key, ca=ca)
        missing = ([] if auth else ["users"]) + ([] if tls else ["tlsport", "cert", "key", "ca"])
        text = re.sub(r"\[([^\[\]]*)\]", lambda m: "" if any("{%s}" % k in m.group(1) for k in missing) else m.group(1), self.text)
        for k, v in have.items():
            text = text.replace("{%s}" % k, str(v))
        return ["/bin/sh", "-c", "exec " + text]

    def start(self, auth, tls):
        argv = self.argv(auth, tls)
        if self.kind == "kamailio":       # names in modparam strings are not replaced by -A: make a copy that has them
            with open(argv[argv.index("-f") + 1]) as f:
                text = f.read()
            subst = dict(DOMAINNAME=self.domain, DATABASE="text://" + self.dir)
            if tls:
                subst.update(CERTFILE=self.certs[0], KEYFILE=self.certs[1])
            for k, v in subst.items():
                text = text.replace('"%s"' % k, '"%s"' % v)
            copy = os.path.join(self.dir, "kamailio.cfg")
            with open(copy, "w") as f:
                f.write(text)
            argv[argv.index("-f") + 1] = copy
        self.log = open(os.path.join(self.dir, "server.log"), "ab")
        self.proc = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)
        end = time.time() + 15
        while time.time() < end:
            if self.proc.poll() is not None:
                raise SystemExit("server ended at start: " + self.tail())
            if self.answers():
                return
        self.stop()
        raise SystemExit("server does not answer OPTIONS on port %d: %s" % (self.port, self.tail()))

    def tail(self):
        with open(self.log.name, "rb") as f:
            return f.read()[-1500:].decode("latin1")

    def answers(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((IP, 0))
            s.settimeout(0.4)
            n = time.time_ns()
            try:
                s.sendto(("OPTIONS sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%d;branch=z9hG4bKup%d\r\nMax-Forwards: 70\r\n"
                          "From: <sip:up@probe.invalid>;tag=u\r\nTo: <sip:%s>\r\nCall-ID: up%d\r\nCSeq: 1 OPTIONS\r\n"
                          "Content-Length: 0\r\n\r\n" % (self.domain, IP, s.getsockname()[1], n, self.domain, n)).encode(),
                         (IP, self.port))
                s.recv(4096)
                return True
            except OSError:
                time.sleep(0.1)
                return False

    def ctl(self, *words):
        """What `sipglass ctl` answers to these words; None for another server."""
        if self.kind != "sipglass":
            return None
        p = subprocess.run([self.binary, "ctl", *words, "--json", "--control", os.path.join(self.dir, "control")],
                           stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
        if p.returncode:
            raise RuntimeError("ctl %s ends with %d: %s" % (" ".join(words), p.returncode, (p.stdout + p.stderr).decode()[-300:]))
        return json.loads(p.stdout)

    def alive(self):
        return self.proc is not None and self.proc.poll() is None

    def stop(self):
        if self.proc is None:
            return
        if self.proc.poll() is None:
            self.proc.send_signal(signal.SIGTERM)
            try:
                self.proc.wait(8)
            except subprocess.TimeoutExpired:
                os.killpg(self.proc.pid, signal.SIGKILL)     # the session that we started
                self.proc.wait(5)
        self.log.close()
        self.proc = None
