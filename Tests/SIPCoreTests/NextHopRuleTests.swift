import SIPCore
import SIPFlow
import SIPNextHop
import Testing

@Suite("Finding the next hop (rules D, O01)")
struct NextHopRuleTests {
    /// Three servers behind an SRV record.
    static let cluster: Names = [
        "SRV _sip._udp.gw.test": .services("5091 a.gw.test", "5092 b.gw.test", "5093 c.gw.test"),
        "A a.gw.test": .addresses("127.0.0.11"), "A b.gw.test": .addresses("127.0.0.12"),
        "A c.gw.test": .addresses("127.0.0.13"),
    ]
    static let a = "127.0.0.11:5091"
    static let b = "127.0.0.12:5092"
    static let c = "127.0.0.13:5093"

    /// alice, registered, has sent a request to gw.test whose first hop has it.
    private func begun(
        _ method: String = "INVITE",
        _ change: (inout CoreConfiguration) -> Void = { _ in }
    ) throws -> (rig: Rig, request: Sent) {
        let rig = Rig(change)
        rig.register("alice", port: "5070")
        rig.send(method, "sip:bob@gw.test", branch: "i1")
        rig.answerNames(Self.cluster)
        let request = try #require(rig.one(to: Self.a))
        _ = rig.take()
        return (rig, request)
    }

    @Test("D01 a numeric host asks nothing; a name asks by what stands beside it")
    func procedure() {
        let rig = Rig()
        rig.register("alice", port: "5070")
        for (place, (uri, asked)) in [
            ("sip:x@127.0.0.9", []), ("sip:x@127.0.0.9:5099;transport=udp", []),
            ("sip:x@name.test;maddr=127.0.0.9", []), ("sip:x@one.test:5099", ["A one.test"]),
            ("sip:x@Two.Test;transport=UDP", ["SRV _sip._udp.two.test", "A two.test"]),
            ("sip:x@three.test", ["NAPTR three.test", "SRV _sip._udp.three.test", "A three.test"]),
            ("sip:x@127.0.0.8;maddr=four.test:5060", []),
        ].enumerated() {
            rig.send("MESSAGE", uri, branch: "\(place)")
            #expect(rig.answerNames([:]) == asked, "\(uri)")
        }
    }

    @Test("D01 an INVITE has its 100 at once and waits; a Route's name is looked up, not the Request-URI's")
    func route() throws {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.send("INVITE", "sip:x@never.test", branch: "1", extra: ["Route: <sip:gw.test:5099;lr>"])
        #expect(rig.take().map(\.code) == [100])
        #expect(rig.answerNames(["A gw.test": .addresses("127.0.0.9")]) == ["A gw.test"])
        let sent = try #require(rig.one(to: "127.0.0.9:5099"))
        #expect(sent.startLine == "INVITE sip:x@never.test SIP/2.0")
        #expect(sent.headers("Route") == ["<sip:gw.test:5099;lr>"])
    }

    @Test("D02 NAPTR services that are not spoken here are passed over")
    func pointers() throws {
        let rig = Rig()
        rig.register("alice", port: "5070")
        let pointers = [(1, "SIP+D2T", "_sip._tcp.x.test"), (2, "SIP+D2U", "_other._udp.x.test")].map {
            DNSRecord.pointer(
                NamingPointer(order: $0.0, preference: 1, flags: "s", service: $0.1, replacement: $0.2)
            )
        }
        rig.send("MESSAGE", "sip:bob@gw.test", branch: "1")
        let asked = rig.answerNames([
            "NAPTR gw.test": DNSAnswer(.records(pointers)),
            "SRV _other._udp.x.test": .services("5090 y.test"), "A y.test": .addresses("127.0.0.9"),
        ])
        #expect(asked == ["NAPTR gw.test", "SRV _other._udp.x.test", "A y.test"])
        #expect(rig.one(to: "127.0.0.9:5090")?.method == "MESSAGE")
    }

