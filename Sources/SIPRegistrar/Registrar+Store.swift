public import SIPFlow

/// What one transaction of a store writes of the location table.
public struct BindingBatch: Sendable {
    /// Bindings that are new or changed.
    public var kept: [StoredBinding] = []
    /// The numbers of bindings that are gone; some never reached the store.
    public var gone: [UInt64] = []

    /// Nothing to write.
    public init() {}
}

/// What became of the bindings that a store held.
public struct RestoredBindings: Sendable, Hashable {
    /// Those that are back.
    public var restored = 0
    /// Those whose time ran out meanwhile.
    public var expired = 0
    /// Those without a listener of their transport, and those without room.
    public var dropped = 0
}

extension Registrar {
    /// Puts back what a store holds, and keeps a journal for it from now on.
    ///
    /// - Shape: for an empty table. A binding's flow goes to the listener with the same transport and address, or
    ///   else to the first with the same transport and address family. What is not put back leaves the store.
    public mutating func restore(
        _ stored: [StoredBinding],
        listeners: [Listener],
        now: Moment,
        clock: ClockAnchor
    ) -> RestoredBindings {
        var result = RestoredBindings()
        var absent: [UInt64] = []
        for binding in stored {
            lastID = max(lastID, binding.id)
            if binding.expiresAt <= clock.unixNanoseconds(at: now) {
                result.expired += 1
                absent.append(binding.id)
            } else if count < limits.bindingLimit, let flow = flow(of: binding, listeners) {
                putBack(binding, flow, now: now, clock: clock)
                result.restored += 1
            } else {
                result.dropped += 1
                absent.append(binding.id)
            }
        }
        journal.begin()
        for id in absent { journal.noteForeign(id) }
        return result
    }

    /// True when the store does not hold yet all that the table holds.
    public var hasUnstored: Bool { journal.isBehind }

    /// True when a batch may be taken that has something in it.
    public var hasBatch: Bool { journal.isWaiting }

    /// Takes what changed since the last batch, which must be stored by now.
    public mutating func takeBatch(listeners: [Listener], clock: ClockAnchor) -> BindingBatch {
        var batch = BindingBatch()
        for id in journal.takeBatch() {
            if let slot = slot(of: id) {
                let key = records[bindings[slot].aor].key
                batch.kept.append(
                    StoredBinding(bindings[slot], aor: key, listeners: listeners, clock: clock)
                )
            } else {
                batch.gone.append(id)
            }
        }
        return batch
    }

    /// The store holds the batch.
    public mutating func batchStored() { journal.finishBatch() }

    /// The store has failed for good: what REGISTERs did since the last stored batch is undone.
    ///
    /// What operators and time did stays as it is.
    public mutating func storeFailed(now: Moment) {
        for step in journal.giveUp() {
            switch step {
            case .added(let id): if let slot = slot(of: id) { remove(slot, .unregistered, now: now) }
            case .refreshed(let before): if let slot = slot(of: before.id) { takeBack(slot, before) }
            case .removed(let removed): putBack(removed, now: now)
            }
        }
    }

    private func slot(of id: UInt64) -> UInt32? { places.find(placeHash(id)) { bindings[$0].id == id } }

    private mutating func takeBack(_ slot: UInt32, _ before: Binding) {
        unlink(slot)
        bindings[slot] = before
        link(slot)
        wheel.arm(slot, at: before.expiresAt)
        changes.noteChange(slot)
    }

    private mutating func putBack(_ removed: RemovedBinding, now: Moment) {
        guard removed.binding.expiresAt > now else { return }
        var binding = removed.binding
        binding.aor = makeRecord(removed.key.span)
        insert(binding)
    }

    private mutating func putBack(_ stored: StoredBinding, _ flow: Flow, now: Moment, clock: ClockAnchor) {
        func moment(_ unix: Int64) -> Moment {
            now + Interval(nanoseconds: unix - clock.unixNanoseconds(at: now))
        }
        var binding = Binding(
            id: stored.id,
            aor: makeRecord(stored.aor.span),
            flow: flow,
            now: moment(stored.registeredAt),
            expiresAt: moment(stored.expiresAt)
        )
        binding.refreshedAt = moment(stored.refreshedAt)
        binding.fill(stored)
        insert(binding)
    }

    /// Where a stored binding's flow goes now; nil when no listener fits.
    private func flow(of stored: StoredBinding, _ listeners: [Listener]) -> Flow? {
        let same = listeners.firstIndex {
            $0.transport == stored.transport && $0.address == stored.listener
        }
        let similar = listeners.firstIndex {
            $0.transport == stored.transport && $0.address.ip.isV6 == stored.peer.ip.isV6
        }
        return (same ?? similar).map { place in
            Flow(transport: stored.transport, listener: ListenerID(place), peer: stored.peer)
        }
    }
}
