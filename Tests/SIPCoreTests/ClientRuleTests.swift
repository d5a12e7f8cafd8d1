import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Client transactions (rules C)")
struct ClientRuleTests {
    @Test("C01 INVITE is sent 7 times, T1 doubling, until a provisional comes")
    func inviteRepeats() throws {
        let (rig, invite) = try Rig.calling()
        rig.advance(.milliseconds(31_999))
        #expect(times(rig.take(to: "5080")) == [500, 1_500, 3_500, 7_500, 15_500, 31_500])
        let (other, second) = try Rig.calling()
        other.advance(.seconds(1))
        other.answer(100, to: second)
        other.advance(.seconds(100))
        #expect(times(other.take(to: "5080")) == [500])
        #expect(invite.headers("CSeq") == second.headers("CSeq"))
    }

    @Test("C02 timer B ends silence with 408 at 32 s, and runs no longer once it rings")
    func inviteGivesUp() throws {
        let (rig, _) = try Rig.calling()
        rig.advance(.seconds(33))
        let answer = try #require(rig.take(to: "5070").first)
        #expect(answer.code == 408)
        #expect(times([answer]) == [32_000])
        let (other, invite) = try Rig.calling()
        other.advance(.seconds(31))
        other.answer(180, to: invite)
        _ = other.take()
        other.advance(.seconds(100))
        #expect(other.take().isEmpty)
    }

    @Test("C03 the ACK to a failure is made of the INVITE, with the To of the answer")
    func acknowledgement() throws {
        let rig = Rig()
        rig.register(
            "bob",
            port: "5080",
            extra: ["Path: <sip:127.0.0.8:5099;lr>", "Supported: path"]
        )
        rig.invite("bob", extra: ["Require: 100rel", "Proxy-Authorization: Digest realm=\"x\""], body: "v=0")
        let invite = try #require(rig.take(to: "127.0.0.8:5099").first)
        rig.answer(486, to: invite, tag: "zz")
        let ack = try #require(rig.take(to: "127.0.0.8:5099").first)
        #expect(ack.startLine == "ACK sip:bob@127.0.0.1:5080 SIP/2.0")
        #expect(ack.headers("Via") == Array(invite.headers("Via").prefix(1)))
        #expect(ack.headers("Route") == ["<sip:127.0.0.8:5099;lr>"])
        for name in ["From", "Call-ID"] { #expect(ack.headers(name) == invite.headers(name)) }
        #expect(ack.headers("Max-Forwards") == ["70"])
        #expect(ack.headers("To") == ["<sip:bob@example.test>;tag=zz"])
        #expect(ack.headers("CSeq") == ["1 ACK"])
        #expect(ack.headers("Require").isEmpty && ack.body.isEmpty && ack.isOwn)
    }

    @Test("C04 a repeated failure gets the ACK again and goes no further, until timer D ends")
    func repeatedFailure() throws {
        let (rig, invite) = try Rig.calling()
        for _ in 0..<3 { rig.answer(486, to: invite) }
        #expect(rig.take(to: "5080").map(\.isRetransmission) == [false, true, true])
        #expect(rig.take(to: "5070").map(\.code) == [486])
        rig.advance(.milliseconds(31_999))
        rig.answer(486, to: invite)
        #expect(rig.take(to: "5080").map(\.method) == ["ACK"])
        rig.advance(.milliseconds(1))
        rig.answer(486, to: invite)
        #expect(rig.take(to: "5080").isEmpty)
        rig.expectEnd()
    }

    @Test("C05 every 2xx passes for 64·T1, and none after that")
    func repeatedSuccess() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(200, to: invite)
        rig.advance(.milliseconds(31_999))
        rig.answer(200, to: invite)
        #expect(rig.take(to: "5070").map(\.code) == [200, 200])
        rig.advance(.milliseconds(1))
        rig.answer(200, to: invite)
        #expect(rig.take().isEmpty)
        rig.expectEnd()
    }

