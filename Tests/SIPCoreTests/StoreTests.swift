import SIPFlow
import SIPRegistrar
import SIPReport
import Testing

@testable import SIPCore

@Suite("The core and its store")
struct StoreTests {
    private func rig() -> Rig {
        let rig = Rig()
        rig.keep()
        return rig
    }

    /// A rig whose store holds bob on 5080 and carol on 5090.
    private func settled() throws -> Rig {
        let rig = rig()
        rig.register("bob", port: "5080")
        rig.register("carol", port: "5090")
        rig.stored(try #require(rig.takeBatch()))
        _ = rig.take()
        return rig
    }

    @Test("a REGISTER is answered when the store has its change, and not before")
    func waits() throws {
        let rig = rig()
        rig.receive(Make.register("bob", port: "5080"), from: "5080")
        #expect(rig.take().isEmpty)
        let batch = try #require(rig.takeBatch())
        #expect(
            batch.bindings.kept.map { String(decoding: $0.contact, as: UTF8.self) } == [
                "sip:bob@127.0.0.1:5080"
            ]
        )
        #expect(batch.bindings.gone.isEmpty && batch.audit.isEmpty)
        #expect(rig.take().isEmpty)
        rig.stored(batch)
        let answer = try #require(rig.one(to: "5080"))
        #expect(answer.code == 200 && answer.headers("Contact") == ["<sip:bob@127.0.0.1:5080>;expires=3600"])
        #expect(!rig.hasBatch)
        rig.advance(.seconds(40))
        rig.expectNothingLeft()
    }

    @Test("S08 a REGISTER repeated while it waits is absorbed, and answered again once it was answered")
    func repeated() throws {
        let rig = rig()
        let request = Make.register("bob", port: "5080")
        rig.receive(request, from: "5080")
        rig.receive(request, from: "5080")
        let batch = try #require(rig.takeBatch())
        rig.receive(request, from: "5080")
        #expect(rig.take().isEmpty && batch.bindings.kept.count == 1)
        rig.stored(batch)
        let first = try #require(rig.one(to: "5080"))
        rig.receive(request, from: "5080")
        let second = try #require(rig.one(to: "5080"))
        #expect(second.isRetransmission && second.text == first.text)
        #expect(!rig.hasBatch)
    }

    @Test("what comes while a batch is stored is the next batch; answers leave in the order of the requests")
    func order() throws {
        let rig = rig()
        for port in 5_080...5_082 { rig.receive(Make.register("bob", port: "\(port)"), from: "\(port)") }
        let first = try #require(rig.takeBatch())
        for port in 5_083...5_085 { rig.receive(Make.register("bob", port: "\(port)"), from: "\(port)") }
        #expect(!rig.hasBatch, "one batch at a time")
        rig.stored(first)
        #expect(rig.take().map(\.to.port) == [5_080, 5_081, 5_082])
        let second = try #require(rig.takeBatch())
        #expect(second.number == first.number + 1 && second.bindings.kept.count == 3)
        rig.stored(first)
        #expect(rig.take().isEmpty, "word of an older batch says nothing of this one")
        rig.stored(second)
        #expect(rig.take().map(\.to.port) == [5_083, 5_084, 5_085])
    }

    @Test("a fetch and a refusal do not wait; nor does a change once nothing is on its way")
    func atOnce() throws {
        let rig = try settled()
        let fetch = Make.request(
            "REGISTER",
            "sip:example.test",
            to: "sip:bob@example.test",
            port: "5080",
            contact: false
        )
        rig.receive(fetch, from: "5080")
        rig.receive(Make.register("bob", port: "5080", callID: "x", expires: 5), from: "5080")
        rig.receive(Make.register("dave", port: "5099", expires: 0), from: "5099")
        #expect(rig.take().map(\.code) == [200, 423, 200])
        #expect(!rig.hasBatch)
    }

