import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Situations (rules N)")
struct SituationTests {
    @Test("N01 a refresh with another q replaces the stored q")
    func refreshedQ() throws {
        let rig = Rig()
        rig.register("bob", port: "5080", q: "0.9")
        rig.receive(
            Make.register("bob", port: "5080", cseq: 2, contact: "<sip:bob@127.0.0.1:5080>;q=0.2"),
            from: "5080"
        )
        #expect(rig.snapshot().registrations.map(\.q) == [200])
        rig.register("bob", port: "5081", q: "0.5")
        rig.invite("bob")
        #expect(rig.take(to: "5080").isEmpty && rig.take(to: "5081").count == 1)
    }

    @Test("N02 one REGISTER sets some contacts and removes others, in any order")
    func mixedContacts() throws {
        for isReversed in [false, true] {
            let rig = Rig()
            rig.register("bob", port: "5080")
            let contacts = ["<sip:bob@127.0.0.1:5080>;expires=0", "<sip:bob@127.0.0.1:5081>;expires=90"]
            let list = (isReversed ? contacts.reversed() : contacts).joined(separator: ", ")
            rig.receive(Make.register("bob", port: "5080", cseq: 2, contact: list), from: "5080")
            #expect(rig.one(to: "5080")?.headers("Contact").count == 1)
            #expect(rig.snapshot().registrations.map(\.contact) == ["sip:bob@127.0.0.1:5081"])
        }
    }

    @Test("N03 a fetch for somebody who never registered is 200 without a Contact")
    func fetch() throws {
        let rig = Rig()
        rig.receive(
            Make.request(
                "REGISTER",
                "sip:example.test",
                to: "sip:new@example.test",
                port: "5070",
                contact: false
            ),
            from: "5070"
        )
        let answer = try #require(rig.one(to: "5070"))
        #expect(answer.code == 200 && answer.headers("Contact").isEmpty)
    }

