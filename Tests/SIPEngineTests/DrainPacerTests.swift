import SIPFlow
import Testing

@testable import SIPEngine

@Suite("Pause before draining")
struct DrainPacerTests {
    @Test(
        "is what 48 datagrams take to come, at most 8 ms; none below 2,500 datagrams a second",
        arguments: [
            (0, 0..<1), (100, 0..<1), (2_400, 0..<1), (2_530, 8_000..<8_001), (6_000, 7_900..<8_001),
            (12_000, 3_900..<4_050), (50_000, 950..<970),
        ]
    )
    func steady(rate: Int, microseconds: Range<Int>) {
        var pacer = DrainPacer(longest: .milliseconds(8))
        let now = run(&pacer, rate: rate, milliseconds: 400, from: .zero)
        #expect(microseconds.contains(Int(pacer.pause.nanoseconds / 1_000)))
        #expect(now == .zero + .milliseconds(400))
    }

    @Test("is never longer than asked for", arguments: [0, 2, 8])
    func longest(milliseconds: Int) {
        var pacer = DrainPacer(longest: .milliseconds(milliseconds))
        _ = run(&pacer, rate: 5_000, milliseconds: 200, from: .zero)
        #expect(pacer.pause == .milliseconds(milliseconds))
    }

    @Test("ends after a tenth of a second of silence")
    func silence() {
        var pacer = DrainPacer(longest: .milliseconds(8))
        let now = run(&pacer, rate: 20_000, milliseconds: 200, from: .zero)
        #expect(pacer.pause > .zero)
        pacer.record(1, now: now + .milliseconds(101))
        #expect(pacer.pause == .zero)
    }

    @Test("is not moved by a single short burst")
    func burst() {
        var pacer = DrainPacer(longest: .milliseconds(8))
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
