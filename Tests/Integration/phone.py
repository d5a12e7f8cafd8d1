"""A phone of plain sockets: dialogs with their route sets as RFC 3261 §12 has them, and every byte kept."""
import re
from support import *


class Message:
    """One message taken apart; header field names in lower case, values in order, lists split."""

    LISTS = ("via", "route", "record-route", "path", "contact", "service-route")

    def __init__(self, data):
        self.data = data
        head, _, self.body = data.decode("latin1").partition("\r\n\r\n")
        self.start, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        self.fields = {}
        for line in lines:
            name, _, value = line.partition(":")
            values = re.split(r",\s*(?![^<]*>)", value.strip()) if name.strip().lower() in self.LISTS else [value.strip()]
            self.fields.setdefault(name.strip().lower(), []).extend(values)

    @property
    def code(self):
        """The status code; 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/") else 0

    @property
    def method(self):
        return self.one("cseq").split()[1]

    @property
    def uri(self):
        return self.start.split()[1]

    def all(self, name):
        return self.fields.get(name, [])

    def one(self, name):
        values = self.all(name)
        need(len(values) == 1, "%s of %s is %s" % (name, self.start, values))
        return values[0]

    def ports(self, name):
        """The ports in the values of a field, in order: they name the stations of this test."""
        return [int(re.search(r"127\.0\.0\.1:(\d+)", value).group(1)) for value in self.all(name)]

    @property
    def answered_port(self):
        """Where the answer goes: the port of the top Via."""
        return int(re.search(r":(\d+)", self.all("via")[0]).group(1))


def tag(value):
    found = re.search(r";tag=([^;>]+)$|;tag=([^;>]+);", value)
    return found and (found.group(1) or found.group(2))


def uri(value):
    found = re.search(r"<([^>]+)>", value)
    return found.group(1) if found else value.split(";")[0]


class Phone(Peer):
    """One user at one port.  What arrives is waited for in the order in which it must come."""

    def __init__(self, port, user, domain=DOMAIN):
        super().__init__(port)
        self.user, self.aor, self.seen = user, "sip:%s@%s" % (user, domain), set()
        self.contact = "sip:%s@%s:%d" % (user, self.ip, self.port)
        self.log = []

    def receive_message(self, seconds):
        """The next message that is no exact repeat of an earlier one; None when none comes."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            data = self.receive(left)
            if data and data not in self.seen:
                self.seen.add(data)
                message = Message(data)
                self.log.append(message)
                return message
        return None

    def expect(self, what, seconds=5):
        """The next message: a status code, or a method."""
        message = self.receive_message(seconds)
        said = message and (message.code or message.method)
        need(said == what, "%s expected %s and got %s" % (self.user, what, message and message.data.decode("latin1")))
        return message

    def expect_silence(self, seconds=0.1):
        message = self.receive_message(seconds)
        need(message is None, "%s got %s" % (self.user, message and message.data.decode("latin1")))

    def register(self, extra=(), aor=None, uri=None):
        """Binds the user to this port; the 200."""
        lines = ["Contact: <%s>" % self.contact, "Expires: 600", *extra]
        aor = aor or self.aor
        uri = uri or "sip:" + aor.split("@")[1]
        self.send(request("REGISTER", uri, self, to=aor, user=self.user, extra=lines))
        return self.expect(200)

    def start(self, method, uri, extra=(), body=b""):
        """Begins a request outside of a dialog, or what may become one."""
        return Dialog(self).start(method, uri, extra, body)

    def reply(self, message, code, extra=(), body=b"", own_tag="callee"):
        """Answers a request, as the element that it is for, to where its top Via says."""
        keep = [name + ": " + value for name in ("Via", "Record-Route", "From", "Call-ID", "CSeq")
                for value in message.all(name.lower())]
        to = message.one("to")
        to += "" if tag(to) or code == 100 else ";tag=" + own_tag
        lines = ["SIP/2.0 %d Said By %s" % (code, self.user), *keep, "To: " + to, "Contact: <%s>" % self.contact, *extra,
                 "Content-Length: %d" % len(body)]
        self.socket.sendto("\r\n".join(lines).encode() + b"\r\n\r\n" + body, (self.ip, message.answered_port))


class Dialog:
    """One side of a dialog."""

    serial = 0

    def __init__(self, phone):
        Dialog.serial += 1
        self.phone, self.sequence, self.routes = phone, 0, []
        self.call = "%d-%d-%s" % (os.getpid(), Dialog.serial, phone.user)
        self.local, self.remote, self.target = "<%s>;tag=%s" % (phone.aor, self.call), None, None

    def start(self, method, uri, extra=(), body=b""):
        self.remote = "<%s>" % uri.replace(";", "")
        self.target = uri
        self.first = self.send(method, extra=extra, body=body)
        return self

    def send(self, method, sequence=None, extra=(), body=b"", branch=None):
        """Sends a request of this dialog; its branch."""
        if sequence is None:
            self.sequence += 1
        sequence = sequence or self.sequence
        branch = branch or "z9hG4bK-%s-%s-%d-%d" % (self.call, method, sequence, time.monotonic_ns())
        lines = ["%s %s SIP/2.0" % (method, self.target),
                 "Via: SIP/2.0/UDP %s:%d;branch=%s;rport" % (self.phone.ip, self.phone.port, branch), "Max-Forwards: 70",
                 *("Route: " + route for route in self.routes), "From: " + self.local, "To: " + self.remote,
                 "Call-ID: " + self.call, "CSeq: %d %s" % (sequence, method), "Contact: <%s>" % self.phone.contact, *extra,
                 "Content-Length: %d" % len(body)]
        self.phone.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return branch

    def confirm(self, response):
        """Takes tag, target and route set from a response that creates the dialog (RFC 3261 §12.1.2)."""
        self.remote, self.routes = response.one("to"), response.all("record-route")[::-1]
        self.target = uri(response.one("contact"))

    @classmethod
    def accept(cls, phone, message, own_tag="callee"):
        """The called side (RFC 3261 §12.1.1)."""
        dialog = cls(phone)
        dialog.call, dialog.routes = message.one("call-id"), message.all("record-route")
        dialog.local, dialog.remote = message.one("to") + ";tag=" + own_tag, message.one("from")
        dialog.target = uri(message.one("contact"))
        return dialog

    def acknowledge(self, sequence=None):
        """The ACK to a 2xx: a transaction of its own along the route set."""
        self.send("ACK", sequence or self.sequence)

    def acknowledge_failure(self, response):
        """The ACK to a failure of the first INVITE, on its branch and by the way it went."""
        remote, self.remote = self.remote, response.one("to")
        self.send("ACK", self.sequence, branch=self.first)
        self.remote = remote

    def cancel(self):
        """CANCEL of the first request."""
        self.send("CANCEL", self.sequence, branch=self.first)
