"""The messages that RFC 3665 prints: read, brought into this network, and compared with what was really sent."""
import re
from phone import Message
from support import *

FLOWS = os.path.join(HERE, "../Vectors/Messages/flows/rfc3665")

# The stations: how the print names them, and their addresses in it.
STATIONS = {
    "a": ("client.atlanta.example.com", "192.0.2.101"), "b": ("client.biloxi.example.com", "192.0.2.201"),
    "c": ("client.chicago.example.com", "192.0.2.100"), "g": ("alg1.atlanta.example.com", "192.0.2.128"),
    "r": ("redirect.biloxi.example.com", "192.0.2.202"), "1": ("ss1.atlanta.example.com", "192.0.2.111"),
    "2": ("ss2.biloxi.example.com", "192.0.2.222"), "3": ("ss3.chicago.example.com", "192.0.2.233"),
}
# Those between the user agents: ours, and Kamailio.
SERVERS = "123g"
# How a printed text is played: on loopback, over UDP.
PLAYED = [(r"192\.0\.2\.", "127.0.2."), (r"SIP/2\.0/T(CP|LS)", "SIP/2.0/UDP"), (";transport=tcp", ""), ("sips:", "sip:"),
          (":5061", ":5060")]


def played(text):
    for pattern, value in PLAYED:
        text = re.sub(pattern, value, text)
    return text


NAME = {letter: name for letter, (name, _) in STATIONS.items()}
ADDRESS = {letter: played(address) for letter, (_, address) in STATIONS.items()}


class Leg:
    """A message on one hop: as it is printed, and as it must be."""

    def __init__(self, name, hop, start, fields, body):
        self.name, (self.sender, self.receiver) = name, hop
        self.start, self.fields, self.body = start, fields, body

    @classmethod
    def read(cls, path, hop):
        with open(path, encoding="latin1", newline="") as file:
            head, _, body = played(file.read()).partition("\r\n\r\n")
        start, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        fields = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return cls("F%d" % int(os.path.basename(path)[1:3]), hop, start, fields, body)

    @property
    def code(self):
        return int(self.start.split()[1]) if self.start.startswith("SIP/") else 0

    @property
    def method(self):
        return self.one("cseq").split()[1]

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name]

    def one(self, name):
        return self.all(name)[0]

    def copy(self, name, hop):
        return Leg(name, hop, self.start, list(self.fields), self.body)

    def put(self, name, *values):
        """Gives a field these values, where it stands or else before From; `start` and `body` count as fields."""
        if name in ("start", "body"):
            setattr(self, name, *values)
        else:
            place = next(at for at, (key, _) in enumerate(self.fields) if key.lower() in (name, "from"))
            rest = lambda fields: [field for field in fields if field[0].lower() != name]
            self.fields = rest(self.fields[:place]) + [(name.title(), value) for value in values] + rest(self.fields[place:])
        return self

    def replace(self, old, new):
        self.start = self.start.replace(old, new)
        self.fields = [(name, value.replace(old, new)) for name, value in self.fields]

    def text(self):
        return "\r\n".join([self.start, *("%s: %s" % field for field in self.fields)]) + "\r\n\r\n" + self.body

    def detour(self, through):
        """Its legs when it goes through one server more (RFC 3261 16.6, 16.7, 8.2.6)."""
        first, second = self.copy(self.name, self.sender + through), self.copy(self.name + "+", through + self.receiver)
        top, *below = self.all("via")
        own = "SIP/2.0/UDP %s:5060;branch=z9hG4bK%s" % (NAME[through], self.one("cseq").replace(" ", ""))
        if self.code:
            return [first.put("via", own, top, *below), second]
        received = "%s;received=%s" % (top, ADDRESS[self.sender])
        first.put("route", *self.all("route"), "<sip:%s;lr>" % NAME[through])
        second.put("via", own, received, *below).put("max-forwards", str(int(self.one("max-forwards")) - 1))
        if self.method != "INVITE":
            return [first, second]
        second.put("record-route", "<sip:%s;lr>" % NAME[through])
        trying = self.copy(self.name + "-", through + self.sender).put("via", received, *below)
        for name in ("max-forwards", "route", "contact", "content-type", "content-length"):
            trying.put(name)
        return [first, second, trying.put("start", "SIP/2.0 100 Trying").put("body", "")]


