import SIPCore
import SIPFlow
import SIPRegistrar
import Testing

/// What reaches an engine, one step after the other, so that another engine can be given the same.
private struct Recording {
    enum Step {
        case message([UInt8], from: String)
        case pause(Interval)
    }

    private(set) var steps: [Step] = []
    /// All that the engine sent, back to back.
    private(set) var sent: [UInt8] = []
    private let rig = Rig(domains: ["example.test"])

    mutating func receive(_ text: String, from port: String) -> [Sent] {
        steps.append(.message(Array(text.utf8), from: port))
        rig.receive(text, from: port)
        let sent = rig.take()
        for message in sent { self.sent += Array(message.text.utf8) }
        return sent
    }

    mutating func pause(_ interval: Interval) {
        steps.append(.pause(interval))
        rig.advance(interval)
        for message in rig.take() { sent += Array(message.text.utf8) }
    }

    /// A call as the benchmark J1 has it.
    mutating func call(_ number: Int) throws {
        let uri = "sip:\(1_000 + number % 100)@example.test"
        let make = { (method: String, cseq: Int, routes: [String], tag: String?) in
            Make.request(
                method,
                cseq == 1 && method == "INVITE" ? uri : "sip:bob@127.0.0.1:5080",
                to: uri,
                port: "5070",
                branch: "\(number)\(method)",
                callID: "call-\(number)@127.0.0.1",
                cseq: cseq,
                fromTag: "a\(number)",
                toTag: tag,
                extra: routes,
                body: method == "INVITE" ? Self.session : ""
            )
        }
        let contact = "<sip:bob@127.0.0.1:5080>"
        let invite = try #require(receive(make("INVITE", 1, [], nil), from: "5070").last)
        _ = receive(Make.response(180, to: invite, contact: contact), from: "5080")
        let answer = Make.response(200, to: invite, contact: contact, body: Self.session)
        let accepted = try #require(receive(answer, from: "5080").last)
        let routes = accepted.headers("Record-Route").map { "Route: \($0)" }
        _ = receive(make("ACK", 1, routes, "b1"), from: "5070")
        let bye = try #require(receive(make("BYE", 2, routes, "b1"), from: "5070").last)
        let end = receive(Make.response(200, to: bye), from: "5080")
        #expect(end.map(\.code) == [200])
        pause(.milliseconds(1))
    }

    mutating func register(_ user: Int, cseq: Int) {
        let reply = receive(Make.register("\(1_000 + user)", port: "5080", cseq: cseq), from: "5080")
        #expect(reply.map(\.code) == [200])
        pause(.milliseconds(1))
    }

    private static let session =
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
}

/// An engine that is given a recording.
private struct Replay: ~Copyable {
    private var core: SIPCore
    private var outbox = Outbox()
    private var now = Moment.zero

    init() {
        let address = SocketAddress(ip: .v4(0x7f00_0001), port: 5_060)
        var configuration = CoreConfiguration(
            listeners: [Listener(transport: .udp, address: address)],
            domains: ["example.test"]
        )
        configuration.trying = .zero
        let clock = ClockAnchor(moment: .zero, unixNanoseconds: 1_700_000_000_000_000_000)
        core = SIPCore(configuration: configuration, seed: 7, now: .zero, clock: clock)
    }

    mutating func run(_ steps: [Recording.Step], _ sent: (borrowing Outbox) -> Void = { _ in }) {
        for step in steps {
            switch step {
            case .message(let bytes, let port):
                let peer = SocketAddress(ip: .v4(0x7f00_0001), port: UInt16(port) ?? 0)
                let flow = Flow(transport: .udp, listener: ListenerID(0), peer: peer)
                core.receive(bytes.span, over: flow, now: now, into: &outbox)
            case .pause(let interval):
                let end = now + interval
                while let deadline = core.nextDeadline, deadline <= end {
                    now = max(now, deadline)
                    core.fire(now: now, into: &outbox)
                }
                now = end
            }
            sent(outbox)
            outbox.clear()
        }
    }
}

@Suite("Many calls")
struct CoreLoadTests {
    /// Prints what the core takes without sockets; `Tests/Benchmarks/core` shows it for a release build.
    @Test("two engines with one seed, given the same messages, send the same to the last byte")
    func replay() throws {
        var setup = Recording()
        for user in 0..<100 { setup.register(user, cseq: 1) }
        let bindings = setup.steps.count
        for number in 0..<2_000 { try setup.call(number) }
        let calls = setup.steps.count
        for number in 0..<4_000 { setup.register(number % 100, cseq: 2 + number / 100) }
        var again: [UInt8] = []
        var replay = Replay()
        replay.run(setup.steps) { outbox in again += outbox.bytes }
        // Compared beforehand: for arrays this long, finding where they differ did not end within minutes.
        let isSame = again == setup.sent
        #expect(isSame)
        let clock = ContinuousClock()
        var best = (call: Duration.seconds(1), register: Duration.seconds(1))
        for _ in 0..<5 {
            var timed = Replay()
            timed.run(Array(setup.steps[..<bindings]))
            let inCalls = clock.measure { timed.run(Array(setup.steps[bindings..<calls])) }
            let inRegisters = clock.measure { timed.run(Array(setup.steps[calls...])) }
            best = (min(best.call, inCalls / 2_000), min(best.register, inRegisters / 4_000))
        }
        let figures = (call: microseconds(best.call), register: microseconds(best.register))
        print("the core alone: a call of J1 \(figures.call) us, a REGISTER of J2 \(figures.register) us")
    }

    /// Rounded to a tenth.
    private func microseconds(_ duration: Duration) -> Double {
        (duration / .microseconds(1) * 10).rounded() / 10
    }
}
