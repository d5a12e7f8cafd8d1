public import SIPFlow
public import SIPSyntax

extension Registrar {
    /// True when GRUUs are handed out and looked up.
    public var hasGRUU: Bool { policy.gruuKey != nil }

    /// The bindings that a GRUU reaches, the one refreshed last first (RFC 5627 §5.4).
    ///
    /// - Shape: `key` is that of the URI without parameters. Nil for what is no GRUU, or no longer one; empty when
    ///   its instance is not registered now.
    public func bindings(
        ofGRUU uri: URI,
        _ bytes: Span<UInt8>,
        aor key: Span<UInt8>,
        now: Moment
    ) -> [BindingCursor]? {
        guard let parameter = bytes.parameter("gr", in: uri.parameters) else { return nil }
        guard let name = parameter.value, !name.isEmpty else {
            let found = uri.user.flatMap { temporary(bytes, $0, now: now) }
            return found?.isEmpty == true ? nil : found
        }
        guard let record = record(key) else { return nil }
        return alive(in: record, now: now) { isInstance(bytes, name, of: $0) }
    }

    /// The bindings of a temporary GRUU; nil when we did not make it.
    private func temporary(_ bytes: Span<UInt8>, _ user: Slice, now: Moment) -> [BindingCursor]? {
        guard let key = policy.gruuKey, let name = TemporaryGRUU(bytes, user, key), name.series != 0,
            records.isUsed(name.record)
        else { return nil }
        return alive(in: name.record, now: now) { bindings[$0].series == name.series }
    }

    private func alive(in record: UInt32, now: Moment, where fits: (UInt32) -> Bool) -> [BindingCursor] {
        var found: [BindingCursor] = []
        var slot = records[record].first
        while slot != .max {
            if bindings[slot].expiresAt > now, fits(slot) { found.append(BindingCursor(slot: slot)) }
            slot = bindings[slot].next
        }
        return found.sorted { bindings[$0.slot].refreshedAt > bindings[$1.slot].refreshedAt }
    }

    /// True when a `gr` value is a binding's instance: without its brackets, case of letters aside.
    private func isInstance(_ bytes: Span<UInt8>, _ name: Slice, of slot: UInt32) -> Bool {
        let stored = bindings[slot].bytes
        let instance = unbracketed(stored.span, bindings[slot].slice(.instance))
        guard !instance.isEmpty else { return false }
        var text: [UInt8] = []
        appendUnescaped(bytes, name, to: &text)
        return text.span.equals(Slice(0, text.count), ignoringCase: stored.span, instance)
    }

    /// The number of the registrations of one instance under one Call-ID; 0 when they get no GRUU.
    mutating func series(
        of update: ContactUpdate,
        in record: UInt32,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex
    ) -> UInt64 {
        guard hasGRUU, !update.instance.isEmpty else { return 0 }
        var slot = records[record].first
        while slot != .max {
            let stored = bindings[slot].bytes
            if bindings[slot].series != 0,
                bytes.equals(update.instance, stored.span, bindings[slot].slice(.instance)),
                bytes.equals(index.callID, stored.span, bindings[slot].slice(.callID))
            {
                return bindings[slot].series
            }
            slot = bindings[slot].next
        }
        return newID()
    }

    /// Appends a contact's `pub-gruu` and a new `temp-gruu` (RFC 5627 §5.2).
    func appendGRUU(
        _ slot: UInt32,
        _ aor: URI,
        _ bytes: Span<UInt8>,
        number: UInt32,
        to headers: inout [UInt8]
    ) {
        guard let key = policy.gruuKey, bindings[slot].series != 0, let user = aor.user else { return }
        let stored = bindings[slot].bytes
        let instance = unbracketed(stored.span, bindings[slot].slice(.instance))
        headers.append(ascii: ";pub-gruu=\"sip:")
        headers.append(copying: bytes.extracting(user.range))
        headers.append(UInt8(ascii: "@"))
        headers.append(copying: bytes.extracting(aor.host.range))
        headers.append(ascii: ";gr=")
        appendEscaped(stored.span, instance, to: &headers)
        headers.append(ascii: "\";temp-gruu=\"sip:")
        TemporaryGRUU(record: bindings[slot].aor, number: number, series: bindings[slot].series)
            .append(key, to: &headers)
        headers.append(UInt8(ascii: "@"))
        headers.append(copying: bytes.extracting(aor.host.range))
        headers.append(ascii: ";gr\"")
    }
}

private func unbracketed(_ bytes: Span<UInt8>, _ text: Slice) -> Slice {
    guard text.count > 2, bytes[text.start] == UInt8(ascii: "<"), bytes[text.end - 1] == UInt8(ascii: ">")
    else {
        return text
    }
    return Slice(text.start + 1, text.end - 1)
}

private func appendUnescaped(_ bytes: Span<UInt8>, _ text: Slice, to output: inout [UInt8]) {
    var offset = text.start
    while offset < text.end {
        if bytes[offset] == UInt8(ascii: "%"), let value = escapedByte(bytes, offset, text.end) {
            output.append(value)
            offset += 3
        } else {
            output.append(bytes[offset])
            offset += 1
        }
    }
}

/// Appends the value of a URI parameter, escaped where RFC 3261 §25.1 does not let a byte stand.
private func appendEscaped(_ bytes: Span<UInt8>, _ text: Slice, to output: inout [UInt8]) {
    for offset in text.range {
        let byte = bytes[offset]
        if isParameterByte(byte) {
            output.append(byte)
        } else {
            output.append(UInt8(ascii: "%"))
            for nibble in [byte >> 4, byte & 15] {
                output.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10)
            }
        }
    }
}

private func isParameterByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "!"), UInt8(ascii: "~"), UInt8(ascii: "*"), UInt8(ascii: "'"), UInt8(ascii: "("),
        UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "/"), UInt8(ascii: ":"),
        UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "$"):
        true
    case _: false
    }
}
