"""Watchers of registrations and OPTIONS pings: SIPp watches, baresip is the phone, tshark looks at what was sent."""
import os, shutil, subprocess, sys, xml.etree.ElementTree as ElementTree
from support import DOMAIN, HERE, IP, Peer, Sipglass, Sipp, free_port, need, register, test, wait_for

sys.path.insert(0, os.path.join(HERE, "../Phones"))
from phones_lib.baresip import module_folder
from phones_lib.sniff import Sniffer

REGINFO = "{urn:ietf:params:xml:ns:reginfo}"


class Phone:
    """A baresip that registers one user and answers what it is asked."""

    def __init__(self, folder, server, user):
        self.folder, self.port = os.path.join(folder, user), free_port()
        os.makedirs(self.folder, exist_ok=True)
        lines = ["sip_listen %s:%d" % (IP, self.port), "net_interface " + IP, "module_path " + module_folder(), "module g711.so",
                 "module_app account.so", "module_app menu.so", "statmode_default off", "ring_aufile none"]
        self.write("config", "\n".join(lines))
        self.write("accounts", "<sip:%s@%s;transport=udp>;regint=3600;outbound=\"sip:%s:%d\"" % (user, DOMAIN, IP, server.port))

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text + "\n")

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen([shutil.which("baresip"), "-f", self.folder], stdin=subprocess.PIPE, stdout=self.log,
                                        stderr=self.log, start_new_session=True)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()


def notifies(server):
    """The NOTIFYs that the server sent, oldest first, without repeats."""
    return [row for row in server.ctl("messages")["messages"]
            if row["start_line"].startswith("NOTIFY ") and row["own"] and not row["retransmit"]]


def document(row):
    return ElementTree.fromstring(row["raw"].partition("\r\n\r\n")[2])


def need_no_fault(capture, port, wanted):
    """tshark finds no fault in the NOTIFYs of a capture, and sees their documents."""
    def count(what):
        done = subprocess.run(["tshark", "-r", capture, "-d", "udp.port==%d,sip" % port, "-Y", what], capture_output=True, text=True)
        need(done.returncode == 0, done.stderr)
        return len(done.stdout.splitlines())
    need(count("_ws.malformed or _ws.expert.severity >= 0x600000") == 0, "tshark finds faults in " + capture)
    need(count('sip.Method == "NOTIFY" and reginfo') == wanted, "tshark sees %d documents, not %d" % (count('sip.Method == "NOTIFY" and reginfo'), wanted))


@test("G24 a watcher hears of a kick: %s says %s", ("drop", "deactivated"), ("reject", "rejected"), ("bounce", "probation"))
def kick_reaches_watcher(folder, act, event):
    with Sipglass(folder) as server:
        capture = os.path.join(folder, "watch.pcap")
        sniffer = Sniffer(capture, [server.port])
        sniffer.start()
        with Sipp(folder, "watch", os.path.join(HERE, "watch.xml"), server, free_port(), extra=["-m", "1", "-trace_msg", "-message_file", os.path.join(folder, "watch.msg")]) as sipp:
            wait_for(lambda: len(notifies(server)) == 1, 5, "first NOTIFY")
            with Phone(folder, server, "bob"):
                wait_for(lambda: len(notifies(server)) == 2, 10, "NOTIFY of the registration")
                kick = ["kick", "bob@" + DOMAIN, "--act", act, "--reason", "moving <racks>"]
                server.ctl(*kick, *(["--retry-after", "90"] if act == "bounce" else []))
                sipp.wait(10)
        sipp.need(1)
        # the file is written behind the wire
        wait_for(lambda: sum(message.label == "NOTIFY" for message in sniffer.messages()) >= 4, 10, "NOTIFYs in the capture")
        sniffer.stop()
        rows = notifies(server)
        need(len(rows) == 4, "%d NOTIFYs" % len(rows))
        seen = []
        for version, row in enumerate(rows):
            info = document(row)
            need(info.tag == REGINFO + "reginfo" and info.get("version") == str(version), "document %d is %s" % (version, row["raw"]))
            registration, = info
            need(registration.get("aor") == "sip:bob@" + DOMAIN and registration.get("id"), row["raw"])
            contacts = [(contact.get("state"), contact.get("event")) for contact in registration]
            need(all(contact.find(REGINFO + "uri").text.startswith("sip:bob") and contact.get("id") for contact in registration), row["raw"])
            seen.append((info.get("state"), registration.get("state"), contacts))
        expected = [("full", "init", []), ("partial", "active", [("active", "registered")]),
                    ("partial", "terminated", [("terminated", event)]), ("full", "init", [])]
        need(seen == expected, "told: %s" % seen)
        contact, = document(rows[2])[0]
        need(contact.get("retry-after") == ("90" if act == "bounce" else None), rows[2]["raw"])
        need('\r\nReason: SIP;text="moving <racks>"\r\n' in rows[2]["raw"], rows[2]["raw"])
        need("Subscription-State: terminated;reason=timeout" in rows[3]["raw"], rows[3]["raw"])
        need_no_fault(capture, server.port, 4)


@test("Q33 pings: a phone that answers is ok with its RTT, a silent one is late, then dead, and comes back")
def pings(folder):
    with Sipglass(folder, config='[registrar]\nping = "5s"\n') as server, Phone(folder, server, "anna"), Peer(server.port) as silent:
        register(silent, "mute")

        def rows():
            return {row["aor"].split("@")[0]: row for row in server.ctl("registrations")["registrations"]}

        def state(user):
            return rows().get(user, {}).get("state")
        wait_for(lambda: state("anna") == "ok" and rows()["anna"]["rtt"] is not None, 12, lambda: "RTT of anna: %s" % rows())
        need(0 <= rows()["anna"]["rtt"] < 0.5, "RTT %s" % rows()["anna"]["rtt"])
        wait_for(lambda: state("mute") == "late", 15, lambda: "late: %s" % rows())
        wait_for(lambda: state("mute") == "dead", 20, lambda: "dead: %s" % rows())
        need(rows()["mute"]["rtt"] is None and state("anna") == "ok", "%s" % rows())
        pinged = [row for row in server.ctl("messages")["messages"] if row["call_id"].startswith("ping-")]
        need(all(row["own"] == row["start_line"].startswith("OPTIONS ") for row in pinged), "pings are own messages")
        # whatever it says, an answer counts
        while not (data := silent.receive(12)).startswith(b"OPTIONS "):
            pass
        kept = [line for line in data.split(b"\r\n") if line.split(b":")[0] in (b"Via", b"From", b"To", b"Call-ID", b"CSeq")]
        latest = kept
        silent.socket.setblocking(False)
        while True:                     # the newest of those that wait
            try:
                more = silent.socket.recv(65536)
            except BlockingIOError:
                break
            latest = [line for line in more.split(b"\r\n") if line.split(b":")[0] in (b"Via", b"From", b"To", b"Call-ID", b"CSeq")]
        silent.send(b"\r\n".join([b"SIP/2.0 405 No", *latest, b"Content-Length: 0"]) + b"\r\n\r\n")
        wait_for(lambda: rows()["mute"]["rtt"] is not None and state("mute") != "dead", 5, lambda: "answer of mute: %s" % rows())
