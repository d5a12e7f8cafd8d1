public import SIPFlow

/// What is known of next hops that cannot take requests just now.
///
/// - Limits: 1,024 hops; more are not remembered.
public struct HopHealth: Sendable {
    static let limit = 1_024
    /// How long a hop that was silent or unreachable is tried after all others.
    public static let silenceTime = Interval.seconds(30)
    /// The longest time that a server may shut itself by Retry-After.
    public static let longestShut = Interval.seconds(3_600)

    private var shut: [NextHop: Moment] = [:]
    private var silent: [NextHop: Moment] = [:]

    /// Nothing is known.
    public init() {}

    /// True when every hop may be used as any other.
    public var isEmpty: Bool { shut.isEmpty && silent.isEmpty }

    /// A hop asked to be left alone for a while: 503 with Retry-After (RFC 3261 §21.5.4).
    public mutating func shut(_ hop: NextHop, for time: Interval, now: Moment) {
        Self.note(hop, now + min(time, Self.longestShut), in: &shut, now: now)
    }

    /// A hop did not answer, or could not be reached.
    public mutating func noteSilence(of hop: NextHop, now: Moment) {
        Self.note(hop, now + Self.silenceTime, in: &silent, now: now)
    }

    /// True while a hop must be left alone.
    public mutating func isShut(_ hop: NextHop, now: Moment) -> Bool {
        Self.isNoted(hop, in: &shut, now: now)
    }

    /// The same hops, those last that were silent lately; none is left out (RFC 2782: "it can reach").
    public mutating func ordered(_ hops: [NextHop], now: Moment) -> [NextHop] {
        guard !silent.isEmpty else { return hops }
        var (good, bad): ([NextHop], [NextHop]) = ([], [])
        for hop in hops {
            if Self.isNoted(hop, in: &silent, now: now) { bad.append(hop) } else { good.append(hop) }
        }
        return good + bad
    }

    private static func note(_ hop: NextHop, _ until: Moment, in table: inout [NextHop: Moment], now: Moment)
    {
        if table.count >= limit && table[hop] == nil { table = table.filter { now < $0.value } }
        if table.count < limit || table[hop] != nil { table[hop] = until }
    }

    private static func isNoted(_ hop: NextHop, in table: inout [NextHop: Moment], now: Moment) -> Bool {
        guard let until = table[hop] else { return false }
        if until <= now { table[hop] = nil }
        return now < until
    }
}
