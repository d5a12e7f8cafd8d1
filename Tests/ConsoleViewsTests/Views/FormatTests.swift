import SIPFlow
import Testing

@testable import ConsoleViews

@Suite("Numbers and times")
struct FormatTests {
    @Test("writes times as the screen shows them")
    func times() {
        #expect(Format.countdown(.seconds(2_892)) == "0:48:12")
        #expect(Format.countdown(.seconds(-5)) == "0:00:00")
        #expect(Format.timer(.milliseconds(1_540)) == "1.5s")
        #expect(Format.timer(.milliseconds(9_990)) == "9.9s")
        #expect(Format.timer(.milliseconds(171_900)) == "171s")
        #expect(Format.duration(.seconds(192)) == "03:12")
        #expect(Format.duration(.seconds(3_792)) == "1:03:12")
        #expect(Format.uptime(.seconds(59)) == "0m")
        #expect(Format.uptime(.seconds(76 * 3_600)) == "3d04h")
        #expect(Format.latency(.milliseconds(31)) == "31 ms")
        #expect(Format.latency(.seconds(192)) == "3 min 12 s")
        #expect(Format.span(.milliseconds(31)) == "<1 s")
        #expect(Format.span(.milliseconds(1_999)) == "1 s")
        #expect(Format.roundTrip(.microseconds(400)) == "<1 ms")
        #expect(Format.roundTrip(.milliseconds(1_240)) == "1240 ms")
        #expect(Format.roundTrip(.seconds(12)) == "12 s")
        #expect(Format.delta(.milliseconds(41)) == "+0.041")
        #expect(Format.wait(.milliseconds(5_600)) == "5.6s")
        #expect(Format.clock(26_463_120_000_000) == "07:21:03.120")
        #expect(Format.clock(-1_000_000_000, withMilliseconds: false) == "23:59:59")
    }

    @Test("writes shares and rates short")
    func shares() {
        #expect(Format.share(0, of: 0) == "-")
        #expect(Format.share(0, of: 9) == "0%")
        #expect(Format.share(4, of: 1_000) == "0.4%")
        #expect(Format.share(961, of: 1_000) == "96%")
        #expect(Format.share(7, of: 7) == "100%")
        #expect(Format.rate(0) == "0")
        #expect(Format.rate(4.21) == "4.2")
        #expect(Format.rate(118.4) == "118")
    }
}
