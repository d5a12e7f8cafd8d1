public import SIPFlow

/// Why somebody is refused.
public enum BanCause: String, Sendable, Hashable, CaseIterable {
    /// Somebody banned it.
    case ban
    /// It sends more than its rate; what keeps to the rate still comes in.
    case rateLimit = "rate limit"
    /// Its requests name a scanner; all others still come in.
    case scanner
}

/// A source or an address of record that is refused, or was within the last ten minutes.
public struct BanRow: Sendable, Hashable {
    /// Refusals that nobody ordered are told for this long after the last one.
    public static let memory = Interval.seconds(600)

    /// Who.
    public var subject: BanSubject
    /// Why.
    public var cause: BanCause
    /// Since when.
    public var since: Moment
    /// When it is let in again; nil when nobody decided that.
    public var until: Moment?
    /// The last time that something was refused; nil when nothing was.
    public var lastRefusal: Moment?
    /// The messages that were refused.
    public var refused: Int
    /// Why, in the operator's words; may be empty.
    public var reason: String
    /// Who banned it; empty when nobody did.
    public var actor: String

    /// Makes a row from all its values.
    public init(
        subject: BanSubject,
        cause: BanCause,
        since: Moment,
        until: Moment? = nil,
        lastRefusal: Moment? = nil,
        refused: Int,
        reason: String = "",
        actor: String = ""
    ) {
        self.subject = subject
        self.cause = cause
        self.since = since
        self.until = until
        self.lastRefusal = lastRefusal
        self.refused = refused
        self.reason = reason
        self.actor = actor
    }

    /// True once there is nothing left to tell of it.
    public func isOver(at now: Moment) -> Bool {
        (until ?? (lastRefusal ?? since) + Self.memory) <= now
    }
}

/// An operator's order to keep somebody out.
public struct BanRequest: Sendable, Hashable {
    /// Whom.
    public var subjects: [BanSubject]
    /// For how long.
    public var duration: Interval
    /// Why, in the operator's words; may be empty.
    public var reason: String
    /// Who asked: `console`, or `ctl`.
    public var actor: String

    /// Describes a ban.
    public init(subjects: [BanSubject], duration: Interval, reason: String = "", actor: String) {
        self.subjects = subjects
        self.duration = duration
        self.reason = reason
        self.actor = actor
    }
}
