import SIPFlow
import SIPReport

/// Phones whose REGISTERs are refused with 401 again and again, each drawn as one line.
///
/// - Shape: what belongs together has one Call-ID, or one source and one cause that names the user, such as a wrong
///   password. The oldest transaction that is still shown stands for the others, so that a selection stays on it.
/// - Limits: a loop is more than 5 in 30 s; it is over once it is answered otherwise, or after 30 s of silence.
struct RegisterLoops: Sendable {
    private static let limit = 5
    private static let window = Interval.seconds(30)

    private enum Key: Hashable {
        case call(String)
        case cause(IPAddress, String)
    }

    private struct Trail {
        /// All of it, oldest first; those before `first` are shown no more.
        var ids: [UInt64] = []
        var first = 0
        var callIDs: Set<String> = []
        var startedAt: Moment
        var lastAt: Moment
        /// How many there were, also those that are shown no more.
        var count = 0
        var cause = ""
        /// When the newest came, as many as make a loop.
        var recent: [Moment] = []
        var isLoop = false

        var leader: UInt64? { first < ids.count ? ids[first] : nil }

        /// Counts one that came at a moment.
        mutating func note(_ moment: Moment) {
            count += 1
            lastAt = max(lastAt, moment)
            recent.append(moment)
            if recent.count > RegisterLoops.limit + 1 { recent.removeFirst() }
            guard recent.count > RegisterLoops.limit else { return }
            if lastAt - recent[0] <= RegisterLoops.window { isLoop = true }
        }

        /// Passes to the oldest that is still shown.
        mutating func dropLeader(_ shown: Set<UInt64>) {
            first += 1
            while first < ids.count, !shown.contains(ids[first]) { first += 1 }
            if first > 1_024 && first * 2 > ids.count {
                ids.removeFirst(first)
                first = 0
            }
        }
    }

    private var trails: [Key: Trail] = [:]
    private var keys: [String: Key] = [:]
    private var leaders: [UInt64: Key] = [:]
    private var sweptAt = Moment.zero
    /// The transactions that another one stands for.
    private(set) var folded: Set<UInt64> = []

    /// Takes in a transaction; gives those whose place in the list changes.
    ///
    /// - Cost: one comparison for a client's, two more for a server's; the same for each further one of a loop.
    mutating func add(_ row: TransactionRow, before: TransactionRow?) -> [UInt64] {
        guard row.role == .server, row.code >= 200, row.method == "REGISTER" else { return [] }
        guard row.code == 401 else { return end(keys[row.callID]) }
        guard before?.code != 401 else { return [] }
        let key = key(of: row)
        var isFolded = trails[key]?.isLoop ?? false
        if let old = keys.updateValue(key, forKey: row.callID), old != key {
            join(old, key)
            isFolded = false
        }
        trails[key, default: Trail(startedAt: row.startedAt, lastAt: row.startedAt)].ids.append(row.id)
        trails[key]?.callIDs.insert(row.callID)
        trails[key]?.note(row.startedAt)
        if names(row.note) || trails[key]?.cause.isEmpty == true { trails[key]?.cause = row.note }
        guard trails[key]?.isLoop == true else { return [] }
        guard isFolded, let leader = trails[key]?.leader, leader != row.id else { return fold(key) }
        folded.insert(row.id)
        return [row.id]
    }

    /// Forgets a transaction that is shown no more; gives the one that stands for its loop from now on.
    ///
    /// - Shape: `isLast` says that no other of its Call-ID is shown.
    mutating func forget(_ row: TransactionRow, isLast: Bool) -> [UInt64] {
        guard row.role == .server, row.code == 401, let key = keys[row.callID] else { return [] }
        folded.remove(row.id)
        if isLast {
            keys[row.callID] = nil
            trails[key]?.callIDs.remove(row.callID)
        }
        guard leaders.removeValue(forKey: row.id) != nil else {
            if trails[key]?.isLoop == false { trails[key]?.ids.removeAll { $0 == row.id } }
            return []
        }
        trails[key]?.dropLeader(folded)
        guard let leader = trails[key]?.leader else { return [] }
        leaders[leader] = key
        folded.remove(leader)
        return [leader]
    }

    /// Ends what has been silent for long enough; gives those whose place in the list changes.
    mutating func advance(to now: Moment) -> [UInt64] {
        guard !trails.isEmpty, now - sweptAt >= .seconds(1) else { return [] }
        sweptAt = now
        let over = trails.filter { now - $0.value.lastAt > Self.window }.keys
        return over.flatMap { end($0) }
    }

    /// How many a transaction stands for, in which time, and why; nil for one that stands for itself.
    func words(of id: UInt64) -> String? {
        guard let key = leaders[id], let trail = trails[key] else { return nil }
        let time = Format.span(trail.lastAt - trail.startedAt)
        return "\(trail.count) in \(time)" + (trail.cause.isEmpty ? "" : ", \(trail.cause)")
    }

    private func key(of row: TransactionRow) -> Key {
        if case .cause(let ip, let cause) = keys[row.callID] { return .cause(ip, cause) }
        return names(row.note) ? .cause(row.flow.peer.ip, row.note) : .call(row.callID)
    }

    /// True for a cause that names the user; a challenge, or a stale nonce, may be anybody's.
    private func names(_ note: String) -> Bool {
        note.hasPrefix("wrong password of ") || note.hasPrefix("unknown user ")
    }

    /// Lets the oldest of a loop stand for the others.
    private mutating func fold(_ key: Key) -> [UInt64] {
        guard let trail = trails[key], trail.isLoop, let leader = trail.leader else { return [] }
        leaders[leader] = key
        var changed: [UInt64] = folded.remove(leader) == nil ? [] : [leader]
        for id in trail.ids[trail.first...].dropFirst() {
            leaders[id] = nil
            if folded.insert(id).inserted { changed.append(id) }
        }
        return changed
    }

    /// Puts the trail of a Call-ID into that of its cause, which is known only now.
    private mutating func join(_ old: Key, _ key: Key) {
        guard let before = trails.removeValue(forKey: old) else { return }
        for id in before.ids { leaders[id] = nil }
        guard var trail = trails[key] else {
            trails[key] = before
            return
        }
        trail.ids = (before.ids[before.first...] + trail.ids[trail.first...]).sorted()
        trail.first = 0
        trail.callIDs.formUnion(before.callIDs)
        trail.startedAt = min(trail.startedAt, before.startedAt)
        trail.lastAt = max(trail.lastAt, before.lastAt)
        trail.count += before.count
        trail.recent = Array((before.recent + trail.recent).sorted().suffix(Self.limit + 1))
        trail.isLoop = trail.isLoop || before.isLoop
        trails[key] = trail
    }

    private mutating func end(_ key: Key?) -> [UInt64] {
        guard let key, let trail = trails.removeValue(forKey: key) else { return [] }
        for callID in trail.callIDs { keys[callID] = nil }
        for id in trail.ids { leaders[id] = nil }
        return trail.ids.filter { folded.remove($0) != nil }
    }
}
