import ConsoleTerminal
import SIPCore
import SIPFlow
import Testing

@testable import ConsoleApp

@Suite("Configuration file")
struct SettingsTests {
    @Test(
        "names file, line, key, what was expected and what to do",
        arguments: [
            ("domians = [\"lab.test\"]", "c:1: domians: unknown key; did you mean \"domains\"?"),
            (
                "\n\nopen = \"yes\"",
                "c:3: open: expected true or false, found \"yes\"; write open = true, without quotes"
            ),
            (
                "listen = \"tcp:127.0.0.1:5060\"",
                "c:1: listen: tcp is not there yet, only udp; "
                    + "write udp:ADDRESS:PORT, as in udp:127.0.0.1:5060 or udp:[::1]:5060"
            ),
            (
                "listen = [\"udp:127.0.0.1:70000\"]",
                "c:1: listen: \"127.0.0.1:70000\" is no IP address with a port from 1 to 65535; "
                    + "write udp:ADDRESS:PORT, as in udp:127.0.0.1:5060 or udp:[::1]:5060"
            ),
            (
                "[timers]\nt1 = \"fast\"",
                "c:2: timers.t1: expected a time from 10ms to 60s, found \"fast\"; write t1 = \"500ms\""
            ),
            (
                "[registrar]\n# shortest\nminimum_expiry = 0",
                "c:3: registrar.minimum_expiry: expected a whole number from 1 to 2592000, found 0; "
                    + "write minimum_expiry = 1"
            ),
            (
                "[registrar]\nminimum_expiry = 600\nmaximum_expiry = 60",
                "c:2: registrar.minimum_expiry: 600 is more than maximum_expiry, 60; lower it, or raise maximum_expiry"
            ),
            (
                "[registrar]\nservice_route = \"sip:10.0.0.1\"",
                "c:2: registrar.service_route: \"sip:10.0.0.1\" is no loose route in angle brackets; "
                    + "write service_route = \"<sip:10.0.0.1;lr>\""
            ),
            (
                "[registrar]\nping = \"1s\"",
                "c:2: registrar.ping: expected a time from 5s to 3600s, found \"1s\"; write ping = \"30s\""
            ),
            (
                "[login]\nalgorithms = [\"SHA1\"]",
                "c:2: login.algorithms: \"SHA1\" is no algorithm that is known here; "
                    + "write algorithms = [\"SHA-256\", \"MD5\"], or one of them"
            ),
            (
                "[screen]\nglyphs = \"acsii\"",
                "c:2: screen.glyphs: expected one of \"auto\", \"unicode\", \"ascii\", found \"acsii\"; "
                    + "did you mean \"ascii\"?"
            ),
            (
                "[dns]\nservers = \"ns.lab.test\"",
                "c:2: dns.servers: \"ns.lab.test\" is no numeric address of a name server; "
                    + "write servers = [\"127.0.0.1:53\"], or leave it out to use the system's"
            ),
            (
                "[dns]\ntries = 0",
                "c:2: dns.tries: expected a whole number from 1 to 10, found 0; write tries = 1"
            ),
            ("timers = 5", "c:1: timers: expected a table, found 5; begin it with a line [timers]"),
            (
                "[trace]\nbudget = \"64MB\"",
                "c:2: trace.budget: expected a size from 1MiB to 64GiB, found \"64MB\"; write budget = \"64MiB\""
            ),
            ("store = 5", "c:1: store: expected text in quotes, found 5; write store = \"memory\""),
            (
                "[limits]\nfoo = 1",
                "c:2: limits.foo: unknown key; known here: bindings, gather, loopback, scanners, "
                    + "source_burst, source_rate, transactions, trusted"
            ),
            (
                "[limits]\ngather = \"80ms\"",
                "c:2: limits.gather: expected a time from 0s to 50ms, found \"80ms\"; write gather = \"8ms\""
            ),
            (
                "[timers]\ntrying = \"300ms\"",
                "c:2: timers.trying: expected a time from 0s to 200ms, found \"300ms\"; write trying = \"100ms\""
            ),
            (
                "[limits]\nscanners = \"tarpit\"",
                "c:2: limits.scanners: expected one of \"drop\", \"answer\", found \"tarpit\"; "
                    + "write scanners = \"drop\""
            ),
            (
                "[limits]\ntrusted = [\"trunk.example\"]",
                "c:2: limits.trusted: \"trunk.example\" is no IP address; "
                    + "write trusted = [\"10.0.0.5\", \"2001:db8::5\"]"
            ),
            (
                "[proxy]\nfollow_redirects = 1",
                "c:2: proxy.follow_redirects: expected true or false, found 1; "
                    + "write follow_redirects = true, without quotes"
            ),
        ]
    )
    func problem(text: String, expected: String) throws {
        let problems = try #require(throws: ConfigurationProblems.self) {
            try Settings(text: text, file: "c")
        }
        #expect(problems.problems.map(\.description) == [expected])
    }

    @Test("lists all problems at once, in the order of the lines")
    func allProblems() throws {
        let text = """
            [timers]
            t9 = "1s"
            t2 = []
            [screen]
            color = 16
            """
        let problems = try #require(throws: ConfigurationProblems.self) {
            try Settings(text: text, file: "c")
        }
        #expect(problems.problems.map(\.line) == [2, 3, 5])
    }

    @Test("says where text is no TOML")
    func syntax() throws {
        let problems = try #require(throws: ConfigurationProblems.self) {
            try Settings(text: "open = true\ndomains = [\"a\"\n", file: "c")
        }
        #expect(problems.problems.count == 1)
        #expect(problems.problems.first?.description.hasPrefix("c:") == true)
        #expect((problems.problems.first?.line ?? 0) >= 2)
    }

    @Test("reads every key")
    func everything() throws {
        let text = """
            listen = ["udp:127.0.0.1:5070", "udp:[::1]:5070"]
            domains = ["Lab.Test"]
            users = "/etc/sipglass/users"
            open = true
            theme = { dark = "hc-dark", light = "hc-light" }
            control = "/tmp/s.sock"
            store = "memory"
            log_level = "debug"
            read_only = true
            [registrar]
            minimum_expiry = 30
            default_expiry = 600
            maximum_expiry = 1200
            contacts_per_aor = 3
            service_route = "<sip:10.0.0.1;lr>"
            ping = "30s"
            [login]
            nonce_life = "2m"
            without_qop = true
            auth_int = true
            [timers]
            t1 = "200ms"
            t2 = 2
            t4 = 2.5
            c = "3m"
            trying = "0ms"
            [limits]
            gather = "2ms"
            bindings = 1_000
            transactions = 500
            source_rate = 50
            source_burst = 70
            loopback = true
            scanners = "answer"
            trusted = ["10.0.0.5", "2001:db8::5"]
            [proxy]
            max_breadth = 20
            follow_redirects = true
            overload_control = true
            [trace]
            budget = "2MiB"
            [screen]
            glyphs = "ascii"
            color = "16"
            """
        let settings = try Settings(text: text, file: "c")
        #expect(settings.listen.map(\.description) == ["udp 127.0.0.1:5070", "udp [::1]:5070"])
        #expect(settings.domains == ["lab.test"])
        #expect(settings.theme == Settings.ThemeChoice(dark: "hc-dark", light: "hc-light"))
        #expect(settings.users == "/etc/sipglass/users")
        #expect(
            settings.isOpen && settings.isReadOnly && settings.acceptsAbsentQop && settings.offersIntegrity
        )
        #expect(settings.nonceLife == .seconds(120))
        #expect(settings.t2 == .seconds(2))
        #expect(settings.glyphs == .ascii)
        #expect(settings.color == .ansi16)
        let startup = try Startup(Wishes(), settings, paths: .test, machine: .test)
        #expect(startup.control == "/tmp/s.sock")
        #expect(startup.core.t1 == .milliseconds(200))
        #expect(startup.core.t4 == .milliseconds(2_500))
        #expect(startup.core.timerC == .seconds(180))
        #expect(startup.core.trying == .zero && startup.gathering == .milliseconds(2))
        #expect(startup.core.minimumExpiry == 30)
        #expect(startup.core.sources.rate == 50 && startup.core.sources.burst == 70)
        #expect(startup.core.sources.includesLoopback && startup.core.sources.scanners == .answer)
        #expect(startup.core.sources.trusted.map(\.description) == ["10.0.0.5", "2001:db8::5"])
        #expect(startup.core.maximumBreadth == 20 && startup.core.followsRedirects)
        #expect(startup.core.controlsOverload)
        #expect(startup.core.contactsPerAOR == 3)
        #expect(startup.core.pingInterval == .seconds(30))
        #expect(startup.core.serviceRoute == "<sip:10.0.0.1;lr>")
        #expect(startup.core.bindingLimit == 1_000)
        #expect(startup.core.traceBudget == 2 << 20)
    }

    @Test("finds the lines of keys in tables, dotted and quoted keys and after long values")
    func lines() {
        let lines = TOMLLines(
            """
            a = [
              "x = 1",
            ]
            b.c = 1
            [d]
            "e f" = \"\"\"
            g = 2
            \"\"\"
            h = 3 # [i]
            """
        )
        #expect(lines.line(of: ["a"]) == 1)
        #expect(lines.line(of: ["b", "c"]) == 4)
        #expect(lines.line(of: ["d", "e f"]) == 6)
        #expect(lines.line(of: ["d", "h"]) == 9)
        #expect(lines.line(of: ["d", "unknown"]) == 5)
    }
}
