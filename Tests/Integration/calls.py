"""SIPp through the proxy and to the registrar: nothing fails and nothing has to be sent twice."""
import datetime
from phone import Phone
from support import *

USERS = [str(1000000 + n) for n in range(100)]
CALLS, RATE = 1000, 100


def call_through(folder, server, calls, rate, ip=IP):
    """Registers callees and places calls; the two SIPps, done and content."""
    callee_port, limit = free_port(), 30 + calls / rate
    sipp_register(folder, server, USERS, 200, callee_port, ip)
    options = ["-m", str(calls), "-trace_msg", "-message_overwrite", "false"]
    with Sipp(folder, "callee", "call_uas.xml", server, callee_port, ip,
              extra=[*options, "-message_file", os.path.join(folder, "callee.msg")]) as callee, \
         Sipp(folder, "caller", "call_uac.xml", server, free_port(), ip, USERS,
              extra=[*options, "-message_file", os.path.join(folder, "caller.msg"), "-r", str(rate), "-l", "1000"]) as caller:
        caller.wait(limit)
        callee.wait(10)
        caller.need(calls)
        callee.need(calls)
    return caller, callee


def need_waits(rows, calls):
    """Each INVITE got a 100 after 100 ms if nothing else had gone by then, and none otherwise; how many got one."""
    began, waited = {}, {}
    for row in rows:
        if row["direction"] == "received" and row["start_line"].startswith("INVITE "):
            began[row["call_id"]] = datetime.datetime.fromisoformat(row["time"])
        elif row["direction"] == "sent" and row["start_line"][0].isdigit() and row["cseq"].endswith(" INVITE"):
            wait = datetime.datetime.fromisoformat(row["time"]) - began[row["call_id"]]
            waited.setdefault(row["call_id"], []).append((row["start_line"].split()[0], wait.total_seconds() * 1000))
    need(len(began) == len(waited) == calls, "%d INVITEs, %d answered" % (len(began), len(waited)))
    slow = [answers for answers in waited.values() if answers[0][0] == "100"]
    # deadlines are of whole milliseconds, rounded up, and come before what was received meanwhile
    need(all(answers[0][1] >= 99 for answers in slow), "a 100 too early: %s" % slow[:3])
    for call, answers in waited.items():
        need(answers[0][1] <= 102 or answers in slow, "no 100 in %s: %s" % (call, answers))
        need([code for code, _ in answers[1:]].count("100") == 0, "100 once more in %s: %s" % (call, answers))
    return len(slow)


@test("%d calls at " + "%d/s through the proxy after a REGISTER, each with a 100 %%s" % RATE, (CALLS, "at once"), (CALLS, "when it is due"))
def thousand_calls(folder, calls, trying):
    at_once = trying == "at once"
    with Sipglass(folder, config=TRYING_AT_ONCE if at_once else "") as server:
        caller, callee = call_through(folder, server, calls, RATE)
        # a proxy that says 100, forwards all and repeats nothing
        tryings = calls if at_once else need_waits(server.ctl("messages")["messages"], calls)
        need(caller.trace().count(("<", "100")) == tryings, "%d times 100, not %d" % (caller.trace().count(("<", "100")), tryings))
        for message in (("<", "INVITE"), (">", "180"), (">", "200"), ("<", "ACK"), ("<", "BYE")):
            expected = calls * (2 if message == (">", "200") else 1)
            need(callee.trace().count(message) == expected, "the callee has %s %d times" % (message, callee.trace().count(message)))
        server.need_alive()


@test("Q23 a callee that says nothing: the caller has a 100 long before it would repeat; one that answers at once brings none")
def trying(folder):
    with Sipglass(folder) as server, Phone(server.port, "alice") as alice, Phone(server.port, "bob") as bob:
        bob.register()
        call = alice.start("INVITE", bob.aor)
        invite = bob.expect("INVITE")
        began = time.monotonic()
        alice.expect(100)
        waited = time.monotonic() - began
        bob.reply(invite, 486)
        bob.expect("ACK")
        call.acknowledge_failure(alice.expect(486))
        call = alice.start("INVITE", bob.aor)
        bob.reply(bob.expect("INVITE"), 486)
        bob.expect("ACK")
        call.acknowledge_failure(alice.expect(486))
        alice.expect_silence(0.3)
        return "100 after %.0f ms" % (waited * 1000)


