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

    @Test("a users file with a wrong line changes nothing, and one that cannot be read neither")
    func wrongLines() throws {
        let folder = try Folder()
        #expect(folder.user("import", try folder.write("alice:lab.test:x\nbob:lab.test\n")) == 65)
        #expect(folder.user("import", folder.path + "/nowhere") == 65)
        #expect(folder.user("list") == 0)
        #expect(try folder.names.isEmpty)
    }

    @Test("accounts in the store let it listen beyond loopback, and are asked for there")
    func startup() throws {
        let folder = try Folder()
        var wishes = Wishes()
        wishes.store = folder.store
        wishes.listen = [try ListenAddress("udp:10.0.0.5:5060")]
        #expect(throws: Failure.self) { _ = try Startup.load(wishes, Settings(), paths: .test) }
        #expect(!FileManager.default.fileExists(atPath: folder.store), "looking makes no file")
        #expect(folder.user("import", try folder.write("alice:lab.test:x\n")) == 0)
        let startup = try Startup.load(wishes, Settings(), paths: .test)
        #expect(startup.authentication?.accounts.map(\.user) == ["alice"])
        wishes.users = try folder.write("bob:lab.test:y\n")
        let both = try Startup.load(wishes, Settings(), paths: .test)
        #expect(both.authentication?.accounts.map(\.user) == ["bob", "alice"])
        #expect(both.users.map(\.user) == ["bob"])
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
