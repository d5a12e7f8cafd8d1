import ArgumentParser
import Foundation
import SIPFlow
import Testing

@testable import ConsoleApp

@Suite("Command line")
struct CommandLineTests {
    @Test(
        "ends with the exit code that says what was wrong",
        arguments: [
            (["run", "--no-such-flag"], 64),
            (["run", "--listen", "tcp:127.0.0.1:5060"], 64),
            (["run", "--listen", "udp:localhost:5060"], 64),
            (["run", "--domain", "not a domain"], 64),
            (["run", "--filter", "nosuchfield:x"], 64),
            (["run", "--log-level", "loud"], 64),
            (["ctl", "kick"], 64),
            (["ctl", "undo", "first"], 64),
            (["ctl", "ban", "localhost"], 64),
            (["ctl", "ban", "203.0.113.9", "--for", "soon"], 64),
            (["ctl", "unban"], 64),
            (["ctl", "bans", "--control", "/nowhere/socket"], 69),
            (["run", "--headless", "--listen", "udp:0.0.0.0:15999"], 78),
            (["user", "add", "a:b", "--realm", "lab.test", "--store", "/nowhere/s.db"], 64),
            (["user", "list", "--store", "memory"], 64),
            (["user", "list", "--store", "/dev/null/s.db"], 65),
            (["user", "import", "/nowhere/users", "--store", "/dev/null/s.db"], 65),
            (["check-config", "--config", "/nowhere/config.toml"], 78),
            (["ctl", "calls", "--control", "/nowhere/socket"], 69),
            (["ctl", "calls", "--json", "--control", "/nowhere/socket"], 69),
            (["--help"], 0),
            (["ctl", "kick", "--help"], 0),
        ] as [([String], Int32)]
    )
    func exitCode(arguments: [String], expected: Int32) {
        #expect(Sipglass.run(arguments) == expected)
    }

    @Test("runs engine and console when nothing else is said")
    func defaultCommand() throws {
        let command = try #require(try SipglassCommand.parseAsRoot(["--theme", "mono"]) as? RunCommand)
        #expect(!command.headless)
        #expect(command.engine.theme == "mono")
    }

    @Test("takes several listeners and domains")
    func wishes() throws {
        let arguments = [
            "run", "--headless", "--listen", "udp:127.0.0.1:5070", "--listen", "udp:[::1]:5070", "--domain",
            "a.test",
            "--domain", "b.test", "--read-only", "--log-level", "debug",
        ]
        let command = try #require(try SipglassCommand.parseAsRoot(arguments) as? RunCommand)
        let wishes = try command.engine.wishes(control: nil)
        #expect(wishes.listen.map(\.description) == ["udp 127.0.0.1:5070", "udp [::1]:5070"])
        #expect(wishes.domains == ["a.test", "b.test"])
        #expect(wishes.isReadOnly)
        #expect(wishes.logLevel == .debug)
    }
}
