import SIPCrypto
import SIPFlow
import SIPRegistrar
import Testing

@testable import ConsoleApp

@Suite("Users file")
struct UsersFileTests {
    @Test("reads users; comments, empty lines and CRLF mean nothing, colons and blanks in a password do")
    func users() throws {
        let text = "# desk\nbob:lab.test:se:cr et \r\n\n  \nanna@home.test::x#y\n"
        let accounts = try UsersFile(text: text, file: "u").accounts(home: "first.test", hashes: .system)
        #expect(
            accounts == [
                Account(user: "bob", realm: "lab.test", password: "se:cr et ", hashes: .system),
                Account(user: "anna@home.test", realm: "first.test", password: "x#y", hashes: .system),
            ]
        )
        #expect(accounts.allSatisfy { $0.md5.count == 16 && $0.sha256.count == 32 })
    }

    @Test(
        "names file, line, what is wrong and what to do",
        arguments: [
            (
                "\nbob:secret",
                "u:2: expected two colons, found 1; write user:realm:password, as in bob:lab.test:secret"
            ),
            (":lab.test:x", "u:1: the user is empty; write user:realm:password, as in bob:lab.test:secret"),
            (
                "bob:lab.test:",
                "u:1: the password of bob is empty; write user:realm:password, as in bob:lab.test:secret"
            ),
            (
                "bob: lab.test:x",
                "u:1: \" lab.test\" has blanks at its ends, or control characters; take them out"
            ),
            ("bob:l:x\n#\nbob:l:y", "u:3: this user and realm stand in line 1 too; remove one"),
            (
                "# nobody\n",
                "u: there are no users in it; write user:realm:password, as in bob:lab.test:secret"
            ),
        ]
    )
    func problems(text: String, expected: String) throws {
        let problems = try #require(throws: ConfigurationProblems.self) {
            try UsersFile(text: text, file: "u")
        }
        #expect(problems.problems.map(\.description) == [expected])
    }

    @Test(
        "with users it listens beyond loopback, challenges, and is no lab; --open lets everybody in all the same"
    )
    func startup() throws {
        let users = try UsersFile(text: "bob::x", file: "u")
        var wishes = Wishes()
        wishes.listen = [try ListenAddress("udp:10.0.0.5:5060")]
        let startup = try Startup(wishes, Settings(), users: users, paths: .test, machine: .test)
        #expect(startup.authentication?.accounts.map(\.realm) == ["10.0.0.5"])
        #expect(startup.authentication?.secret.count == 32)
        wishes.domains = ["Lab.test"]
        let named = try Startup(wishes, Settings(), users: users, paths: .test, machine: .test)
        #expect(named.authentication?.accounts.map(\.realm) == ["lab.test"])
        wishes.isOpen = true
        let open = try Startup(wishes, Settings(), users: users, paths: .test, machine: .test)
        #expect(open.authentication == nil)
    }

    @Test("settings of the login reach the engine")
    func settings() throws {
        let text = "[login]\nnonce_life = 30\nwithout_qop = true\nauth_int = true\nstrangers = true"
        let startup = try Startup(Wishes(), try Settings(text: text, file: "c"), paths: .test, machine: .test)
        let authentication = try #require(startup.authentication)
        #expect(authentication.nonceLife == .seconds(30))
        #expect(authentication.acceptsAbsentQop && authentication.offersIntegrity)
        #expect(authentication.asksStrangers)
    }
}