    @Test("D03 all requests of a call draw the same server; calls share the servers by weight")
    func weights() {
        let rig = Rig()
        rig.register("alice", port: "5070")
        let records = [(1 as UInt16, "127.0.0.11"), (3, "127.0.0.12")].map { weight, name in
            DNSRecord.service(ServiceRecord(priority: 1, weight: weight, port: 5090, target: name + ".test"))
        }
        let names: Names = [
            "SRV _sip._udp.gw.test": DNSAnswer(.records(records), timeToLive: .seconds(60)),
            "A 127.0.0.11.test": .addresses("127.0.0.11"), "A 127.0.0.12.test": .addresses("127.0.0.12"),
        ]
        var shares: [SocketAddress: Int] = [:]
        for call in 0..<400 {
            var places: Set<SocketAddress> = []
            for method in ["MESSAGE", "INFO", "OPTIONS"] {
                rig.receive(
                    Make.request(
                        method,
                        "sip:bob@gw.test",
                        port: "5070",
                        branch: "\(call)\(method)",
                        callID: "call-\(call)"
                    ),
                    from: "5070"
                )
                rig.answerNames(names)
                places.formUnion(rig.take().map(\.to))
            }
            #expect(places.count == 1)
            for place in places { shares[place, default: 0] += 1 }
        }
        #expect((60...140).contains(shares.values.min() ?? 0), "\(shares)")
    }

    @Test("D04 Q30 on 503 the next server gets the same request with a new branch, and the 503 its ACK")
    func unavailable() throws {
        let (rig, first) = try begun()
        rig.answer(503, to: first)
        #expect(rig.one(to: Self.a)?.method == "ACK")
        let second = try #require(rig.one(to: Self.b))
        #expect(second.startLine == first.startLine)
        #expect(second.headers("CSeq") == first.headers("CSeq"))
        #expect(second.headers("Via")[0] != first.headers("Via")[0])
        #expect(second.headers("Via").dropFirst() == first.headers("Via").dropFirst())
        #expect(rig.take().isEmpty, "the caller hears nothing of it")
        rig.answer(200, to: second)
        #expect(rig.take().map(\.code) == [200])
        rig.expectEnd()
    }

    @Test("D04 a transport error and a timeout go on too, and repeats go to the new server")
    func failures() throws {
        let (rig, _) = try begun()
        rig.unreachable(Self.a)
        _ = try #require(rig.one(to: Self.b))
        rig.advance(.milliseconds(500))
        #expect(rig.take(to: Self.b).map(\.isRetransmission) == [true])
        rig.advance(.seconds(31) + .milliseconds(500))
        _ = rig.take(to: Self.b)
        let third = try #require(rig.one(to: Self.c))
        rig.answer(200, to: third)
        #expect(rig.take().map(\.code) == [200])
        rig.expectEnd()
    }

    @Test("D04 any other response ends the search", arguments: [200, 302, 404, 486, 500, 504, 603])
    func otherResponses(code: Int) throws {
        let (rig, first) = try begun()
        rig.answer(code, to: first)
        #expect(rig.take(to: "5070").map(\.code) == [code])
        #expect(rig.take().allSatisfy { $0.method == "ACK" })
        rig.expectEnd()
    }

    @Test("D04 a server that rang and then fell silent was heard: no other is tried")
    func heard() throws {
        let (rig, first) = try begun { $0.timerC = .seconds(20) }
        rig.answer(180, to: first)
        rig.advance(.seconds(100))
        #expect(rig.take(to: Self.b).isEmpty)
        let answers = rig.take(to: "5070").filter { !$0.isRetransmission }
        #expect(answers.map(\.code) == [180, 408])
        rig.expectEnd()
    }

