import SIPCore
import SIPFlow
import SIPNextHop
import SIPRegistrar
import Testing

@testable import ConsoleApp

extension Machine {
    /// A machine with one address beside loopback.
    static let test = Machine(
        addresses: [.v4(0x7f00_0001), .v4(0x0a00_0005), .v6(high: 0, low: 1)],
        name: "pbx.lab.test"
    )
}

extension FilePaths {
    static let test = FilePaths(environment: [:], home: "/users/op")
}

@Suite("Start-up")
struct StartupTests {
    @Test("listens on loopback only when nothing is configured, on IPv6 too where there is IPv6, in LAB MODE")
    func defaults() throws {
        let startup = try Startup(Wishes(), Settings(), paths: .test, machine: .test)
        #expect(startup.core.listeners.map { "\($0.address)" } == ["127.0.0.1:5060", "[::1]:5060"])
        #expect(startup.authentication?.accounts.isEmpty == true)
        #expect(startup.store == .file("/users/op/.local/state/sipglass/sipglass.db"))
        let old = Machine(addresses: [.v4(0x7f00_0001)], name: "")
        let without = try Startup(Wishes(), Settings(), paths: .test, machine: old)
        #expect(without.core.listeners.map { "\($0.address)" } == ["127.0.0.1:5060"])
    }

    @Test("asks the system's name servers unless others are configured")
    func nameServers() throws {
        let usual = try Startup(Wishes(), Settings(), paths: .test, machine: .test).core.nameService
        #expect(usual.servers.isEmpty && usual.timeout == .seconds(2) && usual.tries == 2)
        let text = "[dns]\nservers = [\"127.0.0.1:5353\", \"::1\"]\ntimeout = \"500ms\"\ntries = 3\n"
        let settings = try Settings(text: text, file: "c")
        let service = try Startup(Wishes(), settings, paths: .test, machine: .test).core.nameService
        #expect(service.servers.map(\.description) == ["127.0.0.1:5353", "[::1]:53"])
        #expect(service.timeout == .milliseconds(500) && service.tries == 3)
    }

    @Test("refuses to be an open relay, and says how to mean it")
    func openRelay() throws {
        var wishes = Wishes()
        wishes.listen = [try ListenAddress("udp:10.0.0.5:5060")]
        let failure = try #require(throws: Failure.self) {
            try Startup(wishes, Settings(), paths: .test, machine: .test)
        }
        #expect(failure.status == .configuration)
        #expect(failure.lines.first?.contains("--open") == true)
        wishes.isOpen = true
        #expect(try Startup(wishes, Settings(), paths: .test, machine: .test).core.listeners.count == 1)
    }

    @Test("a listener on all addresses is reached by the machine's own address, and serves all of them")
    func unspecified() throws {
        var wishes = Wishes()
        wishes.listen = [try ListenAddress("udp:0.0.0.0:5060")]
        wishes.isOpen = true
        let core = try Startup(wishes, Settings(), paths: .test, machine: .test).core
        #expect("\(core.listeners[0].advertised)" == "10.0.0.5:5060")
        #expect(core.aliases == ["127.0.0.1", "10.0.0.5", "pbx.lab.test"])
    }

    @Test("flags override the file")
    func precedence() throws {
        var wishes = Wishes()
        wishes.listen = [try ListenAddress("udp:127.0.0.1:5070")]
        wishes.domains = ["flag.test"]
        wishes.theme = "mono"
        wishes.control = "/flag"
        wishes.store = "/flag.db"
        let text = """
            listen = "udp:127.0.0.1:5080"
            domains = ["file.test"]
            theme = "hc-dark"
            control = "/file"
            store = "memory"
            """
        let settings = try Settings(text: text, file: "c")
        let startup = try Startup(wishes, settings, paths: .test, machine: .test)
        #expect(startup.core.listeners.map(\.address.port) == [5_070])
        #expect(startup.core.domains == ["flag.test"])
        #expect(startup.settings.theme?.light == "mono")
        #expect(startup.control == "/flag")
        #expect(startup.store == .file("/flag.db"))
    }

    @Test("files are where the XDG rules put them; relative paths in variables are ignored")
    func paths() {
        let usual = FilePaths.test
        #expect(usual.configuration == "/users/op/.config/sipglass/config.toml")
        #expect(usual.auditLog == "/users/op/.local/state/sipglass/audit.log")
        #expect(usual.control == "/users/op/.local/state/sipglass/sipglass.sock")
        let environment = [
            "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "relative", "XDG_RUNTIME_DIR": "/run/user/7",
        ]
        let own = FilePaths(environment: environment, home: "/users/op")
        #expect(own.themes == "/c/sipglass/themes")
        #expect(own.state == "/users/op/.local/state/sipglass")
        #expect(own.control == "/run/user/7/sipglass.sock")
        #expect(FilePaths(environment: ["HOME": "/h"], home: "/users/op").state == "/h/.local/state/sipglass")
        #expect(FilePaths(environment: ["HOME": ""], home: "/users/op").state == usual.state)
    }

    @Test(
        "suggests the key that was probably meant, and none that is far",
        arguments: [
            ("lsiten", "listen"), ("Domain", "domain"), ("colour", "color"), ("x", nil), ("banana", nil),
        ]
    )
    func nearness(word: String, expected: String?) {
        #expect(nearest(to: word, among: ["listen", "domain", "color", "open"]) == expected)
    }
}
