import SIPFlow
import SIPReport

/// The counters of the last minute, one reading a second, for rates, shares and the small graph.
///
/// - Limits: 61 readings, so that 60 differences can be shown.
struct RateHistory: Sendable, Equatable {
    /// The counters that rates are made of, summed since the engine's start.
    struct Reading: Sendable, Equatable {
        var requests = 0
        var invites = 0
        var registers = 0
        var options = 0
        var messages = 0
        var retransmissions = 0
        var responses = [0, 0, 0, 0, 0, 0]

        init() {}

        init(_ counters: EngineCounters) {
            requests = counters.requests
            invites = counters.invites
            registers = counters.registers
            options = counters.options
            messages = counters.received + counters.sent
            retransmissions = counters.retransmissions
            responses = counters.responses
        }
    }

    private static let limit = 61
    private var readings: [Reading] = []
    private var latest = Reading()
    private var second: Int?

    /// Takes in the newest counters.
    mutating func record(_ counters: EngineCounters, at now: Moment) {
        // The first report may come from an engine that has run for days: its past is no traffic of this minute.
        if second == nil { latest = Reading(counters) }
        advance(to: now)
        latest = Reading(counters)
    }

    /// Closes the seconds that are over.
    mutating func advance(to now: Moment) {
        let current = (now - .zero).wholeSeconds
        guard let last = second else {
            second = current
            readings = [latest]
            return
        }
        guard current > last else { return }
        for _ in 0..<min(current - last, Self.limit) { readings.append(latest) }
        if readings.count > Self.limit { readings.removeFirst(readings.count - Self.limit) }
        second = current
    }

    /// How much a counter rose per second, over the last five whole seconds.
    func rate(_ counter: KeyPath<Reading, Int>) -> Double {
        guard let last = readings.last, readings.count > 1 else { return 0 }
        let span = min(5, readings.count - 1)
        return Double(last[keyPath: counter] - readings[readings.count - 1 - span][keyPath: counter])
            / Double(span)
    }

    /// How much a counter rose in the last minute, the running second included.
    func total(_ counter: KeyPath<Reading, Int>) -> Int {
        guard let first = readings.first else { return 0 }
        return latest[keyPath: counter] - first[keyPath: counter]
    }

    /// The final responses of the last minute by class: index 0 for 2xx to 4 for 6xx.
    var finalResponses: [Int] {
        guard let first = readings.first else { return [0, 0, 0, 0, 0] }
        return (1...5).map { latest.responses[$0] - first.responses[$0] }
    }

    /// The requests of each of the last seconds, oldest first, at most `count`.
    func requestsPerSecond(_ count: Int) -> [Int] {
        let shown = Array(readings.suffix(count + 1))
        guard shown.count > 1 else { return [] }
        return (1..<shown.count).map { shown[$0].requests - shown[$0 - 1].requests }
    }

    /// True when every rate and share of the minute is zero, so that nothing moves by itself.
    var isQuiet: Bool {
        guard let first = readings.first else { return true }
        return first == latest
    }
}
