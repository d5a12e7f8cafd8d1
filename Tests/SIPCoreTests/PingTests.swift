import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("OPTIONS pings say which contacts are there")
struct PingTests {
    private static func rig(_ seconds: Int = 30) -> Rig { Rig { $0.pingInterval = .seconds(seconds) } }

    private func row(_ rig: Rig) throws -> RegistrationRow {
        try #require(rig.snapshot().registrations.first)
    }

    private func state(_ rig: Rig) throws -> RegistrationState { try row(rig).state(at: rig.now) }

    @Test("they are off by default")
    func off() {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.advance(.seconds(120))
        #expect(rig.take().isEmpty)
    }

    @Test("Q33 each contact is asked once an interval; any final answer counts, and its time is the RTT")
    func answers() throws {
        let rig = Self.rig()
        rig.register("bob", port: "5080")
        #expect(try state(rig) == .ok && row(rig).roundTrip == nil)
        var sequence = 0
        for (code, time) in [(200, 12), (404, 300), (486, 20)] {
            rig.advance(.seconds(sequence == 0 ? 30 : 29))
            let ping = try #require(rig.one(to: "5080"))
            sequence += 1
            #expect(ping.startLine == "OPTIONS sip:bob@127.0.0.1:5080 SIP/2.0")
            #expect(ping.isOwn && ping.headers("Max-Forwards") == ["70"])
            #expect(ping.headers("Call-ID") == ["ping-1@127.0.0.1"])
            #expect(ping.headers("CSeq") == ["\(sequence) OPTIONS"])
            #expect(ping.headers("From").first?.hasPrefix("<sip:ping@127.0.0.1>;tag=") == true)
            rig.advance(.milliseconds(time))
            rig.answer(code, to: ping)
            #expect(try row(rig).roundTrip == .milliseconds(time))
            #expect(try state(rig) == .ok)
            rig.advance(.milliseconds(1_000 - time))
        }
        #expect(rig.take().isEmpty, "answers go no further")
    }

