public import SIPFlow
import SIPSyntax

/// One transaction for a report: plain values with text.
public struct TransactionSnapshot: Sendable, Hashable {
    /// Its number.
    public var id: TransactionID
    /// The method.
    public var method: String
    /// The state.
    public var state: MachineState
    /// The branch.
    public var branch: String
    /// The other side.
    public var flow: Flow
    /// When it began.
    public var startedAt: Moment
    /// The timers that run, soonest first.
    public var timers: [MachineDeadline]
    /// How often a message was repeated.
    public var retransmits: Int
    /// The Call-ID.
    public var callID: String
    /// The server transaction whose request it forwards; `none` for a server's.
    public var parent: TransactionID
    /// The place among its parent's branches.
    public var fork: Int
    /// The last status code.
    public var code: Int
    /// Why its request was answered so, or what ended it, in words of ours and the sender's; may be empty.
    public var note: String
    /// Client: the timer that ended it, or made the proxy cancel it.
    public var endedBy: MachineTimer?
    /// Server: what became of the places that were tried, in order; empty where all just answered.
    public var targets: [BranchVerdict]
    /// True when it is over.
    public var hasEnded: Bool
}

/// Which transactions changed since the last report.
struct TransactionChanges {
    /// True while somebody reads reports; otherwise nothing is noted.
    var isTracked = false
    var dirty: [TransactionID] = []
    var ended: [TransactionSnapshot] = []
    /// Rows of ended transactions kept for the next report at most; older ones are forgotten.
    static let endedLimit = 20_000
}

extension TransactionLayer {
    /// Begins to note changes; all live transactions count as changed.
    public mutating func track() {
        guard !changes.isTracked else { return }
        changes.isTracked = true
        var all: [TransactionID] = []
        forEachID { all.append($0) }
        for id in all { change(id) { $0.isDirty = true } }
        changes.dirty = all
    }

    /// Stops noting changes.
    public mutating func untrack() {
        for id in changes.dirty where contains(id) { change(id) { $0.isDirty = false } }
        changes = TransactionChanges()
    }

    /// True when something changed since the last report.
    public var hasChanges: Bool { !changes.dirty.isEmpty || !changes.ended.isEmpty }

    /// Takes the changes since the last report, up to a number of rows.
    public mutating func takeChanges(limit: Int) -> (rows: [TransactionSnapshot], hasMore: Bool) {
        let endedCount = min(limit, changes.ended.count)
        var rows = Array(changes.ended.prefix(endedCount))
        changes.ended.removeFirst(endedCount)
        while rows.count < limit, let id = changes.dirty.popLast() {
            guard contains(id) else { continue }
            change(id) { $0.isDirty = false }
            rows.append(snapshot(id, hasEnded: false))
        }
        return (rows, hasChanges)
    }

    /// All live transactions.
    public func snapshotAll() -> [TransactionSnapshot] {
        var rows: [TransactionSnapshot] = []
        rows.reserveCapacity(count)
        forEachID { rows.append(snapshot($0, hasEnded: false)) }
        return rows
    }

    mutating func markChanged(_ id: TransactionID) {
        guard changes.isTracked else { return }
        var isNew = false
        change(id) {
            isNew = !$0.isDirty
            $0.isDirty = true
        }
        guard isNew else { return }
        if changes.dirty.count > 2 * count + TransactionChanges.endedLimit {
            // Nobody reads for a while: what ended meanwhile is not kept here too.
            let dirty = changes.dirty
            changes.dirty.removeAll(keepingCapacity: true)
            for id in dirty where contains(id) { changes.dirty.append(id) }
        }
        changes.dirty.append(id)
    }

    mutating func reportEnd(_ id: TransactionID) {
        guard changes.isTracked else { return }
        if changes.ended.count >= TransactionChanges.endedLimit { changes.ended.removeFirst(1_000) }
        changes.ended.append(snapshot(id, hasEnded: true))
    }

    private func forEachID(_ body: (TransactionID) -> Void) {
        for slot in 0..<serverInvites.end where serverInvites.isUsed(slot) {
            body(TransactionID(.serverInvite, slot: slot, generation: serverInvites.generation(slot)))
        }
        for slot in 0..<serverRequests.end where serverRequests.isUsed(slot) {
            body(TransactionID(.serverRequest, slot: slot, generation: serverRequests.generation(slot)))
        }
        for slot in 0..<clientInvites.end where clientInvites.isUsed(slot) {
            body(TransactionID(.clientInvite, slot: slot, generation: clientInvites.generation(slot)))
        }
        for slot in 0..<clientRequests.end where clientRequests.isUsed(slot) {
            body(TransactionID(.clientRequest, slot: slot, generation: clientRequests.generation(slot)))
        }
    }

    private func snapshot(_ id: TransactionID, hasEnded: Bool) -> TransactionSnapshot {
        let record = record(id)
        let (callID, name, key) = store.read(record.identity) { identity in
            let callIDEnd = record.keyCount + record.callIDCount
            return (
                identity.text(Slice(record.keyCount, callIDEnd)),
                identity.text(Slice(callIDEnd, identity.count)),
                identity.text(Slice(0, record.keyCount))
            )
        }
        return TransactionSnapshot(
            id: id,
            method: record.method == .other ? name : record.method.name.description,
            state: hasEnded ? .terminated : state(id),
            branch: branchText(id, record, key),
            flow: record.flow,
            startedAt: record.startedAt,
            timers: hasEnded ? [] : timers(of: id),
            retransmits: record.retransmits,
            callID: callID,
            parent: record.parent,
            fork: record.fork,
            code: record.code,
            note: noteText(record),
            endedBy: record.ending.timer,
            targets: verdicts(record),
            hasEnded: hasEnded
        )
    }

    private func noteText(_ record: TransactionRecord) -> String {
        if record.note.isNone { return "\(record.ending.words)" }
        return record.hasVerdicts ? "" : store.read(record.note) { String(bytes: $0) }
    }

    private func timers(of id: TransactionID) -> [MachineDeadline] {
        var timers: [MachineDeadline] = []
        switch id.kind {
        case .serverInvite: serverInvites[id.slot].machine.forEachTimer { timers.append($0) }
        case .serverRequest: serverRequests[id.slot].machine.forEachTimer { timers.append($0) }
        case .clientInvite: clientInvites[id.slot].machine.forEachTimer { timers.append($0) }
        case .clientRequest: clientRequests[id.slot].machine.forEachTimer { timers.append($0) }
        }
        return timers
    }

    /// A server's branch stands in its key, between the two zero bytes; a client's is ours.
    ///
    /// A key with more of them is of RFC 2543, and its branch says nothing.
    private func branchText(_ id: TransactionID, _ record: TransactionRecord, _ key: String) -> String {
        switch id.kind {
        case .serverInvite, .serverRequest:
            let parts = key.split(separator: "\0", omittingEmptySubsequences: false)
            return parts.count == 3 ? String(parts[1]) : ""
        case .clientInvite, .clientRequest:
            var bytes: [UInt8] = []
            Branch(transaction: id, loopHash: record.hash).append(to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
