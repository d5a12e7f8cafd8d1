import SIPFlow
import Testing

@Suite("Moments and intervals")
struct TimeTests {
    @Test("units are exact")
    func units() {
        #expect(Interval.seconds(32).nanoseconds == 32_000_000_000)
        #expect(Interval.milliseconds(500) + .milliseconds(500) == .seconds(1))
        #expect(Interval.microseconds(1_500).nanoseconds == 1_500_000)
        #expect(Interval.milliseconds(500) * 64 == .seconds(32))
        #expect(Interval.seconds(1) - .milliseconds(1) == .milliseconds(999))
        #expect(
            Interval.milliseconds(1_999).wholeSeconds == 1 && Interval.microseconds(1_999).milliseconds == 1
        )
        #expect(Interval.milliseconds(1_500).seconds == 1.5)
        #expect(Interval.zero < .microseconds(1) && Interval.seconds(-1) < .zero)
    }

    @Test("the longest expiry of a header field can be added to any moment of a process")
    func longest() {
        let late = Moment(nanoseconds: 0) + .seconds(10 * 365 * 86_400) + .seconds(4_294_967_295)
        #expect(late - Moment.zero > .seconds(4_294_967_295))
    }

    @Test(
        "a moment is rounded up to whole intervals, and left alone where it is one",
        arguments: [(0, 0), (1, 50), (49, 50), (50, 50), (51, 100), (-1, -1), (-50, -50)]
    )
    func rounding(milliseconds: Int64, expected: Int64) {
        let moment = Moment(nanoseconds: milliseconds * 1_000_000)
        let rounded = moment.roundedUp(to: .milliseconds(50))
        #expect(rounded == Moment(nanoseconds: expected * 1_000_000))
    }

    @Test("moments and intervals add up")
    func moments() {
        let start = Moment(nanoseconds: 5)
        #expect(start + .seconds(1) - start == .seconds(1))
        #expect(start + .seconds(1) - .seconds(1) == start && start < start + .microseconds(1))
    }

    @Test("an anchor gives the wall clock before and after it")
    func anchor() {
        let anchor = ClockAnchor(moment: .zero + .seconds(10), unixNanoseconds: 1_000)
        #expect(anchor.unixNanoseconds(at: .zero + .seconds(11)) == 1_000_001_000)
        #expect(anchor.unixNanoseconds(at: .zero + .seconds(9)) == -999_999_000)
    }
}
