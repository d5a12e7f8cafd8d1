import Testing

@testable import SIPRegistrar

@Suite("A phone that comes back under another contact")
struct SamePhoneTests {
    private let instance = ";+sip.instance=\"<urn:uuid:1>\""

    @Test("the port of a connection, once known, replaces the first contact, and the report says so")
    func learnedPort() {
        let office = Office()
        office.register("<sip:a@127.0.0.1:5060>\(instance)", callID: "k", cseq: 20)
        let first = office.snapshots().first?.id
        office.track()
        _ = office.changes()
        let reply = office.register("<sip:a@127.0.0.1:40000>\(instance)", callID: "k", cseq: 21)
        #expect(reply.contacts == ["<sip:a@127.0.0.1:40000>\(instance);expires=3600"])
        let changes = office.changes()
        #expect(changes.removed.map(\.id) == [first])
        #expect(changes.removed.map(\.reason) == [.replaced])
        #expect(changes.changed.map(\.contact) == ["sip:a@127.0.0.1:40000"])
    }

    @Test("G20 Q12 twelve new ports with new Call-IDs are one binding", arguments: ["", ";reg-id=1"])
    func newPorts(registrationID: String) {
        let office = Office()
        for number in 1...12 {
            let contact = "<sip:a@127.0.0.1:\(5_100 + number)>\(instance)\(registrationID)"
            #expect(office.register(contact, callID: "\(number)@x", cseq: 1).code == 200)
        }
        #expect(office.targets() == ["sip:a@127.0.0.1:5112"])
    }

    @Test("Q12 without an instance every contact is a phone, up to the limit")
    func noInstance() {
        let office = Office(contacts: 10)
        let codes = (1...12).map { number in
            office.register("<sip:a@127.0.0.1:\(5_100 + number)>", callID: "\(number)@x", cseq: 1).code
        }
        #expect(codes == Array(repeating: 200, count: 10) + [503, 503])
    }

    @Test("Q12 where the policy says so, the same User-Agent at the same source address is the same phone")
    func samePhonePolicy() {
        let office = Office(contacts: 10) { $0.replacesSamePhone = true }
        for number in 1...12 {
            let contact = "<sip:a@10.0.0.9:\(5_100 + number)>"
            office.register(
                contact,
                callID: "\(number)@x",
                cseq: 1,
                source: "203.0.113.7:\(2_000 + number)",
                extra: ["User-Agent: Softphone 1.0"]
            )
        }
        #expect(office.targets() == ["sip:a@10.0.0.9:5112"])
        office.register("<sip:a@10.0.0.9:5200>", source: "203.0.113.7:3000", extra: ["User-Agent: Other"])
        office.register("<sip:a@10.0.0.9:5201>", source: "203.0.113.8:3000", extra: ["User-Agent: Other"])
        office.register("<sip:a@10.0.0.9:5202>", source: "203.0.113.7:3000")
        office.register("<sip:a@10.0.0.9:5203>", source: "203.0.113.7:3000")
        #expect(office.count == 5, "another program, another source, or none named: another phone")
    }

    @Test(
        "another instance, another reg-id, or a reg-id against none is another flow",
        arguments: [
            ";+sip.instance=\"<urn:uuid:2>\"", ";+sip.instance=\"<urn:uuid:1>\";reg-id=1", "",
        ]
    )
    func otherFlow(parameters: String) {
        let office = Office()
        office.register("<sip:a@127.0.0.1:5060>\(instance)")
        office.register("<sip:a@127.0.0.1:5061>\(parameters)")
        #expect(office.count == 2)
    }

    @Test("two contacts of one phone in one REGISTER both stay, also when they are refreshed")
    func twoContacts() {
        let office = Office()
        let both = ["<sip:a@127.0.0.1:5060>\(instance)", "<sip:a@127.0.0.1:5061;transport=tcp>\(instance)"]
        for contacts in [both, both.reversed(), both] {
            #expect(office.register(contacts.joined(separator: ", ")).contacts.count == 2)
        }
    }

    @Test("a new contact beside a former one that is named too is added")
    func formerContactIsNamed() {
        let office = Office()
        office.register("<sip:a@127.0.0.1:5060>\(instance)")
        office.register("<sip:a@127.0.0.1:5061>\(instance), <sip:a@127.0.0.1:5060>\(instance)")
        #expect(Set(office.targets()) == ["sip:a@127.0.0.1:5060", "sip:a@127.0.0.1:5061"])
        let reply = office.register("<sip:a@127.0.0.1:5062>\(instance), <sip:a@127.0.0.1:5060>;expires=0")
        #expect(reply.code == 200)
        #expect(office.targets() == ["sip:a@127.0.0.1:5062"])
    }

    @Test("a REGISTER that was overtaken by a newer one brings the old contact not back")
    func overtaken() {
        let office = Office()
        office.register("<sip:a@127.0.0.1:5061>\(instance)", callID: "k", cseq: 3)
        let reply = office.register("<sip:a@127.0.0.1:5060>\(instance)", callID: "k", cseq: 2)
        #expect(reply.answer == .sequenceNotAbove(asked: 2, stored: 3))
        #expect(office.targets() == ["sip:a@127.0.0.1:5061"])
    }

    @Test("to remove a contact it must be named itself")
    func removal() {
        let office = Office()
        office.register("<sip:a@127.0.0.1:5060>\(instance)")
        #expect(office.register("<sip:a@127.0.0.1:5061>\(instance);expires=0").contacts.count == 1)
    }

    @Test("a replacement fits when the address of record is full")
    func full() {
        let office = Office(contacts: 1)
        office.register("<sip:a@127.0.0.1:5060>\(instance)")
        #expect(office.register("<sip:a@127.0.0.1:5061>\(instance)").code == 200)
        #expect(office.targets() == ["sip:a@127.0.0.1:5061"])
    }
}
