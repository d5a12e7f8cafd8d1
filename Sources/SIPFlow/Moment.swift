/// A point on the monotonic clock, or on a test's virtual one.
///
/// - Units: nanoseconds since an arbitrary start. Never compared across processes.
public struct Moment: Sendable, Hashable, Comparable {
    /// Nanoseconds since the clock's start.
    public var nanoseconds: Int64

    /// Makes a moment from nanoseconds since the clock's start.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The clock's start.
    public static let zero = Moment(nanoseconds: 0)

    /// Compares two moments.
    public static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The moment an interval later.
    public static func + (left: Moment, right: Interval) -> Moment {
        Moment(nanoseconds: left.nanoseconds + right.nanoseconds)
    }

    /// The moment an interval earlier.
    public static func - (left: Moment, right: Interval) -> Moment {
        Moment(nanoseconds: left.nanoseconds - right.nanoseconds)
    }

    /// The same moment, or the next one that is a whole number of intervals after the clock's start.
    public func roundedUp(to interval: Interval) -> Moment {
        let over = nanoseconds % interval.nanoseconds
        return over > 0 ? Moment(nanoseconds: nanoseconds - over + interval.nanoseconds) : self
    }

    /// The interval between two moments.
    public static func - (left: Moment, right: Moment) -> Interval {
        Interval(nanoseconds: left.nanoseconds - right.nanoseconds)
    }
}

/// Ties the monotonic clock to the wall clock, so that a moment can be shown as a date.
public struct ClockAnchor: Sendable, Hashable {
    /// A moment on the monotonic clock.
    public var moment: Moment
    /// The wall clock at that moment, in nanoseconds since 1970-01-01 UTC.
    public var unixNanoseconds: Int64

    /// Pairs a moment with the wall clock read at it.
    public init(moment: Moment, unixNanoseconds: Int64) {
        self.moment = moment
        self.unixNanoseconds = unixNanoseconds
    }

    /// The wall clock at a moment, in nanoseconds since 1970-01-01 UTC.
    public func unixNanoseconds(at other: Moment) -> Int64 {
        unixNanoseconds + (other - moment).nanoseconds
    }
}
