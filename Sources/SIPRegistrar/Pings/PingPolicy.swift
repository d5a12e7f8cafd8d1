public import SIPFlow

/// How phones are asked whether they are there.
public struct PingPolicy: Sendable, Hashable {
    /// How often each contact is asked.
    public var interval: Interval
    /// An answer that takes longer than this is late: by then the request was sent again.
    ///
    /// Default 500 ms, timer E's first value.
    public var lateAfter: Interval
    /// So many pings without an answer, one after the other, make a contact dead.
    ///
    /// Default 3.
    public var deadAfter: Int

    /// Describes a policy.
    public init(interval: Interval, lateAfter: Interval = .milliseconds(500), deadAfter: Int = 3) {
        self.interval = interval
        self.lateAfter = lateAfter
        self.deadAfter = deadAfter
    }
}

/// What pings say of a contact.
public enum Reachability: Sendable, Hashable, CaseIterable {
    /// It was not asked yet.
    case unknown
    /// It answers in time.
    case prompt
    /// It answers late, or missed a ping.
    case late
    /// It missed several pings in a row.
    case dead
}

/// What a contact answered.
public struct PingResult: Sendable, Hashable {
    /// The verdict.
    public var reachability = Reachability.unknown
    /// From the first sending of the last answered ping to its answer; nil while none was answered.
    public var roundTrip: Interval?
    /// How many pings in a row brought no answer.
    public var misses = 0
    /// How many pings were sent.
    public var sent = 0
    /// How many of them brought no answer.
    public var lost = 0
    /// When the last answer came; nil while none did.
    public var answeredAt: Moment?

    /// Nothing is known.
    public init() {}
}
