import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Server transactions (rules S)")
struct ServerRuleTests {
    @Test(
        "S01 a request is a repeat by branch, sent-by and method",
        arguments: [
            ("", "", true), ("z9hG4bKi1", "Z9HG4BKI1", true), ("z9hG4bKi1", "z9hG4bKi2", false),
            ("127.0.0.1:5070;", "127.0.0.1:5079;", false), ("127.0.0.1:5070;", "localhost:5070;", false),
            ("c1", "c2", true), ("INVITE", "OPTIONS", false),
        ]
    )
    func matching(old: String, new: String, isRepeat: Bool) throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let text = Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "i1")
        rig.receive(text, from: "5070")
        _ = rig.take()
        rig.receive(old.isEmpty ? text : text.replacing(old, with: new), from: "5070")
        #expect(rig.take(to: "5080").isEmpty == isRepeat)
    }

    @Test(
        "S02 Q28 without the cookie, requests are told apart as in RFC 2543; ACK and CANCEL find their INVITE",
        arguments: [";branch=1", "", ";branch=z9hG4bK", ";branch=a73fb7b9"]
    )
    func oldBranches(branch: String) throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        func text(_ method: String, _ callID: String, toTag: String? = nil) -> String {
            Make.request(
                method,
                "sip:bob@example.test",
                port: "5070",
                callID: callID,
                toTag: toTag,
                contact: false
            )
            .replacing(";branch=z9hG4bK1", with: branch)
        }
        rig.receive(text("INVITE", "c1"), from: "5070")
        rig.receive(text("INVITE", "c1"), from: "5070")
        rig.receive(text("INVITE", "c2"), from: "5070")
        let invites = rig.take(to: "5080")
        #expect(invites.map { $0.headers("Call-ID") } == [["c1"], ["c2"]])
        _ = rig.take()
        rig.answer(486, to: invites[0])
        rig.answer(180, to: invites[1])
        _ = rig.take()
        rig.receive(text("ACK", "c1", toTag: "b1"), from: "5070")
        rig.advance(.seconds(2))
        #expect(rig.take().isEmpty, "the ACK ends the repeats of the 486, and goes no further")
        rig.receive(text("CANCEL", "c2"), from: "5070")
        #expect(rig.take(to: "5070").map(\.code) == [200])
        #expect(rig.take(to: "5080").map(\.method) == ["CANCEL"])
        rig.expectEnd()
    }

    @Test(
        "S03 100 goes in time, with the Timestamp and without a To tag; none where the answer is certain",
        arguments: [0, 100, 200]
    )
    func trying(milliseconds: Int) throws {
        let rig = Rig { $0.trying = .milliseconds(milliseconds) }
        rig.register("bob", port: "5080")
        rig.invite("bob", extra: ["Timestamp: 54.2"])
        rig.advance(.milliseconds(250))
        let trying = try #require(rig.one(to: "5070"))
        #expect(trying.code == 100 && trying.isOwn && times([trying]) == [milliseconds])
        #expect(trying.headers("Timestamp") == ["54.2"])
        #expect(trying.headers("To") == ["<sip:bob@example.test>"])
        rig.invite("nobody", branch: "i2", callID: "c2")
        rig.advance(.milliseconds(250))
        #expect(rig.take(to: "5070").map(\.code) == [404])
    }

    @Test("S03 no 100 once a response went", arguments: [180, 200, 486])
    func answeredInTime(code: Int) throws {
        let (rig, invite) = try Rig.calling { $0.trying = .milliseconds(100) }
        rig.advance(.milliseconds(99))
        rig.answer(code, to: invite)
        rig.advance(.milliseconds(200))
        #expect(rig.take(to: "5070").map(\.code) == [code])
    }

    @Test("S04 a repeated INVITE gets the latest provisional and reaches nobody else")
    func repeats() throws {
        let (rig, invite) = try Rig.calling()
        for code in [180, 183] {
            rig.answer(code, to: invite)
            _ = rig.take()
            rig.invite("bob")
            let sent = rig.take()
            #expect(sent.map(\.code) == [code])
            #expect(sent.map(\.isRetransmission) == [true])
        }
    }

    @Test(
        "S05 a failure is repeated at T1 doubling to T2 until the ACK, else for 64·T1; repeats of the ACK are absorbed"
    )
    func failureRepeats() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(486, to: invite)
        _ = rig.take()
        rig.advance(.seconds(40))
        let repeats = times(rig.take(to: "5070"))
        #expect(repeats == [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500])
        rig.expectEnd()
        let (other, second) = try Rig.calling()
        other.answer(486, to: second)
        other.advance(.milliseconds(600))
        _ = other.take()
        for _ in 0..<3 { other.send("ACK", branch: "i1", toTag: "b1") }
        other.advance(.seconds(4))
        other.invite("bob")
        #expect(other.take().isEmpty, "confirmed: neither ACKs nor repeats have an effect")
        other.expectEnd()
    }

    @Test("S06 after a 2xx, repeats of the INVITE are absorbed, the 2xx is the callee's to repeat, ACKs pass")
    func accepted() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(200, to: invite, contact: "<sip:bob@127.0.0.1:5080>")
        _ = rig.take()
        rig.invite("bob")
        rig.advance(.seconds(31))
        #expect(rig.take().isEmpty)
        rig.send("ACK", branch: "i1", toTag: "b1")
        #expect(rig.take().map(\.method) == ["ACK"])
    }

    @Test("S07 a 2xx to an INVITE that no client transaction knows is dropped")
    func strayAnswer() throws {
        let (rig, invite) = try Rig.calling()
        rig.advance(.seconds(80))
        _ = rig.take()
        rig.answer(200, to: invite)
        #expect(rig.take().isEmpty)
        #expect(rig.snapshot().counters.drops == ["stray response": 1])
    }

    @Test("S08 other requests: a repeat is ignored until there is an answer, then answered alike for 64·T1")
    func requestRepeats() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.send("MESSAGE", branch: "m")
        let message = try #require(rig.one(to: "5080"))
        rig.send("MESSAGE", branch: "m")
        #expect(rig.take().isEmpty)
        rig.answer(202, to: message)
        let answer = try #require(rig.one(to: "5070"))
        rig.advance(.milliseconds(31_999))
        rig.send("MESSAGE", branch: "m")
        #expect(rig.take().map(\.text) == [answer.text])
        rig.advance(.milliseconds(1))
        rig.send("MESSAGE", branch: "m")
        #expect(rig.take(to: "5080").count == 1, "a new transaction")
        rig.expectEnd()
    }

    @Test("S09 S10 N16 no provisional and no 408 goes up for other requests, a branch's own neither")
    func requestSilence() throws {
        for code in [100, 183, 408] {
            let rig = Rig()
            rig.register("bob", port: "5080")
            rig.send("MESSAGE", branch: "m")
            rig.answer(code, to: try #require(rig.one(to: "5080")))
            rig.advance(.seconds(100))
            #expect(rig.take(to: "5070").isEmpty)
            rig.expectEnd()
        }
    }

    @Test(
        "S11 our answers copy all Via in order, From, Call-ID, CSeq and To, with one To tag through all repeats"
    )
    func ownAnswer() throws {
        let rig = Rig()
        let text = Make.request("OPTIONS", "sip:nobody@example.test", port: "5070", branch: "o")
            .replacing("Max-Forwards", with: "Via: SIP/2.0/UDP b;x=y, SIP/2.0/TCP c\r\nMax-Forwards")
        rig.receive(text, from: "5070")
        rig.receive(text, from: "5070")
        let answers = rig.take(to: "5070")
        #expect(answers.map(\.code) == [404, 404])
        #expect(answers[0].text == answers[1].text)
        #expect(answers.map(\.isOwn) == [true, true])
        #expect(answers[0].headers("Via").suffix(1) == ["SIP/2.0/UDP b;x=y, SIP/2.0/TCP c"])
        #expect(answers[0].headers("From") == ["<sip:alice@example.test>;tag=a1"])
        #expect(answers[0].headers("To").first?.hasPrefix("<sip:nobody@example.test>;tag=") == true)
        #expect(answers[0].headers("Call-ID") == ["c1"])
        #expect(answers[0].headers("CSeq") == ["1 OPTIONS"])
        rig.send("BYE", "sip:nobody@example.test", branch: "p", toTag: "known")
        #expect(rig.one(to: "5070")?.headers("To") == ["<sip:bob@example.test>;tag=known"])
    }

    @Test(
        "S12 Q25 an ACK makes no transaction and is never answered",
        arguments: [
            "sip:nobody@example.test", "sip:bob@example.test", "sips:bob@example.test", "sip:x@203.0.113.9",
            "x",
        ]
    )
    func acknowledgement(uri: String) throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        for hops in [0, 1, 300] {
            rig.receive(
                Make.request("ACK", uri, to: "sip:bob@example.test", port: "5070", branch: "a", hops: hops),
                from: "5070"
            )
        }
        rig.send("ACK", uri, branch: "a", extra: ["Proxy-Require: foo", "Route: <nonsense>"])
        #expect(rig.take(to: "5070").isEmpty)
        #expect(rig.snapshot().transactions.map(\.method) == ["REGISTER"])
        rig.expectEnd()
    }

    @Test("S12 Q25 the ACK to an answer that kept no transaction ends here")
    func statelessAnswer() throws {
        let rig = Rig { $0.transactionLimit = 1 }
        rig.register("bob", port: "5080")
        rig.invite("bob")
        let answer = try #require(rig.take(to: "5070").first)
        #expect(answer.code == 503)
        let tag = try #require(answer.headers("To").first?.split(separator: "tag=").last)
        rig.send("ACK", branch: "i1", toTag: String(tag))
        #expect(rig.take().isEmpty)
    }

    @Test(
        "the plain OPTIONS of a monitor is answered each time with the same To tag, and nothing of it is kept"
    )
    func monitor() throws {
        let rig = Rig()
        for _ in 0..<3 { rig.send("OPTIONS", "sip:example.test", branch: "o") }
        let answers = rig.take(to: "5070")
        #expect(answers.map(\.code) == [200, 200, 200])
        #expect(Set(answers.map(\.text)).count == 1)
        #expect(answers.first?.headers("To").first?.contains(";tag=") == true)
        #expect(rig.snapshot().transactions.isEmpty)
    }
}
