import SIPFlow

/// Decides how long datagrams may gather before they are drained.
///
/// Waking up costs several times what a datagram costs, so under load fewer and larger batches halve the work.
///
/// - Limits: no pause below 4,500 datagrams a second; 1 ms there, 1.8 ms from 6,000 on, so that a datagram waits
///   less than 1 ms on average. SIP's own timers begin at 500 ms.
struct DrainPacer {
    private static let window = Interval.milliseconds(10)
    private static let busyRate = 4_500
    private static let fullRate = 6_000
    private static let shortest = 1_000
    private static let longest = 1_800

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
        let share = min(rate, Self.fullRate) - Self.busyRate
        let span = Self.longest - Self.shortest
        return .microseconds(Self.shortest + span * share / (Self.fullRate - Self.busyRate))
    }
}
