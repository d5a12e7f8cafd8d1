import SIPFlow

extension Registrar {
    /// The refusal of a request whose new contacts find no room; nil when they do, or will.
    func roomRefusal(_ record: UInt32?, now: Moment) -> RegisterAnswer? {
        let growth = growth
        guard growth > 0 else { return nil }
        let limit = limits.contactsPerAOR
        let wanted = updates.count { !$0.isOverridden && !$0.isRemoval }
        if wanted > limit { return .tooManyContacts(limit: limit) }
        let present = record.map { Int(records[$0].count) } ?? 0
        let excess = max(0, present + growth - limit)
        if excess > 0, let record {
            switch policy.overflow {
            case .refuse: return .noRoom(limit: limit, retryAfter: secondsUntilRoom(record, now: now))
            case .replace: break
            }
        }
        return count + growth - excess > limits.bindingLimit ? .tableFull : nil
    }

    /// How many bindings the request adds, those it takes out taken off.
    private var growth: Int {
        var growth = 0
        for update in updates where !update.isOverridden {
            if update.slot != nil {
                if update.isRemoval { growth -= 1 }
            } else if !update.isRemoval {
                growth += 1
            }
        }
        return growth
    }

    /// When the first binding of an address of record ends, unless it is refreshed.
    private func secondsUntilRoom(_ record: UInt32, now: Moment) -> Int {
        var seconds = limits.maximumExpiry
        var slot = records[record].first
        while slot != .max {
            seconds = min(seconds, (bindings[slot].expiresAt - now).wholeSeconds)
            slot = bindings[slot].next
        }
        return max(1, seconds)
    }

    /// Takes out the bindings refreshed longest ago, as many as the request needs room for.
    mutating func makeRoom(_ record: UInt32?, now: Moment) {
        guard let record else { return }
        var excess = Int(records[record].count) + growth - limits.contactsPerAOR
        while growth > 0, excess > 0, let oldest = oldest(in: record) {
            remove(oldest, .evicted, now: now)
            excess -= 1
        }
    }

    /// The binding refreshed longest ago that the request at hand does not name.
    private func oldest(in record: UInt32) -> UInt32? {
        var oldest: UInt32?
        var slot = records[record].first
        while slot != .max {
            let isOlder =
                oldest.map {
                    (bindings[slot].refreshedAt, bindings[slot].id) < (
                        bindings[$0].refreshedAt, bindings[$0].id
                    )
                } ?? true
            if isOlder, !updates.contains(where: { $0.slot == slot }) { oldest = slot }
            slot = bindings[slot].next
        }
        return oldest
    }
}
