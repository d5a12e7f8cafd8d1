import SIPFlow
import Testing

@testable import SIPEngine

@Suite("Pause before draining")
struct DrainPacerTests {
    @Test(
        "grows from 1 ms at 4,500 datagrams a second to 1.8 ms at 6,000: below 1 ms for a datagram on average",
        arguments: [
            (0, 0..<1), (100, 0..<1), (4_400, 0..<1), (4_530, 1_000..<1_040), (5_250, 1_370..<1_430),
            (6_100, 1_800..<1_801), (50_000, 1_800..<1_801),
        ]
    )
    func steady(rate: Int, microseconds: Range<Int>) {
        var pacer = DrainPacer()
        let now = run(&pacer, rate: rate, milliseconds: 400, from: .zero)
        #expect(microseconds.contains(Int(pacer.pause.nanoseconds / 1_000)))
        #expect(now == .zero + .milliseconds(400))
    }

    @Test("ends after a tenth of a second of silence")
    func silence() {
        var pacer = DrainPacer()
        let now = run(&pacer, rate: 20_000, milliseconds: 200, from: .zero)
        #expect(pacer.pause > .zero)
        pacer.record(1, now: now + .milliseconds(101))
        #expect(pacer.pause == .zero)
    }

    @Test("is not moved by a single short burst")
    func burst() {
        var pacer = DrainPacer()
        let now = run(&pacer, rate: 500, milliseconds: 200, from: .zero)
        pacer.record(60, now: now + .milliseconds(10))
        #expect(pacer.pause == .zero)
    }

    /// Feeds a steady rate, a turn a millisecond.
    private func run(_ pacer: inout DrainPacer, rate: Int, milliseconds: Int, from start: Moment) -> Moment {
        var fed = 0
        for millisecond in 1...milliseconds {
            let due = rate * millisecond / 1_000
            pacer.record(due - fed, now: start + .milliseconds(millisecond))
            fed = due
        }
        return start + .milliseconds(milliseconds)
    }
}
