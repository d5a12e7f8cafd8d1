import Foundation
import GRDB
import SIPFlow
import SIPRegistrar
import SIPReport
import Testing

@testable import SIPStore

@Suite("Store: files that cannot be used")
struct UnusableStoreTests {
    @Test(
        "a file of an older version is brought up to date, and keeps what it has",
        arguments: [(1, ["alice"]), (2, ["alice", "bob"])]
    )
    func migration(version: Int, users: [String]) throws {
        let folder = try Folder()
        let fixture = try String(contentsOfFile: vector("version-\(version).sql"), encoding: .utf8)
        try DatabaseQueue(path: folder.file).writeWithoutTransaction { try $0.execute(sql: fixture) }
        let step = "ALTER TABLE accounts ADD COLUMN note TEXT NOT NULL DEFAULT 'none'; DROP TABLE bans;"
        let store = try SIPStore(folder.file, as: .engine, steps: Schema.steps + [step])
        #expect(try store.bindings().map(words) == (1...2).map { words(sample($0, isNew: version > 1)) })
        #expect(try store.accounts().map(\.user) == users)
        let facts = try store.read { database in
            try [
                String.fetchOne(database, sql: "PRAGMA user_version"),
                String.fetchOne(database, sql: "SELECT note FROM accounts"),
            ]
        }
        #expect(facts == ["\(Schema.steps.count + 1)", "none"])
    }

    @Test("bans can be kept in a file that an older version made", arguments: [1, 2])
    func bansAfterMigration(version: Int) throws {
        let folder = try Folder()
        let fixture = try String(contentsOfFile: vector("version-\(version).sql"), encoding: .utf8)
        try DatabaseQueue(path: folder.file).writeWithoutTransaction { try $0.execute(sql: fixture) }
        let store = try SIPStore(folder.file)
        #expect(try store.bans().isEmpty)
        try store.commit(batch([]), bans: bans([sampleBan(.aor("bob@lab.test"))]), audit: [])
        #expect(try store.bans() == [sampleBan(.aor("bob@lab.test"))])
    }

    @Test("a step that fails leaves the file at its old version")
    func failedMigration() throws {
        let folder = try Folder()
        do { try SIPStore(folder.file).commit(batch([sample(1)]), audit: []) }
        let steps = Schema.steps + ["DROP TABLE bindings; CREATE NONSENSE;"]
        #expect(throws: StoreError.self) { _ = try SIPStore(folder.file, as: .engine, steps: steps) }
        #expect(try SIPStore(folder.file).bindings().count == 1)
    }

    @Test("the schema of version 1 is the one that was released")
    func frozenSchema() throws {
        let folder = try Folder()
        let fixture = try String(contentsOfFile: vector("version-1.sql"), encoding: .utf8)
        try DatabaseQueue(path: folder.file).writeWithoutTransaction { try $0.execute(sql: fixture) }
        let fresh = try SIPStore(folder.path + "/fresh.db", as: .engine, steps: Array(Schema.steps.prefix(1)))
        let tables = "SELECT name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name"
        let old = try DatabaseQueue(path: folder.file).read { try String.fetchAll($0, sql: tables) }
        #expect(try fresh.read { try String.fetchAll($0, sql: tables) } == old)
    }

    @Test("a newer version and another program's database are refused, and not touched")
    func refused() throws {
        let folder = try Folder()
        do { try SIPStore(folder.file).commit(batch([sample(1)]), audit: []) }
        try DatabaseQueue(path: folder.file).writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA user_version = 7")
        }
        #expect(refusal(folder.file) == .newerSchema(found: 7, known: Schema.steps.count))
        let other = folder.path + "/other.db"
        try DatabaseQueue(path: other).writeWithoutTransaction { try $0.execute(sql: "CREATE TABLE t (x)") }
        let before = FileManager.default.contents(atPath: other)
        #expect(refusal(other) == .foreign)
        #expect(FileManager.default.contents(atPath: other) == before)
    }

    @Test("a file that is no database, or whose pages are broken, is called damaged, and is not deleted")
    func damaged() throws {
        let folder = try Folder()
        let text = Data(repeating: 0x41, count: 10_000)
        try text.write(to: URL(fileURLWithPath: folder.file))
        guard case .damaged = refusal(folder.file) else {
            Issue.record("\(String(describing: refusal(folder.file)))")
            return
        }
        #expect(FileManager.default.contents(atPath: folder.file) == text)

        let broken = folder.path + "/broken.db"
        do { try SIPStore(broken).commit(batch((1...500).map { sample($0) }), audit: []) }
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: broken))
        let pages = try file.seekToEnd() / 4_096
        for page in 1..<pages {
            try file.seek(toOffset: page * 4_096)
            try file.write(contentsOf: Data(repeating: 0x5a, count: 4_096))
        }
        try file.close()
        let error = #expect(throws: StoreError.self) { _ = try SIPStore(broken).bindings() }
        guard case .damaged? = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "a row that this program cannot have written is damage, and no crash",
        arguments: [
            "expires_at = 9223372036854775807", "expires_at = -5", "transport = 'carrier pigeon'",
            "peer = 'x'",
            "cseq = -1", "id = -1",
        ]
    )
    func nonsense(change: String) throws {
        let folder = try Folder()
        let store = try SIPStore(folder.file)
        try store.commit(batch([sample(1)]), audit: [])
        _ = try store.write { try $0.execute(sql: "UPDATE bindings SET \(change)") }
        let error = #expect(throws: StoreError.self) { _ = try store.bindings() }
        guard case .damaged? = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("a full disk refuses the batch as a whole, and what was there stays")
    func full() throws {
        let folder = try Folder()
        let store = try SIPStore(folder.file)
        try store.commit(batch([sample(1)]), audit: [])
        // SQLite itself refuses further pages, with the error that a full disk gives.
        try store.database.writeWithoutTransaction { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)")
        }
        let error = #expect(throws: StoreError.self) {
            try store.commit(batch((2...500).map { sample($0) }), audit: [])
        }
        #expect(error?.reason == .refused("database or disk is full"))
        #expect(try store.bindings().map(\.id) == [1])
    }

    @Test("a directory that cannot be made, and a directory in the file's place, are told")
    func noFile() throws {
        let folder = try Folder()
        try Data().write(to: URL(fileURLWithPath: folder.path + "/plain"))
        guard case .refused(let text) = refusal(folder.path + "/plain/sipglass.db") else {
            Issue.record("a file was taken for a directory")
            return
        }
        #expect(text.contains("/plain cannot be made"))
        #expect(refusal(folder.path) == .refused("Is a directory"))
    }
}

private func vector(_ name: String) -> String {
    URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().path + "/../Vectors/Store/"
        + name
}
