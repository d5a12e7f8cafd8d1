import Testing

@testable import ConsoleApp

@Suite("Command line")
struct CommandLineTests {
    @Test("a flag that does not exist is a usage error: exit code 64")
    func usage() {
        #expect(Sipglass.run(["run", "--no-such-flag"]) == 64)
    }

    @Test("listening beyond loopback without accounts needs --open: exit code 78")
    func open() {
        #expect(Sipglass.run(["run", "--headless", "--listen", "udp:0.0.0.0:15999"]) == 78)
    }
}