    @Test("N04 the cookie in upper case is the cookie")
    func upperCaseCookie() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        for callID in ["c1", "c2"] {
            rig.receive(
                Make.request(
                    "INVITE",
                    "sip:bob@example.test",
                    port: "5070",
                    branch: "x",
                    callID: callID
                )
                .replacing("z9hG4bK", with: "Z9HG4BK"),
                from: "5070"
            )
        }
        #expect(rig.take(to: "5080").count == 1, "by RFC 2543 they would be two")
    }

    @Test("N05 a call bridged between IPv4 and IPv6 is hung up from either side", arguments: [true, false])
    func bridge(byCaller: Bool) throws {
        let rig = Rig(listeners: ["127.0.0.1:5060", "[::1]:5060"])
        rig.register("bob", port: "5080", contact: "<sip:bob@[::1]:5080>")
        rig.invite("bob")
        let invite = try #require(rig.one(to: "[::1]:5080"))
        rig.receive(Make.response(200, to: invite), from: "[::1]:5080", on: 1)
        let routes = try #require(rig.take(to: "5070").last).headers("Record-Route")
        let bye = Make.request(
            "BYE",
            byCaller ? "sip:bob@[::1]:5080" : "sip:alice@127.0.0.1:5070",
            to: "sip:x@example.test",
            port: byCaller ? "5070" : "5080",
            branch: "bye",
            cseq: 2,
            toTag: "t",
            extra: (byCaller ? routes.reversed() : routes).map { "Route: \($0)" }
        )
        .replacing(byCaller ? "" : "127.0.0.1:5080", with: byCaller ? "" : "[::1]:5080")
        rig.receive(bye, from: byCaller ? "5070" : "[::1]:5080", on: byCaller ? 0 : 1)
        let received = try #require(rig.one(to: byCaller ? "[::1]:5080" : "5070"))
        #expect(received.method == "BYE" && received.headers("Route").isEmpty)
        rig.receive(
            Make.response(200, to: received),
            from: byCaller ? "[::1]:5080" : "5070",
            on: byCaller ? 1 : 0
        )
        #expect(rig.one(to: byCaller ? "5070" : "[::1]:5080")?.code == 200)
        rig.expectEnd()
    }

    @Test("N06 N07 each ACK to a 2xx is forwarded, a repeated one and one with the INVITE's branch too")
    func acknowledgements() throws {
        let (rig, invite) = try Rig.calling()
        let route = "Route: \(try #require(invite.headers("Record-Route").first))"
        rig.answer(200, to: invite)
        _ = rig.take()
        for branch in ["ack", "ack", "i1", "i1"] {
            rig.send("ACK", "sip:bob@127.0.0.1:5080", branch: branch, toTag: "b1", extra: [route])
        }
        let acks = rig.take()
        #expect(acks.map(\.startLine) == Array(repeating: "ACK sip:bob@127.0.0.1:5080 SIP/2.0", count: 4))
        #expect(acks[0].text == acks[1].text && acks[1].text != acks[2].text)
    }

    @Test("N08 an ACK with a wrong branch does not stop a failure's repeats; the right one does")
    func wrongBranch() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(486, to: invite)
        _ = rig.take()
        rig.send("ACK", branch: "wrong", toTag: "b1")
        _ = rig.take()
        rig.advance(.milliseconds(500))
        #expect(rig.take(to: "5070").map(\.code) == [486])
        rig.send("ACK", branch: "i1", toTag: "b1")
        rig.advance(.seconds(10))
        #expect(rig.take().isEmpty)
    }

    @Test("N09 a CANCEL whose CSeq names INVITE is 400, and the call goes on")
    func wrongSequence() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        _ = rig.take()
        let text = Make.request("CANCEL", "sip:bob@example.test", port: "5070", branch: "i1", contact: false)
        rig.receive(text.replacing("1 CANCEL", with: "1 INVITE"), from: "5070")
        #expect(rig.take().map(\.code) == [400])
        rig.answer(200, to: invite)
        #expect(rig.take(to: "5070").map(\.code) == [200])
    }

    @Test("N10 N11 after a CANCEL, silence: the caller has its final at 64·T1, the CANCEL went 11 times")
    func silentCallee() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        _ = rig.take()
        rig.cancel()
        rig.advance(.seconds(31))
        let cancels = rig.take(to: "5080")
        #expect(times(cancels) == [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500])
        #expect(cancels.allSatisfy { $0.isOwn })
        rig.advance(.seconds(1))
        #expect(rig.take(to: "5080").count == 1)
        #expect(rig.take(to: "5070").map(\.code) == [200, 487])
        rig.expectEnd()
    }

    @Test(
        "N12 N14 forks and spirals, parallel and serial: cancelled they end on every pass",
        arguments: [nil, "0.5"]
    )
    func spiral(q: String?) throws {
        for isCancelled in [true, false] {
            let rig = Rig()
            rig.isLoopedBack = true
            rig.register("carol", port: "5090")
            rig.register("carol", port: "5091", q: q)
            rig.register("bob", port: "5080", contact: "<sip:carol@127.0.0.1:5060>")
            rig.register("bob", port: "5081", q: q)
            rig.invite("bob")
            #expect(rig.take(to: "5070").map(\.code) == [100])
            let ringing = rig.take()
            #expect(ringing.count == (q == nil ? 3 : 1))
            for invite in ringing { rig.answer(180, to: invite) }
            let passes = try #require(ringing.first { $0.to.port == 5_090 })
            #expect(passes.headers("Via").count == 3)
            _ = rig.take()
            if isCancelled { rig.cancel() } else { rig.answer(200, to: passes, tag: "c") }
            let cancels = rig.take().filter { $0.method == "CANCEL" && $0.code == 0 }
            #expect(cancels.count == ringing.count - (isCancelled ? 0 : 1))
            for cancel in cancels { rig.answer(200, to: cancel) }
            for invite in ringing where isCancelled || invite.to.port != 5_090 {
                rig.answer(487, to: invite, tag: "x")
            }
            let finals = rig.take(to: "5070").map(\.code)
            #expect(finals == (isCancelled ? [487] : []))
            rig.expectEnd()
        }
    }

    @Test("N13 3xx from several branches give one response upstream")
    func redirections() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.register("bob", port: "5081")
        rig.invite("bob")
        for invite in rig.take(to: "5080") + rig.take(to: "5081") {
            rig.answer(302, to: invite, contact: "<sip:x@127.0.0.1:\(invite.to.port)>")
        }
        #expect(rig.take(to: "5070").map(\.code) == [100, 302])
        rig.expectEnd()
    }

    @Test(
        "N15 timer C ends its branch only: in a serial fork the next target is tried, an answered call goes on"
    )
    func timerC() throws {
        let rig = Rig { $0.timerC = .seconds(10) }
        rig.register("bob", port: "5080", q: "0.9")
        rig.register("bob", port: "5081", q: "0.1")
        rig.invite("bob")
        let first = try #require(rig.take(to: "5080").first)
        rig.answer(180, to: first)
        rig.advance(.seconds(10))
        rig.answer(200, to: try #require(rig.take(to: "5080").first))
        rig.answer(487, to: first)
        let second = try #require(rig.take(to: "5081").first)
        rig.answer(180, to: second)
        rig.answer(200, to: second)
        _ = rig.take()
        rig.advance(.seconds(60))
        #expect(rig.take(to: "5081").isEmpty && rig.take(to: "5070").isEmpty)
        let (parallel, invites) = try Rig.calling { $0.timerC = .seconds(10) }
        parallel.register("bob", port: "5081")
        parallel.invite("bob", branch: "i2")
        let others = parallel.take(to: "5080") + parallel.take(to: "5081")
        for invite in others { parallel.answer(180, to: invite) }
        parallel.advance(.seconds(5))
        parallel.answer(183, to: others[1])
        parallel.advance(.seconds(5))
        #expect(parallel.take(to: "5081").isEmpty)
        #expect(parallel.take(to: "5080").last?.method == "CANCEL")
        #expect(invites.method == "INVITE")
    }

    @Test("N17 a stray ACK after the answer to another request changes nothing")
    func strayAcknowledgement() throws {
        let rig = Rig()
        rig.send("OPTIONS", "sip:example.test", branch: "o")
        let answer = try #require(rig.one(to: "5070"))
        rig.send("ACK", "sip:example.test", branch: "o")
        #expect(rig.take().isEmpty)
        rig.send("OPTIONS", "sip:example.test", branch: "o")
        #expect(rig.one(to: "5070")?.text == answer.text)
    }

    @Test(
        "N18 a request that comes back with our Via on top is new; the client transaction runs on untouched"
    )
    func returned() throws {
        let (rig, invite) = try Rig.calling()
        rig.isLoopedBack = true
        for method in ["INVITE", "OPTIONS"] {
            rig.receive(invite.text.replacing("INVITE", with: method), from: "5080")
            let answers = rig.take(to: "5080")
            #expect(answers.map(\.code) == [403], "answered at its source, not to ourselves")
        }
        rig.answer(180, to: invite)
        rig.answer(200, to: invite)
        #expect(rig.take(to: "5070").map(\.code) == [180, 200])
        rig.expectEnd()
    }

    @Test("N19 a response whose CSeq names ACK is dropped")
    func answeredAcknowledgement() throws {
        let (rig, invite) = try Rig.calling()
        rig.receive(Make.response(200, to: invite).replacing("1 INVITE", with: "1 ACK"), from: "5080")
        #expect(rig.take().isEmpty)
        #expect(rig.snapshot().counters.drops == ["stray response": 1])
    }

    @Test(
        "N20 a branch in use with another method makes a second transaction; the first ends as it would have"
    )
    func sharedBranch() throws {
        let (rig, invite) = try Rig.calling()
        rig.send("MESSAGE", branch: "i1")
        let message = try #require(rig.one(to: "5080"))
        rig.answer(202, to: message)
        rig.answer(486, to: invite)
        #expect(rig.take(to: "5070").map(\.code) == [202, 486])
        rig.send("ACK", branch: "i1", toTag: "b1")
        rig.advance(.seconds(5))
        #expect(rig.take(to: "5070").isEmpty)
        rig.expectEnd()
    }

    @Test("N21 a request and a response with one branch each find their own side")
    func bothSides() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        rig.receive(
            invite.text.replacing("INVITE sip:bob@127.0.0.1:5080", with: "INVITE sip:dave@example.test"),
            from: "5080"
        )
        #expect(rig.take().map(\.code) == [180, 404])
    }

    @Test(
        "N22 on one branch the first final counts, and each failure is acknowledged",
        arguments: [
            ([486, 404, 200], [486], 2), ([200, 486, 603], [200], 0), ([404, 486, 500], [404], 3),
        ]
    )
    func severalFinals(codes: [Int], passed: [Int], acknowledged: Int) throws {
        let (rig, invite) = try Rig.calling()
        for code in codes { rig.answer(code, to: invite) }
        #expect(rig.take(to: "5070").map(\.code) == passed)
        #expect(rig.take(to: "5080").map(\.method) == Array(repeating: "ACK", count: acknowledged))
        rig.expectEnd()
    }

    @Test("N23 a malformed provisional is dropped and stops no repeats", arguments: ["INVITE", "MESSAGE"])
    func malformedProvisional(method: String) throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.send(method, branch: "1")
        let request = try #require(rig.take(to: "5080").first)
        _ = rig.take()
        rig.receive(Make.response(180, to: request).replacing("From: ", with: "X: "), from: "5080")
        rig.advance(.seconds(100))
        #expect(rig.take(to: "5080").count == (method == "INVITE" ? 6 : 10))
        #expect(Set(rig.take(to: "5070").map(\.code)) == (method == "INVITE" ? [408] : []))
        rig.expectEnd()
    }

    @Test("N24 a CANCEL after our 100, before the callee said a word, waits for its provisional")
    func earlyCancel() throws {
        let (rig, invite) = try Rig.calling()
        rig.cancel()
        #expect(rig.take().map(\.code) == [200])
        rig.advance(.seconds(20))
        #expect(Set(rig.take(to: "5080").map(\.method)) == ["INVITE"])
        rig.answer(180, to: invite)
        #expect(rig.take(to: "5080").map(\.method) == ["CANCEL"])
    }

    @Test("N26 fields that a strict parser would refuse pass through unread", arguments: ["NOTIFY", "REFER"])
    func oddFields(method: String) throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let odd = ["Subscription-State: ;;=", "Event: ,", "Refer-To: <<>", "Date: never", "Contact: \"open"]
        rig.send(method, branch: "1", extra: odd)
        #expect(rig.one(to: "5080")?.text.contains(odd.joined(separator: "\r\n")) == true)
    }

    @Test(
        "N27 when one phone answers, one that has not answered a word is still called, and cancelled at its first word"
    )
    func lateBranch() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.register("bob", port: "5081")
        rig.invite("bob")
        rig.answer(200, to: try #require(rig.take(to: "5080").first))
        _ = rig.take()
        rig.advance(.seconds(10))
        let repeats = rig.take(to: "5081")
        #expect(times(repeats) == [500, 1_500, 3_500, 7_500])
        rig.answer(180, to: repeats[3])
        let cancel = try #require(rig.one(to: "5081"))
        rig.answer(200, to: cancel)
        rig.answer(487, to: repeats[3])
        #expect(rig.take(to: "5081").map(\.method) == ["ACK"])
        #expect(rig.take(to: "5070").isEmpty)
        rig.expectEnd()
    }
}