@test("calls over IPv6")
def calls_ipv6(folder):
    server = Sipglass(folder)
    server.words[1:2] = ["udp:%s:%d" % (IP, server.port), "--listen", "udp:[::1]:%d" % server.port]
    with server:
        call_through(folder, server, 100, 50, "[::1]")
        rows = server.ctl("registrations")["registrations"]
        need(rows and all("[::1]" in row["contact"] for row in rows), "contacts: %s" % rows[:2])


@test("a call between an IPv6 phone and an IPv4 phone")
def calls_mixed(folder):
    server = Sipglass(folder)
    server.words[1:2] = ["udp:%s:%d" % (IP, server.port), "--listen", "udp:[::1]:%d" % server.port]
    with server:
        callee_port = free_port()
        sipp_register(folder, server, USERS, 200, callee_port)
        with Sipp(folder, "callee", "call_uas.xml", server, callee_port, extra=["-m", "20"]) as callee, \
             Sipp(folder, "caller", "call_uac.xml", server, free_port(), "[::1]", USERS, extra=["-m", "20", "-r", "20"]) as caller:
            caller.wait(20)
            callee.wait(10)
            caller.need(20)
            callee.need(20)


@test("REGISTER of %d addresses of record, which ctl then lists", 1000)
def registers(folder, count):
    users, callee = [str(2000000 + n) for n in range(count)], free_port()
    with Sipglass(folder) as server:
        sipp_register(folder, server, users, 500, callee)
        expected = {("%s@%s" % (user, DOMAIN), "sip:%s@%s:%d" % (user, IP, callee)) for user in users}
        listed = server.registrations()
        need(listed == expected, "ctl lists %d; missing %s; not expected %s" %
             (len(listed), sorted(expected - listed)[:3], sorted(listed - expected)[:3]))


@test("%d OPTIONS at 500/s", 1000)
def options(folder, count):
    with Sipglass(folder) as server:
        with Sipp(folder, "options", "options.xml", server, free_port(), extra=["-m", str(count), "-r", "500"]) as sipp:
            sipp.wait(30)
            sipp.need(count)


@test("sipsak: OPTIONS, REGISTER and a look-up of the binding")
def sipsak(folder):
    with Sipglass(folder) as server:
        at = "%s:%d" % (IP, server.port)
        # the port is in -p: in a URI sipsak 0.9.8.1 cuts the last digit of a long one
        for words in (["-p", at, "-s", "sip:" + DOMAIN],
                      ["-U", "-C", "sip:sak@%s:%d" % (IP, free_port()), "-x", "300", "-p", at, "-s", "sip:sak@" + DOMAIN]):
            done = subprocess.run(["sipsak", "-H", IP, "-l", str(free_port()), *words], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=40, cwd=folder)
            need(done.returncode == 0, "sipsak %s ends with %d: %s" %
                 (" ".join(words), done.returncode, (done.stdout + done.stderr)[-300:].decode("latin1")))
        need([aor for aor, _ in server.registrations()] == ["sak@" + DOMAIN], "ctl lists %s" % server.registrations())


@test("%d REGISTERs of SIPp with digest", 500)
def digest_registers(folder, count):
    users, callee = [str(3000000 + n) for n in range(count)], free_port()
    with Sipglass(folder, more=["--users", users_file(folder, users)]) as server:
        logins = ["%s;[authentication username=%s password=pw%s]" % (user, user, user) for user in users]
        with Sipp(folder, "register", "register_auth.xml", server, free_port(), users=logins, callee=callee,
                  extra=["-r", "200", "-m", str(count), "-l", "1000"]) as sipp:
            sipp.wait(30)
            sipp.need(count)
        need(len(server.registrations()) == count, "ctl lists %d" % len(server.registrations()))


