public import SIPFlow

/// Why a source is refused.
public enum BanCause: String, Sendable, Hashable, CaseIterable {
    /// Somebody banned it.
    case ban
    /// It sends more than its rate; what keeps to the rate still comes in.
    case rateLimit = "rate limit"
    /// Its requests name a scanner; all others still come in.
    case scanner
}

/// A source that is refused, or was within the last ten minutes.
public struct BanRow: Sendable, Hashable {
    /// The address; of IPv6 its /64 network.
    public var source: String
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
        source: String,
        cause: BanCause,
        since: Moment,
        until: Moment? = nil,
        lastRefusal: Moment? = nil,
        refused: Int,
        reason: String = "",
        actor: String = ""
    ) {
        self.source = source
        self.cause = cause
        self.since = since
        self.until = until
        self.lastRefusal = lastRefusal
        self.refused = refused
        self.reason = reason
        self.actor = actor
    }
}

/// An operator's order to keep a source out.
public struct BanRequest: Sendable, Hashable {
    /// Whom; of an IPv6 address its whole /64 network.
    public var source: IPAddress
    /// For how long.
    public var duration: Interval
    /// Why, in the operator's words; may be empty.
    public var reason: String
    /// Who asked: `console`, or `ctl`.
    public var actor: String

    /// Describes a ban.
    public init(source: IPAddress, duration: Interval, reason: String = "", actor: String) {
        self.source = source
        self.duration = duration
        self.reason = reason
        self.actor = actor
    }
}
