import SIPFlow

/// Answers of name servers, as long as they hold.
///
/// - Limits: 10,000 answers; when full, what ends soonest goes first.
struct DNSCache {
    /// How long records are kept at least, so that a time of 0 cannot make each message ask anew.
    static let minimumTime = Interval.seconds(1)
    /// How long records are kept at most.
    static let maximumTime = Interval.seconds(86_400)
    /// How long "no" is kept: what the zone says, within these limits (RFC 2308 §5).
    static let negativeTime = Interval.seconds(5)...Interval.seconds(30)
    /// How long a failed or silent name server is not asked the same again.
    static let failureTime = Interval.seconds(5)

    private struct Entry {
        var answer: DNSAnswer
        var until: Moment
    }

    private let limit: Int
    private var entries: [DNSQuestion: Entry] = [:]

    init(limit: Int = 10_000) {
        self.limit = limit
    }

    var count: Int { entries.count }

    /// The answer that still holds.
    func answer(to question: DNSQuestion, now: Moment) -> DNSAnswer? {
        guard let entry = entries[question], now < entry.until else { return nil }
        return entry.answer
    }

    mutating func keep(_ answer: DNSAnswer, to question: DNSQuestion, now: Moment) {
        if entries.count >= limit && entries[question] == nil { makeRoom(now: now) }
        entries[question] = Entry(answer: answer, until: now + time(answer))
    }

    private func time(_ answer: DNSAnswer) -> Interval {
        switch answer.outcome {
        case .records:
            min(max(answer.timeToLive ?? Self.minimumTime, Self.minimumTime), Self.maximumTime)
        case .noData, .noSuchName:
            min(
                max(answer.timeToLive ?? Self.negativeTime.lowerBound, Self.negativeTime.lowerBound),
                Self.negativeTime.upperBound
            )
        case .serverFailed, .timedOut:
            Self.failureTime
        }
    }

    /// Lets go of what has ended; if that is nothing, of the quarter that ends soonest.
    private mutating func makeRoom(now: Moment) {
        entries = entries.filter { now < $0.value.until }
        guard entries.count >= limit else { return }
        let ends = entries.values.map(\.until).sorted()
        let bound = ends[limit / 4]
        entries = entries.filter { $0.value.until > bound }
    }
}
