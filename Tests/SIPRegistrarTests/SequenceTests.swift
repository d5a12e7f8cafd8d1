import Testing

@testable import SIPRegistrar

@Suite("Call-ID and CSeq")
struct SequenceTests {
    @Test(
        "G09 G10 Q15 with the same Call-ID the CSeq must rise; with another one any will do",
        arguments: [
            ("k1", 11, 200), ("k1", 10, 500), ("k1", 5, 500), ("k2", 1, 200), ("k2", 10, 200), ("K1", 1, 200),
        ]
    )
    func order(callID: String, cseq: Int, code: Int) {
        let office = Office()
        office.register("<sip:a@127.0.0.1>;q=0.1", callID: "k1", cseq: 10, expires: "600")
        let before = office.snapshots()
        office.wait(seconds: 5)
        let reply = office.register("<sip:a@127.0.0.1>;q=0.9", callID: callID, cseq: cseq, expires: "700")
        #expect(reply.code == code)
        if code == 200 {
            #expect(reply.contacts == ["<sip:a@127.0.0.1>;q=0.9;expires=700"])
            #expect(office.snapshots().map(\.cseq) == [UInt32(cseq)])
            #expect(office.snapshots().map(\.callID) == [callID])
        } else {
            #expect(reply.answer == .sequenceNotAbove(asked: UInt32(cseq), stored: 10))
            #expect(reply.answer.reasonPhrase == "CSeq \(cseq) Not Above 10")
            #expect(reply.lines.isEmpty)
            #expect(office.snapshots() == before)
        }
    }

    @Test("G09 a removal that comes too late fails too")
    func lateRemoval() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>", cseq: 10)
        #expect(office.register("<sip:a@127.0.0.1>;expires=0", cseq: 9).code == 500)
        #expect(office.count == 1)
        #expect(office.register("<sip:a@127.0.0.1>;expires=0", callID: "c2", cseq: 9).code == 200)
        #expect(office.count == 0)
    }

    @Test("G11 one contact that comes too late leaves every binding as it was, and adds none")
    func allOrNothing() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>", callID: "c1", cseq: 10)
        office.register("<sip:b@127.0.0.1>", callID: "c2", cseq: 1)
        let before = office.snapshots()
        let reply = office.register(
            "<sip:new@127.0.0.1>",
            "<sip:b@127.0.0.1>;expires=0",
            "<sip:a@127.0.0.1>",
            callID: "c1",
            cseq: 10
        )
        #expect(reply.code == 500)
        #expect(office.snapshots() == before)
    }

    @Test(
        "G04 * needs Expires 0 and no other Contact",
        arguments: [
            (["*"], nil), (["*"], "1"), (["*"], "x"), (["*", "<sip:a@127.0.0.1>"], "0"),
            (["*, <sip:a@127.0.0.1>"], "0"),
            (["<sip:a@127.0.0.1>", "*"], "0"), (["*", "*"], "0"),
        ] as [([String], String?)]
    )
    func starRefused(contacts: [String], expires: String?) {
        let office = Office()
        office.register("<sip:a@127.0.0.1>")
        let lines = contacts.map { "Contact: \($0)" }
        let reply = office.register(callID: "c2", expires: expires, extra: lines)
        #expect(reply.answer == .starNeedsExpiresZero)
        #expect(reply.code == 400)
        #expect(office.count == 1)
    }

    @Test("G05 * removes all bindings of the address of record, and of no other")
    func star() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>", callID: "c1", cseq: 10)
        office.register("<sip:b@127.0.0.1>", callID: "c2", cseq: 50)
        office.register("<sip:a@127.0.0.1>", to: "sip:bob@example.test")
        let reply = office.register("*", callID: "c1", cseq: 11, expires: "0")
        #expect(reply.code == 200)
        #expect(reply.contacts.isEmpty)
        #expect(office.targets().isEmpty)
        #expect(office.targets("sip:bob@example.test").count == 1)
    }

    @Test("G05 * of a Call-ID whose CSeq does not rise removes nothing at all", arguments: [9, 10])
    func lateStar(cseq: Int) {
        let office = Office()
        office.register("<sip:b@127.0.0.1>", callID: "c2", cseq: 1)
        office.register("<sip:a@127.0.0.1>", callID: "c1", cseq: 10)
        #expect(office.register("*", callID: "c1", cseq: cseq, expires: "0").code == 500)
        #expect(office.count == 2)
    }

    @Test("* where nothing is registered is a success")
    func starOfNobody() {
        let office = Office()
        #expect(office.register("*", expires: "0").code == 200)
        #expect(!office.isKnown("sip:alice@example.test"))
    }
}
