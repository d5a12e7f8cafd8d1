"""The screen, as a person in a terminal sees it: tmux at three sizes, real phones, and every way out."""
import shutil
from support import *

SIZES = [(80, 24), (120, 36), (200, 50)]
USERS = ["1001", "1002", "1003"]


def aors_on(terminal, gone=False):
    """The addresses of record in the registrations list; those that are gone carry a word for it."""
    words = re.compile(r"\b(kicked|expired|left|replaced)\b")
    found = set()
    for line in terminal.lines():
        match = re.match(r"\W*(\d{4})@lab\S*\s+\d{4}@", line)         # its contact stands beside it in the list alone
        if match and bool(words.search(line)) == gone:
            found.add(match.group(1))
    return found


def ladder_rows(terminal):
    """(leg, direction, label) of the rows on the screen; leg 0 is the caller's, 1 the callee's."""
    lines = terminal.lines()
    for number, line in enumerate(lines[3:], 3):
        columns = [match for match in re.finditer(r"\S*:\d{4,5}\b|\bsipglass\b", line)]
        # on a wide screen a message stands beside the ladder, with addresses of its own
        if len(columns) >= 3 and columns[1].group() == "sipglass":
            break
    else:
        return []
    left, own, right = [(match.start() + match.end()) / 2 for match in columns[:3]]
    rows = []
    for line in lines[number + 1:]:
        for match in re.finditer(r"\b(INVITE|ACK|BYE|CANCEL|[1-6]\d\d)\b", line):
            middle = (match.start() + match.end()) / 2
            if left < middle < right:
                heads = re.findall(r"[<>◀◄←▶►→]", line[int(left) - 2:int(right) + 3])
                if heads:
                    rows.append((0 if middle < own else 1, ">" if heads[-1] in ">▶►→" else "<", match.group()))
                break
    return rows


def whole_ladder(terminal):
    """All rows, also of a ladder that is longer than the screen."""
    terminal.press("g", "g")
    rows = wait_for(lambda: ladder_rows(terminal), 5, lambda: "ladder on the screen:\n" + terminal.screen())
    terminal.press("G")
    time.sleep(0.3)
    last = ladder_rows(terminal)
    # what both show stands at the end of the first and at the head of the second
    for common in range(min(len(rows), len(last)), -1, -1):
        if rows[len(rows) - common:] == last[:common]:
            return rows + last[common:]


def placed_call(folder, server):
    """One call from SIPp to SIPp, with its messages kept."""
    callee_port = free_port()
    sipp_register(folder, server, USERS, 100, callee_port)
    with Sipp(folder, "callee", "call_uas.xml", server, callee_port,
              extra=["-m", "1", "-trace_msg", "-message_file", os.path.join(folder, "callee.msg")]) as callee, \
         Sipp(folder, "caller", "call_uac.xml", server, free_port(), users=USERS,
              extra=["-m", "1", "-trace_msg", "-message_file", os.path.join(folder, "caller.msg")]) as caller:
        caller.wait(15)
        callee.wait(10)
        caller.need(1)
        callee.need(1)
    return caller.trace(), callee.trace()


@test("%dx%d: registrations, a kick that screen and ctl agree on, a ladder as SIPp logged it, a clean way out", *SIZES)
def whole_way(folder, *size):
    server = Sipglass(folder)
    with Terminal(folder, *size) as terminal:
        terminal.start(server)
        terminal.press("2")
        terminal.wait("No registrations yet")
        caller, callee = placed_call(folder, server)

        # the registrations are on the screen
        wait_for(lambda: aors_on(terminal) == set(USERS), 5, lambda: "three registrations:\n" + terminal.screen())
        need({aor for aor, _ in server.registrations()} == {user + "@" + DOMAIN for user in USERS}, "ctl lists %s" % server.registrations())

        # K and Enter change nothing, K and k drop one
        terminal.press("g", "g", "K")
        terminal.wait(r"(?i)kick registration")
        terminal.press("Enter")
        terminal.wait_gone(r"(?i)kick registration")
        need(len(server.registrations()) == 3, "the dialog's default button kicked")
        terminal.press("K")
        terminal.wait(r"(?i)kick registration")
        terminal.press("k")
        terminal.wait_gone(r"(?i)kick registration")
        terminal.wait(r"(?i)kicked")
        wait_for(lambda: len(server.registrations()) == 2, 5, "kick in ctl")
        left = {aor.partition("@")[0] for aor, _ in server.registrations()}
        wait_for(lambda: aors_on(terminal) == left and aors_on(terminal, gone=True) == set(USERS) - left, 5,
                 lambda: "%s alive on the screen:\n%s" % (sorted(left), terminal.screen()))

        # the ladder of the call has the messages that SIPp logged, in order
        terminal.press("4")
        terminal.wait(r"caller\s+1001")
        terminal.press("Enter")
        rows = whole_ladder(terminal)
        turned = {">": "<", "<": ">"}
        seen_by_caller = [(way, label) for leg, way, label in rows if leg == 0]
        seen_by_callee = [(turned[way], label) for leg, way, label in rows if leg == 1]
        need(seen_by_caller == caller, "the caller's leg is %s, SIPp logged %s:\n%s" % (seen_by_caller, caller, terminal.screen()))
        need(seen_by_callee == callee, "the callee's leg is %s, SIPp logged %s:\n%s" % (seen_by_callee, callee, terminal.screen()))

        # Enter once more opens the message
        terminal.press("g", "g", "Enter")
        terminal.wait(r"INVITE sip:1001@lab\.test SIP/2\.0")
        leave(terminal)
        terminal.need_clean(0)


