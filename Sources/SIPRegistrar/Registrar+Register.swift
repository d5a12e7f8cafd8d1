public import SIPFlow
public import SIPSyntax

/// One Contact value of a REGISTER.
struct ContactUpdate {
    var address: NameAddress
    var uri: URI?
    /// Seconds; 0 removes.
    var expires: Int
    var q: Int?
    /// The `+sip.instance` without quotes; empty when there is none.
    var instance: Slice
}

extension Registrar {
    /// Carries out a REGISTER: all of it, or nothing (RFC 3261 §10.3 steps 5 to 8).
    ///
    /// - Shape: `key` is the address of record; header lines for the response are appended to `headers`.
    public mutating func register(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        aor key: Span<UInt8>,
        flow: Flow,
        now: Moment,
        clock: ClockAnchor,
        headers: inout [UInt8]
    ) -> RegisterAnswer {
        let answer = update(bytes, index, key, flow: flow, now: now)
        switch answer {
        case .ok:
            appendContacts(of: key, now: now, to: &headers)
            appendPath(bytes, index, to: &headers)
            headers.append(ascii: "Date: ")
            appendDate(unixSeconds: clock.unixNanoseconds(at: now) / 1_000_000_000, to: &headers)
            headers.append(ascii: "\r\n")
        case .intervalTooBrief(_, let minimum):
            headers.append(ascii: "Min-Expires: ")
            appendDecimal(UInt64(minimum), to: &headers)
            headers.append(ascii: "\r\n")
        case .malformedContact, .starNeedsExpiresZero, .tooManyContacts, .sequenceNotAbove, .tableFull: break
        }
        return answer
    }

    private mutating func update(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ key: Span<UInt8>,
        flow: Flow,
        now: Moment
    ) -> RegisterAnswer {
        updates.removeAll(keepingCapacity: true)
        var stars = 0
        var field = index.first(.contact)
        while let present = field {
            var cursor = ValueCursor(present.value)
            while let value = cursor.next(bytes) {
                if bytes.equals(value, "*") {
                    stars += 1
                } else {
                    guard let update = contactUpdate(bytes, index, value) else { return .malformedContact }
                    updates.append(update)
                }
            }
            field = index.next(after: present)
        }
        if stars > 0 { return removeAll(bytes, index, key, isAlone: stars == 1 && updates.isEmpty, now: now) }
        guard !updates.isEmpty else { return .ok }
        if let refusal = check(bytes, index, key) { return refusal }
        let record = makeRecord(key)
        for place in updates.indices { commit(updates[place], record, bytes, index, flow: flow, now: now) }
        return .ok
    }

    /// Reads one Contact value; nil when it is malformed.
    private func contactUpdate(_ bytes: Span<UInt8>, _ index: MessageIndex, _ value: Slice) -> ContactUpdate?
    {
        guard let address = try? NameAddress(bytes, value), let uri = try? URI(bytes, address.uri) else {
            return nil
        }
        // Without brackets a question mark would make URI headers of what may be meant otherwise (RFC 3261 §20.10).
        if !address.isBracketed && !uri.headers.isEmpty { return nil }
        var update = ContactUpdate(
            address: address,
            uri: uri,
            expires: limits.defaultExpiry,
            q: nil,
            instance: Slice(0, 0)
        )
        if let field = index.first(.expires) { update.expires = seconds(bytes, field.value) }
        var cursor = ParameterCursor(address.parameters)
        while let parameter = cursor.next(bytes) {
            let text = parameter.value ?? Slice(0, 0)
            if bytes.equals(parameter.name, ignoringCase: "expires") {
                update.expires = seconds(bytes, text)
            } else if bytes.equals(parameter.name, ignoringCase: "q") {
                guard let q = thousandths(bytes, text) else { return nil }
                update.q = q
            } else if bytes.equals(parameter.name, ignoringCase: "+sip.instance") {
                update.instance = bytes.unquoted(text)
            }
        }
        return update
    }

    /// A malformed expiry counts as the default (RFC 3261 §20.10, §20.19).
    private func seconds(_ bytes: Span<UInt8>, _ text: Slice) -> Int {
        bytes.number(text).map(Int.init) ?? limits.defaultExpiry
    }

    /// Everything that can refuse a REGISTER, before anything is changed; nil when nothing does.
    private func check(_ bytes: Span<UInt8>, _ index: MessageIndex, _ key: Span<UInt8>) -> RegisterAnswer? {
        let record = record(key)
        var total = record.map { records[$0].count } ?? 0
        for update in updates {
            if update.expires > 0 && update.expires < 3_600 && update.expires < limits.minimumExpiry {
                return .intervalTooBrief(asked: update.expires, minimum: limits.minimumExpiry)
            }
            let existing = record.flatMap { find(update, in: $0, bytes, index) }
            if let existing, let stored = staleSequence(existing, bytes, index) {
                return .sequenceNotAbove(asked: index.cseq?.number ?? 0, stored: stored)
            }
            if existing == nil && update.expires > 0 { total += 1 }
            if existing != nil && update.expires == 0 { total -= 1 }
        }
        if total > limits.contactsPerAOR { return .tooManyContacts(limit: limits.contactsPerAOR) }
        return count + updates.count > limits.bindingLimit ? .tableFull : nil
    }

