"""sipsak: a route traced, a message from a file, floods of sound and of broken requests."""
import threading
from phone import *


class Answering(Phone):
    """A phone that answers every request with 200."""

    def __enter__(self):
        self.register()
        self.open, self.requests = True, []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return self

    def serve(self):
        while self.open:
            data = self.receive(0.1)
            if data and not data.startswith(b"SIP/"):
                self.requests.append(Message(data))
                self.reply(self.requests[-1], 200)

    def __exit__(self, *_):
        self.open = False
        self.thread.join()
        super().__exit__()


def sipsak(folder, server, *words):
    """Runs sipsak against a server; its exit status and all it said."""
    done = subprocess.run(["sipsak", "-H", IP, "-l", str(free_port()), "-p", "%s:%d" % (IP, server.port), *words],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=30, cwd=folder)
    return done.returncode, (done.stdout + done.stderr).decode("latin1")


@test("sipsak -T: the proxy on the way says 483, the phone behind it 200")
def traced(folder):
    # with two proxies sipsak 0.9.8.1 never asks beyond the second: its count stops at 1
    with Sipglass(folder) as server, Answering(server.port, "bob") as bob:
        code, text = sipsak(folder, server, "-T", "-s", bob.aor)
        need(code == 0 and re.findall(r"SIP/2\.0 (\d+)", text) == ["483", "200"], "ends with %d: %s" % (code, text))
        need([message.one("max-forwards") for message in bob.requests] == ["0"], "bob got %s" % [m.start for m in bob.requests])


@test("sipsak -f: a message from a file reaches the phone as it was")
def from_file(folder):
    with Sipglass(folder) as server, Answering(server.port, "bob") as bob:
        body = "Grüße, 世界".encode()
        text = request("MESSAGE", bob.aor, bob, user="sak", extra=["Content-Type: text/plain;charset=utf-8"], body=body)
        with open(os.path.join(folder, "message"), "wb") as file:
            file.write(text)
        code, said = sipsak(folder, server, "-L", "-f", "message", "-s", bob.aor)
        need(code == 0 and len(bob.requests) == 1, "ends with %d, bob got %d: %s" % (code, len(bob.requests), said))
        message = bob.requests[0]
        need(message.body.encode("latin1") == body, "body %r" % message.body)
        # sipsak puts a Via of its own above the file's
        need(len(message.all("via")) == 3 and message.ports("via")[0] == server.port, "Via %s" % message.all("via"))


@test("sipsak %s: it answers as before", "-F -e 5000", "-R -t 300")
def flooded(folder, words):
    with Sipglass(folder) as server, Answering(server.port, "bob") as bob:
        # ends with 3 when what it trashed at random got no answer
        code, said = sipsak(folder, server, *words.split(), "-D", "1", "-s", bob.aor if "-R" in words else "sip:" + DOMAIN)
        need(code in (0, 3), "ends with %d: %s" % (code, said[-300:]))
        wait_for(server.answers, 5, "answer to OPTIONS")
        server.need_alive()
