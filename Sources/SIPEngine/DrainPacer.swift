import SIPFlow

/// Decides how long datagrams may gather before they are drained.
///
/// Going to sleep and waking up costs as much as ten datagrams do, so under load batches are made larger.
///
/// - Limits: no pause below 2,500 datagrams a second. From there on as long as 48 datagrams take to come, at most
///   8 ms, so that one waits 4 ms on average, and less the more there are. SIP's own timers begin at 500 ms.
struct DrainPacer {
    private static let window = Interval.milliseconds(10)
    private static let busyRate = 2_500
    private static let batch = 48
    private static let longest = 8_000

    private var windowStart = Moment.zero
    private var count = 0
    /// Datagrams a second, smoothed over about four windows.
    private(set) var rate = 0

    /// Counts the datagrams of one turn.
    mutating func record(_ datagrams: Int, now: Moment) {
        count += datagrams
        let elapsed = now - windowStart
        guard elapsed >= Self.window else { return }
        let measured = Int(Int64(count) * 1_000_000_000 / elapsed.nanoseconds)
        // A long silence says all by itself; a short window only bends the mean.
        rate = elapsed >= Self.window * 10 ? measured : (3 * rate + measured) / 4
        windowStart = now
        count = 0
    }

    /// The pause before the next drain; zero unless traffic is dense.
    var pause: Interval {
        guard rate >= Self.busyRate else { return .zero }
        return .microseconds(min(Self.longest, Self.batch * 1_000_000 / rate))
    }
}
