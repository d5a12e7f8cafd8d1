import SIPFlow

/// Counts failed logins by source, and says when a source has had too many.
///
/// - Shape: each failure is worn off after a second. A source with more than a burst of them is limited: its
///   credentials are not looked at until there is room again.
/// - Limits: 60 failures at once, which a phone with an old password stays below even when it repeats 16 times; 4,096
///   sources, of which the least conspicuous is forgotten first. An IPv6 source is a /64.
struct FailureMeter {
    /// A source, and when its last failure is worn off.
    private struct Source {
        var hash: UInt64 = 0
        var clearAt = Moment.zero
    }

    /// The failures that a source may have at once.
    static let burst = 60
    /// How long a failure counts.
    static let weight = Interval.seconds(1)
    private static let ways = 4

    private let keyedHash: KeyedHash
    private var sources = [Source](repeating: Source(), count: 4_096)

    init(keyedHash: KeyedHash) {
        self.keyedHash = keyedHash
    }

    /// True when a source has had too many failures lately.
    func isLimited(_ ip: IPAddress, now: Moment) -> Bool {
        let hash = hash(ip)
        for place in places(hash) where sources[place].hash == hash {
            return sources[place].clearAt - now > Self.weight * (Self.burst - 1)
        }
        return false
    }

    /// Notes a failure.
    mutating func note(_ ip: IPAddress, now: Moment) {
        let hash = hash(ip)
        var chosen = places(hash).lowerBound
        for place in places(hash) {
            if sources[place].hash == hash {
                chosen = place
                break
            }
            if sources[place].clearAt < sources[chosen].clearAt { chosen = place }
        }
        if sources[chosen].hash != hash { sources[chosen] = Source(hash: hash, clearAt: now) }
        sources[chosen].clearAt = max(sources[chosen].clearAt, now) + Self.weight
    }

    /// The few places that a source may have.
    private func places(_ hash: UInt64) -> Range<Int> {
        let first = Int(truncatingIfNeeded: hash >> 8) & (sources.count - 1) & ~(Self.ways - 1)
        return first..<first + Self.ways
    }

    private func hash(_ ip: IPAddress) -> UInt64 {
        switch ip {
        case .v4(let bits): keyedHash.combine(4, UInt64(bits))
        case .v6(let high, _): keyedHash.combine(6, high)
        }
    }
}
