import Foundation
import GRDB
import SIPFlow
import SIPRegistrar
import SIPReport
import Testing

@testable import SIPStore

@Suite("Store: bindings, accounts, audit")
struct SIPStoreTests {
    @Test("gives back what was written, byte for byte, after it was closed")
    func bindings() throws {
        let folder = try Folder()
        let entry = AuditEntry(
            number: 1,
            unixNanoseconds: 1_700_000_000_000_000_000,
            actor: "ctl",
            act: "drop",
            targets: ["a@lab.test sip:a@10.0.0.1", "b@lab.test sip:b@10.0.0.2"],
            reason: "moved"
        )
        do {
            let store = try SIPStore(folder.file)
            try store.commit(batch([sample(1), sample(2), sample(3)]), audit: [entry])
            try store.commit(batch([sample(3), sample(4)], gone: [2, 99]), audit: [])
        }
        let store = try SIPStore(folder.file)
        #expect(try store.bindings().map(words) == [1, 3, 4].map { words(sample($0)) })
        let targets = try store.read { database in
            try String.fetchAll(database, sql: "SELECT target || ' ' || reason || ' ' || outcome FROM audit")
        }
        #expect(targets == ["a@lab.test sip:a@10.0.0.1 moved done", "b@lab.test sip:b@10.0.0.2 moved done"])
    }

    @Test("bans are written, replaced and forgotten with the bindings of the same batch")
    func banBatches() throws {
        let folder = try Folder()
        let network = BanSubject.source(of: .v6(high: 0x2001_0db8_0000_0007, low: 9))
        let host = BanSubject.source(.v4(0xcb00_7109))
        do {
            let store = try SIPStore(folder.file)
            let first = [sampleBan(network), sampleBan(host), sampleBan(.aor("bob@lab.test"))]
            try store.commit(batch([sample(1)]), bans: bans(first), audit: [])
            let later = sampleBan(host, endsAt: 1_800_000_000_000_000_000)
            try store.commit(
                batch([]),
                bans: bans([later], gone: [network, .aor("nobody@lab.test")]),
                audit: []
            )
        }
        let store = try SIPStore(folder.file)
        let kept = [sampleBan(.aor("bob@lab.test")), sampleBan(host, endsAt: 1_800_000_000_000_000_000)]
        #expect(try store.bans() == kept)
        _ = try store.write {
            try $0.execute(sql: "UPDATE bans SET subject = 'nowhere' WHERE kind = 'source'")
        }
        #expect(throws: StoreError.self) { _ = try store.bans() }
    }

    @Test("writes a batch on its own queue, one after the other, and says so")
    func queue() throws {
        let folder = try Folder()
        let store = try SIPStore(folder.file)
        let done = Mailbox()
        for id in 1...20 as ClosedRange<UInt64> {
            store.commit(batch([sample(id)], gone: [id - 1]), audit: []) { failure in
                done.add(failure == nil ? id : 0)
            }
        }
        store.finish()
        #expect(done.all == Array(1...20))
        #expect(try store.bindings().map(\.id) == [20])
    }

    @Test("a commit is on the disk before it counts, and the file is the owner's alone")
    func durable() throws {
        let folder = try Folder()
        let store = try SIPStore(folder.path + "/made/on/demand/sipglass.db")
        let modes = try store.read { database in
            try [
                String.fetchOne(database, sql: "PRAGMA journal_mode"),
                String.fetchOne(database, sql: "PRAGMA synchronous"),
            ]
        }
        #expect(modes == ["wal", "2"])
        try store.commit(batch([sample(1)]), audit: [])
        let directory = folder.path + "/made/on/demand"
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test("accounts are added, replaced and removed, also while an engine has the file")
    func accounts() throws {
        func account(_ user: String, _ realm: String, _ byte: UInt8) -> Account {
            Account(
                user: user,
                realm: realm,
                md5: Array(repeating: byte, count: 16),
                sha256: Array(repeating: byte, count: 32)
            )
        }
        let folder = try Folder()
        let engine = try SIPStore(folder.file)
        let command = try SIPStore(folder.file, as: .command)
        try command.put([
            account("bob", "lab.test", 1), account("al", "lab.test", 2), account("bob", "b.test", 3),
        ])
        try command.put([account("bob", "lab.test", 9)])
        try engine.commit(batch([sample(1)]), audit: [])
        #expect(
            try engine.accounts() == [
                account("bob", "b.test", 3), account("al", "lab.test", 2), account("bob", "lab.test", 9),
            ]
        )
        #expect(try engine.hasAccount("al", realm: "lab.test"))
        #expect(try command.removeAccount("al", realm: "lab.test"))
        #expect(try !command.removeAccount("al", realm: "lab.test"))
        #expect(try !engine.hasAccount("al", realm: "lab.test"))
        #expect(throws: StoreError.self) {
            try command.put([
                account("x", "lab.test", 1), Account(user: "y", realm: "r", md5: [1], sha256: []),
            ])
        }
        #expect(try !engine.hasAccount("x", realm: "lab.test"), "all or none")
    }

    @Test("a second engine on the same file is refused with the first one's number, until that is gone")
    func oneInstance() throws {
        let folder = try Folder()
        do {
            let first = try SIPStore(folder.file)
            let owner = ProcessInfo.processInfo.processIdentifier
            #expect(refusal(folder.file) == .inUse(by: ", process \(owner)"))
            #expect(refusal(folder.file, as: .command) == nil)
            try first.commit(batch([sample(1)]), audit: [])
        }
        #expect(refusal(folder.file) == nil)
    }
}
