import SIPFlow
import SIPReport
import Testing

@Suite("Request validation and routing (rules P)")
struct ProxyRuleTests {
    @Test(
        "P01 checks run in order: syntax, scheme, Max-Forwards, loop, Proxy-Require, then the route",
        arguments: [
            (["uri: x", "hops: 0"], 400), (["uri: sips:bob@example.test", "hops: 0"], 416),
            (["hops: 0", "loop: 1", "Proxy-Require: a"], 483), (["loop: 1", "Proxy-Require: a"], 482),
            (["Proxy-Require: a", "Route: <nonsense>"], 420), (["Route: <nonsense>"], 400),
            (["Route: <sip:203.0.113.9;lr>"], 403), (["uri: sip:nobody@example.test"], 404), ([], 100),
        ]
    )
    func order(faults: [String], code: Int) throws {
        let (rig, invite) = try Rig.calling()
        var extra: [String] = []
        var (uri, hops) = ("sip:bob@example.test", 70)
        for fault in faults {
            let parts = fault.split(separator: ": ")
            switch parts[0] {
            case "uri": uri = String(parts[1])
            case "hops": hops = 0
            case "loop": extra.append("Via: \(invite.headers("Via")[0])")
            case _: extra.append(fault)
            }
        }
        let text = Make.request(
            "INVITE",
            uri,
            to: "sip:bob@example.test",
            port: "5070",
            branch: "again",
            hops: hops,
            extra: extra
        )
        rig.receive(text, from: "5070")
        #expect(rig.take(to: "5070").first?.code == code)
        rig.expectEnd()
    }

