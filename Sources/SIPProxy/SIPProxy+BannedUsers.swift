import SIPFlow
import SIPRegistrar
import SIPSyntax
import SIPTransaction

/// Addresses of record that an operator keeps out for a time.
///
/// - Shape: a REGISTER for one is answered 403, and so is what begins something in its name: INVITE, MESSAGE,
///   SUBSCRIBE. What belongs to a dialog that goes on passes, so that a call can be ended. Who has to prove who he is
///   must do so first: a stranger learns nothing of a ban, and cannot add to its count.
/// - Cost: one branch a request while nobody is banned.
extension SIPProxy {
    /// The location table's key of an address of record as people write it; nil for a foreign one.
    public func key(ofAddressOfRecord text: String) -> [UInt8]? {
        let written = Array(text.utf8)
        // Those of the table, and of a ban, are keys already: their users need no escapes.
        if bannedUsers.bans[written] != nil || registrar.hasAddressOfRecord(written.span) { return written }
        let hasScheme = ["sip:", "sips:", "tel:"].contains { text.lowercased().hasPrefix($0) }
        let bytes = hasScheme ? written : Array("sip:\(text)".utf8)
        guard let uri = try? URI(bytes.span, Slice(0, bytes.count)),
            !uri.isSIP
                || uri.user.map({ !$0.isEmpty }) ?? false && domains.servesAddressOfRecord(bytes.span, uri)
        else { return nil }
        var key: [UInt8] = []
        domains.appendKey(bytes.span, uri, to: &key)
        return aliases[key] ?? key
    }

    /// True when a new request is of a banned user, and so has its answer.
    mutating func isFromBanned(
        _ id: TransactionID,
        _ method: Method,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) -> Bool {
        // The registrar looks at To, which a REGISTER is about.
        guard method != .register, index.toTag == nil, let from = index.from,
            let sender = try? URI(bytes, from.uri), domains.servesAddressOfRecord(bytes, sender)
        else { return false }
        var aor: [UInt8] = []
        domains.appendKey(bytes, sender, to: &aor)
        return refusesBanned(id, aliases[aor] ?? aor, bytes, index, now: now, into: &outbox)
    }

    /// True when an address of record is banned; the request then has its answer.
    mutating func refusesBanned(
        _ id: TransactionID,
        _ aor: [UInt8],
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) -> Bool {
        guard let ban = bannedUsers.ban(of: aor, now: now) else { return false }
        bannedUsers.countRefusal(aor, now: now)
        headers.removeAll(keepingCapacity: true)
        headers.append(ascii: "Retry-After: ")
        appendDecimal(UInt64(max(1, (ban.until - now).roundedUpSeconds)), to: &headers)
        headers.append(ascii: "\r\n")
        if !ban.reason.isEmpty { appendWarning(ban.reason) }
        note(id, "an operator keeps this address of record out for a time")
        answer(id, 403, reason: "Banned for a Time", bytes, index, now: now, into: &outbox)
        return true
    }

    /// Appends an operator's words as a Warning of the kind that people read (RFC 3261 §20.43).
    private mutating func appendWarning(_ words: String) {
        headers.append(ascii: "Warning: 399 ")
        domains.listeners[0].advertised.append(to: &headers)
        headers.append(ascii: " \"")
        // The longest reason must not make a datagram of the answer that no network carries.
        for scalar in words.unicodeScalars.prefix(120) {
            switch scalar {
            case "\"", "\\":
                headers.append(UInt8(ascii: "\\"))
                headers.append(UInt8(truncatingIfNeeded: scalar.value))
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: headers.append(UInt8(ascii: " "))
            case _: headers.append(contentsOf: String(scalar).utf8)
            }
        }
        headers.append(ascii: "\"\r\n")
    }
}

extension Interval {
    /// In seconds, so that waiting as long is long enough.
    fileprivate var roundedUpSeconds: Int { Int((nanoseconds + 999_999_999) / 1_000_000_000) }
}
