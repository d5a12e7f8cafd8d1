import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Forwarding (rules F)")
struct ForwardingRuleTests {
    @Test(
        "F01 each branch is a full copy: body, Contact, unknown fields and foreign credentials as they came"
    )
    func copies() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.register("bob", port: "5081")
        let fields = [
            "X-Unknown: a,  b;c", "P-Preferred-Identity: <sip:a@b>", "Contact: <sip:odd@[::9];x=1>;y=\"2,3\"",
            "Proxy-Authorization: Digest realm=\"elsewhere\", nonce=\"1\"",
        ]
        rig.receive(
            Make.request(
                "INVITE",
                "sip:bob@example.test",
                port: "5070",
                extra: fields,
                contact: false,
                body: "v=0\r\n\0\u{1}"
            ),
            from: "5070"
        )
        for port in ["5080", "5081"] {
            let copy = try #require(rig.one(to: port))
            #expect(copy.body == "v=0\r\n\0\u{1}")
            #expect(copy.text.contains(fields.joined(separator: "\r\n") + "\r\nContent-Length: 7\r\n"))
        }
    }

    @Test("F02 Record-Route is the first, with lr, on what may form a dialog, and on nothing else")
    func recordRoute() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        for (place, method) in ["INVITE", "SUBSCRIBE", "NOTIFY", "REFER"].enumerated() {
            rig.send(method, branch: "\(place)", extra: ["Record-Route: <sip:127.0.0.8;lr>"])
            let routes = try #require(rig.one(to: "5080")).headers("Record-Route")
            #expect(routes.count == 2)
            #expect(routes.first?.hasPrefix("<sip:127.0.0.1:5060;lr") == true)
            #expect(routes.last == "<sip:127.0.0.8;lr>")
        }
        for (place, method) in ["MESSAGE", "OPTIONS", "INFO", "BYE", "PUBLISH", "NEW"].enumerated() {
            rig.send(method, branch: "n\(place)")
            #expect(rig.one(to: "5080")?.headers("Record-Route") == [])
        }
    }

    @Test("F04 sips is never sent in the clear: 416, 502 for a sips Route, 480 for a sips contact")
    func sips() throws {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.register("bob", port: "5080", contact: "<sips:bob@127.0.0.1:5080>")
        rig.send("MESSAGE", "sips:bob@example.test", branch: "1")
        rig.send("MESSAGE", "sip:x@127.0.0.9", branch: "2", extra: ["Route: <sips:127.0.0.8;lr>"])
        rig.send("MESSAGE", branch: "3")
        #expect(rig.take().map(\.code) == [416, 502, 480])
    }

    @Test("F06 the top Route is the next hop, else the Request-URI, with the default port of UDP")
    func nextHop() throws {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.send("MESSAGE", "sip:x@127.0.0.9:5090", branch: "1", extra: ["Route: <sip:127.0.0.8:5099;lr>"])
        rig.send("MESSAGE", "sip:x@127.0.0.9:5090", branch: "2")
        rig.send("MESSAGE", "sip:x@127.0.0.9", branch: "3")
        #expect(
            rig.take().map(\.to.description) == ["127.0.0.8:5099", "127.0.0.9:5090", "127.0.0.9:5060"]
        )
    }

    @Test(
        "F07 branches begin with the cookie, differ by branch and by attempt, and share the loop hash of the request"
    )
    func branches() throws {
        let rig = Rig()
        for port in ["5080", "5081", "5082"] { rig.register("bob", port: port) }
        rig.invite("bob")
        rig.invite("bob", branch: "i2")
        let ids = rig.take().filter { $0.method == "INVITE" && $0.code == 0 }.compactMap {
            $0.headers("Via")[0].split(separator: "branch=").last
        }
        #expect(ids.count == 6 && Set(ids).count == 6)
        #expect(ids.allSatisfy { $0.hasPrefix("z9hG4bK") && $0.count == 39 })
        #expect(Set(ids.map { $0.suffix(16) }).count == 1)
    }

    @Test(
        "F09 equal q in parallel, higher q first, a missing q counts as 1",
        arguments: [
            ([nil, nil], [2]), ([nil, "1.0"], [2]), (["0.5", nil], [1, 1]),
            (["0.3", "0.30", "0.9"], [1, 2]),
            (["0.1", "0.2", "0.3"], [1, 1, 1]), (["0", "0.001"], [1, 1]),
        ] as [([String?], [Int])]
    )
    func order(q: [String?], groups: [Int]) throws {
        let rig = Rig()
        for (place, q) in q.enumerated() { rig.register("bob", port: "508\(place)", q: q) }
        rig.invite("bob")
        var seen: [Int] = []
        while case let group = rig.take().filter({ $0.method == "INVITE" && $0.code == 0 }), !group.isEmpty {
            seen.append(group.count)
            for invite in group { rig.answer(404, to: invite) }
            if seen.count == groups.count { #expect(rig.take(to: "5070").map(\.code).last == 404) }
        }
        #expect(seen == groups)
    }

    @Test("F10 Q27 timer C: the ringing ends with a CANCEL, 101-199 start it anew, 100 does not")
    func timerC() throws {
        let (rig, invite) = try Rig.calling { $0.timerC = .seconds(4) }
        rig.answer(100, to: invite)
        rig.advance(.seconds(1))
        rig.answer(180, to: invite)
        rig.advance(.seconds(2))
        rig.answer(183, to: invite)
        rig.advance(.seconds(1))
        rig.answer(100, to: invite)
        rig.advance(.milliseconds(2_999))
        #expect(rig.take(to: "5080").isEmpty)
        rig.advance(.milliseconds(1))
        let cancel = try #require(rig.one(to: "5080"))
        #expect(cancel.method == "CANCEL" && times([cancel]) == [7_000])
        rig.answer(200, to: cancel)
        rig.answer(487, to: invite)
        #expect(rig.take(to: "5070").map(\.code) == [180, 183, 487])
        rig.expectEnd()
    }

    @Test("F10 timer C is above 3 minutes, and without an answer to its CANCEL the caller gets 408")
    func timerCUnanswered() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        rig.advance(.seconds(300))
        let sent = rig.take()
        let cancel = try #require(sent.first { $0.method == "CANCEL" })
        #expect(times([cancel]) == [181_000])
        #expect(sent.filter { $0.to.port == 5_070 }.prefix(2).map(\.code) == [180, 408])
        rig.expectEnd()
    }

    @Test("F11 credentials for another realm pass untouched")
    func credentials() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let value = "Digest username=\"a\", realm=\"elsewhere\", response=\"0\""
        rig.send("INVITE", branch: "1", extra: ["Proxy-Authorization: \(value)", "Authorization: \(value)"])
        let invite = try #require(rig.one(to: "5080"))
        #expect(
            invite.headers("Proxy-Authorization") == [value] && invite.headers("Authorization") == [value]
        )
    }

    @Test("F12 a binding's Path becomes its Route, and its first value the next hop")
    func path() throws {
        let rig = Rig()
        rig.register(
            "bob",
            port: "5080",
            extra: ["Path: <sip:127.0.0.8:5099;lr>, <sip:127.0.0.7;lr>", "Supported: path"]
        )
        rig.send("MESSAGE", branch: "1")
        let message = try #require(rig.one(to: "127.0.0.8:5099"))
        #expect(message.startLine == "MESSAGE sip:bob@127.0.0.1:5080 SIP/2.0")
        #expect(message.headers("Route") == ["<sip:127.0.0.8:5099;lr>, <sip:127.0.0.7;lr>"])
    }
}
