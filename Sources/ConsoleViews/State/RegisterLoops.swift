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
        var ids: [UInt64] = []
        var callIDs: Set<String> = []
        var startedAt: Moment
        var lastAt: Moment
        /// How many there were, also those that are shown no more.
        var count = 0
        var cause = ""
        var recent: [Moment] = []
        var isLoop = false
    }

    private var trails: [Key: Trail] = [:]
    private var keys: [String: Key] = [:]
    private var leaders: [UInt64: Key] = [:]
    private var sweptAt = Moment.zero
    /// The transactions that another one stands for.
    private(set) var folded: Set<UInt64> = []

    /// Takes in a transaction; gives those whose place in the list changes.
    ///
    /// - Cost: one comparison for a client's, two more for a server's.
    mutating func add(_ row: TransactionRow, before: TransactionRow?) -> [UInt64] {
        guard row.role == .server, row.code >= 200, row.method == "REGISTER" else { return [] }
        guard row.code == 401 else { return end(keys[row.callID]) }
        guard before?.code != 401 else { return [] }
        let key = key(of: row)
        var trail = trails[key] ?? Trail(startedAt: row.startedAt, lastAt: row.startedAt)
        if let old = keys.updateValue(key, forKey: row.callID), old != key { join(old, &trail) }
        trail.ids.append(row.id)
        trail.callIDs.insert(row.callID)
        trail.count += 1
        trail.lastAt = max(trail.lastAt, row.startedAt)
        if names(row.note) || trail.cause.isEmpty { trail.cause = row.note }
        trail.recent.append(row.startedAt)
        trail.recent.removeAll { trail.lastAt - $0 > Self.window }
        if trail.recent.count > Self.limit { trail.isLoop = true }
        trails[key] = trail
        return trail.isLoop ? fold(key) : []
    }

    /// Forgets a transaction that is shown no more; gives the one that stands for its loop from now on.
    ///
    /// - Shape: `isLast` says that no other of its Call-ID is shown.
    mutating func forget(_ row: TransactionRow, isLast: Bool) -> [UInt64] {
        guard row.role == .server, row.code == 401, let key = keys[row.callID] else { return [] }
        folded.remove(row.id)
        trails[key]?.ids.removeAll { $0 == row.id }
        if isLast {
            keys[row.callID] = nil
            trails[key]?.callIDs.remove(row.callID)
        }
        guard leaders.removeValue(forKey: row.id) != nil else { return [] }
        return fold(key)
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
        let time = Format.latency(.seconds((trail.lastAt - trail.startedAt).wholeSeconds))
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
        guard let trail = trails[key], trail.isLoop, let leader = trail.ids.first else { return [] }
        leaders[leader] = key
        var changed: [UInt64] = folded.remove(leader) == nil ? [] : [leader]
        for id in trail.ids.dropFirst() {
            leaders[id] = nil
            if folded.insert(id).inserted { changed.append(id) }
        }
        return changed
    }

    /// Puts the trail of a Call-ID into that of its cause, which is known only now.
    private mutating func join(_ old: Key, _ trail: inout Trail) {
        guard let before = trails.removeValue(forKey: old) else { return }
        for id in before.ids { leaders[id] = nil }
        trail.ids = (before.ids + trail.ids).sorted()
        trail.callIDs.formUnion(before.callIDs)
        trail.startedAt = min(trail.startedAt, before.startedAt)
        trail.count += before.count
        trail.recent += before.recent
        trail.isLoop = trail.isLoop || before.isLoop
    }

    private mutating func end(_ key: Key?) -> [UInt64] {
        guard let key, let trail = trails.removeValue(forKey: key) else { return [] }
        for callID in trail.callIDs { keys[callID] = nil }
        for id in trail.ids { leaders[id] = nil }
        return trail.ids.filter { folded.remove($0) != nil }
    }
}
