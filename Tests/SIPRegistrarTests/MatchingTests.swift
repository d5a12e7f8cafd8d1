import Testing

@testable import SIPRegistrar

@Suite("Which binding a contact updates")
struct MatchingTests {
    @Test(
        "G08 equivalent URIs are one contact, whatever their spelling",
        arguments: [
            "<sip:a@HOST.example.test:5070>", "<SIP:a@host.example.test:5070>",
            "<sip:%61@host.example.test:5070>",
            "<sip:a@host.example.test:5070;ob>", "\"A\" <sip:a@host.example.test:5070>;q=0.3",
        ]
    )
    func same(contact: String) {
        let office = Office()
        office.register("<sip:a@host.example.test:5070>")
        office.register(contact)
        #expect(office.count == 1)
        #expect(office.snapshots().map(\.refreshes) == [1])
        // The newest spelling is the one kept.
        #expect(office.targets() == [String(contact.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })])
    }

    @Test(
        "G08 other URIs are other contacts",
        arguments: [
            "<sip:A@host.example.test:5070>", "<sips:a@host.example.test:5070>", "<sip:a@host.example.test>",
            "<sip:a@host.example.test:5070;transport=tcp>", "<sip:a@host.example.test:5070?x=y>",
            "<sip:a:secret@host.example.test:5070>", "<sip:host.example.test:5070>", "<tel:a>",
        ]
    )
    func other(contact: String) {
        let office = Office()
        office.register("<sip:a@host.example.test:5070>")
        office.register(contact)
        #expect(office.count == 2)
    }

    @Test(
        "U07 Q16 the address of record: case of the user kept, host folded, escapes and parameters gone",
        arguments: [
            ("sip:Alice@EXAMPLE.test", true), ("sip:%41lice@example.test;transport=tcp", true),
            ("sip:Alice:secret@example.test", true), ("sip:alice@example.test", false),
            ("sip:ALICE@example.test", false),
        ]
    )
    func addressOfRecord(aor: String, isSame: Bool) {
        let office = Office()
        office.register("<sip:a@127.0.0.1>", to: "sip:Alice@Example.Test")
        #expect(office.targets(aor) == (isSame ? ["sip:a@127.0.0.1"] : []))
        #expect(office.isKnown(aor) == isSame)
    }

