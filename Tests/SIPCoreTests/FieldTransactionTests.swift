import SIPCore
import SIPFlow
import SIPReport
import SIPTrace
import Testing

@Suite("Cases from the field: transactions")
struct FieldTransactionTests {
    @Test("Q23 copies of an INVITE, from any port, are one call; each gets the last answer again")
    func copies() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        _ = rig.take()
        let copy = Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "i1")
        for source in ["5070", "5070", "5079", "5070"] {
            rig.advance(.milliseconds(source == "5079" ? 40 : 500))
            rig.receive(copy, from: source)
        }
        let answers = rig.take()
        #expect(answers.map(\.code) == [180, 180, 180, 180])
        #expect(answers.allSatisfy { $0.isRetransmission && $0.to.port == 5_070 })
        let copies = rig.records().filter { $0.direction == .received && $0.isRetransmission }
        #expect(copies.count == 4 && Set(copies.map(\.transaction)).count == 1)
        rig.answer(200, to: invite)
        rig.answer(200, to: invite)
        #expect(rig.take(to: "5070").map(\.code) == [200, 200], "2xx repeats pass end to end")
    }

    @Test("Q23 a silent callee: the caller has its 100 in 100 ms, and a callee's 100 is not passed on")
    func trying() throws {
        let rig = Rig { $0.trying = CoreConfiguration(listeners: [], domains: []).trying }
        rig.register("bob", port: "5080")
        rig.invite("bob")
        rig.answer(100, to: try #require(rig.one(to: "5080")))
        rig.advance(.seconds(5))
        let trying = try #require(rig.one(to: "5070"))
        #expect(trying.code == 100 && trying.isOwn && times([trying]) == [100])
        #expect(rig.take().isEmpty)
    }

    @Test("Q23 copies that come before the 100 change nothing; later ones get it again")
    func copiesBeforeTrying() throws {
        let rig = Rig { $0.trying = .milliseconds(100) }
        rig.register("bob", port: "5080")
        rig.invite("bob")
        for _ in 0..<2 {
            rig.advance(.milliseconds(40))
            rig.invite("bob")
        }
        rig.advance(.milliseconds(40))
        #expect(times(rig.take(to: "5070")) == [100])
        rig.invite("bob")
        #expect(rig.take(to: "5070").map(\.code) == [100])
        #expect(rig.take(to: "5080").map(\.method) == ["INVITE"])
    }

    @Test("Q23 a caller who hangs up before any response is told once the 100 went")
    func cancelledBeforeTrying() throws {
        let rig = Rig { $0.trying = .milliseconds(100) }
        rig.register("bob", port: "5080")
        rig.invite("bob")
        let invite = try #require(rig.one(to: "5080"))
        rig.cancel()
        rig.advance(.milliseconds(150))
        #expect(rig.take(to: "5070").map(\.code) == [200, 100], "the CANCEL's, then the INVITE's")
        rig.answer(180, to: invite)
        #expect(rig.take(to: "5080").map(\.method) == ["CANCEL"])
    }

    @Test("Q24 answered while being cancelled: every 200 goes up, no 487 follows, ACK and BYE go through")
    func answeredAndCancelled() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        _ = rig.take()
        rig.cancel()
        #expect(rig.take(to: "5070").map(\.code) == [200])
        let cancel = try #require(rig.one(to: "5080"))
        rig.answer(200, to: invite)
        rig.answer(200, to: cancel)
        rig.advance(.milliseconds(500))
        rig.answer(200, to: invite)
        let answers = rig.take(to: "5070")
        #expect(answers.map(\.startLine) == ["SIP/2.0 200 Whatever", "SIP/2.0 200 Whatever"])
        #expect(answers.allSatisfy { $0.headers("CSeq") == ["1 INVITE"] })
        let route = ["Route: \(try #require(invite.headers("Record-Route").first))"]
        rig.send("ACK", "sip:bob@127.0.0.1:5080", branch: "a", toTag: "b1", extra: route)
        rig.send("BYE", "sip:bob@127.0.0.1:5080", branch: "b", cseq: 2, toTag: "b1", extra: route)
        let end = rig.take(to: "5080")
        #expect(end.map(\.method) == ["ACK", "BYE"] && rig.take().isEmpty, "none of our own")
        rig.answer(200, to: try #require(end.last))
        #expect(rig.take().map(\.code) == [200])
        rig.advance(.seconds(100))
        #expect(rig.take().isEmpty)
        rig.expectNothingLeft()
    }

    @Test(
        "Q25 the ACK to a failure stays on its hop, the one to a 200 goes to one phone after a fork of three"
    )
    func acknowledgements() throws {
        let rig = Rig()
        for port in ["5080", "5081", "5082"] { rig.register("bob", port: port) }
        rig.invite("bob")
        let invites = rig.take().filter { $0.method == "INVITE" && $0.code == 0 }
        rig.answer(200, to: invites[1], tag: "two")
        for place in [0, 2] { rig.answer(486, to: invites[place]) }
        #expect(Set(rig.take().filter { $0.method == "ACK" }.map(\.to.port)) == [5_080, 5_082])
        let route = "Route: \(try #require(invites[1].headers("Record-Route").first))"
        rig.send("ACK", "sip:bob@127.0.0.1:5081", branch: "a", toTag: "two", extra: [route])
        #expect(rig.take().map(\.to.port) == [5_081])
        rig.invite("bob", branch: "i2", callID: "c2")
        for invite in rig.take().filter({ $0.code == 0 }) { rig.answer(603, to: invite) }
        #expect(rig.take().filter { $0.method == "ACK" }.count == 3)
        let acknowledgement = Make.request(
            "ACK",
            "sip:bob@example.test",
            port: "5070",
            branch: "i2",
            callID: "c2",
            toTag: "b1",
            extra: ["Route: <sip:127.0.0.1:5060;lr>"],
            contact: false
        )
        rig.receive(acknowledgement, from: "5070")
        rig.advance(.seconds(4))
        #expect(rig.take().isEmpty)
    }

    @Test("Q25 no ACK is ever answered: unknown user, no hop left, a bad field, a way outside")
    func unanswered() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let text = Make.request("ACK", "sip:nobody@example.test", port: "5070", contact: false)
        let faults = [
            text, text.replacing("Max-Forwards: 70", with: "Max-Forwards: 0"),
            text.replacing("Max-Forwards: 70", with: "Max-Forwards: many"),
            text.replacing("CSeq: 1 ACK", with: "CSeq: 1 INVITE"), text.replacing("From: ", with: "From: <"),
            text.replacing("ACK sip:nobody@example.test", with: "ACK sip:x@203.0.113.9"),
            text.replacing("ACK sip:nobody@example.test", with: "ACK tel:"),
            text.replacing("ACK sip:nobody@example.test", with: "ACK sips:bob@example.test"),
            text.replacing("Call-ID", with: "Proxy-Require: x\r\nRoute: <<\r\nCall-ID"),
        ]
        for fault in faults { rig.receive(fault, from: "5070") }
        #expect(rig.take().isEmpty)
        #expect(rig.snapshot().counters.drops.values.reduce(0, +) == faults.count)
        #expect(rig.snapshot().transactions.count == 1, "the REGISTER")
    }

    @Test(
        "Q26 the best answer of two phones, in either order",
        arguments: [
            ([486, 404], [486, 404]), ([503, 486], [486]), ([401, 486], [401]), ([407, 404], [407]),
            ([500, 404], [404]), ([302, 486], [302]), ([603, 302], [603]), ([503, 503], [500]),
            ([404, 415], [415]), ([486, 420], [420]),
        ]
    )
    func best(codes: [Int], expected: [Int]) throws {
        for order in [codes, codes.reversed()] {
            let rig = Rig()
            rig.register("bob", port: "5080")
            rig.register("bob", port: "5081")
            rig.invite("bob")
            let invites = rig.take(to: "5080") + rig.take(to: "5081")
            for (invite, code) in zip(invites, order) { rig.answer(code, to: invite) }
            let answers = rig.take(to: "5070").map(\.code)
            #expect(answers.count == 2 && expected.contains(answers.last ?? 0), "\(order): \(answers)")
            let acknowledged = rig.take().filter { $0.method == "ACK" }
            #expect(Set(acknowledged.map(\.to.port)) == [5_080, 5_081] && acknowledged.count == 2)
        }
    }

    @Test("Q26 a 603 cancels the phone that still rings and goes up after its 487")
    func decline() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.register("bob", port: "5081")
        rig.register("bob", port: "5082", q: "0.1")
        rig.invite("bob")
        let first = try #require(rig.one(to: "5080"))
        let second = try #require(rig.one(to: "5081"))
        rig.answer(180, to: second)
        rig.answer(603, to: first)
        #expect(rig.take(to: "5070").map(\.code) == [100, 180])
        let cancel = try #require(rig.one(to: "5081"))
        #expect(cancel.method == "CANCEL")
        rig.answer(200, to: cancel)
        rig.answer(487, to: second)
        #expect(rig.take(to: "5070").map(\.code) == [603])
        #expect(rig.take(to: "5082").isEmpty, "no new branch")
        #expect(rig.take(to: "5081").map(\.method) == ["ACK"])
    }

    @Test(
        "Q26 two 401 are one with both challenges; a late 486 after a 200 is acknowledged and goes no further"
    )
    func challengesAndLateFailure() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.register("bob", port: "5081")
        rig.invite("bob")
        for (place, invite) in (rig.take(to: "5080") + rig.take(to: "5081")).enumerated() {
            rig.answer(401, to: invite, extra: ["WWW-Authenticate: Digest realm=\"\(place)\""])
        }
        let challenges = try #require(rig.take(to: "5070").last).headers("WWW-Authenticate")
        #expect(Set(challenges) == ["Digest realm=\"0\"", "Digest realm=\"1\""] && challenges.count == 2)
        rig.invite("bob", branch: "i2", callID: "c2")
        let invites = rig.take().filter { $0.code == 0 && $0.method == "INVITE" }
        rig.answer(200, to: invites[0])
        rig.answer(486, to: invites[1])
        #expect(rig.take(to: "5070").map(\.code) == [200])
        #expect(rig.take().map(\.method) == ["ACK"])
    }

    @Test("Q27 silence ends with 408 at timer B, not at timer C")
    func silence() throws {
        let rig = Rig { ($0.t1, $0.timerC) = (.milliseconds(31), .seconds(4)) }
        rig.register("bob", port: "5080")
        rig.invite("bob")
        rig.advance(.seconds(3))
        let answers = rig.take(to: "5070").filter { !$0.isRetransmission }
        #expect(answers.map(\.code) == [100, 408] && times(answers) == [0, 64 * 31])
        #expect(rig.take(to: "5080").allSatisfy { $0.method == "INVITE" })
    }

    @Test(
        "Q27 ringing ends with a CANCEL at timer C after the last 101-199; a 100 starts nothing anew",
        arguments: [(180, 7_000), (100, 4_000)]
    )
    func ringing(code: Int, end: Int) throws {
        let (rig, invite) = try Rig.calling { ($0.t1, $0.timerC) = (.milliseconds(31), .seconds(4)) }
        for pause in [1, 2] {
            rig.advance(.seconds(pause))
            rig.answer(code, to: invite)
        }
        rig.advance(.milliseconds(5))
        _ = rig.take()
        rig.advance(.milliseconds(end - 3_005))
        let cancel = try #require(rig.one(to: "5080"))
        #expect(cancel.method == "CANCEL" && times([cancel]) == [end])
        rig.answer(200, to: cancel)
        rig.answer(487, to: invite)
        #expect(rig.take(to: "5080").map(\.method) == ["ACK"])
        let final = try #require(rig.one(to: "5070"))
        #expect(final.code == 487)
        rig.send("ACK", branch: "i1", toTag: "b1")
        rig.expectEnd()
        #expect(rig.take().isEmpty)
    }

    @Test(
        "Q28 without the cookie the older rule tells requests apart",
        arguments: ["branch=1;", "", "branch=a73fb7b9;"]
    )
    func oldBranch(branch: String) throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let old = { (text: String) in text.replacing("branch=z9hG4bKx;", with: branch) }
        for callID in ["c1", "c1", "c2"] {
            rig.receive(
                old(
                    Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "x", callID: callID)
                ),
                from: "5070"
            )
        }
        let invites = rig.take(to: "5080")
        #expect(invites.map { $0.headers("Call-ID")[0] } == ["c1", "c2"])
        let servers = rig.snapshot().transactions.filter { $0.role == .server && $0.method == "INVITE" }
        #expect(servers.count == 2 && servers.allSatisfy(\.hasOldBranch))
        let branches = invites.compactMap { $0.headers("Via")[0].split(separator: "branch=").last }
        #expect(Set(branches).count == 2 && branches.allSatisfy { $0.hasPrefix("z9hG4bK") })
        rig.answer(486, to: invites[0])
        #expect(rig.take(to: "5070").map(\.code) == [100, 100, 100, 486])
        let request = { (method: String, callID: String, toTag: String?) in
            old(
                Make.request(
                    method,
                    "sip:bob@example.test",
                    port: "5070",
                    branch: "x",
                    callID: callID,
                    toTag: toTag,
                    contact: false
                )
            )
        }
        rig.receive(request("ACK", "c1", "b1"), from: "5070")
        rig.answer(180, to: invites[1])
        rig.receive(request("CANCEL", "c2", nil), from: "5070")
        #expect(rig.take(to: "5070").map(\.code) == [180, 200])
        #expect(rig.take(to: "5080").map(\.method) == ["ACK", "CANCEL"])
        rig.answer(487, to: invites[1])
        rig.receive(request("ACK", "c2", "b1"), from: "5070")
        rig.advance(.seconds(1))
        #expect(rig.take(to: "5070").map(\.code) == [487], "each ACK found its INVITE")
        rig.expectEnd()
    }
}
