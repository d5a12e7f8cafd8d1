import Testing

@testable import SIPRegistrar

@Suite("Limits")
struct LimitTests {
    @Test("G15 Q12 one contact too many is 503, until when is said; those there stay, and can be refreshed")
    func contactsPerAOR() {
        let office = Office(contacts: 2)
        office.register("<sip:a@127.0.0.1>;expires=600", "<sip:b@127.0.0.1>")
        office.wait(seconds: 100)
        let reply = office.register("<sip:c@127.0.0.1>")
        #expect(reply.answer == .noRoom(limit: 2, retryAfter: 500))
        #expect(reply.code == 503)
        #expect(reply.values("Retry-After") == ["500"])
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
        #expect(reply.code == 503)
        #expect(office.targets() == ["sip:b@127.0.0.1", "sip:a@127.0.0.1"])
    }

    @Test("G15 Q12 with the policy to replace, the one refreshed longest ago goes, and the report says so")
    func replaceOldest() {
        let office = Office(contacts: 10) { $0.overflow = .replace }
        office.track()
        for number in 1...12 {
            let contact = "<sip:a@127.0.0.1:\(5_100 + number)>"
            #expect(office.register(contact, callID: "\(number)@x", cseq: 1).code == 200)
            office.wait(seconds: 1)
        }
        #expect(office.targets() == (3...12).reversed().map { "sip:a@127.0.0.1:\(5_100 + $0)" })
        #expect(office.changes().removed.map(\.reason) == [.evicted, .evicted])
        office.register("<sip:a@127.0.0.1:5103>", callID: "3@x", cseq: 2)
        office.register("<sip:a@127.0.0.1:5113>, <sip:a@127.0.0.1:5105>", callID: "13@x")
        #expect(
            !office.targets().contains("sip:a@127.0.0.1:5104"),
            "the oldest that the request does not name"
        )
        #expect(office.targets().contains("sip:a@127.0.0.1:5105"))
        #expect(office.count == 10)
        let many = (0..<11).map { "<sip:u\($0)@127.0.0.1>" }.joined(separator: ",")
        #expect(office.register(many).code == 403, "no waiting helps a request that is too large in itself")
        #expect(office.count == 10)
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
