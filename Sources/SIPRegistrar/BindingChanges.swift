import SIPFlow
import SIPSyntax

/// Which bindings changed since the last report.
struct BindingChanges {
    /// True while somebody reads reports; otherwise nothing is noted.
    var isTracked = false
    var dirty: [UInt32] = []
    var removed: [RemovedBinding] = []
    /// Removals kept for the next report at most; older ones are forgotten.
    static let removedLimit = 100_000

    mutating func noteRemoval(_ binding: RemovedBinding) {
        guard isTracked else { return }
        if removed.count >= Self.removedLimit { removed.removeFirst(Self.removedLimit / 10) }
        removed.append(binding)
    }
}

extension Registrar {
    /// Begins to note changes; all bindings count as changed.
    public mutating func track() {
        guard !changes.isTracked else { return }
        changes.isTracked = true
        for slot in 0..<bindings.end where bindings.isUsed(slot) {
            bindings[slot].isDirty = true
            changes.dirty.append(slot)
        }
    }

    /// True when something changed since the last report.
    public var hasChanges: Bool { !changes.dirty.isEmpty || !changes.removed.isEmpty }

    /// Takes the changes since the last report, up to a number of rows of each kind.
    public mutating func takeChanges(
        limit: Int
    ) -> (changed: [BindingSnapshot], removed: [RemovedBinding], hasMore: Bool) {
        let removed = Array(changes.removed.prefix(limit))
        changes.removed.removeFirst(removed.count)
        var changed: [BindingSnapshot] = []
        while changed.count < limit, let slot = changes.dirty.popLast() {
            guard bindings.isUsed(slot), bindings[slot].isDirty else { continue }
            bindings[slot].isDirty = false
            changed.append(snapshot(slot))
        }
        return (changed, removed, hasChanges)
    }

    /// All bindings.
    public func snapshotAll() -> [BindingSnapshot] {
        var rows: [BindingSnapshot] = []
        rows.reserveCapacity(count)
        for slot in 0..<bindings.end where bindings.isUsed(slot) { rows.append(snapshot(slot)) }
        return rows
    }

    mutating func markChanged(_ slot: UInt32) {
        guard changes.isTracked, !bindings[slot].isDirty else { return }
        bindings[slot].isDirty = true
        changes.dirty.append(slot)
    }

    private func snapshot(_ slot: UInt32) -> BindingSnapshot {
        let bytes = bindings[slot].bytes
        return BindingSnapshot(
            id: bindings[slot].id,
            aor: String(decoding: records[bindings[slot].aor].key, as: UTF8.self),
            contact: bytes.span.text(bindings[slot].contact),
            flow: bindings[slot].flow,
            registeredAt: bindings[slot].registeredAt,
            refreshedAt: bindings[slot].refreshedAt,
            expiresAt: bindings[slot].expiresAt,
            refreshes: bindings[slot].refreshes,
            userAgent: bytes.span.text(bindings[slot].userAgent),
            callID: bytes.span.text(bindings[slot].callID),
            cseq: bindings[slot].cseq,
            q: bindings[slot].q,
            path: bytes.span.text(bindings[slot].path),
            instance: bytes.span.text(bindings[slot].instance),
            isBehindNAT: bindings[slot].isBehindNAT
        )
    }
}
