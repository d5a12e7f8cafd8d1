import SIPFlow
import SIPTrace
import Testing

@Suite("Calls")
struct CallTests {
    private func call(_ script: borrowing Scenario) throws -> CallRow {
        try #require(script.book().call(script.callID))
    }

    @Test("follows a call from ringing to its end, with times, codecs and reason")
    func simpleCall() throws {
        var script = Scenario.simpleCall()
        let talking = try call(script)
        #expect(talking.state == .talking)
        #expect(talking.from == "1001" && talking.to == "2002")
        #expect(talking.fromURI == "1001@lab.test" && talking.toURI == "2002@lab.test")
        #expect(talking.setupTime == .milliseconds(41))
        #expect(talking.answeredAt == .zero + .milliseconds(4_041))
        #expect(talking.codecs == ["PCMA"])
        #expect(talking.duration(at: .zero + .milliseconds(5_041)) == .seconds(1))
        script.hangUp()
        let ended = try call(script)
        #expect(ended.state == .ended)
        #expect(ended.duration(at: .zero + .seconds(999)) == .milliseconds(60_003))
        #expect(ended.finalCode == 200)
        #expect(ended.finalReason == "Q.850 16 Normal call clearing")
        #expect(ended.messageCount == 13 && ended.firstSequence == 0 && ended.lastSequence == 12)
        #expect(ended.diagnosis == nil)
    }

    @Test("keeps a leg for each forwarded INVITE")
    func legs() throws {
        let call = try call(.forkOfThree())
        #expect(call.legs.map(\.fork.letter) == ["a", "b", "c"])
        #expect(call.legs.map(\.text) == ["487 Request Terminated", "200 OK", "486 Busy Here"])
        #expect(call.legs.map(\.isCancelled) == [true, false, false])
        #expect(call.state == .talking && call.diagnosis == nil)
    }

    @Test("counts repeats, and tells that a phone was silent")
    func silentPhone() throws {
        let call = try call(.silentPhone())
        #expect(call.state == .noAnswer)
        #expect(call.retransmissions == 6)
        #expect(call.legs.map(\.retransmissions) == [6])
        #expect(call.diagnosis == "no answer, 6 rtx")
        #expect(call.duration(at: .zero + .seconds(999)) == .seconds(32))
    }

    @Test("counts a repeat that differs in its bytes when the engine says so")
    func repeatByTransaction() throws {
        var script = Scenario.cancelled(isLate: false)
        script.isRetransmission = true
        script.response(
            .from(Scenario.bob),
            "487 Request Terminated",
            branch: "p1",
            toTag: "b1",
            extra: ["Server: x"]
        )
        let call = try call(script)
        #expect(call.retransmissions == 1 && call.state == .cancelled)
        let ladder = script.book().ladder(callIDs: [script.callID], listeners: [], expandRetransmits: false)
        let row = try #require(ladder.rows.compactMap(\.message).first { $0.kind == .clientError })
        #expect(row.retransmissions == 1)
    }

    @Test("tells a cancelled call from one answered while being cancelled (RFC 3261 §9.1)")
    func cancelled() throws {
        let cancelled = try call(.cancelled(isLate: false))
        #expect(cancelled.state == .cancelled && cancelled.diagnosis == "cancelled by caller")
        #expect(cancelled.finalCode == 487)
        let late = try call(.cancelled(isLate: true))
        #expect(late.state == .talking && late.diagnosis == "answered while being cancelled")
        #expect(late.endedAt == nil && late.finalCode == 200)
    }

    @Test("is cancelling until the final response comes")
    func cancelling() throws {
        var script = Scenario()
        script.request(.from(Scenario.alice), "INVITE", branch: "a")
        #expect(try call(script).state == .calling)
        script.response(.to(Scenario.alice), "180 Ringing", branch: "a", toTag: "b1")
        #expect(try call(script).state == .ringing)
        script.request(.from(Scenario.alice), "CANCEL", branch: "a")
        #expect(try call(script).state == .cancelling)
        script.response(.to(Scenario.alice), "180 Ringing", branch: "a", toTag: "b2")
        #expect(try call(script).state == .cancelling)
    }

    @Test(
        "explains refusals",
        arguments: [
            ("486 Busy Here", Scenario.bob, "busy"), ("600 Busy Everywhere", Scenario.bob, "busy"),
            ("603 Decline", Scenario.bob, "declined"), ("404 Not Found", nil, "not registered"),
            ("480 Temporarily Unavailable", nil, "not registered"),
            ("404 Not Found", Scenario.bob, "no such user"),
            ("480 Temporarily Unavailable", Scenario.bob, "not available now"),
            ("403 Forbidden", nil, "not allowed"), ("401 Unauthorized", nil, "log-in asked, no new INVITE"),
            ("482 Loop Detected", nil, "loop"), ("483 Too Many Hops", nil, "too many hops"),
            ("487 Request Terminated", Scenario.bob, "ended before an answer, not by the caller"),
            ("488 Not Acceptable Here", Scenario.bob, "no common media"), ("500 Oops", Scenario.bob, nil),
        ] as [(String, String?, String?)]
    )
    func refusals(status: String, phone: String?, diagnosis: String?) throws {
        let call = try call(.refused(status, by: phone))
        let code = try #require(Int(status.prefix(3)))
        #expect(call.state == .failed(code: code))
        #expect(call.state.word == "Failed \(code)" && !call.state.isRunning)
        #expect(call.finalReason == String(status.dropFirst(4)))
        #expect(call.diagnosis == diagnosis)
    }