    @Test("G11 a store that fails leaves every binding as it was, and each REGISTER that waits gets 500")
    func failure() throws {
        let rig = try settled()
        rig.advance(.seconds(10))
        let before = rig.snapshot().registrations
        // A new contact, a refresh with another q, a removal, a phone that moved: the first two in one batch.
        rig.receive(Make.register("dave", port: "5099"), from: "5099")
        rig.receive(
            Make.register(
                "bob",
                port: "5080",
                cseq: 2,
                contact: "<sip:bob@127.0.0.1:5080>;q=0.3",
                expires: 600
            ),
            from: "5080"
        )
        let batch = try #require(rig.takeBatch())
        rig.receive(Make.register("bob", port: "5080", cseq: 3, contact: "*", expires: 0), from: "5080")
        rig.receive(Make.register("carol", port: "5090", cseq: 2, expires: 60), from: "5090")
        #expect(rig.take().isEmpty)
        rig.stored(batch, failure: "database or disk is full")
        #expect(
            rig.take().map { "\($0.code) \($0.to.port)" } == ["500 5099", "500 5080", "500 5080", "500 5090"]
        )
        let after = rig.snapshot()
        #expect(after.registrations.sorted { $0.id < $1.id } == before.sorted { $0.id < $1.id })
        #expect(after.store.failure == "database or disk is full" && after.store.path == "store.db")
        rig.invite("dave")
        #expect(rig.take().last?.code == 480)
        rig.advance(.seconds(40))
        rig.expectNothingLeft()
        // The binding ends when its first REGISTER said, and not when the undone one did.
        rig.advance(.seconds(3_600 - 51))
        #expect(rig.snapshot().registrations.count == 2)
        rig.advance(.seconds(2))
        #expect(rig.snapshot().registrations.isEmpty)
    }

    @Test("G11 a phone that moved is back at its old contact when the store fails")
    func failedMove() throws {
        let rig = rig()
        let instance = ";+sip.instance=\"<urn:uuid:1>\""
        rig.receive(
            Make.register("bob", port: "5080", contact: "<sip:bob@127.0.0.1:5080>" + instance),
            from: "5080"
        )
        rig.stored(try #require(rig.takeBatch()))
        let before = rig.snapshot().registrations
        rig.receive(
            Make.register("bob", port: "5081", contact: "<sip:bob@127.0.0.1:5081>" + instance),
            from: "5081"
        )
        let batch = try #require(rig.takeBatch())
        #expect(batch.bindings.kept.count == 1 && batch.bindings.gone == [before[0].id.number])
        rig.stored(batch, failure: "gone")
        #expect(rig.snapshot().registrations == before)
    }

    @Test("after a failure the engine goes on in memory, and a report says so once")
    func inMemory() throws {
        let rig = try settled()
        _ = rig.changes()
        rig.receive(Make.register("dave", port: "5099"), from: "5099")
        rig.stored(try #require(rig.takeBatch()), failure: "gone")
        #expect(rig.hasChanges && rig.changes().store.failure == "gone")
        _ = rig.take()
        rig.receive(Make.register("dave", port: "5099", cseq: 2), from: "5099")
        #expect(rig.one(to: "5099")?.code == 200)
        #expect(!rig.hasBatch)
        while rig.hasChanges { _ = rig.changes() }
    }

    @Test("expiry, kick and undo go to the store too, with the audit; a failure does not undo them")
    func others() throws {
        let rig = try settled()
        _ = rig.perform(.kick(KickRequest(targets: [.aor("bob@example.test")], reason: "why", actor: "ops")))
        let kick = try #require(rig.takeBatch())
        #expect(kick.bindings.gone.count == 1 && kick.bindings.kept.isEmpty)
        #expect(kick.audit.map(\.act) == ["drop"])
        rig.stored(kick)
        _ = rig.perform(.undoKick(audit: 1, actor: "ops"))
        let undo = try #require(rig.takeBatch())
        #expect(undo.bindings.kept.count == 1 && undo.audit.map(\.act) == ["undo"])
        rig.stored(undo)
        rig.advance(.seconds(3_601))
        let end = try #require(rig.takeBatch())
        #expect(end.bindings.gone.count == 2 && end.bindings.kept.isEmpty && end.audit.isEmpty)
        rig.stored(end, failure: "gone")
        #expect(rig.snapshot().registrations.isEmpty)
    }

    @Test("a kick while a REGISTER waits stays, whether the store takes it or not", arguments: [nil, "gone"])
    func kickedMeanwhile(failure: String?) throws {
        let rig = try settled()
        rig.receive(Make.register("bob", port: "5080", cseq: 2), from: "5080")
        let batch = try #require(rig.takeBatch())
        _ = rig.perform(.kick(KickRequest(targets: [.aor("bob@example.test")], actor: "ops")))
        rig.stored(batch, failure: failure)
        #expect(rig.one(to: "5080")?.code == (failure == nil ? 200 : 500))
        #expect(rig.snapshot().registrations.map(\.aor) == ["carol@example.test"])
    }

    @Test("an answer that the store holds up for longer than its transaction lives is not sent")
    func tooLate() throws {
        let rig = rig()
        rig.receive(Make.register("bob", port: "5080"), from: "5080")
        let batch = try #require(rig.takeBatch())
        rig.advance(.seconds(60))
        rig.stored(batch)
        #expect(rig.take().isEmpty)
        #expect(rig.snapshot().registrations.count == 1)
        rig.expectNothingLeft()
    }

    @Test("without a store nothing waits and nothing is kept for one")
    func memory() {
        let rig = Rig()
        rig.receive(Make.register("bob", port: "5080"), from: "5080")
        #expect(rig.one(to: "5080")?.code == 200)
        #expect(!rig.hasBatch && rig.snapshot().store == StoreRow())
    }
}

@Suite("Start-up from a store")
struct StoreRestartTests {
    /// What a store holds after a phone registered with everything that a binding can have.
    private func kept(
        listeners: [String] = ["127.0.0.1:5060", "[::1]:5060"]
    ) throws -> (Rig, [StoredBinding]) {
        let rig = Rig(listeners: listeners)
        rig.keep()
        let full =
            "<sip:bob@10.9.8.7:5080;transport=udp?x=y>;q=0.7;reg-id=1;+sip.instance=\"<urn:uuid:7>\";odd"
        rig.receive(
            Make.register(
                "bob",
                port: "5080",
                cseq: 41,
                contact: full,
                extra: ["User-Agent: Phone/1.0", "Path: <sip:edge.test;lr>", "Supported: path"]
            ),
            from: "5080"
        )
        rig.receive(Make.register("carol", port: "5090", expires: 120), from: "[::1]:5090", on: 1)
        return (rig, try #require(rig.takeBatch()).bindings.kept.sorted { $0.id < $1.id })
    }

    @Test("brings back everything that a binding has, under its number")
    func everything() throws {
        let (old, bindings) = try kept()
        let rig = Rig(listeners: ["127.0.0.1:5060", "[::1]:5060"])
        rig.keep(bindings)
        let rows = rig.snapshot().registrations.sorted { $0.id < $1.id }
        #expect(rows == old.snapshot().registrations.sorted { $0.id < $1.id })
        #expect(rows.map(\.isBehindNAT) == [false, false] && rows[0].path == "<sip:edge.test;lr>")
        #expect(rig.snapshot().store.restored == 2)
        #expect(!rig.hasBatch)
        // A fetch gives the contact with all its parameters, and new bindings get new numbers.
        let fetch = Make.request(
            "REGISTER",
            "sip:example.test",
            to: "sip:bob@example.test",
            port: "5080",
            contact: false
        )
        rig.receive(fetch, from: "5080")
        #expect(
            rig.one(to: "5080")?.headers("Contact") == [
                "<sip:bob@10.9.8.7:5080;transport=udp?x=y>;q=0.7;reg-id=1;+sip.instance=\"<urn:uuid:7>\";odd;expires=3600"
            ]
        )
        rig.receive(Make.register("dave", port: "5099"), from: "5099")
        #expect(rig.snapshot().registrations.map(\.id.number).max() == 3)
        // The stored Call-ID and CSeq still count.
        rig.receive(
            Make.register(
                "bob",
                port: "5080",
                cseq: 40,
                contact: "<sip:bob@10.9.8.7:5080;transport=udp?x=y>"
            ),
            from: "5080"
        )
        #expect(rig.one(to: "5080")?.code == 500)
    }

    @Test("a binding keeps the time it had left; one that ran out meanwhile is gone, and leaves the store")
    func whileDown() throws {
        let (_, bindings) = try kept()
        let rig = Rig(listeners: ["127.0.0.1:5060", "[::1]:5060"])
        rig.advance(.seconds(130))
        rig.keep(bindings)
        let report = rig.snapshot()
        #expect(report.registrations.map(\.aor) == ["bob@example.test"])
        #expect(report.registrations[0].expiresAt - rig.now == .seconds(3_470))
        #expect((report.store.restored, report.store.expired, report.store.dropped) == (1, 1, 0))
        #expect(try #require(rig.takeBatch()).bindings.gone == [bindings[1].id])
    }

    @Test(
        "a flow goes to the listener of the same address, else to one of the same family, else it is dropped",
        arguments: [
            (["[::1]:5060", "127.0.0.1:5060"], [1, 0]), (["127.0.0.1:5070", "[::1]:5070"], [0, 1]),
            (["127.0.0.1:5070"], [0]),
        ]
    )
    func flows(listeners: [String], expected: [Int]) throws {
        let (_, bindings) = try kept()
        let rig = Rig(listeners: listeners)
        rig.keep(bindings)
        let rows = rig.snapshot().registrations.sorted { $0.id < $1.id }
        #expect(rows.map(\.flow.listener.index) == expected)
        #expect(rows.map(\.flow.peer) == Array(bindings.map(\.peer).prefix(expected.count)))
        #expect(rig.snapshot().store.dropped == 2 - expected.count)
        #expect((rig.takeBatch()?.bindings.gone.count ?? 0) == 2 - expected.count)
    }

    @Test("an unusable store is told, and changes nothing else")
    func unusable() {
        let rig = Rig()
        rig.goOnWithoutStore("it is damaged")
        rig.receive(Make.register("bob", port: "5080"), from: "5080")
        #expect(rig.one(to: "5080")?.code == 200)
        #expect(rig.changes().store.failure == "it is damaged")
    }
}