@test("sipsak with digest: the right password registers, a wrong one does not, and ctl says why")
def digest_sipsak(folder):
    with Sipglass(folder, more=["--users", users_file(folder, ["sak"])]) as server:
        def register(password):
            return subprocess.run(["sipsak", "-H", IP, "-l", str(free_port()), "-U", "-C", "sip:sak@%s:%d" % (IP, free_port()),
                                   "-x", "300", "-p", "%s:%d" % (IP, server.port), "-s", "sip:sak@" + DOMAIN, "-u", "sak", "-a", password],
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=40, cwd=folder).returncode
        need(register("wrong") != 0, "a wrong password registers")
        need(not server.registrations(), "ctl lists %s" % server.registrations())
        need(register("pwsak") == 0, "the right password does not register")
        need([aor for aor, _ in server.registrations()] == ["sak@" + DOMAIN], "ctl lists %s" % server.registrations())
        notes = {row["note"] for row in server.ctl("transactions")["transactions"]}
        need(notes == {None, "challenged: no credentials yet", "wrong password of sak"}, "notes %s" % notes)
        stats = server.ctl("stats")["stats"]
        need(not stats["lab_mode"] and stats["failed_logins"] == 1, "stats %s" % stats)


@test("a users file that is wrong is named with its line, and nothing starts")
def users_errors(folder):
    path = os.path.join(folder, "users")
    with open(path, "w") as file:
        file.write("# staff\nbob:secret\n")
    done = subprocess.run([BINARY, "run", "--headless", "--users", path], stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
    need(done.returncode == 78 and (path + ":2: ").encode() in done.stderr, "%d %s" % (done.returncode, done.stderr))


@test("a kick by ctl takes the binding away, and the next call finds nobody")
def kick(folder):
    with Sipglass(folder) as server, Peer(server.port) as phone, Peer(server.port) as caller:
        register(phone, "bob")
        register(phone, "carol")
        aor = "bob@" + DOMAIN
        said = json.dumps(server.ctl("kick", aor, "--reason", "moved desk"))
        need("moved desk" in said and aor in said, "no audit line in " + said)
        need({aor for aor, _ in server.registrations()} == {"carol@" + DOMAIN}, "ctl lists %s" % server.registrations())
        reply = caller.ask(request("MESSAGE", "sip:" + aor, caller))
        need(reply.startswith((b"SIP/2.0 404", b"SIP/2.0 480")), "MESSAGE got " + reply.split(b"\r\n")[0].decode())
        register(phone, "bob")
        need(len(server.registrations()) == 2, "ctl lists %s" % server.registrations())


@test("ctl says what it cannot do: an error object and a status that is not 0")
def ctl_errors(folder):
    with Sipglass(folder) as server:
        for words in (["kick", "nobody@" + DOMAIN], ["registrations", "--control", os.path.join(folder, "nothing")]):
            done = subprocess.run([BINARY, "ctl", *words, "--json", *(() if "--control" in words else ("--control", server.control))],
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
            need(done.returncode != 0, "ctl %s ends with 0" % words)
            error = json.loads(done.stdout or done.stderr)["error"]
            need(error["code"] and error["message"], "the error is %s" % error)
        need(os.stat(server.control).st_mode & 0o777 == 0o600, "the control socket has mode %o" % (os.stat(server.control).st_mode & 0o777))


@test("it listens beyond loopback only when told to, and says when an address is taken")
def start_up(folder):
    def run(*words):
        done = subprocess.run([BINARY, "run", "--headless", "--store", "memory", "--control", os.path.join(folder, "other"), *words],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
        return done.returncode, (done.stdout + done.stderr).decode()
    code, text = run("--listen", "udp:0.0.0.0:%d" % free_port())
    need(code not in (0, None) and "--open" in text, "listening everywhere without accounts: %d %s" % (code, text))
    with Sipglass(folder) as server:
        code, text = run("--listen", "udp:%s:%d" % (IP, server.port))
        need(code == 69 and str(server.port) in text, "an address in use: %d %s" % (code, text))
