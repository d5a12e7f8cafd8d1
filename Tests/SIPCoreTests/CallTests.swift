import SIPFlow
import SIPReport
import Testing

@Suite("A call through the engine")
struct CallTests {
    @Test("S03 F02 R02 P09 P15 a whole call: INVITE, 100, 180, 200, ACK, BYE")
    func wholeCall() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob", body: "v=0\r\n")
        let trying = try #require(rig.one(to: "5070"))
        #expect(trying.startLine == "SIP/2.0 100 Trying")
        #expect(!(trying.headers("To").first ?? "").contains("tag="))
        let invite = try #require(rig.one(to: "5080"))
        #expect(invite.startLine == "INVITE sip:bob@127.0.0.1:5080 SIP/2.0")
        #expect(invite.headers("Via").count == 2)
        #expect(
            invite.headers("Via").last
                == "SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKi1;rport=5070;received=127.0.0.1"
        )
        #expect(invite.headers("Max-Forwards") == ["69"])
        #expect(invite.headers("Record-Route").count == 1)
        #expect(invite.body == "v=0\r\n")

        rig.receive(Make.response(180, "Ringing", to: invite), from: "5080")
        #expect(rig.one(to: "5070")?.startLine == "SIP/2.0 180 Ringing")
        rig.receive(
            Make.response(200, "OK", to: invite, contact: "<sip:bob@127.0.0.1:5080>"),
            from: "5080"
        )
        let answer = try #require(rig.one(to: "5070"))
        #expect(
            answer.headers("Via") == [
                "SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKi1;rport=5070;received=127.0.0.1"
            ]
        )
        let route = try #require(answer.headers("Record-Route").first)

        rig.receive(
            Make.request(
                "ACK",
                "sip:bob@127.0.0.1:5080",
                to: "sip:bob@example.test",
                port: "5070",
                branch: "a1",
                toTag: "b1",
                extra: ["Route: \(route)"]
            ),
            from: "5070"
        )
        let ack = try #require(rig.one(to: "5080"))
        #expect(ack.startLine == "ACK sip:bob@127.0.0.1:5080 SIP/2.0")
        #expect(ack.headers("Route").isEmpty)

        rig.receive(
            Make.request(
                "BYE",
                "sip:alice@127.0.0.1:5070",
                from: "bob",
                to: "sip:alice@example.test",
                port: "5080",
                branch: "b1",
                cseq: 2,
                fromTag: "b1",
                toTag: "a1",
                extra: ["Route: \(route)"]
            ),
            from: "5080"
        )
        let bye = try #require(rig.one(to: "5070"))
        #expect(bye.startLine == "BYE sip:alice@127.0.0.1:5070 SIP/2.0")
        rig.receive(Make.response(200, "OK", to: bye), from: "5070")
        #expect(rig.one(to: "5080")?.code == 200)
        rig.advance(.seconds(40))
        #expect(rig.take().isEmpty)
        #expect(rig.snapshot().transactions.isEmpty, "no transaction is left behind")
    }

    @Test("P12 an unknown user is 404; a registered one that is gone 480")
    func nobody() throws {
        let rig = Rig()
        rig.invite("nobody")
        #expect(rig.one(to: "5070")?.code == 404)
    }

    @Test("K09 Q25 the ACK to a failure stays on its hop, on both sides")
    func failure() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob")
        let invite = try #require(rig.take(to: "5080").first)
        rig.receive(Make.response(486, "Busy Here", to: invite), from: "5080")
        let ack = try #require(rig.one(to: "5080"))
        #expect(ack.method == "ACK")
        #expect(ack.headers("Via") == [invite.headers("Via")[0]], "C03 the INVITE's top Via alone")
        #expect(ack.headers("CSeq") == ["1 ACK"])
        #expect(ack.headers("To").first?.hasSuffix(";tag=b1") == true)
        let busy = try #require(rig.take(to: "5070").last)
        #expect(busy.startLine == "SIP/2.0 486 Busy Here")
        rig.receive(
            Make.request(
                "ACK",
                "sip:bob@example.test",
                port: "5070",
                branch: "i1",
                toTag: "b1",
                contact: false
            ),
            from: "5070"
        )
        #expect(rig.take().isEmpty)
        rig.advance(.seconds(1))
        #expect(rig.take().isEmpty, "the ACK stops timer G")
    }

    @Test("K01 K02 K03 CANCEL: 200 at once, CANCEL downstream after the first provisional, 487 upstream")
    func cancel() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob")
        let invite = try #require(rig.take(to: "5080").first)
        _ = rig.take()
        rig.receive(
            Make.request("CANCEL", "sip:bob@example.test", port: "5070", branch: "i1", contact: false),
            from: "5070"
        )
        #expect(rig.one(to: "5070")?.startLine == "SIP/2.0 200 OK")
        #expect(rig.take(to: "5080").isEmpty, "no provisional yet: the CANCEL waits")
        rig.receive(Make.response(180, "Ringing", to: invite), from: "5080")
        let cancel = try #require(rig.one(to: "5080"))
        #expect(cancel.method == "CANCEL")
        #expect(cancel.headers("Via") == [invite.headers("Via")[0]])
        #expect(cancel.headers("CSeq") == ["1 CANCEL"])
        rig.receive(Make.response(200, "OK", to: cancel), from: "5080")
        rig.receive(Make.response(487, "Request Terminated", to: invite), from: "5080")
        #expect(rig.one(to: "5080")?.method == "ACK")
        #expect(rig.take(to: "5070").map(\.code) == [180, 487])
    }

    @Test("N10 a cancelled callee that stays silent: the caller gets 487 after 64·T1")
    func silentAfterCancel() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob")
        let invite = try #require(rig.take(to: "5080").first)
        rig.receive(Make.response(180, "Ringing", to: invite), from: "5080")
        rig.receive(
            Make.request("CANCEL", "sip:bob@example.test", port: "5070", branch: "i1", contact: false),
            from: "5070"
        )
        _ = rig.take()
        rig.advance(.seconds(33))
        #expect(rig.take(to: "5070").first?.code == 487)
        #expect(rig.take(to: "5080").count == 10, "N11 the CANCEL is repeated like any request")
    }

    @Test("Q24 a 200 that crosses the CANCEL goes upstream, and no 487 follows")
    func crossing() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob")
        let invite = try #require(rig.take(to: "5080").first)
        rig.receive(Make.response(180, "Ringing", to: invite), from: "5080")
        rig.receive(
            Make.request("CANCEL", "sip:bob@example.test", port: "5070", branch: "i1", contact: false),
            from: "5070"
        )
        _ = rig.take()
        rig.receive(Make.response(200, "OK", to: invite), from: "5080")
        rig.receive(Make.response(200, "OK", to: invite), from: "5080")
        #expect(rig.take(to: "5070").map(\.code) == [200, 200], "C05 repeats pass too")
        rig.advance(.seconds(70))
        #expect(rig.take(to: "5070").isEmpty)
    }

    @Test("R05 R06 408 when no branch answers an INVITE; S10 silence for other methods")
    func silence() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob")
        _ = rig.take()
        rig.advance(.seconds(33))
        #expect(rig.take(to: "5070").first?.code == 408)
        let other = Rig()
        other.register("bob", port: "5080")
        other.receive(Make.request("MESSAGE", "sip:bob@example.test", port: "5070"), from: "5070")
        #expect(other.take(to: "5080").count == 1)
        other.advance(.seconds(60))
        #expect(other.take(to: "5070").isEmpty)
        #expect(other.snapshot().transactions.isEmpty)
    }

    @Test("S04 Q23 a repeated INVITE gets the last provisional again and goes no further")
    func repeatedInvite() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob")
        let invite = try #require(rig.take(to: "5080").first)
        rig.receive(Make.response(180, "Ringing", to: invite), from: "5080")
        _ = rig.take()
        for _ in 0..<4 { rig.invite("bob") }
        #expect(rig.take().map(\.code) == [180, 180, 180, 180])
    }

    @Test("T09 a refused INVITE counts as 503, which goes upstream as 500 (R07)")
    func refused() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob")
        _ = rig.take()
        rig.refuse("5080")
        #expect(rig.one(to: "5070")?.code == 500)
    }
}
