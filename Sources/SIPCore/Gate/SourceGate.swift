import SIPFlow
import SIPProxy
import SIPSyntax
import SIPTrace

/// Decides what a source may send, before a transaction or anything else is made of it.
///
/// - Shape: bans, then a token bucket per source, both before a message is read; then the names of scanners. What is
///   refused gets no answer and no place on the trace, so that a flood cannot wash the ring out: it is counted.
/// What is refused for its rate or its name is refused message by message, and no ban: there is nothing to lift
/// and nothing that a store would have to keep.
/// - Limits: 16,384 sources at a time, 10,000 bans, 1,000 sources whose refusals are told apart.
/// - Cost: one probe a message of a watched source; nothing for loopback, unless that is watched.
struct SourceGate {
    /// What a source was refused lately.
    struct Refusals {
        var cause: DropReason
        var first: Moment
        var last: Moment
        var count: Int
    }

    static let refusalLimit = 1_000
    /// Refusals are told for this long after the last one.
    static let memory = Interval.seconds(600)

    private let limits: SourceLimits
    private let interval: Interval
    private let tolerance: Interval
    private let trusted: Set<IPAddress>
    private let trustedKeys: Set<SourceKey>
    private var table: SourceTable
    var bans = BanTable<SourceKey>()
    private(set) var refusals: [SourceKey: Refusals] = [:]
    /// The sources whose refusals came or grew since a report took them.
    private(set) var changed: Set<SourceKey> = []

    /// `own` are the addresses that this element sends from, to itself too.
    init(limits: SourceLimits, own: [IPAddress], keyedHash: KeyedHash) {
        self.limits = limits
        let rate = max(0, limits.rate)
        interval = rate == 0 ? .zero : Interval(nanoseconds: 1_000_000_000 / Int64(rate))
        tolerance = Interval(nanoseconds: interval.nanoseconds * Int64(max(1, limits.burst)))
        trusted = Set(limits.trusted + own)
        trustedKeys = Set(trusted.map(SourceKey.init))
        table = SourceTable(capacity: 16_384, keyedHash: keyedHash)
    }

    /// True when the gate concerns an address at all.
    func watches(_ address: IPAddress) -> Bool { limits.includesLoopback || !address.isLoopback }

    /// Why a message is refused unread; nil when it may come in.
    ///
    /// Responses pay no toll: they belong to what was let out, or end as strays.
    mutating func refusal(of bytes: Span<UInt8>, from address: IPAddress, now: Moment) -> DropReason? {
        let key = SourceKey(address)
        let place = table.place(of: key)
        if table[place].key != key.number { enter(key, at: place, now: now) }
        if table[place].bannedUntil > now {
            bans.countRefusal(key, now: now)
            return .banned
        }
        guard interval > .zero, !isResponse(bytes) else { return nil }
        if table[place].hasTrusted && trusted.contains(address) { return nil }
        let settledAt = max(table[place].settledAt, now) + interval
        guard settledAt - now <= tolerance else {
            note(.rateLimit, key, now: now)
            return .rateLimit
        }
        table[place].settledAt = settledAt
        return nil
    }

    /// True when a request is that of a scanner, and scanners are not answered.
    mutating func refusesScanner(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        from address: IPAddress,
        now: Moment
    ) -> Bool {
        guard limits.scanners == .drop, index.method != nil, isScanner(bytes, index) else { return false }
        note(.scanner, SourceKey(address), now: now)
        return true
    }

    /// Keeps a source out until a moment; false when there are too many bans.
    mutating func ban(_ source: SourceKey, _ ban: Ban, now: Moment) -> Bool {
        guard bans.insert(ban, for: source, now: now) else { return false }
        let place = table.place(of: source)
        if table[place].key != source.number { enter(source, at: place, now: now) }
        table[place].bannedUntil = ban.until
        refusals[source] = nil
        return true
    }

    /// Lets a source in again; gives its ban, or nil when it was not banned.
    mutating func unban(_ source: SourceKey, now: Moment) -> Ban? {
        guard let ban = bans.remove(source, now: now) else { return nil }
        let place = table.place(of: source)
        if table[place].key == source.number { table[place].bannedUntil = .zero }
        return ban
    }

    /// Takes the sources of which a report has something new to say.
    mutating func takeChanged() -> Set<SourceKey> {
        defer { changed = [] }
        return changed.union(bans.takeChanged())
    }

    /// True when a report would say something new of a source.
    var hasChanges: Bool { !changed.isEmpty || !bans.changed.isEmpty }

    private mutating func enter(_ key: SourceKey, at place: Int, now: Moment) {
        var entry = SourceTable.Entry(key: key.number)
        entry.hasTrusted = trustedKeys.contains(key)
        entry.bannedUntil = bans.bans[key]?.until ?? .zero
        table[place] = entry
    }

    private mutating func note(_ cause: DropReason, _ key: SourceKey, now: Moment) {
        if refusals[key] == nil {
            if refusals.count >= Self.refusalLimit {
                refusals = refusals.filter { $0.value.last + Self.memory > now }
            }
            guard refusals.count < Self.refusalLimit else { return }
        }
        if bans.isTracked { changed.insert(key) }
        refusals[key, default: Refusals(cause: cause, first: now, last: now, count: 0)].count += 1
        refusals[key]?.last = now
        refusals[key]?.cause = cause
    }

    private func isResponse(_ bytes: Span<UInt8>) -> Bool {
        bytes.count > 4 && bytes[0] == UInt8(ascii: "S") && bytes[1] == UInt8(ascii: "I")
            && bytes[2] == UInt8(ascii: "P") && bytes[3] == UInt8(ascii: "/")
    }
}