def leave(terminal):
    """`q` goes back to the first view, then asks, then leaves."""
    for _ in range(8):
        terminal.press("q")
        if wait_short(lambda: re.search(r"(?i)quit now|q = quit|engine.*stop", terminal.screen()), 0.6):
            terminal.press("q")
            return
        if "ended with" in terminal.screen():
            return
    raise Failure("no quit dialog:\n" + terminal.screen())


def wait_short(condition, seconds):
    try:
        return wait_for(condition, seconds, "")
    except Failure:
        return None



@test("%dx%d: a ban by the kick dialog refuses the phone, beside others, until U takes it back", *SIZES)
def banned_phone(folder, *size):
    server = Sipglass(folder, config="[limits]\nloopback = true\n")
    with Terminal(folder, *size) as terminal, Peer(server.port, "127.0.0.2") as phone, Peer(server.port) as other:
        phone.server = (IP, server.port)
        terminal.start(server)
        terminal.press("2")
        register(phone, "1001")
        terminal.wait(r"1001@lab\.test")
        terminal.press("K")
        terminal.wait(r"(?i)kick registration")
        terminal.press("b")
        terminal.wait(r"rejected 1001@lab\.test.*(banned|U undo)")
        bans = server.ctl("bans")["bans"]
        need([(ban["subject"], ban["cause"]) for ban in bans] == [("127.0.0.2", "ban")], "ctl lists %s" % bans)
        again = request("REGISTER", "sip:" + DOMAIN, phone, to="sip:1001@" + DOMAIN, user="1001",
                        extra=["Contact: <sip:1001@127.0.0.2:%d>" % phone.port])
        phone.send(again)
        need(phone.receive(0.5) is None, "a banned phone was answered")
        register(other, "1002")
        terminal.wait(r"1002@lab\.test")
        terminal.press("U")
        terminal.wait(r"undone: 1001@lab\.test")
        need(server.ctl("bans")["bans"] == [], "the ban outlived its undo: %s" % server.ctl("bans"))
        wait_for(lambda: len(server.registrations()) == 2, 5, "both registrations in ctl")
        register(phone, "1001")
        leave(terminal)


@test("%dx%d: a ban by name answers the phone with 403, view 7 and ctl show it, and lifting it lets the phone in", *SIZES)
def banned_name(folder, *size):
    server = Sipglass(folder)
    with Terminal(folder, *size) as terminal, Peer(server.port) as phone:
        terminal.start(server)
        terminal.press("2")
        register(phone, "1001")
        register(phone, "1002")
        terminal.wait(r"1001@lab\.test")
        terminal.press("g", "g", "K")
        terminal.wait(r"(?i)kick registration")
        # by the address of record: it works on this machine too, whose addresses cannot be banned by mistake
        terminal.press("w", "b")
        terminal.wait(r"rejected 1001@lab\.test.*U undo")
        again = ["Contact: <sip:1001@%s:%d>" % (IP, phone.port)]
        for _ in range(3):
            reply = phone.ask(request("REGISTER", "sip:" + DOMAIN, phone, to="sip:1001@" + DOMAIN, user="1001", extra=again))
            need(reply.startswith(b"SIP/2.0 403") and 290 <= int(re.search(rb"Retry-After: (\d+)", reply).group(1)) <= 300, reply)
        terminal.wait(r"banned, 3 refused")
        reply = phone.ask(request("INVITE", "sip:1002@" + DOMAIN, phone, user="1001"))
        need(reply.startswith(b"SIP/2.0 403"), "its call was answered %s" % reply[:30])
        terminal.press("7")
        terminal.wait(r"1001@lab\.test +AoR +banned +0:04:\d\d +4 ")
        bans = server.ctl("bans")["bans"]
        need([(ban["subject"], ban["kind"], ban["cause"], ban["refused"], ban["actor"]) for ban in bans]
             == [("1001@lab.test", "aor", "ban", 4, "console")], "ctl lists %s" % bans)
        terminal.press("U")
        terminal.wait(r"let in again: 1001@lab\.test")
        terminal.wait(r"Nobody is kept out")
        need(server.ctl("bans")["bans"] == [], "ctl lists it still")
        register(phone, "1001")
        # a ban by ctl appears at once, and is lifted by ctl
        server.ctl("ban", "1002@lab.test", "--for", "90s", "--reason", "lost")
        terminal.wait(r"1002@lab\.test +AoR +banned +0:01:\d\d +0 ")
        terminal.wait(r"lost")
        server.ctl("unban", "1002@lab.test")
        terminal.wait(r"Nobody is kept out")
        leave(terminal)
        terminal.need_clean(0)


