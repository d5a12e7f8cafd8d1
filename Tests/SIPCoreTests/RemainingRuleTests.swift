import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Rules that cross the groups")
struct RemainingRuleTests {
    @Test(
        "U10 a contact becomes the Request-URI without its method parameter and its headers",
        arguments: [
            ("<sip:bob@127.0.0.1:5080;method=INVITE;a=1>", "sip:bob@127.0.0.1:5080;a=1"),
            ("<sip:bob@127.0.0.1:5080;a=1;METHOD=x>", "sip:bob@127.0.0.1:5080;a=1"),
            ("<sip:bob@127.0.0.1:5080?Subject=hi&Route=%3Csip:x%3E>", "sip:bob@127.0.0.1:5080"),
            ("<sip:bob@127.0.0.1:5080;b?X=1>", "sip:bob@127.0.0.1:5080;b"),
            ("<sip:%62ob@127.0.0.1:5080;methods=x>", "sip:%62ob@127.0.0.1:5080;methods=x"),
        ]
    )
    func requestURI(contact: String, uri: String) throws {
        let rig = Rig()
        rig.register("bob", port: "5080", contact: contact)
        rig.send("MESSAGE", branch: "1")
        let message = try #require(rig.one(to: "5080"))
        #expect(message.startLine == "MESSAGE \(uri) SIP/2.0")
        #expect(message.headers("Subject").isEmpty && message.headers("Route").isEmpty)
    }

    @Test("T14 Via and Record-Route name the advertised address with its port, on each listener its own")
    func advertised() throws {
        let rig = Rig(listeners: ["0.0.0.0:5060", "[::]:5070"]) { configuration in
            let places = ["192.0.2.1:15060", "[2001:db8::1]:5070"]
            for (listener, place) in places.enumerated() {
                guard let address = SocketAddress(place, defaultPort: 5_060) else { continue }
                configuration.listeners[listener].advertised = address
            }
        }
        rig.register("bob", port: "5080")
        rig.receive(
            Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "six"),
            from: "[2001:db8::7]:5070",
            on: 1
        )
        let invite = try #require(rig.one(to: "5080"))
        #expect(invite.headers("Via")[0].hasPrefix("SIP/2.0/UDP 192.0.2.1:15060;branch=z9hG4bK"))
        let routes = invite.headers("Record-Route")
        #expect(routes.count == 2)
        #expect(
            routes[0].hasPrefix("<sip:192.0.2.1:15060;") && routes[1].hasPrefix("<sip:[2001:db8::1]:5070;")
        )
        // The answer finds its way by that Via, and the dialog by those routes.
        rig.answer(200, to: invite, contact: "<sip:bob@127.0.0.1:5080>")
        #expect(rig.take(to: "[2001:db8::7]:5070").map(\.code) == [100, 200])
        rig.receive(
            Make.request(
                "BYE",
                "sip:bob@127.0.0.1:5080",
                port: "5070",
                branch: "bye",
                cseq: 2,
                toTag: "b1",
                extra: routes.reversed().map { "Route: \($0)" }
            ),
            from: "[2001:db8::7]:5070",
            on: 1
        )
        #expect(rig.one(to: "5080")?.headers("Route") == [])
    }

    @Test("D05 CANCEL, and the ACK to a failure, go to the address that the INVITE went to")
    func sameAddress() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob")
        let invite = try #require(rig.one(to: "5080"))
        rig.answer(180, to: invite)
        // bob moves while it rings: that changes nothing for this INVITE.
        rig.receive(Make.register("bob", port: "5080", cseq: 2, expires: 0), from: "5080")
        rig.register("bob", port: "5081")
        _ = rig.take()
        rig.cancel()
        #expect(rig.take(to: "5080").map(\.method) == ["CANCEL"])
        rig.answer(487, to: invite)
        #expect(rig.take(to: "5080").map(\.method) == ["ACK"])
        #expect(rig.take(to: "5081").isEmpty)
    }

    @Test("O04 a stranger's datagram brings one answer at most, hardly longer, and no 2xx twice")
    func amplification() {
        let rig = Rig()
        let stranger = "203.0.113.9:5060"
        let requests = [
            Make.request("OPTIONS", "sip:example.test", port: "5060", branch: "1"),
            Make.request("OPTIONS", "sip:example.test", port: "5060", branch: "2", extra: ["Require: x"]),
            Make.request("SUBSCRIBE", "sip:nobody@example.test", port: "5060", branch: "3"),
            Make.request("MESSAGE", "sip:nobody@example.test", port: "5060", branch: "4", body: "x"),
            Make.request("MESSAGE", "sip:x@192.0.2.9", port: "5060", branch: "5"),
            Make.request("BYE", "sip:example.test", port: "5060", branch: "6"),
            Make.register("bob", port: "5060"), "INVITE sip:x SIP/2.0\r\n\r\n", "\r\n\r\n", "garbage",
        ]
        for request in requests {
            rig.receive(request, from: stranger)
            let answers = rig.take()
            #expect(answers.count <= 1)
            for answer in answers {
                #expect(answer.text.utf8.count < request.utf8.count + 250, "\(answer.text)")
                #expect(answer.body.isEmpty)
            }
        }
        rig.advance(.seconds(60))
        #expect(rig.take().isEmpty, "nothing is repeated unasked")
    }

    @Test("O05 a full table of bindings refuses new ones, and those that are there can be refreshed")
    func bindings() {
        let rig = Rig { $0.bindingLimit = 3 }
        for port in 5_081...5_083 { rig.register("bob\(port)", port: "\(port)") }
        rig.receive(Make.register("late", port: "5084"), from: "5084")
        let refusal = rig.take()
        #expect(refusal.count == 1 && refusal[0].code >= 500)
        rig.receive(Make.register("bob5081", port: "5081", cseq: 2), from: "5081")
        #expect(rig.take().map(\.code) == [200])
        #expect(rig.snapshot().registrations.count == 3)
    }
}
