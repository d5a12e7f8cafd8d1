public import SIPFlow

/// All searches for next hops: one cache, and each question asked once for all who wait for it.
///
/// - Shape: sans-I/O; the owner takes `takeQuestions` to name servers and hands the answers in.
/// - Limits: 4,096 searches wait, 64 questions are out at a time; each has 10 s to be answered.
public struct NextHopFinder: Sendable {
    static let searchLimit = 4_096
    static let questionLimit = 64
    static let patience = Interval.seconds(10)

    /// Names a search that waits.
    public struct Ticket: Sendable, Hashable {
        let number: UInt64
    }

    /// How far a new search is.
    public enum Progress: Sendable, Hashable {
        /// Over: all that it asked was known.
        case done(NextHopResult)
        /// It waits for name servers.
        case waits(Ticket)
    }

    /// A search that waited and is over.
    public struct Finished: Sendable, Hashable {
        /// Which one.
        public var ticket: Ticket
        /// How it ended.
        public var result: NextHopResult
    }

    /// A question that somebody waits for.
    private struct Question {
        var waiting: [Ticket]
        /// When it counts as never answered; nil while it has not been asked.
        var deadline: Moment?
    }

    /// What the listeners reach.
    public let reach: NextHopReach
    private var cache = DNSCache()
    private var searches: [Ticket: NextHopSearch] = [:]
    private var lastTicket: UInt64 = 0
    private var questions: [DNSQuestion: Question] = [:]
    private var queue: [DNSQuestion] = []
    private var outgoing: [DNSQuestion] = []
    private var askedCount = 0
    /// When to call `fire`; nil when nothing waits.
    public private(set) var nextDeadline: Moment?

    /// Makes a finder that knows nothing.
    public init(reach: NextHopReach) {
        self.reach = reach
    }

    /// Searches for the places of a host.
    ///
    /// The seed decides what is drawn by weight: equal seeds try equal orders.
    public mutating func find(_ query: NextHopQuery, seed: UInt64, now: Moment) -> Progress {
        var search = NextHopSearch(query, reach: reach, seed: seed)
        let ticket = Ticket(number: lastTicket + 1)
        if let result = advance(&search, ticket, mayWait: searches.count < Self.searchLimit, now: now) {
            return .done(result)
        }
        lastTicket += 1
        searches[ticket] = search
        release(now: now)
        return .waits(ticket)
    }

    /// Nobody waits for a search any more.
    public mutating func forget(_ ticket: Ticket) {
        searches[ticket] = nil
    }

    /// A name server answered, or did not.
    public mutating func receive(_ answer: DNSAnswer, to question: DNSQuestion, now: Moment) -> [Finished] {
        cache.keep(answer, to: question, now: now)
        guard let asked = questions.removeValue(forKey: question) else { return [] }
        if asked.deadline == nil {
            queue.removeAll { $0 == question }
        } else {
            askedCount -= 1
        }
        var finished: [Finished] = []
        for ticket in asked.waiting {
            guard var search = searches[ticket] else { continue }
            search.receive(answer, to: question)
            let result = advance(&search, ticket, mayWait: true, now: now)
            searches[ticket] = result == nil ? search : nil
            if let result { finished.append(Finished(ticket: ticket, result: result)) }
        }
        release(now: now)
        return finished
    }

    /// Gives up on questions that were never answered.
    public mutating func fire(now: Moment) -> [Finished] {
        let late = questions.filter { $0.value.deadline.map { $0 <= now } ?? false }.keys
        return late.flatMap { receive(DNSAnswer(.timedOut), to: $0, now: now) }
    }

    /// True when questions wait to be taken to a name server.
    public var hasQuestions: Bool { !outgoing.isEmpty }

    /// Takes the questions for the name servers; each will be answered, or gives up after its time.
    public mutating func takeQuestions() -> [DNSQuestion] {
        defer { outgoing.removeAll() }
        return outgoing
    }

    /// Goes on with what is known; nil when the search waits.
    private mutating func advance(
        _ search: inout NextHopSearch,
        _ ticket: Ticket,
        mayWait: Bool,
        now: Moment
    ) -> NextHopResult? {
        while true {
            switch search.step() {
            case .done(let result): return result
            case .asks(let open):
                var unknown: [DNSQuestion] = []
                for question in open {
                    if let answer = cache.answer(to: question, now: now) {
                        search.receive(answer, to: question)
                    } else {
                        unknown.append(question)
                    }
                }
                guard !unknown.isEmpty else { continue }
                guard mayWait else { return .failed(NextHopFailure(.overloaded, unknown[0].name)) }
                for question in unknown { wait(ticket, for: question) }
                return nil
            }
        }
    }

    private mutating func wait(_ ticket: Ticket, for question: DNSQuestion) {
        guard var asked = questions[question] else {
            questions[question] = Question(waiting: [ticket], deadline: nil)
            queue.append(question)
            return
        }
        if !asked.waiting.contains(ticket) { asked.waiting.append(ticket) }
        questions[question] = asked
    }

    /// Lets as many questions out as may be out at a time.
    private mutating func release(now: Moment) {
        while askedCount < Self.questionLimit, !queue.isEmpty {
            let question = queue.removeFirst()
            questions[question]?.deadline = now + Self.patience
            outgoing.append(question)
            askedCount += 1
        }
        nextDeadline = questions.values.compactMap(\.deadline).min()
    }
}