@test("killed by %s: the terminal is as before", "TERM", "HUP", "INT", "SEGV", "ABRT")
def killed(folder, name):
    number = getattr(signal, "SIG" + name)
    server = Sipglass(folder)
    with Terminal(folder, 80, 24) as terminal:
        terminal.start(server)
        with Peer(server.port) as phone:
            register(phone, "1001")
        terminal.press("2")
        terminal.wait(r"1001@lab")
        terminal.kill(number)
        terminal.need_clean(128 + number if name in ("SEGV", "ABRT") else None)


@test("^Z gives the shell its screen back, fg draws the console again, and the engine's sockets stay")
def suspended(folder):
    server = Sipglass(folder)
    with Terminal(folder, 80, 24) as terminal:
        terminal.start(server, direct=True)
        with Peer(server.port) as phone:
            register(phone, "1001")
            terminal.press("2")
            terminal.wait(r"1001@lab")
            terminal.press("C-z")
            terminal.wait(r"(?i)stopped")
            need(not terminal.state(), "modes left on while stopped: %s" % terminal.state())
            terminal.type("fg")
            terminal.wait(r"1001@lab")
            need(terminal.state().get("alternate_on") == "1", "the alternate screen is off after fg")
            register(phone, "1002")
            terminal.wait(r"1002@lab")
        leave(terminal)
        terminal.wait_gone(r"1001@lab")
        terminal.type(terminal.ENDED)
        terminal.need_clean(0)


@test("every size between a card and a wall is drawn whole")
def resized(folder):
    server = Sipglass(folder)
    with Terminal(folder, 120, 36) as terminal:
        terminal.start(server)
        with Peer(server.port) as phone:
            for user in USERS:
                register(phone, user)
        terminal.press("2")
        for columns, rows in [(80, 24), (52, 14), (200, 50), (60, 16), (20, 5), (1, 1), (240, 70), (80, 60), (120, 36)]:
            terminal.resize(columns, rows)
            if columns < 40:
                server.need_alive()
            elif columns < 60 or rows < 16:
                terminal.wait(r"%dx%d" % (columns, rows))
            else:
                wait_for(lambda: aors_on(terminal) == set(USERS) and terminal.lines()[rows - 1], 5,
                         lambda: "registrations at %dx%d:\n%s" % (columns, rows, terminal.screen()))
                need(all(len(line) <= columns for line in terminal.lines()), "a line is longer than the screen")
        leave(terminal)
        terminal.need_clean(0)


@test("nothing to say: not one byte is written")
def idle(folder):
    server = Sipglass(folder)
    with Terminal(folder, 120, 36) as terminal:
        terminal.start(server)
        # the counters of the probe that start() sent must first leave the header's last minute
        quiet, since, end = len(terminal.raw()), time.monotonic(), time.monotonic() + 80
        while time.monotonic() < end and time.monotonic() - since < 5:
            time.sleep(0.2)
            if len(terminal.raw()) != quiet:
                quiet, since = len(terminal.raw()), time.monotonic()
        need(time.monotonic() - since >= 5, "it goes on writing without traffic")
        leave(terminal)
        terminal.need_clean(0)


# What ncurses itself writes: CSI with these ends, character sets, keypad, save and restore; no OSC, no DCS, no bells.
ALLOWED = re.compile(rb"\x1b\[[?>]?[\d;:]*[ABCDEFGHJKLMPSTXbdfghlmrt@]|\x1b[()][0AB]|\x1b[=>78M]|[\x08\x09\x0a\x0d\x0e\x0f]")
ATTACKS = [b"\x1b]0;owned\x07", b"\x1b[2J\x1b[1;1Howned", b"\x1bP+q6e616d65\x1b\\", b"\x9b6n", b"\xc2\x9b6n", b"\x1b[6n", b"\x1bc", b"\x07\x08\x0e",
           b"\xe2\x80\xaegpj.exe", b"\xe2\x81\xa6", b"\x1b[?1049l", b"\x00\x01\x7f"]