    @Test(
        "P02 with Max-Forwards 0 nothing goes on, OPTIONS for a user neither; that for the server is answered"
    )
    func lastHop() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        for (place, (method, code)) in [("INVITE", 483), ("MESSAGE", 483), ("OPTIONS", 483)].enumerated() {
            rig.receive(
                Make.request(method, "sip:bob@example.test", port: "5070", branch: "\(place)", hops: 0),
                from: "5070"
            )
            #expect(rig.take().map(\.code) == [code])
        }
        for (uri, code) in [("sip:a@203.0.113.9", 483), ("sip:example.test", 200)] {
            rig.receive(
                Make.request("OPTIONS", uri, port: "5070", branch: "f\(code)", hops: 0),
                from: "5070"
            )
            #expect(rig.take().map(\.code) == [code])
        }
        rig.receive(
            Make.request("MESSAGE", "sip:bob@example.test", port: "5070", branch: "l", hops: 1),
            from: "5070"
        )
        #expect(rig.one(to: "5080")?.headers("Max-Forwards") == ["0"])
    }

    @Test(
        "P03 the loop hash covers what routes the request: Request-URI, Route, Call-ID, tags and CSeq number",
        arguments: [
            ("", "", [482]), ("1 INVITE", "2 INVITE", [100]), ("Call-ID: c1", "Call-ID: c2", [100]),
            ("tag=a1", "tag=a2", [100]), ("CSeq", "Route: <sip:127.0.0.1;lr>\r\nCSeq", [100]),
            ("sip:bob@example.test SIP", "sip:bob@example.test;x=1 SIP", [100]),
        ]
    )
    func loop(old: String, new: String, codes: [Int]) throws {
        let (rig, invite) = try Rig.calling()
        let text = Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "again")
            .replacing("Max-Forwards", with: "Via: \(invite.headers("Via")[0])\r\nMax-Forwards")
        rig.receive(old.isEmpty ? text : text.replacing(old, with: new), from: "5070")
        #expect(rig.take(to: "5070").map(\.code) == codes)
    }

    @Test("P05 420 names each tag of Proxy-Require; Require is none of our business, an empty field neither")
    func proxyRequire() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.send("MESSAGE", branch: "1", extra: ["Proxy-Require: foo", "Proxy-Require: bar , baz"])
        let refusal = try #require(rig.one(to: "5070"))
        #expect(refusal.code == 420 && refusal.headers("Unsupported") == ["foo, bar, baz"])
        rig.send("MESSAGE", branch: "2", extra: ["Require: nothingSupportsThis", "Proxy-Require:"])
        #expect(rig.one(to: "5080")?.headers("Require") == ["nothingSupportsThis"])
        rig.send("OPTIONS", "sip:example.test", branch: "3", extra: ["Require: path, foo"])
        #expect(rig.one(to: "5070")?.headers("Unsupported") == ["foo"])
        rig.send("OPTIONS", "sip:example.test", branch: "4", extra: ["Require: path"])
        #expect(rig.one(to: "5070")?.code == 200)
    }

    @Test("P06 a merged request is not an error here: both branches go on")
    func merged() throws {
        let (rig, _) = try Rig.calling()
        rig.invite("bob", branch: "other")
        #expect(rig.take(to: "5080").map(\.method) == ["INVITE"])
        #expect(rig.take(to: "5070").map(\.code) == [100])
    }

    @Test("P08 a maddr that names us is left out; one that does not makes the URI the only target")
    func maddr() throws {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.register("bob", port: "5080")
        rig.send("MESSAGE", "sip:bob@example.test;maddr=127.0.0.1;transport=udp", branch: "1")
        #expect(rig.one(to: "5080")?.startLine == "MESSAGE sip:bob@127.0.0.1:5080 SIP/2.0")
        rig.send("MESSAGE", "sip:x@127.0.0.9:5060;maddr=127.0.0.1;transport=udp;a=1", branch: "2")
        #expect(rig.one(to: "127.0.0.9:5060")?.startLine == "MESSAGE sip:x@127.0.0.9;a=1 SIP/2.0")
        rig.send("MESSAGE", "sip:bob@example.test;maddr=127.0.0.9", branch: "3")
        #expect(
            rig.one(to: "127.0.0.9:5060")?.startLine
                == "MESSAGE sip:bob@example.test;maddr=127.0.0.9 SIP/2.0"
        )
    }

    @Test("P09 our Route values go, foreign ones stay in order and the top one is the next hop")
    func routes() throws {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.send(
            "MESSAGE",
            "sip:carol@foreign.test",
            branch: "1",
            extra: [
                "Route: <sip:127.0.0.1:5060;lr>, <sip:EXAMPLE.test;lr>",
                "Route: \"a, b\" <sip:127.0.0.7;lr>;x",
                "Route: <sip:127.0.0.1;lr>, <sip:127.0.0.8;lr>",
            ]
        )
        let message = try #require(rig.one(to: "127.0.0.7:5060"))
        #expect(message.startLine == "MESSAGE sip:carol@foreign.test SIP/2.0")
        #expect(
            message.headers("Route") == [
                "\"a, b\" <sip:127.0.0.7;lr>;x", "<sip:127.0.0.1;lr>", "<sip:127.0.0.8;lr>",
            ]
        )
    }

    @Test(
        "P10 Q29 every name of ours in the Request-URI finds bob",
        arguments: [
            "sip:bob@127.0.0.1", "sip:bob@127.0.0.1:5060", "sip:bob@127.0.0.2:5062", "sip:bob@localhost",
            "sip:bob@EXAMPLE.test", "sip:bob@example.test:5060;user=phone",
            "sip:bob@example.test;transport=udp",
            "sip:%62ob@example.test",
        ]
    )
    func names(uri: String) throws {
        let rig = Rig(listeners: ["127.0.0.1:5060", "127.0.0.2:5062"])
        rig.register("bob", port: "5080")
        rig.send("MESSAGE", uri, branch: "1")
        #expect(rig.take(to: "5080").count == 1)
    }

    @Test("P10 Q29 the Route that we wrote for another listener is ours too")
    func secondListener() throws {
        let rig = Rig(listeners: ["127.0.0.1:5060", "127.0.0.1:5062"])
        rig.register("bob", port: "5080")
        rig.receive(
            Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "i1"),
            from: "5070",
            on: 1
        )
        let invite = try #require(rig.one(to: "5080"))
        let route = try #require(invite.headers("Record-Route").first)
        #expect(route.contains("127.0.0.1:5062"))
        rig.send(
            "BYE",
            "sip:bob@127.0.0.1:5080",
            branch: "b",
            cseq: 2,
            toTag: "b1",
            extra: ["Route: \(route)"]
        )
        #expect(rig.one(to: "5080")?.headers("Route") == [])
    }

    @Test("P11 a registered phone's request for a foreign domain keeps its Request-URI")
    func foreign() throws {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.send("INVITE", "sip:x@127.0.0.9:5099;a=b", branch: "1")
        #expect(rig.one(to: "127.0.0.9:5099")?.startLine == "INVITE sip:x@127.0.0.9:5099;a=b SIP/2.0")
        rig.send("INVITE", "sip:x@foreign.test", branch: "2")
        #expect(rig.take(to: "5070").map(\.code) == [100, 100])
        rig.answerNames(["A foreign.test": .addresses("127.0.0.9")])
        #expect(rig.one(to: "127.0.0.9:5060")?.startLine == "INVITE sip:x@foreign.test SIP/2.0")
        rig.send("INVITE", "sip:nobody@example.test", branch: "3")
        #expect(rig.take(to: "5070").map(\.code) == [404])
    }

    @Test("P11 our Route proves a dialog, so it lets nobody begin one with a place outside")
    func borrowedRoute() throws {
        let (rig, invite) = try Rig.calling()
        let route = "Route: \(try #require(invite.headers("Record-Route").first))"
        rig.send("INVITE", "sip:victim@203.0.113.9", branch: "v", cseq: 2, extra: [route])
        #expect(rig.take().map(\.code) == [403])
        rig.send("BYE", "sip:bob@127.0.0.9", branch: "b", cseq: 2, toTag: "b1", extra: [route])
        #expect(rig.take().map(\.method) == ["BYE"])
    }

    @Test("P12 a user who unregistered is 480, one who never was 404")
    func gone() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.receive(Make.register("bob", port: "5080", cseq: 2, expires: 0), from: "5080")
        _ = rig.take()
        rig.invite("bob")
        rig.invite("bobby", branch: "i2")
        #expect(rig.take(to: "5070").map(\.code) == [480, 404])
    }

    @Test("P13 a request in a dialog goes where its Request-URI says, wherever the To user is registered")
    func inDialog() throws {
        let (rig, invite) = try Rig.calling()
        let route = try #require(invite.headers("Record-Route").first)
        rig.register("bob", port: "5081")
        for (place, method) in ["INVITE", "BYE", "INFO", "UPDATE", "REFER", "NOTIFY"].enumerated() {
            rig.send(
                method,
                "sip:bob@127.0.0.1:5085",
                branch: "d\(place)",
                cseq: 2 + place,
                toTag: "b1",
                extra: ["Route: \(route)"]
            )
            #expect(rig.take(to: "5085").map(\.method) == [method])
        }
        #expect(rig.take(to: "5081").isEmpty)
    }

    @Test("P14 equal contacts are one target")
    func equalContacts() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.receive(
            Make.register("bob", port: "5080", callID: "x", contact: "<sip:%62ob@127.0.0.1:5080;a=1>"),
            from: "5080"
        )
        _ = rig.take()
        rig.invite("bob")
        #expect(rig.take(to: "5080").count == 1)
    }

    @Test("P15 an ACK to a 2xx goes along its route with a branch of its own, and keeps nothing")
    func acknowledgement() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(200, to: invite, contact: "<sip:bob@127.0.0.1:5080>")
        _ = rig.take()
        let route = try #require(invite.headers("Record-Route").first)
        let before = rig.snapshot().counters.transactions
        rig.send(
            "ACK",
            "sip:bob@127.0.0.1:5080",
            branch: "ack",
            toTag: "b1",
            extra: ["Route: \(route), <sip:127.0.0.8;lr>"]
        )
        let ack = try #require(rig.one(to: "127.0.0.8:5060"))
        #expect(ack.headers("Route") == ["<sip:127.0.0.8;lr>"])
        #expect(ack.headers("Max-Forwards") == ["69"])
        #expect(ack.headers("Record-Route").isEmpty)
        #expect(ack.headers("Via").count == 2)
        #expect(ack.headers("Via")[0] != invite.headers("Via")[0])
        #expect(rig.snapshot().counters.transactions == before)
    }
}
