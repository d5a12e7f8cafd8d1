public import SIPFlow

/// What a kick applies to.
///
/// Frozen when the dialog opens, so that a re-sorted list changes nothing.
public enum KickTarget: Sendable, Hashable {
    /// One binding.
    case binding(BindingID)
    /// One contact URI of an address of record.
    case contact(aor: String, contact: String)
    /// Every binding of an address of record.
    case aor(String)
}

/// What a kick does beside removing the binding, and what watchers of the registration hear (RFC 3680).
public enum KickAct: Sendable, Hashable {
    /// Removes the binding: `deactivated`.
    case drop
    /// Makes the phone register afresh, after so many seconds if any are given.
    ///
    /// `probation` with the time, or `deactivated` without one.
    case bounce(retryAfter: Int?)
    /// Asks the phone not to come back by itself: `rejected`.
    case reject

    /// The word on the command line and in the audit log.
    public var name: String {
        switch self {
        case .drop: "drop"
        case .bounce: "bounce"
        case .reject: "reject"
        }
    }
}

/// An operator's order to throw registrations off.
public struct KickRequest: Sendable, Hashable {
    /// What to kick; at least one.
    public var targets: [KickTarget]
    /// What to do.
    public var act: KickAct
    /// Why, in the operator's words; may be empty.
    public var reason: String
    /// Who is kept out from now on; empty for nobody.
    public var bans: [BanSubject]
    /// For how long.
    public var banTime: Interval
    /// Who asked: `console`, or `ctl`.
    public var actor: String

    /// Describes a kick.
    public init(
        targets: [KickTarget],
        act: KickAct = .drop,
        reason: String = "",
        bans: [BanSubject] = [],
        banTime: Interval = .zero,
        actor: String
    ) {
        self.targets = targets
        self.act = act
        self.reason = reason
        self.bans = bans
        self.banTime = banTime
        self.actor = actor
    }
}

/// An order from the console or the control socket to the engine.
public enum CoreCommand: Sendable, Hashable {
    /// Throws registrations off.
    case kick(KickRequest)
    /// Brings back what a kick removed, and lifts what it banned, within ten seconds of it.
    case undoKick(audit: UInt64, actor: String)
    /// Keeps sources or addresses of record out for a time, or for another time than before.
    case ban(BanRequest)
    /// Lets those in again who are banned.
    case unban([BanSubject], actor: String)
}

/// One line of the audit log.
public struct AuditEntry: Sendable, Hashable {
    /// Counts from 1; names the act for an undo.
    public var number: UInt64
    /// Wall clock, nanoseconds since 1970-01-01 UTC.
    public var unixNanoseconds: Int64
    /// Who asked.
    public var actor: String
    /// What was done: `drop`, `bounce`, `reject`, `undo`, `ban`, `unban`.
    public var act: String
    /// The bindings it touched, as `aor contact`, and who is kept out or let in.
    public var targets: [String]
    /// Why, in the operator's words; may be empty.
    public var reason: String

    /// Makes a line from all its values.
    public init(
        number: UInt64,
        unixNanoseconds: Int64,
        actor: String,
        act: String,
        targets: [String],
        reason: String
    ) {
        self.number = number
        self.unixNanoseconds = unixNanoseconds
        self.actor = actor
        self.act = act
        self.targets = targets
        self.reason = reason
    }
}

/// What became of a command.
public enum CommandOutcome: Sendable, Hashable {
    /// Bindings were removed; the audit entry names them.
    case kicked(AuditEntry)
    /// Bindings were removed and their owners are kept out, each with its audit entry.
    case kickedAndBanned(AuditEntry, AuditEntry)
    /// A kick was taken back.
    case undone(AuditEntry)
    /// Somebody is kept out.
    case banned(AuditEntry)
    /// Somebody is let in again.
    case unbanned(AuditEntry)
    /// Nothing matched, or the time for an undo is over; the text says which.
    case refused(String)
}
