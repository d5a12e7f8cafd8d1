import Testing

@testable import SIPRegistrar

@Suite("Limits")
struct LimitTests {
    @Test("G15 one contact too many is 403; those there stay, and can be refreshed and replaced")
    func contactsPerAOR() {
        let office = Office(contacts: 2)
        office.register("<sip:a@127.0.0.1>", "<sip:b@127.0.0.1>")
        let reply = office.register("<sip:c@127.0.0.1>")
        #expect(reply.answer == .tooManyContacts(limit: 2))
        #expect(reply.code == 403)
        #expect(reply.answer.reasonPhrase == "More Than 2 Contacts")
        #expect(office.targets() == ["sip:b@127.0.0.1", "sip:a@127.0.0.1"])
        #expect(office.register("<sip:a@127.0.0.1>", "<sip:b@127.0.0.1>").code == 200)
        #expect(office.register("<sip:c@127.0.0.1>", "<sip:a@127.0.0.1>;expires=0").code == 200)
        #expect(office.targets() == ["sip:c@127.0.0.1", "sip:b@127.0.0.1"])
    }

    @Test("G15 more contacts in one REGISTER than allowed are 403, and none is stored")
    func manyAtOnce() {
        let office = Office(contacts: 2)
        let contacts = (0..<3).map { "<sip:u\($0)@127.0.0.1>" }.joined(separator: ",")
        #expect(office.register(contacts).code == 403)
        let thousands = (0..<2_000).map { "<sip:u\($0)@h>" }.joined(separator: ",")
        #expect(office.register(thousands).code == 403)
        #expect(office.count == 0)
    }

    @Test("removing a contact twice in one REGISTER makes no room for two")
    func removalCountsOnce() {
        let office = Office(contacts: 2)
        office.register("<sip:a@127.0.0.1>", "<sip:b@127.0.0.1>")
        let reply = office.register(
            "<sip:a@127.0.0.1>;expires=0",
            "<sip:a@127.0.0.1>;expires=0",
            "<sip:c@127.0.0.1>",
            "<sip:d@127.0.0.1>"
        )
        #expect(reply.code == 403)
        #expect(office.targets() == ["sip:b@127.0.0.1", "sip:a@127.0.0.1"])
    }

    @Test("a full table is 503 for new contacts; refreshes, removals and replacements go on")
    func tableFull() {
        let office = Office(bindings: 2)
        office.register("<sip:a@127.0.0.1>")
        office.register("<sip:b@127.0.0.1>", to: "sip:bob@example.test")
        let reply = office.register("<sip:c@127.0.0.1>", to: "sip:carol@example.test")
        #expect(reply.answer == .tableFull)
        #expect(reply.code == 503)
        #expect(!office.isKnown("sip:carol@example.test"))
        #expect(office.register("<sip:a@127.0.0.1>").code == 200)
        #expect(office.register("<sip:c@127.0.0.1>", "<sip:a@127.0.0.1>;expires=0").code == 200)
        #expect(office.register("*", expires: "0").code == 200)
        #expect(office.register("<sip:c@127.0.0.1>", to: "sip:carol@example.test").code == 200)
    }

    @Test("a REGISTER with more text than a binding keeps is 400, and nothing is stored")
    func tooLong() {
        let office = Office(bytesPerBinding: 200)
        let long = String(repeating: "x", count: 200)
        #expect(office.register("<sip:\(long)@127.0.0.1>").answer == .contactTooLong(limit: 200))
        #expect(office.register("<sip:a@127.0.0.1>", extra: ["User-Agent: \(long)"]).code == 400)
        #expect(office.register("<sip:a@127.0.0.1>", extra: ["Path: <sip:\(long)>"]).code == 400)
        #expect(office.count == 0)
        #expect(office.register("<sip:a@127.0.0.1>", extra: ["Subject: \(long)"]).code == 200)
    }
}
