import SIPFlow
import SIPSyntax

extension Registrar {
    /// Begins to note changes; all bindings count as changed.
    public mutating func track() {
        guard !changes.isTracked else { return }
        changes.track()
        for slot in 0..<bindings.end where bindings.isUsed(slot) { changes.noteChange(slot) }
    }

    /// True when something changed since the last report.
    public var hasChanges: Bool { !changes.isEmpty }

    /// Takes the changes since the last report, up to a number of rows of each kind.
    ///
    /// - Shape: a changed binding is alive now; the end of one that came and went in between is told too.
    public mutating func takeChanges(
        limit: Int
    ) -> (changed: [BindingSnapshot], removed: [BindingEnd], hasMore: Bool) {
        let removed = changes.takeEnds(limit: limit)
        var changed: [BindingSnapshot] = []
        while changed.count < limit, let slot = changes.nextChanged() {
            if bindings.isUsed(slot) { changed.append(snapshot(slot)) }
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

    private func snapshot(_ slot: UInt32) -> BindingSnapshot {
        let key = records[bindings[slot].aor].key
        var snapshot = BindingSnapshot(bindings[slot], aor: key, alike: alike(slot))
        if pings.isOn { snapshot.ping = pings.result(of: bindings[slot].id, slot) }
        return snapshot
    }

    /// How many bindings of its address of record have a binding's User-Agent.
    private func alike(_ slot: UInt32) -> Int {
        let bytes = bindings[slot].bytes
        let agent = bindings[slot].slice(.userAgent)
        guard !agent.isEmpty else { return 1 }
        var count = 0
        var other = records[bindings[slot].aor].first
        while other != .max {
            let stored = bindings[other].bytes
            if bytes.span.equals(agent, stored.span, bindings[other].slice(.userAgent)) { count += 1 }
            other = bindings[other].next
        }
        return count
    }

    /// One binding that comes or goes changes what is said of the others: how many look alike.
    mutating func notePile(of record: UInt32) {
        guard changes.isTracked else { return }
        var slot = records[record].first
        while slot != .max {
            changes.noteChange(slot)
            slot = bindings[slot].next
        }
    }
}