    @Test("C06 other requests: 11 sends, capped at T2; every T2 once a provisional came; silence at 32 s")
    func requestRepeats() throws {
        let silent = [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
        let tried = [500, 4_600, 8_600, 12_600, 16_600, 20_600, 24_600, 28_600]
        for (provisional, expected) in [(false, silent), (true, tried)] {
            let rig = Rig()
            rig.register("bob", port: "5080")
            rig.send("MESSAGE", branch: "m")
            let message = try #require(rig.one(to: "5080"))
            rig.advance(.milliseconds(600))
            if provisional { rig.answer(100, to: message) }
            rig.advance(.seconds(60))
            #expect(times(rig.take(to: "5080")) == expected)
            #expect(rig.take().isEmpty)
            rig.expectEnd()
        }
    }

    @Test("C07 a repeated answer to another request is absorbed for T4, and is a stray after it")
    func timerK() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.send("MESSAGE", branch: "m")
        let message = try #require(rig.one(to: "5080"))
        for pause in [0, 4_999, 1] {
            rig.advance(.milliseconds(pause))
            rig.answer(200, to: message)
        }
        #expect(rig.take(to: "5070").map(\.code) == [200])
        #expect(rig.snapshot().counters.drops == ["absorbed": 1, "stray response": 1])
    }

    @Test("C08 a response matches by branch in any case and by CSeq method")
    func matching() throws {
        let (rig, invite) = try Rig.calling()
        let ringing = Make.response(180, to: invite)
        let branch = try #require(invite.headers("Via").first?.split(separator: "branch=").last)
        rig.receive(ringing.replacing(branch, with: branch.uppercased()), from: "5080")
        #expect(rig.take(to: "5070").map(\.code) == [180])
        let wrong = String(branch.dropLast()) + (branch.hasSuffix("0") ? "1" : "0")
        for text in [
            ringing.replacing("1 INVITE", with: "1 CANCEL"), ringing.replacing("1 INVITE", with: "1 BYE"),
            ringing.replacing("1 INVITE", with: "1 FOO"), ringing.replacing(branch, with: wrong),
            ringing.replacing("127.0.0.1:5060;branch", with: "127.0.0.1:5061;branch"),
        ] { rig.receive(text, from: "5080") }
        #expect(rig.take().isEmpty)
        rig.cancel()
        let cancel = try #require(rig.take(to: "5080").first)
        rig.answer(200, to: cancel)
        #expect(rig.take(to: "5070").map(\.code) == [200], "the CANCEL's 200 ends no INVITE")
    }

    @Test("C08 two unusual methods on one branch are told apart by their names")
    func unusualMethods() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.send("FOO", branch: "m")
        let foo = try #require(rig.one(to: "5080"))
        rig.receive(Make.response(200, to: foo).replacing("1 FOO", with: "1 BAR"), from: "5080")
        #expect(rig.take(to: "5070").isEmpty)
        rig.answer(200, to: foo)
        #expect(rig.take(to: "5070").map(\.code) == [200])
    }

    @Test("C09 an unreachable phone counts as 503, a silent one as 408, and the next target is tried")
    func failover() throws {
        for isRefused in [true, false] {
            let rig = Rig()
            rig.register("bob", port: "5080", q: "0.9")
            rig.register("bob", port: "5081", q: "0.5")
            rig.invite("bob")
            if isRefused { rig.refuse("5080") } else { rig.advance(.seconds(32)) }
            let second = try #require(rig.take(to: "5081").first)
            rig.answer(200, to: second)
            #expect(rig.take(to: "5070").map(\.code) == [100, 200])
            rig.expectEnd()
        }
    }

    @Test("C10 with T1 of 100 ms everything is five times as quick")
    func configuredTimers() throws {
        let (rig, _) = try Rig.calling { $0.t1 = .milliseconds(100) }
        rig.advance(.seconds(7))
        #expect(times(rig.take(to: "5080")) == [100, 300, 700, 1_500, 3_100, 6_300])
        #expect(times(rig.take(to: "5070")).first == 6_400)
    }
}
