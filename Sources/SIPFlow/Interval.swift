/// A length of time.
///
/// - Units: whole nanoseconds, signed. Limits: ±292 years.
public struct Interval: Sendable, Hashable, Comparable {
    /// The length in nanoseconds.
    public var nanoseconds: Int64

    /// Makes an interval from a count of nanoseconds.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// No time at all.
    public static let zero = Interval(nanoseconds: 0)

    /// A count of microseconds.
    public static func microseconds(_ count: Int) -> Interval {
        Interval(nanoseconds: Int64(count) * 1_000)
    }

    /// A count of milliseconds.
    public static func milliseconds(_ count: Int) -> Interval {
        Interval(nanoseconds: Int64(count) * 1_000_000)
    }

    /// A count of whole seconds.
    public static func seconds(_ count: Int) -> Interval {
        Interval(nanoseconds: Int64(count) * 1_000_000_000)
    }

    /// Whole milliseconds, rounded towards zero.
    public var milliseconds: Int { Int(nanoseconds / 1_000_000) }

    /// Seconds with their fraction, for display.
    public var seconds: Double { Double(nanoseconds) / 1_000_000_000 }

    /// Whole seconds, rounded towards zero.
    public var wholeSeconds: Int { Int(nanoseconds / 1_000_000_000) }

    /// Compares two lengths.
    public static func < (left: Interval, right: Interval) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Adds two lengths.
    public static func + (left: Interval, right: Interval) -> Interval {
        Interval(nanoseconds: left.nanoseconds + right.nanoseconds)
    }

    /// Takes one length from another.
    public static func - (left: Interval, right: Interval) -> Interval {
        Interval(nanoseconds: left.nanoseconds - right.nanoseconds)
    }

    /// Multiplies a length.
    public static func * (left: Interval, right: Int) -> Interval {
        Interval(nanoseconds: left.nanoseconds * Int64(right))
    }
}
