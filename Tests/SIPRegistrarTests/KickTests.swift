import Testing

@testable import SIPRegistrar

@Suite("Kick and undo")
struct KickTests {
    private func office() -> Office {
        let office = Office()
        office.register("<sip:a@127.0.0.1>;q=0.9;expires=100", "<sip:b@127.0.0.1>;q=0.1")
        office.register("<sip:a@127.0.0.1>", to: "sip:bob@example.test")
        return office
    }

    @Test("one binding by its number")
    func byNumber() {
        let office = office()
        let id = office.snapshots().first { $0.contact == "sip:b@127.0.0.1" }?.id ?? 0
        let removed = office.kick(binding: id)
        #expect(removed.map(\.id) == [id])
        #expect(removed.map(\.aor) == ["alice@example.test"])
        #expect(removed.map(\.contact) == ["sip:b@127.0.0.1"])
        #expect(office.targets() == ["sip:a@127.0.0.1"])
        #expect(office.kick(binding: id).isEmpty)
        #expect(office.kick(binding: 99).isEmpty)
    }

    @Test("one contact of an address of record")
    func byContact() {
        let office = office()
        #expect(office.kick(contact: "sip:a@127.0.0.1", of: "alice@example.test").count == 1)
        #expect(office.targets() == ["sip:b@127.0.0.1"])
        #expect(office.targets("sip:bob@example.test").count == 1)
        #expect(office.kick(contact: "sip:a@127.0.0.1", of: "alice@example.test").isEmpty)
        #expect(office.kick(contact: "sip:a@127.0.0.1", of: "nobody@example.test").isEmpty)
    }

    @Test("all bindings of an address of record, which then is known but reached no more")
    func byAddressOfRecord() {
        let office = office()
        #expect(office.kick(aor: "alice@example.test").count == 2)
        #expect(office.targets().isEmpty)
        #expect(office.isKnown("sip:alice@example.test"))
        #expect(office.count == 1)
        #expect(office.kick(aor: "alice@example.test").isEmpty)
    }

    @Test("G24 a kicked phone may register again at once, with any CSeq")
    func comesBack() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>", cseq: 10)
        _ = office.kick(aor: "alice@example.test")
        #expect(office.register("<sip:a@127.0.0.1>", cseq: 3).code == 200)
    }

    @Test("an undo puts everything back under new numbers: order, end, Call-ID and CSeq")
    func undo() {
        let office = office()
        let before = office.snapshots()
        office.track()
        let removed = office.kick(aor: "alice@example.test")
        office.wait(seconds: 8)
        #expect(office.restore(removed).count == 2)
        #expect(office.targets() == ["sip:a@127.0.0.1", "sip:b@127.0.0.1"])
        let after = office.changes().changed
        #expect(Set(after.map(\.id)).isDisjoint(with: removed.map(\.id)))
        for row in after where row.aor == "alice@example.test" {
            var old = before.first { $0.contact == row.contact && $0.aor == row.aor }
            old?.id = row.id
            #expect(old == row)
        }
        #expect(office.register("<sip:a@127.0.0.1>", cseq: 1).code == 500)
        office.wait(seconds: 92)
        office.expire()
        #expect(office.targets() == ["sip:b@127.0.0.1"])
        #expect(office.kick(binding: after.first { $0.contact == "sip:b@127.0.0.1" }?.id ?? 0).count == 1)
    }

    @Test("an undo leaves out what ran out, came back, or came back under another contact")
    func partialUndo() {
        let office = Office()
        let instance = ";+sip.instance=\"<urn:uuid:1>\""
        office.register(
            "<sip:ranout@127.0.0.1>;expires=60",
            "<sip:back@127.0.0.1>",
            "<sip:moved@127.0.0.1:5060>\(instance)",
            "<sip:lost@127.0.0.1>"
        )
        let removed = office.kick(aor: "alice@example.test")
        office.wait(seconds: 60)
        office.register(
            "<sip:BACK@127.0.0.1>",
            "<sip:%62ack@127.0.0.1>",
            "<sip:moved@127.0.0.1:5061>\(instance)"
        )
        #expect(office.restore(removed).map(\.contact) == ["sip:lost@127.0.0.1"])
        #expect(office.targets().count == 4)
    }

    @Test("an undo keeps the limit of contacts")
    func undoWhenFull() {
        let office = Office(contacts: 2)
        office.register("<sip:a@127.0.0.1>", "<sip:b@127.0.0.1>")
        let removed = office.kick(aor: "alice@example.test")
        office.register("<sip:c@127.0.0.1>")
        #expect(office.restore(removed).count == 1)
        #expect(office.count == 2)
    }
}
