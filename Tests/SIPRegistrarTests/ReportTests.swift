import SIPFlow
import Testing

@testable import SIPRegistrar

@Suite("What the registrar tells its reader")
struct ReportTests {
    @Test("a snapshot has everything of a binding as text")
    func snapshot() {
        let office = Office()
        office.wait(seconds: 7)
        office.register(
            "<sip:a@192.168.1.5:5060>;q=0.25;+sip.instance=\"<urn:uuid:1>\"",
            callID: "call-1@x",
            cseq: 41,
            source: "10.0.0.1:5060",
            extra: ["User-Agent: Phone/1.0 (test)"]
        )
        office.wait(seconds: 10)
        office.register(
            "<sip:a@192.168.1.5:5060>;q=0.25;+sip.instance=\"<urn:uuid:1>\"",
            callID: "call-1@x",
            cseq: 42,
            source: "10.0.0.1:5061",
            extra: ["User-Agent: Phone/1.1"]
        )
        let row = office.snapshots().first
        #expect(office.snapshots().count == 1)
        #expect(row?.id == 1)
        #expect(row?.aor == "alice@example.test")
        #expect(row?.contact == "sip:a@192.168.1.5:5060")
        #expect(row?.flow == office.flow("10.0.0.1:5061"))
        #expect(row?.registeredAt == .zero + .seconds(7))
        #expect(row?.refreshedAt == .zero + .seconds(17))
        #expect(row?.expiresAt == .zero + .seconds(3_617))
        #expect(row?.refreshes == 1)
        #expect(row?.userAgent == "Phone/1.1")
        #expect(row?.callID == "call-1@x")
        #expect(row?.cseq == 42)
        #expect(row?.q == 250)
        #expect(row?.path == "")
        #expect(row?.instance == "<urn:uuid:1>")
        #expect(row?.isBehindNAT == true)
    }

    @Test("nothing is noted before a reader comes; then it gets what there is")
    func attach() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>", "<sip:b@127.0.0.1>")
        office.register("<sip:b@127.0.0.1>;expires=0")
        #expect(!office.hasChanges)
        office.track()
        #expect(office.hasChanges)
        let changes = office.changes()
        #expect(changes.changed.map(\.contact) == ["sip:a@127.0.0.1"])
        #expect(changes.removed.isEmpty)
        #expect(!changes.hasMore)
        #expect(!office.hasChanges)
        office.track()
        #expect(!office.hasChanges)
    }

    @Test("a binding that changed often is told once, as it is now; a listing is no change")
    func onlyTheLast() {
        let office = Office()
        office.track()
        for q in 1...9 { office.register("<sip:a@127.0.0.1>;q=0.\(q)") }
        let changes = office.changes()
        #expect(changes.changed.map(\.q) == [900])
        #expect(changes.changed.map(\.refreshes) == [8])
        office.register()
        #expect(!office.hasChanges)
    }

    @Test("every way to end has its reason")
    func reasons() {
        let office = Office()
        office.track()
        let instance = ";+sip.instance=\"<urn:uuid:1>\""
        office.register("<sip:expired@127.0.0.1>;expires=60")
        office.register(
            "<sip:unregistered@127.0.0.1>",
            "<sip:kicked@127.0.0.1>",
            "<sip:replaced@127.0.0.1>\(instance)"
        )
        let rows = office.changes().changed
        let names = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0.contact) })
        office.wait(seconds: 60)
        office.expire()
        office.register("<sip:unregistered@127.0.0.1>;expires=0")
        _ = office.kick(contact: "sip:kicked@127.0.0.1", of: "alice@example.test")
        office.register("<sip:other@127.0.0.1>\(instance)")
        let removed = office.changes().removed
        #expect(
            removed.map { "\(names[$0.id] ?? "") \($0.reason)" } == [
                "sip:expired@127.0.0.1 expired", "sip:unregistered@127.0.0.1 unregistered",
                "sip:kicked@127.0.0.1 kicked", "sip:replaced@127.0.0.1 replaced",
            ]
        )
        #expect(removed.allSatisfy { $0.moment == office.now })
    }

    @Test("* tells of each binding")
    func star() {
        let office = Office()
        office.track()
        office.register("<sip:a@127.0.0.1>", "<sip:b@127.0.0.1>")
        office.register("*", expires: "0")
        let changes = office.changes()
        #expect(changes.changed.isEmpty)
        #expect(changes.removed.map(\.reason) == [.unregistered, .unregistered])
    }

    @Test("large reports come in parts, nothing lost and nothing twice")
    func parts() {
        let office = Office()
        office.track()
        for number in 0..<25 { office.register("<sip:a@127.0.0.1>", to: "sip:u\(number)@example.test") }
        for number in 0..<12 { _ = office.kick(aor: "u\(number)@example.test") }
        var changed: [String] = []
        var removed: [UInt64] = []
        var reports = 0
        while office.hasChanges {
            let part = office.changes(limit: 5)
            #expect(part.changed.count <= 5 && part.removed.count <= 5)
            #expect(part.hasMore == office.hasChanges)
            changed += part.changed.map(\.aor)
            removed += part.removed.map(\.id)
            reports += 1
        }
        #expect(Set(changed) == Set((12..<25).map { "u\($0)@example.test" }))
        #expect(changed.count == 13)
        #expect(removed == Array(1...12))
        #expect(reports == 3)
    }

    @Test("numbers are never used again, though places are")
    func numbers() {
        let office = Office()
        office.track()
        var numbers: Set<UInt64> = []
        for _ in 0..<10 {
            office.register("<sip:a@127.0.0.1>")
            let changes = office.changes()
            #expect(changes.changed.count == 1)
            numbers.formUnion(changes.changed.map(\.id))
            office.register("<sip:a@127.0.0.1>;expires=0")
        }
        #expect(numbers.count == 10)
    }
}