def read_flow(section, hops, differences=()):
    """The legs of a flow; `hops` says of each message whom it goes from and to: "a>1".

    `differences` are (messages, field, values, why): what is not as printed.  The field `through` is a server that a
    message goes through, too.
    """
    folder = next(name for name in os.listdir(FLOWS) if name.startswith("%s.%02d_" % (section[0], int(section[2:]))))
    names, hops = sorted(os.listdir(os.path.join(FLOWS, folder))), hops.replace(">", "").split()
    need(len(names) == len(hops), "%s has %d messages, not %d" % (folder, len(names), len(hops)))
    printed = [Leg.read(os.path.join(FLOWS, folder, name), hop) for name, hop in zip(names, hops)]
    legs = {leg.name: [leg] for leg in printed}
    for messages, field, values, why in differences:
        for name in messages:
            leg, before = legs[name][0], legs[name][0].text()
            if field == "through":
                legs[name] = leg.detour(*values)
            else:
                need(leg.put(field, *values).text() != before, "%s %s: %s is printed so; listed: %s" % (section, name, field, why))
    return [leg for way in legs.values() for leg in way]


class Comparison:
    """Compares messages with the print: all fields, but neither their order nor that of their parameters.

    Branches and tags that servers make up are learned where they first come, and must be the same ever after.
    """

    # Not compared; Content-Length must be that of the body.
    LEFT_OUT = ("server", "user-agent", "date", "content-length")
    # What is the same as printed: (fields, pattern, replacement), for both sides.
    SAME = [
        ("via route record-route", r" *; *", ";"),
        # servers name themselves by address here, so nobody has to add where their messages came from
        *[("via", re.escape(ADDRESS[server]) + "(:5060)?(?=;)", NAME[server] + ":5060") for server in SERVERS],
        *[("via", "(%s.*);received=[^;]*" % re.escape(NAME[server]), r"\1") for server in SERVERS],
        *[("route record-route", "<sip:%s(:5060)?" % re.escape(ADDRESS[server]), "<sip:" + NAME[server]) for server in SERVERS],
        ("via", r";(.*)", lambda found: ";" + ";".join(sorted(found[1].split(";")))),
        # what else a Record-Route value says is for the server that wrote it
        ("route record-route", r";lr[^>]*>", ";lr>"),
        # a few seconds have passed
        ("contact", r"expires=35[5-9]\d$", "expires=3600"),
        # logins are computed, and proved by their success; stale=FALSE is what its absence means
        ("www-authenticate proxy-authenticate", r",? *(nonce|opaque)=\"[^\"]*\"|, *stale=FALSE", ""),
        ("www-authenticate proxy-authenticate", r"Digest (.*)", lambda found: ",".join(sorted(re.split(r" *, *", found[1])))),
        ("authorization proxy-authorization", r".*", lambda found: " ".join(
            re.search(r'\b%s="[^"]*"' % name, found[0])[0] for name in ("username", "realm", "uri")) if found[0] else ""),
    ]

    def __init__(self, legs):
        self.stands = {}
        # tags of user agents: nobody else may change them
        self.settled = {tag for leg in legs if leg.sender not in SERVERS for tag in tags(leg.one("from"))}
        self.settled |= {tag for leg in legs if leg.sender not in SERVERS and leg.code for tag in tags(leg.one("to"))}

    def fields(self, message):
        """The fields that are compared: name to values."""
        found = {name: values for name, values in message.fields.items() if name not in self.LEFT_OUT}
        for names, pattern, value in self.SAME:
            for name in found.keys() & names.split():
                found[name] = [re.sub(pattern, value, text) for text in found[name]]
        found.get("contact", []).sort()
        return found

    def learn(self, leg, printed, seen):
        """Takes over the branch of a request that a server forwards, and the tag of an answer that it makes."""
        branch = lambda message: re.search(r"branch=([^; ]+)", message.all("via")[0])[1]
        if leg.sender in SERVERS and not leg.code and len(leg.all("via")) > 1:
            self.stands[branch(seen)] = branch(printed)
        for old, new in zip(tags(printed.one("to")), tags(seen.one("to"))):
            key = (old, leg.one("cseq"))
            if leg.code and leg.sender in SERVERS and old not in self.settled and key not in self.stands:
                self.stands[key] = self.stands[new] = old

    def differences(self, leg, data):
        """What is not as printed, in words."""
        printed, seen = Message(leg.text().encode("latin1")), Message(data)
        self.learn(leg, printed, seen)
        told = lambda found: "%s=%s" % (found[1], self.stands.get(found[2], found[2]))
        pairs = {"start": (leg.start, seen.start), "body": (leg.body, seen.body)}
        mine, theirs = self.fields(printed), self.fields(seen)
        for name, values in theirs.items():
            theirs[name] = [re.sub(r"\b(branch|tag)=([^;>]+)", told, text) for text in values]
        pairs.update((name, (mine.get(name), theirs.get(name))) for name in {**mine, **theirs})
        length = seen.all("content-length")
        if length or leg.all("content-length"):
            pairs["content-length"] = ([str(len(seen.body))], length)
        return ["%s %s>%s %s: %s is printed, %s was seen" % (leg.name, leg.sender, leg.receiver, name, *pair)
                for name, pair in pairs.items() if pair[0] != pair[1]]


def tags(value):
    return re.findall(r";tag=([^;]+)", value)