    /// The stored CSeq number when a request of the same Call-ID is not above it.
    private func staleSequence(_ slot: UInt32, _ bytes: Span<UInt8>, _ index: MessageIndex) -> UInt32? {
        let stored = bindings[slot].bytes
        let isSameCall = bytes.equals(index.callID, stored.span, bindings[slot].callID)
        guard isSameCall, index.cseq?.number ?? 0 <= bindings[slot].cseq else { return nil }
        return bindings[slot].cseq
    }

    /// `Contact: *`: removes every binding, unless one of the same Call-ID has a CSeq that is not below.
    private mutating func removeAll(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ key: Span<UInt8>,
        isAlone: Bool,
        now: Moment
    ) -> RegisterAnswer {
        guard isAlone, let field = index.first(.expires), bytes.number(field.value) == 0 else {
            return .starNeedsExpiresZero
        }
        guard let record = record(key) else { return .ok }
        var slot = records[record].first
        while slot != .max {
            if let stored = staleSequence(slot, bytes, index) {
                return .sequenceNotAbove(asked: index.cseq?.number ?? 0, stored: stored)
            }
            slot = bindings[slot].next
        }
        while records[record].first != .max { remove(records[record].first, .unregistered, now: now) }
        return .ok
    }

    /// The binding that a contact updates: an equivalent URI, or the same phone on a new port.
    ///
    /// A phone that registers again with the same Call-ID and `+sip.instance` but no reg-id has moved: clients behind
    /// a stream do so once they know their port, and a phone must not ring twice.
    private func find(
        _ update: ContactUpdate,
        in record: UInt32,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex
    ) -> UInt32? {
        var slot = records[record].first
        var moved: UInt32?
        while slot != .max {
            let stored = bindings[slot].bytes
            if isEquivalent(update, bytes, stored.span, bindings[slot].contact) { return slot }
            if !update.instance.isEmpty, update.expires > 0,
                bytes.equals(update.instance, stored.span, bindings[slot].instance),
                bytes.equals(index.callID, stored.span, bindings[slot].callID),
                bytes.parameter("reg-id", in: update.address.parameters) == nil
            {
                moved = slot
            }
            slot = bindings[slot].next
        }
        return moved
    }

    private func isEquivalent(
        _ update: ContactUpdate,
        _ bytes: Span<UInt8>,
        _ stored: Span<UInt8>,
        _ contact: Slice
    ) -> Bool {
        if bytes.equals(update.address.uri, stored, contact) { return true }
        guard let uri = update.uri, let other = try? URI(stored, contact) else { return false }
        return uri.isEquivalent(bytes, to: other, stored)
    }

    /// Carries out one contact of a REGISTER that was checked.
    private mutating func commit(
        _ update: ContactUpdate,
        _ record: UInt32,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        flow: Flow,
        now: Moment
    ) {
        let existing = find(update, in: record, bytes, index)
        guard update.expires > 0 else {
            if let existing { remove(existing, .unregistered, now: now) }
            return
        }
        let expiresAt = now + .seconds(min(update.expires, limits.maximumExpiry))
        guard let slot = existing else {
            var binding = Binding(
                id: 0,
                aor: record,
                flow: flow,
                registeredAt: now,
                refreshedAt: now,
                expiresAt: expiresAt
            )
            binding.fill(update, bytes, index)
            binding.isBehindNAT = isBehindNAT(update, bytes, index, flow)
            _ = insert(binding)
            return
        }
        let rank = bindings[slot].rank
        bindings[slot].fill(update, bytes, index)
        bindings[slot].flow = flow
        bindings[slot].refreshedAt = now
        bindings[slot].expiresAt = expiresAt
        bindings[slot].refreshes += 1
        bindings[slot].isBehindNAT = isBehindNAT(update, bytes, index, flow)
        if bindings[slot].rank != rank {
            unlink(slot)
            link(slot)
        }
        wheel.arm(slot, at: expiresAt)
        markChanged(slot)
    }

    /// True when a phone's contact names another address than its packet came from, and no proxy stands between.
    private func isBehindNAT(
        _ update: ContactUpdate,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ flow: Flow
    ) -> Bool {
        guard let uri = update.uri, uri.isSIP, !index.has(.path), let via = index.first(.via),
            index.next(after: via) == nil, let ip = IPAddress(bytes.extracting(uri.host.range))
        else { return false }
        return ip != flow.peer.ip && ip.isV6 == flow.peer.ip.isV6
    }
}

/// A q value in thousandths; nil unless it is from 0 to 1 with at most three decimals.
private func thousandths(_ bytes: Span<UInt8>, _ text: Slice) -> Int? {
    guard let whole = text.isEmpty ? nil : bytes[text.start],
        whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1")
    else { return nil }
    var value = Int(whole - UInt8(ascii: "0")) * 1_000
    guard text.count > 1 else { return value }
    guard bytes[text.start + 1] == UInt8(ascii: "."), text.count <= 5 else { return nil }
    var scale = 100
    for offset in (text.start + 2)..<max(text.start + 2, text.end) {
        let digit = bytes[offset] &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value += Int(digit) * scale
        scale /= 10
    }
    return value <= 1_000 ? value : nil
}
