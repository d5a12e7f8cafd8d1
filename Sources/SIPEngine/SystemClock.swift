import Glibc
public import SIPFlow

/// The clock that a running engine lives by.
public enum SystemClock {
    /// The monotonic clock, the one Dispatch timers use.
    public static var now: Moment { Moment(nanoseconds: read(CLOCK_MONOTONIC)) }

    /// Ties the monotonic clock to the wall clock as they stand now.
    public static var anchor: ClockAnchor {
        ClockAnchor(moment: now, unixNanoseconds: read(CLOCK_REALTIME))
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // The system writes one timespec, which lives until the call returns.
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
