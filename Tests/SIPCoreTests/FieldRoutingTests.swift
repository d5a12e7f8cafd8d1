import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Cases from the field: routing")
struct FieldRoutingTests {
    @Test(
        "Q29 a call over the second listener is hung up along the Route that we wrote for it, from both sides"
    )
    func secondListener() throws {
        let rig = Rig(listeners: ["127.0.0.1:5060", "127.0.0.1:5062"])
        rig.receive(Make.register("bob", port: "5071"), from: "5071", on: 1)
        rig.receive(
            Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "i1"),
            from: "5070",
            on: 1
        )
        let invite = try #require(rig.take(to: "5071").last)
        let route = try #require(invite.headers("Record-Route").first)
        rig.receive(Make.response(200, to: invite), from: "5071", on: 1)
        #expect(rig.take(to: "5070").last?.headers("Record-Route") == [route])
        for (from, to) in [("5070", "5071"), ("5071", "5070")] {
            rig.receive(
                Make.request(
                    "BYE",
                    "sip:x@127.0.0.1:\(to)",
                    to: "sip:x@example.test",
                    port: from,
                    branch: "bye\(from)",
                    cseq: 2,
                    toTag: "t",
                    extra: ["Route: \(route)"]
                ),
                from: from,
                on: 1
            )
            #expect(rig.one(to: to)?.headers("Route") == [])
        }
    }

    @Test(
        "Q29 every way to name us is us",
        arguments: [
            "sip:b@127.0.0.1", "sip:b@127.0.0.1:5060", "sip:b@127.0.0.1:5062", "sip:b@localhost",
            "sip:b@EXAMPLE.test", "sip:b@EXAMPLE.test:5060;user=phone", "sip:b@example.test;transport=udp",
            "sip:b@Example.Test:5062;transport=UDP;user=phone",
        ]
    )
    func names(uri: String) throws {
        let rig = Rig(listeners: ["127.0.0.1:5060", "127.0.0.1:5062"])
        rig.register("b", port: "5080")
        rig.send("INVITE", uri, branch: "1")
        #expect(rig.one(to: "5080")?.startLine == "INVITE sip:b@127.0.0.1:5080 SIP/2.0")
    }

    @Test(
        "Q29 a route that names us several times over is taken off at once, and nothing is sent to ourselves"
    )
    func repeatedRoute() throws {
        let rig = Rig()
        rig.isLoopedBack = true
        rig.register("b", port: "5080")
        let names = ["127.0.0.1", "127.0.0.1:5060", "example.test", "EXAMPLE.TEST:5060", "localhost"]
        rig.send("INVITE", "sip:b@example.test", branch: "1", extra: names.map { "Route: <sip:\($0);lr>" })
        let invite = try #require(rig.one(to: "5080"))
        #expect(invite.headers("Route").isEmpty && invite.headers("Via").count == 2)
        #expect(invite.headers("Max-Forwards") == ["69"])
    }

    @Test("Q29 a contact that leads back to its own user is a loop that ends with 482")
    func ownContact() throws {
        let rig = Rig()
        rig.isLoopedBack = true
        rig.register("b", port: "5080", contact: "<sip:b@127.0.0.1:5060>")
        rig.send("MESSAGE", "sip:b@example.test", branch: "1")
        let answers = rig.take()
        #expect(answers.map(\.code) == [482])
        #expect(rig.snapshot().counters.sent < 10)
        rig.expectEnd()
    }

    @Test("Q29 two users who point at each other are a loop too")
    func mutualContacts() throws {
        let rig = Rig()
        rig.isLoopedBack = true
        rig.register("a", port: "5080", contact: "<sip:b@127.0.0.1:5060>")
        rig.register("b", port: "5081", contact: "<sip:a@127.0.0.1:5060>")
        rig.send("INVITE", "sip:a@example.test", branch: "1")
        #expect(rig.take(to: "5070").map(\.code) == [100, 482])
        #expect(rig.snapshot().counters.sent < 30)
        rig.expectEnd()
    }

    @Test("Q29 no hop left is 483, a missing count becomes 70")
    func hops() throws {
        let rig = Rig()
        rig.register("b", port: "5080")
        for (hops, branch) in [(0, "1"), (1, "2"), (nil, "3")] as [(Int?, String)] {
            rig.receive(
                Make.request("INVITE", "sip:b@example.test", port: "5070", branch: branch, hops: hops),
                from: "5070"
            )
        }
        #expect(rig.take(to: "5070").map(\.code) == [483, 100, 100])
        #expect(rig.take(to: "5080").map { $0.headers("Max-Forwards")[0] } == ["0", "70"])
    }

    @Test(
        "Q31 the answer goes to the source by rport, else to the source's address at the port of the Via",
        arguments: [
            (";rport", "127.0.0.1:5079", "127.0.0.1:5070", ";rport=5070;received=127.0.0.1"),
            ("", "127.0.0.1:5079", "127.0.0.1:5079", ""), ("", "127.0.0.1", "127.0.0.1:5060", ""),
            ("", "192.168.1.9", "127.0.0.1:5060", ";received=127.0.0.1"),
            ("", "192.168.1.9:5071", "127.0.0.1:5071", ";received=127.0.0.1"),
            ("", "phone.invalid:5071", "127.0.0.1:5071", ";received=127.0.0.1"),
            (";rport=", "192.168.1.9:5071", "127.0.0.1:5070", ";rport=5070;received=127.0.0.1"),
        ]
    )
    func replies(rport: String, sentBy: String, answeredAt: String, added: String) throws {
        // A phone's Via that names our own port is answered at its source, so we listen elsewhere here.
        let rig = Rig(listeners: ["127.0.0.2:5060"])
        rig.register("bob", port: "5080")
        let via = "Via: SIP/2.0/UDP \(sentBy);branch=z9hG4bK-p"
        for uri in ["sip:example.test", "sip:bob@example.test", "sip:nobody@example.test"] {
            let request = Make.request("OPTIONS", uri, port: "5070", branch: "\(uri.count)")
                .replacing(
                    "Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK\(uri.count);rport",
                    with: "\(via)\(uri.count)\(rport)"
                )
            rig.receive(request, from: "5070")
            for forwarded in rig.take(to: "5080") { rig.answer(200, to: forwarded) }
            let answer = try #require(rig.one(to: answeredAt))
            #expect(answer.headers("Via") == ["\(via)\(uri.count)\(added)".replacing("Via: ", with: "")])
            #expect(rig.take().isEmpty)
        }
    }
}
