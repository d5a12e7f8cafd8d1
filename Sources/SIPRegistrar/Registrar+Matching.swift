import SIPFlow
import SIPSyntax

extension Registrar {
    /// Finds for each contact of `updates` the binding that it updates; no binding is found twice.
    mutating func plan(
        _ record: UInt32,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        source: SocketAddress
    ) {
        for place in updates.indices where !updates[place].isOverridden {
            if updates[place].isFlow, let slot = formerContact(updates[place], in: record, bytes) {
                let stored = bindings[slot].bytes
                let contact = bindings[slot].slice(.contact)
                updates[place].slot = slot
                updates[place].isMove = !isEquivalent(updates[place].uri, bytes, stored.span, contact)
            } else {
                updates[place].slot = equivalent(updates[place], in: record, bytes)
            }
        }
        for place in updates.indices where updates[place].slot == nil && !updates[place].isOverridden {
            guard !updates[place].isRemoval, !updates[place].isFlow else { continue }
            let slot =
                updates[place].instance.isEmpty
                ? samePhone(in: record, bytes, index, source: source)
                : formerContact(updates[place], in: record, bytes)
            guard let slot else { continue }
            updates[place].slot = slot
            updates[place].isMove = true
        }
    }

    /// The binding of an equivalent contact URI (RFC 3261 §10.3 step 7).
    ///
    /// Two flows of a phone may have one URI, each over its own edge proxy: another flow is never meant.
    private func equivalent(_ update: ContactUpdate, in record: UInt32, _ bytes: Span<UInt8>) -> UInt32? {
        var slot = records[record].first
        while slot != .max {
            let stored = bindings[slot].bytes
            if !isClaimed(slot), !(update.isFlow && bindings[slot].isFlow),
                isEquivalent(update.uri, bytes, stored.span, bindings[slot].slice(.contact))
            {
                return slot
            }
            slot = bindings[slot].next
        }
        return nil
    }

    /// The binding that the same phone had before its address or port changed.
    ///
    /// Deviation: RFC 5626 §6 asks for this of a phone that gives a reg-id; one that gives none, but the
    /// same `+sip.instance`, has moved as well: after a restart, into a new network, or once it knows its
    /// connection's port. It must not ring twice.
    private func formerContact(_ update: ContactUpdate, in record: UInt32, _ bytes: Span<UInt8>) -> UInt32? {
        var slot = records[record].first
        while slot != .max {
            let stored = bindings[slot].bytes
            if !isClaimed(slot), bytes.equals(update.instance, stored.span, bindings[slot].slice(.instance)) {
                let parameter = stored.span.parameter("reg-id", in: bindings[slot].slice(.parameters))
                let registrationID = parameter?.value ?? Slice(0, 0)
                if bytes.equals(update.registrationID, stored.span, registrationID) { return slot }
            }
            slot = bindings[slot].next
        }
        return nil
    }

    /// The binding of the same User-Agent and source address, where the policy says that is one phone.
    private func samePhone(
        in record: UInt32,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        source: SocketAddress
    ) -> UInt32? {
        guard policy.replacesSamePhone, let agent = index.first(.userAgent) else { return nil }
        var slot = records[record].first
        while slot != .max {
            let stored = bindings[slot].bytes
            if !isClaimed(slot), bindings[slot].slice(.instance).isEmpty,
                bindings[slot].flow.peer.ip == source.ip,
                bytes.equals(agent.value, stored.span, bindings[slot].slice(.userAgent))
            {
                return slot
            }
            slot = bindings[slot].next
        }
        return nil
    }

    private func isClaimed(_ slot: UInt32) -> Bool { updates.contains { $0.slot == slot } }
}

/// True when a URI is equivalent to a stored one; the same bytes, the usual case, are not read.
func isEquivalent(_ uri: URI, _ bytes: Span<UInt8>, _ stored: Span<UInt8>, _ contact: Slice) -> Bool {
    if bytes.equals(uri.whole, stored, contact) { return true }
    guard let other = try? URI(stored, contact) else { return false }
    return uri.isEquivalent(bytes, to: other, stored)
}
