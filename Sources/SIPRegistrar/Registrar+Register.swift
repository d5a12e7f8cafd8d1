public import SIPFlow
public import SIPSyntax

extension Registrar {
    /// Carries out a REGISTER: all of it, or nothing (RFC 3261 §10.3 steps 5 to 8).
    ///
    /// - Shape: `key` is the address of record; header lines for the response are appended to `headers`.
    ///   The domain, Require and who may register are the caller's to check.
    public mutating func register(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        aor key: Span<UInt8>,
        flow: Flow,
        now: Moment,
        clock: ClockAnchor,
        headers: inout [UInt8]
    ) -> RegisterAnswer {
        expire(now: now)
        journal.isRegistering = true
        let answer = carryOut(bytes, index, key, flow: flow, now: now)
        journal.isRegistering = false
        appendHeaders(of: answer, bytes, index, key, now: now, clock: clock, to: &headers)
        return answer
    }

    /// What the Contact fields of a request ask for, taken together.
    private enum Wish {
        case list
        case removeAll
        case update
        case refused(RegisterAnswer)
    }

    private mutating func carryOut(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ key: Span<UInt8>,
        flow: Flow,
        now: Moment
    ) -> RegisterAnswer {
        let record = record(key)
        extensions = GrantedExtensions()
        extensions.givesGRUU = hasGRUU && index.lists("gruu", in: .supported, bytes)
        switch readContacts(bytes, index) {
        case .list: return .ok
        case .refused(let answer): return answer
        case .removeAll: return removeAll(of: record, bytes, index, now: now)
        case .update:
            if let refusal = readExtensions(bytes, index) { return refusal }
            if let record { plan(record, bytes, index, source: flow.peer) }
            if let refusal = refusal(record, bytes, index, now: now) { return refusal }
            commit(key, record, bytes, index, flow: flow, now: now)
            return .ok
        }
    }

    /// Reads the Contact fields into `updates`.
    private mutating func readContacts(_ bytes: Span<UInt8>, _ index: MessageIndex) -> Wish {
        updates.removeAll(keepingCapacity: true)
        let expires = index.first(.expires)?.value
        var stars = 0
        var field = index.first(.contact)
        while let present = field {
            var cursor = ValueCursor(present.value)
            while let value = cursor.next(bytes) {
                if bytes.equals(value, "*") {
                    stars += 1
                } else {
                    guard let update = ContactUpdate(bytes, value, expires: expires) else {
                        return .refused(.malformedContact)
                    }
                    guard note(update, bytes) else {
                        return .refused(.tooManyContacts(limit: limits.contactsPerAOR))
                    }
                }
            }
            field = index.next(after: present)
        }
        if stars > 0 {
            let isZero = expires.map { bytes.number($0) == 0 } ?? false
            return stars == 1 && updates.isEmpty && isZero ? .removeAll : .refused(.starNeedsExpiresZero)
        }
        guard updates.isEmpty else { return .update }
        return index.has(.contact) ? .refused(.malformedContact) : .list
    }

    /// Adds one contact; false when there are more than any phone could mean.
    private mutating func note(_ update: ContactUpdate, _ bytes: Span<UInt8>) -> Bool {
        guard updates.count < limits.contactsPerAOR * 4 else { return false }
        for place in updates.indices where updates[place].isEquivalent(bytes, to: update) {
            updates[place].isOverridden = true
        }
        updates.append(update)
        return true
    }

    /// Everything that can refuse a REGISTER, before anything is changed; nil when nothing does.
    private func refusal(
        _ record: UInt32?,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment
    ) -> RegisterAnswer? {
        for update in updates where !update.isOverridden {
            if let asked = update.expires, limits.isTooBrief(asked) {
                return .intervalTooBrief(asked: asked, minimum: limits.minimumExpiry)
            }
            if update.storedBytes(index) > limits.bytesPerBinding {
                return .contactTooLong(limit: limits.bytesPerBinding)
            }
        }
        for update in updates where !update.isOverridden {
            if let slot = update.slot, let stale = staleSequence(slot, bytes, index) { return stale }
        }
        return roomRefusal(record, now: now)
    }

