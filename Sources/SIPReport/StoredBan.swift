/// A ban as a store keeps it.
///
/// - Units: all times in nanoseconds since 1970-01-01 UTC, kept in whole milliseconds.
public struct StoredBan: Sendable, Hashable {
    /// Who is kept out.
    public var subject: BanSubject
    /// Since when.
    public var beginsAt: Int64
    /// When it is over.
    public var endsAt: Int64
    /// Why, in the operator's words; may be empty.
    public var reason: String
    /// Who asked for it.
    public var actor: String

    /// Makes one from all its values.
    public init(subject: BanSubject, beginsAt: Int64, endsAt: Int64, reason: String, actor: String) {
        self.subject = subject
        self.beginsAt = beginsAt
        self.endsAt = endsAt
        self.reason = reason
        self.actor = actor
    }
}

/// What one transaction of a store writes of the bans.
public struct BanBatch: Sendable, Hashable {
    /// Bans that are new or have another end.
    public var kept: [StoredBan] = []
    /// Those who are kept out no more; some never reached the store.
    public var gone: [BanSubject] = []

    /// Nothing to write.
    public init() {}
}
