import SIPCore
import SIPFlow
import SIPNextHop
import Testing

@Suite("What waits for name servers")
struct NextHopWaitingTests {
    @Test("a phone that registered a host name is called where the name leads")
    func contact() throws {
        let rig = Rig()
        rig.register("bob", port: "5080", contact: "<sip:bob@phone.test:5099>")
        rig.invite("bob")
        #expect(rig.take().map(\.code) == [100])
        rig.answerNames(["A phone.test": .addresses("127.0.0.9")])
        let invite = try #require(rig.one(to: "127.0.0.9:5099"))
        #expect(invite.startLine == "INVITE sip:bob@phone.test:5099 SIP/2.0")
        rig.answer(486, to: invite)
        #expect(rig.take(to: "5070").map(\.code) == [486])
        rig.expectEnd()
    }

    @Test(
        "Q17 a phone whose name no server knows is called where it registered from, .invalid without asking",
        arguments: [("phone.test:5099", ["A phone.test"]), ("xyz.invalid", [])]
    )
    func fallback(host: String, asked: [String]) {
        let rig = Rig()
        rig.register("bob", port: "5080", contact: "<sip:bob@\(host)>")
        rig.invite("bob")
        #expect(rig.answerNames([:]) == asked)
        #expect(rig.take(to: "5080").map(\.method) == ["INVITE"])
    }

    @Test("a binding's Path by name is the next hop")
    func path() {
        let rig = Rig()
        rig.register("bob", port: "5080", extra: ["Path: <sip:edge.test:5061;lr>", "Supported: path"])
        rig.invite("bob")
        #expect(rig.answerNames(["A edge.test": .addresses("127.0.0.7")]) == ["A edge.test"])
        #expect(rig.take(to: "127.0.0.7:5061").map(\.method) == ["INVITE"])
    }

    @Test(
        "of two phones, one by name: both ring, the first 2xx ends the one and stops the search of the other"
    )
    func fork() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.register("bob", port: "5081", contact: "<sip:bob@slow.test:5099>")
        rig.invite("bob")
        let invite = try #require(rig.one(to: "5080"))
        rig.answer(200, to: invite)
        #expect(rig.take(to: "5070").map(\.code) == [100, 200])
        rig.answerNames(["A slow.test": .addresses("127.0.0.9")])
        #expect(rig.take().isEmpty)
        rig.expectEnd()
    }

    @Test("an ACK to a name waits for the answer and is not lost; one whose name is known goes at once")
    func acknowledgement() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(200, to: invite, contact: "<sip:bob@gw.test:5099>")
        _ = rig.take()
        let route = "Route: \(try #require(invite.headers("Record-Route").first))"
        rig.send("ACK", "sip:bob@gw.test:5099", branch: "k1", toTag: "b1", extra: [route])
        #expect(rig.take().isEmpty)
        #expect(rig.answerNames(["A gw.test": .addresses("127.0.0.9")]) == ["A gw.test"])
        let first = try #require(rig.one(to: "127.0.0.9:5099"))
        #expect(first.startLine == "ACK sip:bob@gw.test:5099 SIP/2.0")
        rig.send("ACK", "sip:bob@gw.test:5099", branch: "k1", toTag: "b1", extra: [route])
        #expect(rig.one(to: "127.0.0.9:5099")?.text == first.text)
        rig.expectEnd()
    }

    @Test("an ACK to a name that leads nowhere goes nowhere, and nothing of it is kept")
    func lostAcknowledgement() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(200, to: invite)
        _ = rig.take()
        let route = "Route: \(try #require(invite.headers("Record-Route").first))"
        rig.send("ACK", "sip:bob@gw.test", branch: "k1", toTag: "b1", extra: [route])
        rig.answerNames([:])
        #expect(rig.take().isEmpty)
        rig.expectEnd()
    }

    @Test(
        "D06 a response that cannot be sent goes to the Via's sent-by: its port, else SRV, each place in turn"
    )
    func response() throws {
        let rig = Rig()
        let request = Make.request("OPTIONS", "sip:example.test;x=y", port: "5070")
        func ask(_ sentBy: String, _ branch: String) {
            let via = "SIP/2.0/UDP \(sentBy);branch=z9hG4bK\(branch)"
            rig.receive(
                request.replacing("SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1;rport", with: via),
                from: "127.0.0.5:40000"
            )
        }
        ask("proxy.test:5071", "one")
        let sent = try #require(rig.one(to: "127.0.0.5:5071"))
        rig.unreachable("127.0.0.5:5071")
        #expect(rig.answerNames(["A proxy.test": .addresses("127.0.0.6", "127.0.0.7")]) == ["A proxy.test"])
        #expect(rig.one(to: "127.0.0.6:5071")?.text == sent.text)
        rig.unreachable("127.0.0.6:5071")
        #expect(rig.one(to: "127.0.0.7:5071")?.text == sent.text)
        rig.unreachable("127.0.0.7:5071")
        #expect(rig.take().isEmpty)
        ask("cluster.test", "two")
        _ = rig.take()
        rig.unreachable("127.0.0.5:5060")
        let names: Names = [
            "SRV _sip._udp.cluster.test": .services("5077 one.test"), "A one.test": .addresses("127.0.0.8"),
        ]
        #expect(rig.answerNames(names) == ["SRV _sip._udp.cluster.test", "A one.test"])
        #expect(rig.one(to: "127.0.0.8:5077")?.code == 200)
        ask("127.0.0.9:5072", "three")
        _ = rig.take()
        rig.unreachable("127.0.0.5:5072")
        #expect(rig.one(to: "127.0.0.9:5072")?.code == 200)
        rig.unreachable("127.0.0.9:5072")
        #expect(rig.take().isEmpty)
        rig.expectEnd()
    }
}
