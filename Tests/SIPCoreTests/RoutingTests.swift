import SIPFlow
import SIPReport
import Testing

@Suite("Routing")
struct RoutingTests {
    @Test("P02 Max-Forwards 0 is 483, missing becomes 70")
    func maxForwards() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.receive(Make.request("MESSAGE", "sip:bob@example.test", port: "5070", hops: 0), from: "5070")
        #expect(rig.one(to: "5070")?.code == 483)
        rig.receive(
            Make.request("MESSAGE", "sip:bob@example.test", port: "5070", branch: "2", hops: nil),
            from: "5070"
        )
        #expect(rig.one(to: "5080")?.headers("Max-Forwards") == ["70"])
        rig.receive(
            Make.request("ACK", "sip:bob@example.test", port: "5070", branch: "3", hops: 0, contact: false),
            from: "5070"
        )
        #expect(rig.take().isEmpty, "an ACK is never answered")
        rig.receive(
            Make.request("OPTIONS", "sip:example.test", port: "5070", branch: "4", hops: 0),
            from: "5070"
        )
        #expect(rig.one(to: "5070")?.code == 200)
    }

    @Test("P05 Proxy-Require is 420 and names what is not supported")
    func proxyRequire() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.receive(
            Make.request(
                "INVITE",
                "sip:bob@example.test",
                port: "5070",
                extra: ["Proxy-Require: foo, bar", "Require: baz"]
            ),
            from: "5070"
        )
        let answer = try #require(rig.one(to: "5070"))
        #expect(answer.code == 420)
        #expect(answer.headers("Unsupported") == ["foo, bar"])
    }

    @Test(
        "U01 schemes that cannot be served are 416",
        arguments: ["sips:bob@example.test", "http://example.test", "nobodyKnowsThisScheme:totallyopaque"]
    )
    func scheme(uri: String) throws {
        let rig = Rig()
        rig.receive(Make.request("OPTIONS", uri, to: "sip:x@example.test", port: "5070"), from: "5070")
        #expect(rig.one(to: "5070")?.code == 416)
    }

    @Test("M07 unknown methods are forwarded")
    func unknownMethod() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.receive(Make.request("invite", "sip:bob@example.test", port: "5070"), from: "5070")
        #expect(rig.one(to: "5080")?.method == "invite")
        rig.receive(
            Make.request("NEWMETHOD", "sip:bob@example.test", port: "5070", branch: "2"),
            from: "5070"
        )
        let request = try #require(rig.one(to: "5080"))
        rig.receive(Make.response(501, to: request), from: "5080")
        #expect(rig.one(to: "5070")?.code == 501)
    }

    @Test(
        "P11 nothing is relayed to a foreign place for a stranger",
        arguments: ["sip:victim@203.0.113.9", "sip:victim@203.0.113.9:5060", "sip:victim@foreign.test"]
    )
    func openRelay(uri: String) throws {
        let rig = Rig()
        rig.receive(Make.request("INVITE", uri, port: "5070"), from: "5070")
        #expect(rig.take().map(\.code) == [403])
        rig.receive(
            Make.request(
                "INVITE",
                uri,
                port: "5070",
                branch: "2",
                extra: ["Route: <sip:127.0.0.1:5060;lr;sg=0123456789abcdef>"]
            ),
            from: "5070"
        )
        #expect(rig.take().map(\.code) == [403], "a forged Route of ours proves nothing")
        rig.receive(
            Make.request(
                "INVITE",
                "sip:x@example.test",
                port: "5070",
                branch: "3",
                extra: ["Route: <sip:203.0.113.9;lr>"]
            ),
            from: "5070"
        )
        #expect(rig.take().map(\.code) == [403])
    }

    @Test("P11 a registered phone may call a numeric address outside")
    func registeredRelay() throws {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.receive(Make.request("MESSAGE", "sip:carol@127.0.0.9:5099", port: "5070"), from: "5070")
        #expect(
            rig.take(to: "127.0.0.9:5099").map(\.startLine) == ["MESSAGE sip:carol@127.0.0.9:5099 SIP/2.0"]
        )
    }

    @Test("P03 a request that comes back unchanged is 482; with another target it is a spiral and passes")
    func loop() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob")
        let invite = try #require(rig.take(to: "5080").first)
        _ = rig.take()
        // The callee sends it back as we got it from alice, with our Via on top of its own.
        let back = invite.text.replacing("INVITE sip:bob@127.0.0.1:5080", with: "INVITE sip:bob@example.test")
            .replacing(
                "SIP/2.0\r\nVia:",
                with: "SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKback\r\nVia:"
            )
        rig.receive(back, from: "5080")
        #expect(rig.take(to: "5080").map(\.code) == [482])
        rig.register("carol", port: "5090")
        rig.receive(
            back.replacing("INVITE sip:bob@example.test", with: "INVITE sip:carol@example.test")
                .replacing("z9hG4bKback", with: "z9hG4bKother"),
            from: "5080"
        )
        #expect(rig.take(to: "5090").map(\.method) == ["INVITE"])
    }

    @Test("P07 a strict router upstream: the Request-URI is ours and the target is the last Route value")
    func strictUpstream() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob")
        let invite = try #require(rig.take(to: "5080").first)
        let route = try #require(invite.headers("Record-Route").first)
        let uri = route.dropFirst().dropLast()
        _ = rig.take()
        rig.receive(
            Make.request(
                "BYE",
                String(uri),
                to: "sip:bob@example.test",
                port: "5070",
                branch: "9",
                cseq: 2,
                toTag: "b1",
                extra: ["Route: <sip:bob@127.0.0.1:5080>"]
            ),
            from: "5070"
        )
        let bye = try #require(rig.one(to: "5080"))
        #expect(bye.startLine == "BYE sip:bob@127.0.0.1:5080 SIP/2.0")
        #expect(bye.headers("Route").isEmpty)
    }

    @Test("F05 a strict router downstream gets its own URI as Request-URI and the target as last Route value")
    func strictDownstream() throws {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.receive(
            Make.request(
                "MESSAGE",
                "sip:carol@127.0.0.9:5099",
                port: "5070",
                extra: ["Route: <sip:127.0.0.1:5060;lr>, <sip:127.0.0.8:5098>"]
            ),
            from: "5070"
        )
        let message = try #require(rig.one(to: "127.0.0.8:5098"))
        #expect(message.startLine == "MESSAGE sip:127.0.0.8:5098 SIP/2.0")
        #expect(message.headers("Route") == ["<sip:carol@127.0.0.9:5099>"])
    }

    @Test("F03 a bridge between IPv4 and IPv6 writes two Record-Route values and takes both off again")
    func bridge() throws {
        let rig = Rig(listeners: ["127.0.0.1:5060", "[::1]:5060"])
        rig.register("bob", port: "5080", contact: "<sip:bob@[::1]:5080>")
        rig.invite("bob")
        let invite = try #require(rig.one(to: "[::1]:5080"))
        let routes = invite.headers("Record-Route")
        #expect(routes.count == 2)
        #expect(routes.first?.contains("[::1]:5060") == true)
        #expect(routes.last?.contains("127.0.0.1:5060") == true)
        #expect(invite.headers("Via").first?.hasPrefix("SIP/2.0/UDP [::1]:5060;branch=") == true)
        rig.receive(
            Make.request(
                "BYE",
                "sip:bob@[::1]:5080",
                to: "sip:bob@example.test",
                port: "5070",
                branch: "9",
                cseq: 2,
                toTag: "b1",
                extra: routes.reversed().map { "Route: \($0)" }
            ),
            from: "5070"
        )
        #expect(rig.one(to: "[::1]:5080")?.headers("Route").isEmpty == true)
    }

    @Test("T01 T02 the answer goes to the source, by rport or by the Via's port")
    func replies() throws {
        let rig = Rig()
        let options = Make.request("OPTIONS", "sip:example.test", port: "6000")
        rig.receive(options, from: "127.0.0.5:6100")
        let answer = try #require(rig.one(to: "127.0.0.5:6100"))
        #expect(
            answer.headers("Via") == [
                "SIP/2.0/UDP 127.0.0.1:6000;branch=z9hG4bK1;rport=6100;received=127.0.0.5"
            ]
        )
        rig.receive(
            options.replacing(";rport", with: "").replacing("z9hG4bK1", with: "z9hG4bK2"),
            from: "127.0.0.5:6100"
        )
        #expect(
            rig.one(to: "127.0.0.5:6000")?.headers("Via") == [
                "SIP/2.0/UDP 127.0.0.1:6000;branch=z9hG4bK2;received=127.0.0.5"
            ]
        )
    }

    @Test("R01 S07 responses that belong to nothing are dropped and counted")
    func stray() throws {
        let rig = Rig()
        rig.receive(
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKxyz\r\nVia: SIP/2.0/UDP 255.255.255.255\r\n"
                + "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n",
            from: "5070"
        )
        #expect(rig.take().isEmpty)
        #expect(rig.snapshot().counters.drops == ["stray response": 1])
    }

    @Test("M12 M13 M14 N09 faulty requests are 400 and make no transaction")
    func faulty() throws {
        let rig = Rig()
        let sound = Make.request("OPTIONS", "sip:example.test", port: "5070")
        for (place, text) in [
            sound.replacing("CSeq: 1 OPTIONS", with: "CSeq: 1 INVITE"),
            sound.replacing("Max-Forwards: 70", with: "Max-Forwards: 300"),
            sound.replacing("To: ", with: "To: <sip:x@y>\r\nTo: "),
            sound.replacing("From: ", with: "X-From: "),
        ].enumerated() {
            rig.receive(text.replacing("z9hG4bK1", with: "z9hG4bKf\(place)"), from: "5070")
            #expect(rig.take().map(\.code) == [400])
        }
        rig.receive(sound.replacing(" SIP/2.0\r\n", with: " SIP/3.0\r\n"), from: "5070")
        #expect(rig.take().map(\.code) == [505])
        #expect(rig.snapshot().transactions.isEmpty)
    }
}
