public import SIPFlow
import SIPSyntax

extension Registrar {
    /// Drops a binding by its number.
    public mutating func remove(
        binding id: UInt64,
        telling dismissal: Dismissal = Dismissal(),
        now: Moment
    ) -> [RemovedBinding] {
        guard let slot = places.find(placeHash(id), where: { bindings[$0].id == id }) else { return [] }
        return [remove(slot, .kicked, telling: dismissal, now: now)]
    }

    /// Drops the binding of an address of record that has a contact URI, byte for byte.
    public mutating func remove(
        contact: String,
        of aor: String,
        telling dismissal: Dismissal = Dismissal(),
        now: Moment
    ) -> [RemovedBinding] {
        slots(of: aor).filter { bindings[$0].text(.contact) == contact }
            .map { remove($0, .kicked, telling: dismissal, now: now) }
    }

    /// Drops every binding of an address of record.
    public mutating func remove(
        aor: String,
        telling dismissal: Dismissal = Dismissal(),
        now: Moment
    ) -> [RemovedBinding] {
        slots(of: aor).map { remove($0, .kicked, telling: dismissal, now: now) }
    }

    /// Puts dropped bindings back under new numbers; gives those that were put back.
    ///
    /// - Shape: left out are those that ran out, that registered again meanwhile, or that find no room.
    public mutating func restore(_ removed: [RemovedBinding], now: Moment) -> [RemovedBinding] {
        removed.filter { old in
            guard old.binding.expiresAt > now, count < limits.bindingLimit else { return false }
            let others = slots(of: old.aor)
            guard others.count < limits.contactsPerAOR, !others.contains(where: { isSamePhone(old, $0) })
            else {
                return false
            }
            var binding = old.binding
            binding.id = newID()
            binding.aor = makeRecord(old.key.span)
            insert(binding, .created)
            return true
        }
    }

    /// True when a binding has a dropped one's contact, or is the same phone under a new one.
    private func isSamePhone(_ old: RemovedBinding, _ slot: UInt32) -> Bool {
        let bytes = old.binding.bytes
        let stored = bindings[slot].bytes
        let instance = old.binding.slice(.instance)
        if !instance.isEmpty, bytes.span.equals(instance, stored.span, bindings[slot].slice(.instance)) {
            return true
        }
        guard let uri = try? URI(bytes.span, old.binding.slice(.contact)) else { return false }
        return isEquivalent(uri, bytes.span, stored.span, bindings[slot].slice(.contact))
    }

    private func slots(of aor: String) -> [UInt32] {
        let key = Array(aor.utf8)
        guard let record = record(key.span) else { return [] }
        var slots: [UInt32] = []
        var slot = records[record].first
        while slot != .max {
            slots.append(slot)
            slot = bindings[slot].next
        }
        return slots
    }
}
