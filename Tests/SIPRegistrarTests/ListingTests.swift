import SIPFlow
import Testing

@testable import SIPRegistrar

@Suite("What a REGISTER lists")
struct ListingTests {
    @Test("G02 the To URI is the address of record, whoever sends")
    func thirdParty() {
        let office = Office()
        office.register("<sip:a@127.0.0.1:5070>", from: "sip:secretary@example.test")
        #expect(office.targets() == ["sip:a@127.0.0.1:5070"])
        #expect(office.targets("sip:secretary@example.test").isEmpty)
    }

    @Test("G03 no Contact lists everything and changes nothing")
    func fetch() {
        let office = Office()
        office.register("<sip:a@127.0.0.1:5070>", "<sip:b@127.0.0.1:5071>", cseq: 5)
        office.wait(seconds: 10)
        let before = office.snapshots()
        let reply = office.register(cseq: 1, expires: "0")
        #expect(reply.code == 200)
        #expect(
            reply.contacts == ["<sip:b@127.0.0.1:5071>;expires=3590", "<sip:a@127.0.0.1:5070>;expires=3590"]
        )
        #expect(office.snapshots() == before)
    }

    @Test("N03 listing an address of record that never registered is 200 with no Contact")
    func fetchOfNobody() {
        let office = Office()
        let reply = office.register()
        #expect(reply.code == 200)
        #expect(reply.contacts.isEmpty)
        #expect(!office.isKnown("sip:alice@example.test"))
    }

    @Test("G12 the 200 has each binding's remaining expires, q and +sip.instance as given, and the date")
    func listing() {
        let office = Office()
        office.register(
            "\"Alice\" <sip:a@127.0.0.1:5070;transport=udp>;q=0.50;+sip.instance=\"<urn:uuid:1>\";expires=600"
        )
        office.wait(milliseconds: 100_250)
        let reply = office.register()
        #expect(
            reply.contacts == [
                "<sip:a@127.0.0.1:5070;transport=udp>;q=0.50;+sip.instance=\"<urn:uuid:1>\";expires=499"
            ]
        )
        #expect(reply.values("Date") == ["Sat, 13 Nov 2010 23:30:40 GMT"])
    }

    @Test(
        "Q13 expires of the contact beats the header, which beats the default; every phone has its own time"
    )
    func ownTimes() {
        let office = Office()
        office.register("<sip:u@127.0.0.1:5070>;expires=60", callID: "a")
        office.register("<sip:u@127.0.0.1:5071>", callID: "b", expires: "3000")
        office.register("<sip:u@127.0.0.1:5072>;expires=70", callID: "d", expires: "300")
        let reply = office.register("<sip:u@127.0.0.1:5073>", callID: "c")
        #expect(
            reply.contacts == [
                "<sip:u@127.0.0.1:5073>;expires=3600", "<sip:u@127.0.0.1:5072>;expires=70",
                "<sip:u@127.0.0.1:5071>;expires=3000", "<sip:u@127.0.0.1:5070>;expires=60",
            ]
        )
        office.wait(seconds: 25)
        #expect(
            office.register().contacts == [
                "<sip:u@127.0.0.1:5073>;expires=3575", "<sip:u@127.0.0.1:5072>;expires=45",
                "<sip:u@127.0.0.1:5071>;expires=2975", "<sip:u@127.0.0.1:5070>;expires=35",
            ]
        )
    }

    @Test(
        "G16 G17 what a contact says is given back as it came",
        arguments: [
            "<tel:+15551234567>", "<mailto:alice@example.test>", "<sips:a@127.0.0.1:5061>",
            "<sip:%61l%3bice@127.0.0.1:5070>", "<sip:a@127.0.0.1?Route=%3Csip:p.example.test%3E>",
            "<sip:a@127.0.0.1;unknown=1;lr;ob>", "<sip:a;b,c@127.0.0.1>", "<sip:a@[2001:db8::1]:5060>",
            "<sip:a@127.0.0.1>;methods=\"INVITE,BYE\";audio;+sip.pns=\"a;b\"", "<sip:a@df7jal23ls0d.invalid>",
            "<sip:a@127.0.0.1>;reg-id=1;+sip.instance=\"<urn:uuid:9>\"",
        ]
    )
    func kept(contact: String) {
        let office = Office()
        #expect(office.register(contact).contacts == [contact + ";expires=3600"])
        #expect(office.register().contacts == [contact + ";expires=3600"])
    }

    @Test("parameters without angle brackets belong to the contact, not to its URI")
    func unbracketed() {
        let office = Office()
        #expect(
            office.register("sip:a@127.0.0.1;transport=tcp;expires=90").contacts == [
                "<sip:a@127.0.0.1>;transport=tcp;expires=90"
            ]
        )
    }

    @Test("G18 Path is stored with the binding and given back")
    func path() {
        let office = Office()
        let reply = office.register(
            "<sip:a@10.0.0.9>",
            extra: [
                "Path: <sip:p2.example.test;lr>, <sip:p1.example.test;lr>", "Path: <sip:p0.example.test;lr>",
            ]
        )
        #expect(
            reply.values("Path") == [
                "<sip:p2.example.test;lr>, <sip:p1.example.test;lr>", "<sip:p0.example.test;lr>",
            ]
        )
        #expect(
            office.lookUp().map(\.path) == [
                "<sip:p2.example.test;lr>, <sip:p1.example.test;lr>, <sip:p0.example.test;lr>"
            ]
        )
        office.register("<sip:a@10.0.0.9>")
        #expect(office.lookUp().map(\.path) == [""])
    }

    @Test("G19 a configured Service-Route comes in the 200, and in nothing else")
    func serviceRoute() {
        let office = Office(serviceRoute: "<sip:proxy.example.test;lr>")
        #expect(
            office.register("<sip:a@127.0.0.1>").values("Service-Route") == ["<sip:proxy.example.test;lr>"]
        )
        #expect(office.register("<sip:a@127.0.0.1>", expires: "5").values("Service-Route").isEmpty)
        #expect(Office().register("<sip:a@127.0.0.1>").values("Service-Route").isEmpty)
    }

    @Test("G22 no GRUU is handed out, even when one is asked for")
    func noGRUU() {
        let reply = Office().register(
            "<sip:a@127.0.0.1>;+sip.instance=\"<urn:uuid:1>\"",
            extra: ["Supported: gruu"]
        )
        #expect(!reply.lines.contains { $0.contains("gruu") })
    }
}