@test("%dx%d: what attackers send is on the screen as harmless signs only", (80, 24), (200, 50))
def escapes(folder, *size):
    server = Sipglass(folder)
    with Terminal(folder, *size) as terminal:
        terminal.start(server)
        before = len(terminal.raw())
        with Peer(server.port) as phone:
            for number, attack in enumerate(ATTACKS):
                user = "9%03d" % number
                phone.send(request("REGISTER", "sip:" + DOMAIN, phone, to="sip:%s@%s" % (user, DOMAIN), user=user, extra=[
                    "Contact: <sip:%s@%s:%d>" % (user, phone.ip, phone.port), "Expires: 600", b"User-Agent: A" + attack + b"Z"]))
                phone.send(request("INVITE", "sip:%s@%s" % (user, DOMAIN), phone, user="8%03d" % number, extra=[
                    b"Subject: S" + attack + b"Z", b"X-" + attack + b": Z", b"Contact: \"" + attack + b"\" <sip:x@127.0.0.1:9>"],
                    body=b"v=0\r\ns=" + attack))
                phone.send(b"INVITE sip:" + attack + b"@" + DOMAIN.encode() + b" SIP/2.0\r\n\r\n")
                phone.send(attack)
            wait_for(server.answers, 5, "answer")
        for keys in (["2"], ["g", "g"], ["Down"], ["3"], ["4"], ["Enter"], ["Enter"], ["d"], ["d"], ["q"], ["G"], ["6"], ["g", "g"], ["Enter"], ["G"], ["8"],
                     ["1"], ["/"], ["ua:", "9"], ["Escape"], ["?"], ["Escape"]):
            terminal.press(*keys)
            time.sleep(0.15)
            server.need_alive()
        drawn = terminal.raw()[before:]
        rest = ALLOWED.sub(b"", drawn)
        control = re.findall(rb"[^\n]{0,30}[\x00-\x1f\x7f][^\n]{0,30}", rest)
        need(not control, "control bytes on the terminal: %s" % control[:3])
        text = drawn.decode("utf-8", "strict")
        hidden = re.findall("[\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)
        need(not hidden, "invisible signs on the terminal: %s" % hidden[:5])
        leave(terminal)
        terminal.need_clean(0)


@test("without UTF-8 the screen is pure ASCII, and a terminal that nobody knows still works")
def ascii_only(folder):
    server = Sipglass(folder)
    with Terminal(folder, 80, 24, ["LANG=C"]) as terminal:
        terminal.start(server)
        with Peer(server.port) as phone:
            register(phone, "1001", extra=["User-Agent: Téléphone"])
        terminal.press("2")
        terminal.wait(r"1001@lab")
        odd = [byte for byte in terminal.raw() if byte > 0x7e]
        need(not odd, "bytes beyond ASCII: %s" % odd[:5])
        leave(terminal)
        terminal.need_clean(0)
    folder = os.path.join(folder, "unknown")
    os.makedirs(folder)
    server = Sipglass(folder)
    with Terminal(folder, 80, 24, ["TERM=nobody-knows-me"]) as terminal:
        terminal.start(server)
        leave(terminal)
        terminal.need_clean(0)


@test("the binary alone in another folder shows every theme")
def alone(folder):
    copy = os.path.join(folder, "elsewhere", "sipglass")
    os.makedirs(os.path.dirname(copy))
    shutil.copy(BINARY, copy)
    for theme, colours in (("default-dark", True), ("default-light", True), ("mono", False)):
        place = os.path.join(folder, theme)
        os.makedirs(place)
        server = Sipglass(place, more=["--theme", theme])
        with Terminal(place, 120, 36) as terminal:
            terminal.start(server, binary=copy)
            with Peer(server.port) as phone:
                register(phone, "1001")
            terminal.press("2")
            terminal.wait(r"1001@lab")
            coloured = re.findall(r"\x1b\[[\d;]*[34]8;[25];\d+|\x1b\[(?:\d+;)*(?:3|4|9|10)[1-7]m", terminal.screen("-e"))
            need(bool(coloured) == colours, "theme %s draws %s colours" % (theme, "no" if not coloured else len(coloured)))
            leave(terminal)
            terminal.need_clean(0)


@test("demo: a newcomer sees registrations come and calls ring")
def demo(folder):
    with Terminal(folder, 120, 36) as terminal:
        terminal.go([BINARY, "demo"])
        terminal.press("2")
        terminal.wait(r"\w+@[\w.]+\s+\S*127\.0\.0\.1", 15)
        terminal.press("4")
        terminal.wait(r"(?i)\b(ringing|talking|calling|cancelled|failed|ended)\b", 20)
        leave(terminal)
        terminal.need_clean(0)
