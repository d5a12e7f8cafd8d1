import SIPCore
import SIPFlow
import SIPReport
import SIPTrace
import Testing

@Suite("What ended a branch, and what each target did")
struct VerdictTests {
    private func server(_ rig: Rig, _ method: String = "INVITE") throws -> TransactionRow {
        try #require(rig.snapshot().transactions.first { $0.role == .server && $0.method == method })
    }

    private func words(_ row: TransactionRow) -> [String] { row.targets.map { "\($0.target) \($0.verdict)" } }

    private func ended(_ rig: Rig, _ method: String) -> [TransactionRow] {
        rig.changes().transactions.filter { $0.method == method && $0.endedAt != nil }
    }

    @Test("Q27 a branch without any reply ends by timer B, and the call says so")
    func silent() throws {
        let (rig, _) = try Rig.calling()
        _ = rig.changes()
        rig.advance(.seconds(33))
        let branch = try #require(ended(rig, "INVITE").first { $0.role == .client })
        #expect(branch.endedBy == .b && branch.note == "no reply at all (timer B)")
        let call = try server(rig)
        #expect(call.code == 408 && call.note.isEmpty && call.endedBy == nil)
        #expect(words(call) == ["127.0.0.1:5080 no reply at all (timer B)"])
        rig.expectEnd()
    }

    @Test(
        "Q27 a branch that is not picked up ends by timer C, told apart from one that never rang",
        arguments: [
            (180, "rang, nobody picked up (timer C)"), (183, "rang, nobody picked up (timer C)"),
            (100, "said 100 and never rang (timer C)"),
        ]
    )
    func ringing(code: Int, verdict: String) throws {
        let (rig, invite) = try Rig.calling { $0.timerC = .seconds(4) }
        rig.answer(code, to: invite)
        let running = try #require(rig.snapshot().transactions.first { $0.role == .client })
        #expect(running.timers.map(\.name) == [.c] && running.endedBy == nil && running.note.isEmpty)
        rig.advance(.seconds(4))
        rig.answer(487, to: invite)
        let branch = try #require(
            rig.snapshot().transactions.first { $0.role == .client && $0.method == "INVITE" }
        )
        #expect(branch.endedBy == .c && branch.note == verdict && branch.code == 487)
        #expect(try words(server(rig)) == ["127.0.0.1:5080 \(verdict)"], "the 487 is no second verdict")
        rig.expectEnd()
    }

    @Test("Q27 when the CANCEL of timer C brings nothing, timer C stays the cause")
    func unansweredCancel() throws {
        let (rig, invite) = try Rig.calling { $0.timerC = .seconds(4) }
        rig.answer(180, to: invite)
        _ = rig.changes()
        rig.advance(.seconds(40))
        let branch = try #require(ended(rig, "INVITE").first { $0.role == .client })
        #expect(branch.endedBy == .c)
        #expect(try words(server(rig)) == ["127.0.0.1:5080 rang, nobody picked up (timer C)"])
        rig.expectEnd()
    }

    @Test("Q27 the caller's CANCEL without a final response is named too")
    func cancelled() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        rig.cancel()
        rig.advance(.seconds(33))
        let verdict = "127.0.0.1:5080 no final response to its CANCEL (64*T1)"
        #expect(try words(server(rig)) == [verdict])
        rig.expectEnd()
    }

    @Test("Q27 a request other than INVITE ends by timer F", arguments: [nil, 100] as [Int?])
    func other(code: Int?) throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        _ = rig.changes()
        rig.send("MESSAGE", branch: "m1")
        if let code { rig.answer(code, to: try #require(rig.one(to: "5080"))) }
        rig.advance(.seconds(33))
        let rows = ended(rig, "MESSAGE")
        let verdict = code == nil ? "no reply at all (timer F)" : "no final response (timer F)"
        #expect(rows.first { $0.role == .client }?.endedBy == .f)
        #expect(rows.first { $0.role == .client }?.note == verdict)
        #expect(rows.first { $0.role == .server }.map(words) == ["127.0.0.1:5080 \(verdict)"])
        rig.expectEnd()
    }

    @Test("Q27 of a fork only the branch that failed has a verdict, with what the others say after it")
    func fork() throws {
        let rig = Rig()
        for port in ["5080", "5081"] { rig.register("bob", port: port) }
        rig.invite("bob")
        let ringing = try #require(rig.one(to: "5081"))
        rig.answer(180, to: ringing)
        rig.advance(.seconds(33))
        rig.answer(200, to: ringing)
        #expect(
            try words(server(rig)) == [
                "127.0.0.1:5080 no reply at all (timer B)", "127.0.0.1:5081 answered 200",
            ]
        )
        rig.expectEnd()
    }

    @Test("a call that is just answered, or just refused, has no verdicts", arguments: [200, 404, 486, 503])
    func plain(code: Int) throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        rig.answer(code, to: invite)
        let rows = rig.snapshot().transactions
        #expect(rows.allSatisfy { $0.targets.isEmpty && $0.note.isEmpty && $0.endedBy == nil })
    }
}

