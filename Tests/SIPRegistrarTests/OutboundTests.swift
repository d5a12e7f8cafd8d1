import SIPFlow
import Testing

@testable import SIPRegistrar

@Suite("Flows of one phone (RFC 5626)")
struct OutboundTests {
    private let supported = ["Supported: path, outbound"]

    private func office() -> Office { Office { $0.takesOutbound = true } }

    private func flow(_ number: Int, _ contact: String = "sip:a@10.0.0.1", instance: Int = 1) -> String {
        "<\(contact)>;+sip.instance=\"<urn:uuid:\(instance)>\";reg-id=\(number)"
    }

    @Test("G20 the same instance and reg-id replace the old flow, whatever Call-ID, CSeq and contact")
    func replaces() {
        let office = office()
        let reply = office.register(flow(1, "sip:a@10.0.0.1:5060"), callID: "x", cseq: 9, extra: supported)
        #expect(reply.values("Require") == ["outbound"])
        #expect(reply.contacts == [flow(1, "sip:a@10.0.0.1:5060") + ";expires=3600"])
        office.register(flow(1, "sip:a@10.0.0.2:5062"), callID: "y", cseq: 1, extra: supported)
        #expect(office.targets() == ["sip:a@10.0.0.2:5062"])
    }

    @Test("G20 two flows may have one contact URI, each over its own edge proxy")
    func oneContact() {
        let office = office()
        for number in [1, 2, 1, 2] {
            let path = "Path: <sip:edge\(number).example.test;lr;ob>"
            let reply = office.register(flow(number), callID: "f\(number)", extra: supported + [path])
            #expect(reply.code == 200)
        }
        #expect(
            Set(office.lookUp().map(\.path))
                == ["<sip:edge1.example.test;lr;ob>", "<sip:edge2.example.test;lr;ob>"]
        )
        office.register(flow(1) + ";expires=0", callID: "f1", extra: supported)
        #expect(office.lookUp().map(\.path) == ["<sip:edge2.example.test;lr;ob>"])
    }

    @Test("G20 a phone that begins to speak of flows takes over its own binding")
    func adopts() {
        let office = office()
        office.register("<sip:a@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\"")
        office.register(flow(1), extra: supported)
        #expect(office.count == 1)
    }

    @Test(
        "G20 439 when the first hop does not keep flows; the phone's neighbour, or ob next to it, will do",
        arguments: [
            ([], 200), (["Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa"], 439),
            (["Path: <sip:edge.example.test;lr>"], 439),
            (["Path: <sip:edge.example.test;lr;ob>"], 200),
            (["Path: <sip:core.example.test;lr>, <sip:edge.example.test;lr;ob>"], 200),
            (["Path: <sip:core.example.test;lr;ob>", "Path: <sip:edge.example.test;lr>"], 439),
        ]
    )
    func firstHop(extra: [String], code: Int) {
        let office = office()
        let reply = office.register(flow(1), extra: supported + extra)
        #expect(reply.code == code)
        #expect(reply.values("Require") == (code == 200 ? ["outbound"] : []))
        #expect(office.count == (code == 200 ? 1 : 0), "what is refused changes nothing")
        #expect(office.register("<sip:a@10.0.0.1>", extra: supported + extra).code == 200)
    }

    @Test("G20 more than one flow in a REGISTER is 400; one flow removed beside it is not")
    func several() {
        let office = office()
        let reply = office.register(flow(1), flow(2, "sip:a@10.0.0.2"), extra: supported)
        #expect(reply.answer == .severalFlows)
        #expect(reply.code == 400)
        office.register(flow(1), extra: supported)
        let change = office.register(flow(1) + ";expires=0", flow(2, "sip:a@10.0.0.2"), extra: supported)
        #expect(change.code == 200)
        #expect(office.targets() == ["sip:a@10.0.0.2"])
    }

    @Test(
        "G20 without an instance, a reg-id or the support of both sides it is a contact like any other",
        arguments: [
            ("<sip:a@10.0.0.1>;reg-id=1", "outbound", true),
            ("<sip:a@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\"", "outbound", true),
            ("<sip:a@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\";reg-id=0", "outbound", true),
            ("<sip:a@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\";reg-id=x", "outbound", true),
            ("<sip:a@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1", "path", true),
            ("<sip:a@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1", "outbound", false),
        ]
    )
    func ignored(contact: String, supported: String, isOn: Bool) {
        let office = Office { $0.takesOutbound = isOn }
        let via = "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa"
        let reply = office.register(contact, extra: ["Supported: \(supported)", via])
        #expect(reply.code == 200, "and so no 439 either")
        #expect(reply.values("Require").isEmpty)
        #expect(reply.contacts == [contact + ";expires=3600"])
    }

    @Test("Q17 a flow, and a contact under .invalid, are reached over the flow and never by their names")
    func usesFlow() {
        let office = office()
        office.register("<sip:x@q4k2.invalid;transport=ws>", to: "sip:w@example.test")
        #expect(office.lookUp("sip:w@example.test").map(\.isBehindNAT) == [true])
        office.register(flow(1, "sip:a@phone.example.test"), extra: supported)
        #expect(office.lookUp().map(\.isBehindNAT) == [true])
        office.register("<sip:a@phone.example.test>", to: "sip:h@example.test")
        office.register("<sip:a@notinvalid>", to: "sip:h@example.test")
        #expect(office.lookUp("sip:h@example.test").map(\.isBehindNAT) == [false, false])
    }

    @Test("G20 Q17 after a restart a flow is still a flow, and a made-up host still not looked for")
    func restart() {
        let office = office()
        office.restart(with: [])
        office.register(flow(1, "sip:a@phone.example.test"), extra: supported)
        office.register("<sip:x@q4k2.invalid>", to: "sip:w@example.test")
        office.register("<sip:h@phone.example.test>;reg-id=1", to: "sip:h@example.test")
        office.restart(with: office.storedBatch())
        #expect(office.lookUp().map(\.isBehindNAT) == [true])
        #expect(office.lookUp("sip:w@example.test").map(\.isBehindNAT) == [true])
        #expect(office.lookUp("sip:h@example.test").map(\.isBehindNAT) == [false])
        office.register(flow(1, "sip:a@10.0.0.2"), callID: "new", extra: supported)
        #expect(office.targets() == ["sip:a@10.0.0.2"])
    }
}