    @Test("N01 a refresh with another q, or none, replaces the stored one")
    func otherQ() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>;q=0.2", "<sip:b@127.0.0.1>;q=0.5")
        #expect(office.targets() == ["sip:b@127.0.0.1", "sip:a@127.0.0.1"])
        office.register("<sip:a@127.0.0.1>;q=0.7")
        #expect(office.targets() == ["sip:a@127.0.0.1", "sip:b@127.0.0.1"])
        office.register("<sip:a@127.0.0.1>;q=0.1")
        #expect(office.lookUp().map(\.q) == [500, 100])
        office.register("<sip:a@127.0.0.1>")
        #expect(office.lookUp().map(\.q) == [1_000, 500])
    }

    @Test(
        "N02 one REGISTER adds, refreshes and removes, whatever the order",
        arguments: [
            ["<sip:new@127.0.0.1>", "<sip:a@127.0.0.1>;expires=0", "<sip:b@127.0.0.1>;expires=90"],
            ["<sip:a@127.0.0.1>;expires=0", "<sip:b@127.0.0.1>;expires=90", "<sip:new@127.0.0.1>"],
            ["<sip:b@127.0.0.1>;expires=90, <sip:new@127.0.0.1>, <sip:a@127.0.0.1>;expires=0"],
        ]
    )
    func mixed(contacts: [String]) {
        let office = Office()
        office.register("<sip:a@127.0.0.1>", "<sip:b@127.0.0.1>")
        let reply = office.register(extra: contacts.map { "m: \($0)" })
        #expect(reply.contacts == ["<sip:new@127.0.0.1>;expires=3600", "<sip:b@127.0.0.1>;expires=90"])
    }

    @Test("a contact named twice in one REGISTER counts as it is named last")
    func twice() {
        let office = Office(contacts: 1)
        let reply = office.register("<sip:a@127.0.0.1>;expires=100", "<sip:a@127.0.0.1;ob>;expires=200")
        #expect(reply.contacts == ["<sip:a@127.0.0.1;ob>;expires=200"])
        #expect(office.register("<sip:a@127.0.0.1>", "<sip:a@127.0.0.1>;expires=0").contacts.isEmpty)
    }

    @Test("two contacts that equal the stored one but not each other are two")
    func notTransitive() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>")
        office.register("<sip:a@127.0.0.1;security=on>", "<sip:a@127.0.0.1;security=off>")
        #expect(Set(office.targets()) == ["sip:a@127.0.0.1;security=on", "sip:a@127.0.0.1;security=off"])
    }

    @Test(
        "a malformed Contact is 400 and changes nothing",
        arguments: [
            "<sip:a@127.0.0.1", "sip:a@127.0.0.1?x=y", "<>", "alice", "<sip:a@127.0.0.1:70000>", "<sip:>",
            "\"A <sip:a@127.0.0.1>", "<sip:a@127.0.0.1> junk", "<sip:a@127.0.0.1>;q=2",
            "<sip:good@127.0.0.1>, <sip:bad@>", "*;expires=0",
        ]
    )
    func malformed(contact: String) {
        let office = Office()
        office.register("<sip:a@127.0.0.1>")
        let before = office.snapshots()
        let reply = office.register("<sip:new@127.0.0.1>", contact)
        #expect(reply.answer == .malformedContact)
        #expect(reply.code == 400)
        #expect(office.snapshots() == before)
    }

    @Test("a Contact field that names nothing is 400, and no question for the list", arguments: ["", ","])
    func empty(contact: String) {
        #expect(Office().register(contact).answer == .malformedContact)
    }

    @Test(
        "Q19 q is from 0 to 1 with at most three decimals",
        arguments: [
            ("0", 0), ("1", 1_000), ("0.", 0), ("1.", 1_000), ("0.5", 500), ("0.50", 500), ("0.500", 500),
            ("0.007", 7), ("1.000", 1_000), ("1.001", nil), ("1.1", nil), ("2", nil), ("abc", nil), ("", nil),
            ("0.5000", nil), (".5", nil), ("-1", nil), ("0,5", nil), ("0.x", nil), ("00.5", nil),
            ("\"0.5\"", nil),
        ] as [(String, Int?)]
    )
    func q(text: String, expected: Int?) {
        let office = Office()
        let reply = office.register("<sip:a@127.0.0.1>;q=\(text)")
        #expect(reply.code == (expected == nil ? 400 : 200))
        #expect(office.lookUp().map(\.q) == (expected.map { [$0] } ?? []))
    }

    @Test("Q19 lookups give the highest q first, none counts as 1, and the newest first among equals")
    func order() {
        let office = Office()
        office.register("<sip:half@127.0.0.1>;q=0.5", "<sip:nine@127.0.0.1>;q=0.9")
        office.register(
            "<sip:none@127.0.0.1>",
            "<sip:fivehundred@127.0.0.1>;q=0.500",
            "<sip:zero@127.0.0.1>;q=0"
        )
        #expect(
            office.targets() == [
                "sip:none@127.0.0.1", "sip:nine@127.0.0.1", "sip:fivehundred@127.0.0.1", "sip:half@127.0.0.1",
                "sip:zero@127.0.0.1",
            ]
        )
    }

    @Test("each binding has its own path and flow")
    func flows() {
        let office = Office()
        office.register(
            "<sip:a@10.0.0.1>",
            callID: "a",
            source: "10.0.0.1:5062",
            extra: ["Path: <sip:p1;lr>"]
        )
        office.register("<sip:b@10.0.0.2>", callID: "b", source: "10.0.0.2:5064")
        #expect(office.lookUp().map(\.path) == ["", "<sip:p1;lr>"])
        #expect(office.lookUp().map(\.flow) == [office.flow("10.0.0.2:5064"), office.flow("10.0.0.1:5062")])
        office.register("<sip:b@10.0.0.2>", callID: "b", source: "10.0.0.2:6000")
        #expect(office.lookUp().first?.flow == office.flow("10.0.0.2:6000"))
    }

    @Test(
        "a phone behind NAT is one whose own address is not where its packet came from",
        arguments: [
            ("<sip:a@192.168.1.5:5060>", [], true), ("<sip:a@10.0.0.1:5060>", [], false),
            ("<sip:a@10.0.0.1:9999>", [], false), ("<sip:a@phone.example.test>", [], false),
            ("<tel:+1555>", [], false), ("<sip:a@192.168.1.5>", ["Path: <sip:edge;lr>"], false),
            ("<sip:a@192.168.1.5>", ["Via: SIP/2.0/UDP 192.168.1.5;branch=z9hG4bKx"], false),
        ]
    )
    func behindNAT(contact: String, extra: [String], isBehindNAT: Bool) {
        let office = Office()
        office.register(contact, source: "10.0.0.1:5060", extra: extra)
        #expect(office.lookUp().map(\.isBehindNAT) == [isBehindNAT])
    }
}