@Suite("What each server behind a name did")
struct TargetListTests {
    /// alice, registered, has called a name with three servers behind it; the request at the first.
    private func begun() throws -> (rig: Rig, first: Sent) {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.send("INVITE", "sip:bob@gw.test", branch: "i1")
        rig.answerNames(NextHopRuleTests.cluster)
        return (rig, try #require(rig.one(to: NextHopRuleTests.a)))
    }

    private func words(_ rig: Rig, _ place: Int = 0) -> [String] {
        rig.snapshot().transactions.filter { $0.role == .server && $0.method == "INVITE" }
            .sorted { $0.startedAt < $1.startedAt }[place].targets.map { "\($0.target) \($0.verdict)" }
    }

    @Test("Q30 silent, 503, then a server that answers: all three stand in their order")
    func failover() throws {
        let (rig, _) = try begun()
        rig.advance(.seconds(32))
        #expect(words(rig) == ["\(NextHopRuleTests.a) no reply at all (timer B)"])
        let second = try #require(rig.take(to: NextHopRuleTests.b).first)
        rig.answer(503, to: second)
        _ = rig.take(to: NextHopRuleTests.b)
        rig.answer(200, to: try #require(rig.one(to: NextHopRuleTests.c)))
        #expect(
            words(rig) == [
                "\(NextHopRuleTests.a) no reply at all (timer B)", "\(NextHopRuleTests.b) answered 503",
                "\(NextHopRuleTests.c) answered 200",
            ]
        )
        rig.expectEnd()
    }

    @Test("Q30 a refused one and two of 503: the last failure is there as well")
    func exhausted() throws {
        let (rig, _) = try begun()
        rig.unreachable(NextHopRuleTests.a)
        rig.answer(503, to: try #require(rig.one(to: NextHopRuleTests.b)))
        rig.answer(503, to: try #require(rig.one(to: NextHopRuleTests.c)))
        #expect(
            words(rig) == [
                "\(NextHopRuleTests.a) not reachable (transport error)",
                "\(NextHopRuleTests.b) answered 503", "\(NextHopRuleTests.c) answered 503",
            ]
        )
        rig.expectEnd()
    }

    @Test("Q30 a server that asked to be left alone is named, though nothing was sent there")
    func leftAlone() throws {
        let (rig, first) = try begun()
        rig.answer(503, to: first, extra: ["Retry-After: 60"])
        rig.answer(200, to: try #require(rig.one(to: NextHopRuleTests.b)))
        rig.advance(.seconds(1))
        rig.send("INVITE", "sip:bob@gw.test", branch: "i2")
        rig.answerNames(NextHopRuleTests.cluster)
        #expect(words(rig, 1) == ["\(NextHopRuleTests.a) not asked: it wants to be left alone"])
    }
}

@Suite("A loop is named")
struct LoopWordTests {
    private func notes(_ rig: Rig, _ code: Int) -> [String] {
        rig.snapshot().transactions.filter { $0.code == code && !$0.note.isEmpty }.map(\.note)
    }

    @Test("Q29 a contact that leads back to its own user: the URI that came back, and after how many hops")
    func ownContact() {
        let rig = Rig()
        rig.isLoopedBack = true
        rig.register("b", port: "5080", contact: "<sip:b@127.0.0.1:5060>")
        rig.send("MESSAGE", "sip:b@example.test", branch: "1")
        #expect(notes(rig, 482) == ["loop: sip:b@127.0.0.1:5060 came back to us after 1 hop"])
        rig.expectEnd()
    }

    @Test("Q29 two users who point at each other: one of the two, after two hops")
    func mutualContacts() {
        let rig = Rig()
        rig.isLoopedBack = true
        rig.register("a", port: "5080", contact: "<sip:b@127.0.0.1:5060>")
        rig.register("b", port: "5081", contact: "<sip:a@127.0.0.1:5060>")
        rig.send("INVITE", "sip:a@example.test", branch: "1")
        #expect(notes(rig, 482) == ["loop: sip:b@127.0.0.1:5060 came back to us after 2 hops"])
        rig.expectEnd()
    }

    @Test(
        "Q29 without hops left: the URI, all hops, and those through us; more than one of them is a loop",
        arguments: [
            (0, "no hops left: sip:b@example.test used up its Max-Forwards after 1 hop"),
            (1, "no hops left: sip:b@example.test used up its Max-Forwards after 2 hops, 1 through us"),
            (2, "loop: sip:b@example.test used up its Max-Forwards after 3 hops, 2 through us"),
        ]
    )
    func hops(own: Int, words: String) {
        let rig = Rig()
        let vias = (0..<own).map { "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKown\($0)" }
        rig.receive(
            Make.request("INVITE", "sip:b@example.test", port: "5070", branch: "1", hops: 0, extra: vias),
            from: "5070"
        )
        #expect(notes(rig, 483) == [words])
        rig.expectEnd()
    }
}

@Suite("Why an answer went where it went")
struct ReplyRuleTests {
    @Test(
        "Q31 each way to answer names its rule",
        arguments: [
            ("127.0.0.1:5079;rport", ReplyRule.rport), ("192.168.1.9:5071;rport=", .rport),
            ("127.0.0.1:5079", .sentBy), ("127.0.0.1", .sentBy), ("192.168.1.9:5071", .received),
            ("phone.invalid", .received), ("127.0.0.1:5060", .sentBy),
        ]
    )
    func rules(sentBy: String, rule: ReplyRule) throws {
        let rig = Rig(domains: ["example.test"], listeners: ["127.0.0.1:5065"])
        rig.receive(
            Make.request("OPTIONS", "sip:nobody@example.test", port: "5070", branch: "1")
                .replacing("127.0.0.1:5070;branch=z9hG4bK1;rport", with: "\(sentBy);branch=z9hG4bK1"),
            from: "5070"
        )
        #expect(try decoded(rig).last?.replyRule == rule)
    }

    @Test("Q31 a stranger's request with our own Via is answered at its source")
    func source() throws {
        let rig = Rig()
        rig.receive(
            Make.request("OPTIONS", "sip:nobody@example.test", port: "5060", branch: "1")
                .replacing(";rport", with: ""),
            from: "5070"
        )
        let answer = try #require(decoded(rig).last)
        #expect(answer.replyRule == .source && answer.row.flow.peer.port == 5_070)
    }

    @Test("Q31 an answer that could not be delivered goes where the Via says; a received message has no rule")
    func elsewhere() throws {
        let rig = Rig()
        rig.receive(
            Make.request("OPTIONS", "sip:nobody@example.test", port: "5070", branch: "1")
                .replacing("127.0.0.1:5070;", with: "127.0.0.9:5071;"),
            from: "5070"
        )
        rig.unreachable("5070")
        let messages = try decoded(rig)
        #expect(messages.last?.row.flow.peer.description == "127.0.0.9:5071")
        #expect(messages.last?.replyRule == .elsewhere)
        #expect(messages.first?.replyRule == nil)
    }

    private func decoded(_ rig: Rig) throws -> [DecodedMessage] {
        var book = TraceBook()
        for chunk in rig.core.traceChunks(since: 0) { book.absorb(chunk) }
        return book.messages.compactMap { book.decoded($0.sequence) }
    }
}