    @Test("is redirected by a 3xx")
    func redirected() throws {
        #expect(try call(.refused("302 Moved", by: Scenario.bob)).state == .redirected(code: 302))
    }

    @Test("joins the reason phrase and a Reason header field of a refusal (RFC 3326)")
    func reason() throws {
        let call = try call(
            .refused(
                "480 Gone",
                by: Scenario.bob,
                extra: ["Reason: Q.850 ;cause=20;text=\"Subscriber absent\""]
            )
        )
        #expect(call.finalReason == "Gone (Q.850 20 Subscriber absent)")
    }

    @Test("goes on after a challenge with the INVITE that carries credentials")
    func challenged() throws {
        let call = try call(.challenged())
        #expect(call.state == .ringing && call.finalCode == nil && call.endedAt == nil)
        #expect(call.legs.map(\.peer.description) == [Scenario.bob])
        #expect(call.setupTime == .milliseconds(50) && call.diagnosis == nil)
    }

    @Test("rang without an answer when the phone had rung before the time-out")
    func rang() throws {
        var script = Scenario()
        script.request(.from(Scenario.alice), "INVITE", branch: "a")
        script.request(.to(Scenario.bob), "INVITE", branch: "p1")
        script.wait(milliseconds: 100)
        script.response(.from(Scenario.bob), "180 Ringing", branch: "p1", toTag: "b1")
        script.response(.to(Scenario.alice), "180 Ringing", branch: "a", toTag: "b1")
        script.wait(milliseconds: 20_000)
        script.response(.to(Scenario.alice), "408 Request Timeout", branch: "a", toTag: "s1")
        #expect(try call(script).diagnosis == "rang 20 s, no answer")
    }

    @Test("misses the ACK when the answer has to be repeated (RFC 3261 §13.3.1.4)")
    func missingAcknowledgement() throws {
        var script = Scenario()
        script.request(.from(Scenario.alice), "INVITE", branch: "a")
        for _ in 0..<3 { script.response(.to(Scenario.alice), "200 OK", branch: "a", toTag: "b1") }
        #expect(try call(script).diagnosis == "no ACK after 3 answers")
        script.request(.from(Scenario.alice), "ACK", branch: "a2", toTag: "b1")
        #expect(try call(script).diagnosis == nil)
    }

    @Test("ends with the BYE of the last of its dialogs")
    func twoDialogs() throws {
        var script = Scenario()
        script.request(.from(Scenario.alice), "INVITE", branch: "a")
        script.response(.to(Scenario.alice), "200 OK", branch: "a", toTag: "b1")
        script.response(.to(Scenario.alice), "200 OK", branch: "a", toTag: "c1")
        script.request(.from(Scenario.alice), "BYE", branch: "x", number: 2, toTag: "b1")
        script.request(.to(Scenario.bob), "BYE", branch: "y", number: 2, toTag: "b1")
        #expect(try call(script).state == .talking)
        script.request(.from(Scenario.alice), "BYE", branch: "z", number: 2, toTag: "c1")
        #expect(try call(script).state == .ended)
    }

    @Test("takes the codecs of an answer that comes in the ACK, without tones")
    func answerInAcknowledgement() throws {
        var script = Scenario()
        script.request(.from(Scenario.alice), "INVITE", branch: "a")
        let offer = Scenario.sdp(codecs: [8, 0, 101], address: "10.0.0.22")
        script.response(.to(Scenario.alice), "200 OK", branch: "a", toTag: "b1", body: offer)
        let answer = Scenario.sdp(
            codecs: [0, 101],
            address: "10.0.0.21",
            extra: "a=rtpmap:101 telephone-event/8000\r\n"
        )
        script.request(.from(Scenario.alice), "ACK", branch: "a2", toTag: "b1", body: answer)
        #expect(try call(script).codecs == ["PCMU"])
    }

    @Test("does not take a REGISTER, a MESSAGE or an INVITE inside a dialog for a call")
    func noCall() {
        #expect(Scenario.registrations().book().calls.isEmpty)
        var script = Scenario()
        script.request(.from(Scenario.alice), "INVITE", branch: "a", toTag: "old")
        #expect(script.book().calls.isEmpty)
    }

    @Test("lists calls by their start")
    func order() {
        var script = Scenario.simpleCall()
        script.callID = "second"
        script.request(.from(Scenario.carol), "INVITE", branch: "s")
        script.callID = "8f2c@10.0.0.21"
        script.hangUp()
        #expect(script.book().calls.map(\.callID) == ["8f2c@10.0.0.21", "second"])
    }

    @Test("names callers without a user by their host, and telephone numbers by their digits")
    func names() throws {
        var script = Scenario()
        script.from = "Gateway <sip:gw.lab.test:5070>;tag=1"
        script.to = "<tel:+4477;phone-context=x>"
        script.request(.from(Scenario.alice), "INVITE", branch: "a")
        let call = try call(script)
        #expect(call.from == "gw.lab.test" && call.to == "+4477")
    }
}
