import SIPCore
import SIPFlow
import SIPReport
import SIPTrace
import Testing

@testable import ConsoleApp

/// The demo's phones and a core, joined by a network that loses nothing and takes no time.
private struct VirtualDemo: ~Copyable {
    private let addresses: [SocketAddress]
    private var world: DemoWorld
    private var core: SIPCore
    private var outbox = Outbox()
    private(set) var now = Moment.zero
    private(set) var book = TraceBook()

    init(seed: UInt64) {
        addresses = DemoCast.phones.indices.map { index in
            SocketAddress(ip: .v4(0x7f00_0001), port: UInt16(20_000 + index))
        }
        world = DemoWorld(addresses: addresses, seed: seed, now: .zero)
        let listener = Listener(transport: .udp, address: SocketAddress(ip: .v4(0x7f00_0001), port: 5_060))
        core = SIPCore(
            configuration: CoreConfiguration(listeners: [listener], domains: [DemoCast.domain]),
            seed: seed,
            now: .zero,
            clock: ClockAnchor(moment: .zero, unixNanoseconds: 0)
        )
    }

    var registeredCount: Int { world.registeredCount }

    mutating func counters() -> EngineCounters { core.snapshot(now: now).counters }

    /// Jumps from deadline to deadline.
    mutating func run(seconds: Int) {
        let end = now + .seconds(seconds)
        while now < end {
            core.fire(now: now, into: &outbox)
            world.advance(now: now)
            repeat { deliver() } while send()
            let next = min(world.nextDeadline, core.nextDeadline ?? end)
            now = max(now + .milliseconds(1), next)
        }
        for chunk in core.traceChunks(since: book.nextSequence) { book.absorb(chunk) }
    }

    /// Carries what the phones want to send to the core; false when there was nothing.
    private mutating func send() -> Bool {
        let messages = world.takeOutput()
        for message in messages {
            let flow = Flow(transport: .udp, listener: ListenerID(0), peer: addresses[message.phone])
            core.receive(message.bytes.span, over: flow, now: now, into: &outbox)
        }
        return !messages.isEmpty
    }

    /// Carries what the core wants to send to the phones.
    private mutating func deliver() {
        for entry in outbox.entries {
            guard let phone = addresses.firstIndex(of: entry.flow.peer) else { continue }
            world.receive(
                Array(outbox.bytes[entry.start..<entry.start + entry.count]),
                phone: phone,
                now: now
            )
        }
        outbox.clear()
    }
}

@Suite("Demo")
struct DemoWorldTests {
    @Test("within ten seconds all phones are registered and the first call is there")
    func beginning() {
        var demo = VirtualDemo(seed: 1)
        demo.run(seconds: 10)
        #expect(demo.registeredCount == DemoCast.phones.count)
        #expect(!demo.book.calls.isEmpty)
    }

    @Test("a few minutes show every way that a call can go", arguments: [1, 2, 3] as [UInt64])
    func variety(seed: UInt64) {
        var demo = VirtualDemo(seed: seed)
        demo.run(seconds: 240)
        let words = Set(demo.book.calls.map(\.state.word))
        #expect(
            words.isSuperset(of: [
                "Ended", "Failed 486", "Failed 603", "Failed 480", "Failed 404", "Cancelled",
            ])
        )
        #expect(words.contains("No answer"))
        #expect(demo.book.calls.contains { $0.legs.count == 2 && $0.finalCode == 200 })
        #expect(demo.book.calls.contains { !$0.codecs.isEmpty })
    }

    @Test(
        "the phones speak so that the engine drops nothing, and nothing is repeated but to the unplugged one"
    )
    func clean() {
        var demo = VirtualDemo(seed: 4)
        demo.run(seconds: 240)
        let dropped = demo.book.messages.filter { $0.drop != nil && $0.drop != .absorbed }
        #expect(dropped.map { "\($0.summary) \($0.drop?.text ?? "")" } == [])
        let repeated = demo.book.calls.filter { $0.retransmissions > 0 && $0.to != "warehouse" }
        #expect(repeated.map(\.callID) == [])
    }

    @Test("every phone hangs up in the end: nothing piles up over an hour")
    func steadiness() {
        var demo = VirtualDemo(seed: 5)
        demo.run(seconds: 3_600)
        #expect(demo.book.calls.count { $0.state.isRunning } < 10)
        #expect(demo.counters().transactions < 100)
    }
}
