public import SIPFlow
import SIPSyntax

extension Registrar {
    /// Drops a binding by its number.
    ///
    /// - Cost: O(bindings); for an operator's order only.
    public mutating func remove(binding id: UInt64, now: Moment) -> [RemovedBinding] {
        for slot in 0..<bindings.end where bindings.isUsed(slot) && bindings[slot].id == id {
            return [remove(slot, .kicked, now: now)]
        }
        return []
    }

    /// Drops the binding of an address of record that has a contact URI, byte for byte.
    public mutating func remove(contact: String, of aor: String, now: Moment) -> [RemovedBinding] {
        slots(of: aor).filter { self.contact($0) == contact }.map { remove($0, .kicked, now: now) }
    }

    /// Drops every binding of an address of record.
    public mutating func remove(aor: String, now: Moment) -> [RemovedBinding] {
        slots(of: aor).map { remove($0, .kicked, now: now) }
    }

    /// Puts dropped bindings back, but for those that ran out or registered again meanwhile.
    public mutating func restore(_ removed: [RemovedBinding], now: Moment) -> [RemovedBinding] {
        removed.filter { old in
            guard old.binding.expiresAt > now else { return false }
            guard !slots(of: old.aor).contains(where: { contact($0) == old.contact }) else { return false }
            var binding = old.binding
            let key = Array(old.aor.utf8)
            binding.aor = makeRecord(key.span)
            binding.isDirty = false
            _ = insert(binding)
            return true
        }
    }

    /// The contact URI of a binding as text.
    func contact(_ slot: UInt32) -> String {
        String(decoding: bindings[slot].bytes[bindings[slot].contact.range], as: UTF8.self)
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