    @Test("Q33 one lost packet is no miss: the OPTIONS is sent again, and the RTT counts from the first")
    func retransmission() throws {
        let rig = Self.rig()
        rig.register("bob", port: "5080")
        rig.advance(.seconds(30))
        rig.advance(.milliseconds(520))
        let sent = rig.take(to: "5080")
        #expect(sent.map(\.isRetransmission) == [false, true])
        rig.answer(200, to: try #require(sent.last))
        #expect(try row(rig).roundTrip == .milliseconds(520))
        #expect(try state(rig) == .late, "slower than 500 ms")
        #expect(try row(rig).reachability == .late)
    }

    @Test("Q33 silent three times it is dead: calls get 480, pings go on, and one answer brings it back")
    func dead() throws {
        let rig = Self.rig()
        rig.register("bob", port: "5080")
        rig.advance(.seconds(30))
        rig.answer(200, to: try #require(rig.one(to: "5080")))
        var states: [RegistrationState] = []
        for _ in 1...4 {
            rig.advance(.seconds(30))
            states.append(try state(rig))
        }
        #expect(states == [.ok, .late, .late, .dead])
        _ = rig.take()
        rig.invite("bob")
        #expect(rig.take(to: "5070").map(\.code).last == 480)
        rig.advance(.seconds(30))
        let ping = try #require(rig.take(to: "5080").first { !$0.isRetransmission })
        rig.answer(200, to: ping)
        #expect(try state(rig) == .ok)
        rig.invite("bob", branch: "i2", callID: "c2")
        #expect(rig.take(to: "5080").contains { $0.method == "INVITE" })
    }

    @Test("Q33 pings, lost ones, those missed in a row and the last answer are counted for each contact")
    func counts() throws {
        let rig = Self.rig()
        rig.register("bob", port: "5080")
        #expect(try row(rig).pings == 0 && row(rig).answeredAt == nil)
        rig.advance(.seconds(30))
        rig.answer(200, to: try #require(rig.one(to: "5080")))
        let answered = rig.now
        rig.advance(.seconds(90))
        var row = try row(rig)
        #expect(row.pings == 4 && row.lostPings == 2 && row.missedPings == 2, "the newest still waits")
        #expect(row.answeredAt == answered && row.roundTrip == .zero)
        _ = rig.take()
        rig.advance(.seconds(30))
        rig.answer(404, to: try #require(rig.take(to: "5080").first { !$0.isRetransmission }))
        row = try self.row(rig)
        #expect(row.pings == 5 && row.lostPings == 3 && row.missedPings == 0)
        #expect(row.answeredAt == rig.now)
        rig.register("bob", port: "5081")
        let other = try #require(rig.snapshot().registrations.first { $0.contact.contains("5081") })
        #expect(other.pings == 0 && other.lostPings == 0, "another contact begins anew")
    }

    @Test("a dead contact that never answered a ping is still called: it may know no OPTIONS")
    func neverAnswered() throws {
        let rig = Self.rig()
        rig.register("bob", port: "5080")
        rig.advance(.seconds(125))
        #expect(try state(rig) == .dead)
        _ = rig.take()
        rig.invite("bob")
        #expect(rig.take(to: "5080").contains { $0.method == "INVITE" })
    }

    @Test("a REGISTER of a dead contact clears it; a dead one is not removed by pings")
    func register() throws {
        let rig = Self.rig()
        rig.register("bob", port: "5080")
        rig.advance(.seconds(1_000))
        #expect(try state(rig) == .dead)
        rig.receive(Make.register("bob", port: "5080", cseq: 2), from: "5080")
        #expect(try state(rig) == .ok)
    }

    @Test("a refused send is a miss at once, and at most one ping of a contact waits for its answer")
    func refused() throws {
        let rig = Self.rig()
        rig.register("bob", port: "5080")
        rig.advance(.seconds(30))
        rig.refuse("5080")
        #expect(try row(rig).reachability == .late)
        rig.advance(.seconds(300))
        #expect(rig.snapshot().transactions.filter { $0.method == "OPTIONS" }.count == 1)
    }

    @Test("along the Path to the phone behind a proxy")
    func path() throws {
        let rig = Self.rig()
        rig.register(
            "bob",
            port: "5080",
            extra: ["Path: <sip:127.0.0.1:5061;lr>, <sip:p2;lr>", "Supported: path"]
        )
        rig.advance(.seconds(30))
        let ping = try #require(rig.one(to: "5061"))
        #expect(ping.startLine == "OPTIONS sip:bob@127.0.0.1:5080 SIP/2.0")
        #expect(ping.headers("Route") == ["<sip:127.0.0.1:5061;lr>, <sip:p2;lr>"])
    }

    @Test("1,000 contacts that came at once are asked at a steady pace, each once an interval")
    func spread() throws {
        let rig = Self.rig()
        for number in 0..<1_000 {
            rig.register("u\(number)", port: "5080", contact: "<sip:u\(number)@127.0.0.1:5080>")
        }
        // The first round finds its pace.
        rig.advance(.seconds(30))
        for ping in rig.take() where !ping.isRetransmission { rig.answer(200, to: ping) }
        var asked: [String: Int] = [:]
        for _ in 0..<30 {
            rig.advance(.seconds(1))
            let pings = rig.take().filter { !$0.isRetransmission }
            #expect((32...35).contains(pings.count))
            for ping in pings {
                asked[ping.startLine, default: 0] += 1
                rig.answer(200, to: ping)
            }
        }
        #expect(asked.count >= 999 && asked.values.allSatisfy { $0 <= 2 })
    }

    @Test("after a pause of the engine no burst follows: at most 256 in a turn")
    func pause() {
        let rig = Self.rig(5)
        for number in 0..<2_000 {
            rig.register("u\(number)", port: "5080", contact: "<sip:u\(number)@127.0.0.1:5080>")
        }
        rig.advance(.seconds(5))
        _ = rig.take()
        rig.leap(.seconds(4))
        #expect(rig.take().filter { !$0.isRetransmission }.count <= 256)
    }

    @Test("the ends of bindings with a ping under way leave nothing behind")
    func ends() {
        let rig = Self.rig(5)
        for port in 5_080...5_089 { rig.register("bob", port: "\(port)") }
        rig.advance(.seconds(6))
        rig.kick(.drop)
        rig.expectEnd()
    }
}