    /// The refusal of a request that has a binding's Call-ID and a CSeq that is not above its own.
    private func staleSequence(
        _ slot: UInt32,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex
    ) -> RegisterAnswer? {
        let stored = bindings[slot].bytes
        let asked = index.cseq?.number ?? 0
        guard asked <= bindings[slot].cseq,
            bytes.equals(index.callID, stored.span, bindings[slot].slice(.callID))
        else { return nil }
        return .sequenceNotAbove(asked: asked, stored: bindings[slot].cseq)
    }

    /// `Contact: *`: removes every binding, unless one of the same Call-ID has a CSeq that is not below.
    private mutating func removeAll(
        of record: UInt32?,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment
    ) -> RegisterAnswer {
        guard let record else { return .ok }
        var slot = records[record].first
        while slot != .max {
            if let stale = staleSequence(slot, bytes, index) { return stale }
            slot = bindings[slot].next
        }
        while records[record].first != .max { remove(records[record].first, .unregistered, now: now) }
        return .ok
    }

    /// Carries out a REGISTER that was checked: what comes before what goes, whatever their order.
    private mutating func commit(
        _ key: Span<UInt8>,
        _ record: UInt32?,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        flow: Flow,
        now: Moment
    ) {
        makeRoom(record, now: now)
        for place in updates.indices where !updates[place].isOverridden && !updates[place].isRemoval {
            let update = updates[place]
            if let slot = update.slot, !update.isMove {
                refresh(slot, update, bytes, index, flow: flow, now: now)
            } else {
                updates[place].slot = add(update, makeRecord(key), bytes, index, flow: flow, now: now)
                if let slot = update.slot { remove(slot, .replaced, now: now) }
            }
        }
        for place in updates.indices where !updates[place].isOverridden && updates[place].isRemoval {
            if let slot = updates[place].slot { remove(slot, .unregistered, now: now) }
            updates[place].slot = nil
        }
    }

    private mutating func add(
        _ update: ContactUpdate,
        _ record: UInt32,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        flow: Flow,
        now: Moment
    ) -> UInt32 {
        let end = now + .seconds(limits.granted(update.expires))
        var binding = Binding(id: newID(), aor: record, flow: flow, now: now, expiresAt: end)
        binding.fill(update, bytes, index)
        binding.series = series(of: update, in: record, bytes, index)
        binding.isBehindNAT = isBehindNAT(update.uri, bytes, index, flow)
        return insert(binding)
    }

    private mutating func refresh(
        _ slot: UInt32,
        _ update: ContactUpdate,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        flow: Flow,
        now: Moment
    ) {
        if journal.isOn { journal.noteRefresh(bindings[slot]) }
        let rank = bindings[slot].rank
        let isOtherAgent = changes.isTracked && !hasAgent(of: slot, bytes, index)
        bindings[slot].series = series(of: update, in: bindings[slot].aor, bytes, index)
        let formerEnd = bindings[slot].expiresAt
        bindings[slot].fill(update, bytes, index)
        bindings[slot].flow = flow
        bindings[slot].refreshedAt = now
        bindings[slot].expiresAt = now + .seconds(limits.granted(update.expires))
        bindings[slot].refreshes += 1
        bindings[slot].isBehindNAT = isBehindNAT(update.uri, bytes, index, flow)
        if bindings[slot].rank != rank {
            unlink(slot)
            link(slot)
        }
        wheel.arm(slot, at: bindings[slot].expiresAt)
        changes.noteChange(slot)
        tell(bindings[slot].expiresAt < formerEnd ? .shortened : .refreshed, slot)
        if pings.isOn { pings.heard(of: bindings[slot].id, slot) }
        if isOtherAgent { notePile(of: bindings[slot].aor) }
    }

    /// True when a request names a binding's User-Agent.
    private func hasAgent(of slot: UInt32, _ bytes: Span<UInt8>, _ index: MessageIndex) -> Bool {
        let stored = bindings[slot].bytes
        let agent = index.first(.userAgent)?.value ?? Slice(0, 0)
        return bytes.equals(agent, stored.span, bindings[slot].slice(.userAgent))
    }
}

/// True when a contact differs from its packet's source, and no proxy stands between.
private func isBehindNAT(
    _ uri: URI,
    _ bytes: Span<UInt8>,
    _ index: MessageIndex,
    _ flow: Flow
) -> Bool {
    guard uri.isSIP, !index.has(.path), let via = index.first(.via), index.next(after: via) == nil,
        let ip = IPAddress(bytes.extracting(uri.host.range))
    else { return false }
    return ip != flow.peer.ip && ip.isV6 == flow.peer.ip.isV6
}
