import Foundation
import SIPCrypto
import SIPRegistrar
import SIPStore
import Testing

@testable import ConsoleApp

@Suite("Accounts by the command line")
struct UserCommandTests {
    /// A store and a users file in a directory that ends with the test.
    private final class Folder {
        let path = NSTemporaryDirectory() + "sipglass-users-" + UUID().uuidString.prefix(8)
        var store: String { path + "/sipglass.db" }

        init() throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String) throws -> String {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/users"))
            return path + "/users"
        }

        /// Runs `sipglass user …` on the store, far from any running engine.
        func user(_ words: String...) -> Int32 {
            Sipglass.run(["user"] + words + ["--store", store, "--control", path + "/nobody"])
        }

        var names: [String] {
            get throws { try SIPStore(store, as: .command).accounts().map { "\($0.user) \($0.realm)" } }
        }
    }

    @Test("imports lines, lists, removes, and says 1 where there is nothing to do")
    func lifecycle() throws {
        let folder = try Folder()
        let users = "# people\n\nalice:lab.test:se:cret\r\nbob@office:lab.test:x\nalice:b.test:y\n"
        #expect(folder.user("import", try folder.write(users)) == 0)
        #expect(try folder.names == ["alice b.test", "alice lab.test", "bob@office lab.test"])
        let stored = try SIPStore(folder.store, as: .command).accounts()
        let alice = Account(user: "alice", realm: "lab.test", password: "se:cret", hashes: .system)
        #expect(stored.contains(alice))
        #expect(folder.user("list") == 0)
        #expect(folder.user("remove", "alice", "--realm", "lab.test") == 0)
        #expect(folder.user("remove", "alice", "--realm", "lab.test") == 1)
        #expect(try folder.names == ["alice b.test", "bob@office lab.test"])
    }

    @Test(
        "a users file with a wrong line changes nothing; the line is named, its contents are not",
        arguments: [
            ("alice:lab.test:x\nbob:lab.test\n", ":2: expected two colons, found 1; "),
            (":lab.test:x\n", ":1: the user is empty; "),
            ("alice::x\n", ": alice has no realm; "),
            ("alice:lab.test:\n", ":1: the password of alice is empty; "),
            ("al\u{1b}ice:lab.test:x\n", ":1: the user has blanks at its ends, or control characters; "),
        ]
    )
    func wrongLines(text: String, expected: String) throws {
        let failure = try #require(throws: Failure.self) {
            try ImportUsersCommand.accounts(text, name: "users", home: "")
        }
        #expect(failure.status == .badFile && failure.lines.count == 1)
        #expect(failure.lines[0].hasPrefix("sipglass: users" + expected) && !failure.lines[0].contains(":x"))
    }

    @Test("a store of somebody else ends with the code that says whose")
    func foreign() throws {
        #expect(Failure(owned: StoreError(.inUse(by: ""), path: "p"))?.status == .unavailable)
        #expect(
            Failure(owned: StoreError(.newerSchema(found: 9, known: 1), path: "p"))?.status == .configuration
        )
        #expect(Failure(owned: StoreError(.foreign, path: "p"))?.status == .configuration)
        #expect(Failure(owned: StoreError(.damaged("x"), path: "p")) == nil)
    }

    @Test("the realm is the configuration's first domain unless it is named")
    func realm() throws {
        let folder = try Folder()
        let configuration = folder.path + "/config.toml"
        try Data("domains = [\"first.test\", \"second.test\"]\n".utf8)
            .write(to: URL(fileURLWithPath: configuration))
        #expect(folder.user("import", try folder.write("al:first.test:x\nal:third.test:y\n")) == 0)
        #expect(folder.user("remove", "al", "--config", configuration) == 0)
        #expect(try folder.names == ["al third.test"])
        try Data().write(to: URL(fileURLWithPath: configuration))
        #expect(folder.user("remove", "al", "--config", configuration) == 64)
    }
}