    @Test("D04 when all servers fail the last failure counts, and 503 goes up as 500")
    func exhausted() throws {
        let (rig, first) = try begun()
        rig.answer(503, to: first)
        rig.answer(503, to: try #require(rig.one(to: Self.b)))
        rig.answer(503, to: try #require(rig.one(to: Self.c)))
        #expect(rig.take(to: "5070").map(\.code) == [500])
        #expect(rig.answerNames(Self.cluster).isEmpty, "Q30 no question for the domain's own address")
        rig.expectEnd()
    }

    @Test("D04 a non-INVITE request goes on too")
    func message() throws {
        let (rig, first) = try begun("MESSAGE")
        rig.answer(503, to: first)
        rig.answer(202, to: try #require(rig.one(to: Self.b)))
        #expect(rig.take().map(\.code) == [202])
        rig.expectEnd()
    }

    @Test("Q30 a server found silent is tried last by the next calls, until 30 s are over")
    func silent() throws {
        let (rig, _) = try begun()
        rig.unreachable(Self.a)
        _ = rig.take()
        rig.send("MESSAGE", "sip:bob@gw.test", branch: "2")
        #expect(rig.take().map(\.to.description) == [Self.b])
        rig.advance(.seconds(30))
        _ = rig.take()
        rig.send("MESSAGE", "sip:bob@gw.test", branch: "3")
        rig.answerNames(Self.cluster)
        #expect(rig.take().map(\.to.description) == [Self.a])
    }

    @Test("D05 CANCEL and the ACK to a failure go where the INVITE went, whatever DNS says meanwhile")
    func sameWay() throws {
        let (rig, first) = try begun()
        rig.answer(503, to: first)
        let second = try #require(rig.one(to: Self.b))
        _ = rig.take()
        rig.answer(180, to: second)
        rig.send("CANCEL", "sip:bob@gw.test", branch: "i1")
        #expect(rig.take(to: Self.b).map(\.method) == ["CANCEL"])
        rig.answer(487, to: second)
        #expect(rig.take(to: Self.b).map(\.method) == ["ACK"])
        #expect(rig.take().map(\.code) == [180, 200, 487])
        rig.expectEnd()
    }

    @Test("D05 no other server is tried once the caller has cancelled")
    func cancelledMeanwhile() throws {
        let (rig, first) = try begun()
        rig.answer(100, to: first)
        rig.send("CANCEL", "sip:bob@gw.test", branch: "i1")
        rig.answer(503, to: first)
        #expect(rig.take(to: Self.b).isEmpty)
        #expect(rig.take(to: "5070").map(\.code) == [200, 500])
        rig.expectEnd()
    }

    @Test("a CANCEL while name servers are asked: 200, 487, and the INVITE goes nowhere")
    func cancelWhileWaiting() {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.send("INVITE", "sip:bob@gw.test", branch: "i1")
        rig.send("CANCEL", "sip:bob@gw.test", branch: "i1")
        #expect(rig.take().map(\.code) == [100, 200, 487])
        rig.answerNames(Self.cluster)
        #expect(rig.take().isEmpty)
        rig.expectEnd()
    }

    @Test(
        "nothing found is answered by its cause, and says it in words",
        arguments: [
            (DNSAnswer.Outcome.noSuchName, "sip:x@gw.test", "404 No Such Host: gw.test"),
            (.noData, "sip:x@gw.test", "404 No Address That a Listener Reaches: gw.test"),
            (.serverFailed, "sip:x@gw.test", "500 Name Server Failed: _sip._udp.gw.test"),
            (.timedOut, "sip:x@gw.test", "504 No Name Server Answered: gw.test"),
            (.noSuchName, "sip:x@127.0.0.9>\r\nRoute: <sip:gw.test;lr", "502 No Such Host: gw.test"),
        ]
    )
    func nothing(outcome: DNSAnswer.Outcome, uri: String, expected: String) {
        let rig = Rig()
        rig.register("alice", port: "5070")
        let parts = uri.split(separator: ">\r\n").map(String.init)
        rig.send("INVITE", parts[0], branch: "1", extra: parts.dropFirst().map { $0 + ">" })
        rig.answerNames([:], otherwise: DNSAnswer(outcome))
        #expect(rig.take().map(\.startLine) == ["SIP/2.0 100 Trying", "SIP/2.0 " + expected])
        rig.expectEnd()
    }

    @Test("D07 a name server that never answers holds nothing up, and ends as 504 after 10 s")
    func silentServer() {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.register("bob", port: "5080")
        rig.send("INVITE", "sip:bob@gw.test", branch: "i1")
        rig.send("MESSAGE", branch: "m1")
        #expect(rig.take().map(\.to.port) == [5070, 5080])
        rig.advance(.milliseconds(9_999))
        _ = rig.take(to: "5080")
        #expect(rig.take().isEmpty)
        rig.advance(.milliseconds(1))
        #expect(rig.take(to: "5070").map(\.code) == [504])
        rig.expectEnd()
    }

    @Test("D07 one question serves all calls until its time is over; then a change is seen")
    func cache() {
        let rig = Rig()
        rig.register("alice", port: "5070")
        func call(_ number: Int) -> [String] {
            rig.send("MESSAGE", "sip:x@gw.test:5099", branch: "\(number)")
            return rig.take().map(\.to.description)
        }
        #expect(call(1) == [] && call(2) == [])
        #expect(rig.answerNames(["A gw.test": .addresses("127.0.0.8", ttl: 5)]) == ["A gw.test"])
        #expect(rig.take().map(\.to.description) == ["127.0.0.8:5099", "127.0.0.8:5099"])
        rig.advance(.milliseconds(4_900))
        _ = rig.take()
        #expect(call(3) == ["127.0.0.8:5099"])
        rig.advance(.milliseconds(100))
        _ = rig.take()
        #expect(call(4) == [])
        rig.answerNames(["A gw.test": .addresses("127.0.0.9", ttl: 5)])
        #expect(rig.take().map(\.to.description) == ["127.0.0.9:5099"])
    }

    @Test("D08 IPv6 is tried before IPv4, each from a listener of its family")
    func families() throws {
        let rig = Rig(listeners: ["127.0.0.1:5060", "[::1]:5060"])
        rig.register("alice", port: "5070")
        rig.send("INVITE", "sip:x@gw.test:5099", branch: "1")
        let asked = rig.answerNames([
            "A gw.test": .addresses("127.0.0.9"), "AAAA gw.test": .addresses("::9"),
        ])
        #expect(asked == ["AAAA gw.test", "A gw.test"])
        let first = try #require(rig.one(to: "[::9]:5099"))
        #expect(first.headers("Via")[0].hasPrefix("SIP/2.0/UDP [::1]:5060;"))
        rig.receive(Make.response(503, to: first), from: "[::9]:5099", on: 1)
        let second = try #require(rig.one(to: "127.0.0.9:5099"))
        #expect(second.headers("Via")[0].hasPrefix("SIP/2.0/UDP 127.0.0.1:5060;"))
    }

    @Test("O01 a server that says Retry-After is left alone until then, another hop is not; calls go on")
    func retryAfter() throws {
        let (rig, first) = try begun()
        rig.answer(503, to: first, extra: ["Retry-After: 60 (overload);duration=5"])
        #expect(rig.take(to: Self.b).count == 1)
        _ = rig.take()
        rig.send("MESSAGE", "sip:bob@gw.test", branch: "2")
        #expect(rig.take().map(\.to.description) == [Self.b])
        rig.send("BYE", "sip:bob@127.0.0.11:5091", branch: "3", toTag: "x")
        #expect(rig.take().map(\.to.description) == [Self.a], "what belongs to a dialog has no other way")
        rig.advance(.seconds(60))
        _ = rig.take()
        rig.send("MESSAGE", "sip:bob@gw.test", branch: "4")
        rig.answerNames(Self.cluster)
        #expect(rig.take().map(\.to.description) == [Self.a])
    }

    @Test("O01 when it is the only hop, new requests are answered 500 at once, and it gets nothing")
    func onlyHop() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.invite("bob")
        rig.answer(503, to: try #require(rig.one(to: "5080")), extra: ["Retry-After: 10"])
        #expect(rig.take(to: "5070").map(\.code) == [100, 500])
        _ = rig.take()
        rig.invite("bob", branch: "i2", callID: "c2")
        #expect(rig.take().map(\.code) == [100, 500])
        rig.advance(.seconds(10))
        rig.invite("bob", branch: "i3", callID: "c3")
        #expect(rig.take(to: "5080").map(\.method) == ["INVITE"])
    }

    @Test("O01 a fork goes on to contacts of lower q when the first ones want to be left alone")
    func lowerGroup() throws {
        let rig = Rig()
        rig.register("bob", port: "5080", q: "0.9")
        rig.register("bob", port: "5081", q: "0.5")
        rig.invite("bob")
        rig.answer(503, to: try #require(rig.one(to: "5080")), extra: ["Retry-After: 10"])
        _ = rig.take()
        rig.invite("bob", branch: "i2", callID: "c2")
        #expect(rig.take(to: "5080").isEmpty)
        #expect(rig.take(to: "5081").map(\.method) == ["INVITE"])
    }

    @Test("a 503 without Retry-After shuts nothing")
    func plainUnavailable() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(503, to: invite)
        _ = rig.take()
        rig.invite("bob", branch: "i2", callID: "c2")
        #expect(rig.take(to: "5080").map(\.method) == ["INVITE"])
    }
}
