import SIPCore
import SIPFlow
import SIPRegistrar
import Testing

@Suite("Calls to one phone: its flows and its GRUUs")
struct InstanceRoutingTests {
    /// A rig that takes flows, with bob's phone on some ports: flow 1, flow 2 and so on.
    private func flows(_ ports: [String]) -> Rig {
        let rig = Rig { $0.registrarPolicy.takesOutbound = true }
        for (place, port) in ports.enumerated() {
            rig.register(
                "bob",
                port: port,
                contact:
                    "<sip:bob@127.0.0.1:\(port)>;+sip.instance=\"<urn:uuid:1>\";reg-id=\(place + 1)",
                extra: ["Supported: outbound"]
            )
        }
        return rig
    }

    @Test("F13 G20 a phone with two flows rings once, over the newer one")
    func once() throws {
        let rig = flows(["5081", "5082"])
        rig.register("bob", port: "5090")
        rig.invite("bob")
        #expect(rig.take(to: "5081").isEmpty)
        let invite = try #require(rig.one(to: "5082"))
        #expect(rig.take(to: "5090").count == 1, "another phone rings beside it")
        rig.answer(486, to: invite)
        #expect(rig.take(to: "5081").isEmpty, "the phone has given its answer")
    }

    @Test(
        "F13 G20 a flow that fails with 430 is replaced by the next, and its 430 is not the answer",
        arguments: [430, 408]
    )
    func flowFailed(code: Int) throws {
        let rig = flows(["5081", "5082", "5083"])
        rig.invite("bob")
        rig.answer(code, to: try #require(rig.one(to: "5083")))
        let second = try #require(rig.take(to: "5082").first)
        #expect(rig.take(to: "5070").map(\.code) == [100])
        rig.answer(code, to: second)
        let third = try #require(rig.take(to: "5081").first)
        rig.answer(486, to: third)
        #expect(rig.take(to: "5070").map(\.code) == [486])
        rig.expectEnd()
    }

    @Test("F13 a flow that the network refuses is replaced by the next, one that stays silent too")
    func transport() throws {
        let rig = flows(["5081", "5082", "5083"])
        rig.invite("bob")
        rig.refuse("5083")
        #expect(rig.take(to: "5082").map(\.method) == ["INVITE"])
        rig.advance(.seconds(33))
        let last = try #require(rig.take(to: "5081").first)
        rig.answer(200, to: last)
        #expect(rig.take(to: "5070").map(\.code) == [100, 200])
        rig.expectEnd()
    }

    @Test("F13 when all flows have failed, the last failure is the answer")
    func allFailed() throws {
        let rig = flows(["5081", "5082"])
        rig.invite("bob")
        rig.answer(430, to: try #require(rig.one(to: "5082")))
        rig.answer(430, to: try #require(rig.take(to: "5081").first))
        #expect(rig.take(to: "5070").map(\.code) == [100, 430])
        rig.expectEnd()
    }

    @Test("F13 C01 a cancelled call tries no other flow")
    func cancelled() throws {
        let rig = flows(["5081", "5082"])
        rig.invite("bob")
        let invite = try #require(rig.one(to: "5082"))
        rig.answer(180, to: invite)
        rig.cancel()
        _ = rig.take(to: "5082")
        rig.answer(430, to: invite)
        #expect(rig.take(to: "5081").isEmpty)
        #expect(rig.take(to: "5070").last?.code == 430)
        rig.expectEnd()
    }

    @Test("G20 the registrar says outbound to OPTIONS and takes it in Require, only when it is on")
    func capability() throws {
        for isOn in [false, true] {
            let rig = Rig { $0.registrarPolicy.takesOutbound = isOn }
            rig.send("OPTIONS", "sip:example.test", branch: "1")
            #expect(rig.one(to: "5070")?.headers("Supported") == [isOn ? "path, outbound" : "path"])
            rig.receive(Make.register("bob", port: "5080", extra: ["Require: outbound"]), from: "5080")
            #expect(rig.one(to: "5080")?.code == (isOn ? 200 : 420))
        }
    }

    /// A rig that hands out GRUUs, with two phones of bob; the GRUUs of the first.
    private func gruus() throws -> (rig: Rig, pub: String, temp: String) {
        let rig = Rig { $0.registrarPolicy.gruuKey = GRUUKey(3, 4) }
        rig.receive(
            Make.register(
                "bob",
                port: "5080",
                contact: "<sip:bob@127.0.0.1:5080>;+sip.instance=\"<urn:uuid:1>\"",
                extra: ["Supported: gruu"]
            ),
            from: "5080"
        )
        let contact = try #require(rig.one(to: "5080")?.headers("Contact").first)
        let parts = contact.split(separator: "\"")
        rig.register("bob", port: "5081", contact: "<sip:bob@127.0.0.1:5081>;+sip.instance=\"<urn:uuid:2>\"")
        let given = parts.filter { $0.hasPrefix("sip:") }.map(String.init)
        try #require(given.count == 2)
        return (rig, given[0], given[1])
    }

    @Test("G22 a request to either GRUU reaches exactly that phone")
    func exactly() throws {
        let (rig, pub, temp) = try gruus()
        for (number, uri) in [pub, temp].enumerated() {
            rig.send("INVITE", uri, branch: "g\(number)")
            #expect(rig.one(to: "5080")?.startLine == "INVITE sip:bob@127.0.0.1:5080 SIP/2.0")
            #expect(rig.take(to: "5081").isEmpty)
        }
    }

    @Test("G22 requests inside a dialog whose contact is a GRUU are looked up: re-INVITE, ACK and BYE")
    func inDialog() throws {
        let (rig, pub, _) = try gruus()
        rig.send("INVITE", pub, branch: "i1")
        let invite = try #require(rig.one(to: "5080"))
        rig.answer(200, to: invite, contact: "<\(pub)>")
        _ = rig.take()
        let route = "Route: \(try #require(invite.headers("Record-Route").first))"
        for (number, method) in ["ACK", "INVITE", "BYE"].enumerated() {
            rig.send(method, pub, branch: "d\(number)", cseq: max(1, number + 1), toTag: "b1", extra: [route])
            let request = try #require(rig.one(to: "5080"))
            #expect(request.startLine == "\(method) sip:bob@127.0.0.1:5080 SIP/2.0")
            #expect(request.headers("Route").isEmpty)
            #expect(rig.take(to: "5081").isEmpty)
        }
    }

    @Test("G22 a GRUU of a phone that is away is 480, one that never was 404")
    func away() throws {
        let (rig, pub, temp) = try gruus()
        rig.receive(
            Make.register(
                "bob",
                port: "5080",
                cseq: 2,
                contact: "<sip:bob@127.0.0.1:5080>;+sip.instance=\"<urn:uuid:1>\"",
                expires: 0
            ),
            from: "5080"
        )
        _ = rig.take()
        for (number, uri) in [pub, temp, "sip:nobody@example.test;gr=urn:uuid:1"].enumerated() {
            rig.send("MESSAGE", uri, branch: "a\(number)")
        }
        #expect(rig.take(to: "5070").map(\.code) == [480, 404, 404])
    }

    @Test("G22 with GRUUs off, gr is a parameter like any other")
    func off() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.send("MESSAGE", "sip:bob@example.test;gr=urn:uuid:9", branch: "1")
        #expect(rig.take(to: "5080").count == 1)
    }
}
