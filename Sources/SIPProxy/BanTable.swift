public import SIPFlow

/// A ban and what it kept out.
public struct Ban: Sendable, Hashable {
    /// Since when.
    public var since: Moment
    /// Nothing is let in before.
    public var until: Moment
    /// Why, in the operator's words; may be empty.
    public var reason: String
    /// Who asked for it.
    public var actor: String
    /// What it has refused.
    public var refused = 0
    /// The last time that it refused something; nil when it never did.
    public var lastRefusal: Moment?

    /// A ban that has refused nothing yet.
    public init(since: Moment, until: Moment, reason: String, actor: String) {
        self.since = since
        self.until = until
        self.reason = reason
        self.actor = actor
    }
}

/// Who is kept out, each until a moment of its own.
///
/// - Limits: 10,000 bans.
/// - Cost: one lookup a refusal; the end of a ban looks at all of them.
public struct BanTable<Key: Hashable & Sendable>: Sendable {
    /// The most bans at a time.
    public static var limit: Int { 10_000 }

    /// The bans, and none that is over by the last `removeEnded`.
    public private(set) var bans: [Key: Ban] = [:]
    /// When the next ban is over; nil when there is none.
    public private(set) var nextEnd: Moment?
    /// True when somebody takes what changed; else nothing is remembered for him.
    public var isTracked = false
    /// True when somebody stores what came or went.
    public var isStored = false
    /// Those that came, changed or went since somebody took them.
    public private(set) var changed: Set<Key> = []
    /// Those that came or went since the store took them.
    public private(set) var unstored: Set<Key> = []

    /// A table without bans.
    public init() {}

    /// True when nobody is kept out.
    public var isEmpty: Bool { bans.isEmpty }

    /// The ban that holds at a moment.
    public func ban(of key: Key, now: Moment) -> Ban? {
        guard let ban = bans[key], ban.until > now else { return nil }
        return ban
    }

    /// Keeps somebody out; false when there are too many bans.
    ///
    /// Who is out already stays so until the new moment, and what he was refused goes on counting.
    public mutating func insert(_ ban: Ban, for key: Key, now: Moment) -> Bool {
        if let old = self.ban(of: key, now: now) {
            bans[key] = ban
            bans[key]?.since = old.since
            bans[key]?.refused = old.refused
            bans[key]?.lastRefusal = old.lastRefusal
        } else {
            guard bans[key] != nil || bans.count < Self.limit else { return false }
            bans[key] = ban
        }
        note(key)
        return true
    }

    /// Lets somebody in again; gives his ban, or nil when he was not banned.
    public mutating func remove(_ key: Key, now: Moment) -> Ban? {
        guard let ban = bans.removeValue(forKey: key) else { return nil }
        note(key)
        return ban.until > now ? ban : nil
    }

    /// Counts something that was refused.
    public mutating func countRefusal(_ key: Key, now: Moment) {
        guard bans[key] != nil else { return }
        bans[key]?.refused += 1
        bans[key]?.lastRefusal = now
        if isTracked { changed.insert(key) }
    }

    /// Forgets the bans that are over.
    public mutating func removeEnded(now: Moment) {
        guard let nextEnd, nextEnd <= now else { return }
        for (key, ban) in bans where ban.until <= now {
            bans[key] = nil
            note(key)
        }
        self.nextEnd = bans.values.lazy.map(\.until).min()
    }

    /// The store shall forget somebody who is not in the table.
    public mutating func noteForeign(_ key: Key) { if isStored { unstored.insert(key) } }

    /// Takes those that came, changed or went.
    public mutating func takeChanged() -> Set<Key> {
        defer { changed = [] }
        return changed
    }

    /// Takes those whose rows in the store are out of date.
    public mutating func takeUnstored() -> Set<Key> {
        defer { unstored = [] }
        return unstored
    }

    private mutating func note(_ key: Key) {
        if isTracked { changed.insert(key) }
        if isStored { unstored.insert(key) }
        if let ban = bans[key] { nextEnd = min(nextEnd ?? ban.until, ban.until) }
    }
}
