import SIPFlow
import SIPSyntax

extension Registrar {
    /// Appends the header lines that belong to an answer.
    mutating func appendHeaders(
        of answer: RegisterAnswer,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ key: Span<UInt8>,
        now: Moment,
        clock: ClockAnchor,
        to headers: inout [UInt8]
    ) {
        switch answer {
        case .ok:
            appendContacts(of: key, bytes, index, now: now, to: &headers)
            appendExtensions(bytes, to: &headers)
            appendPath(bytes, index, to: &headers)
            headers.append(copying: serviceRoute.span)
            dateLine.append(unixSeconds: clock.unixNanoseconds(at: now) / 1_000_000_000, to: &headers)
        case .intervalTooBrief(_, let minimum):
            headers.append(ascii: "Min-Expires: ")
            appendDecimal(UInt64(minimum), to: &headers)
            headers.append(ascii: "\r\n")
        case .noRoom(_, let seconds):
            headers.append(ascii: "Retry-After: ")
            appendDecimal(UInt64(seconds), to: &headers)
            headers.append(ascii: "\r\n")
        case .pathNotSupported: headers.append(ascii: "Unsupported: path\r\n")
        case .malformedContact, .starNeedsExpiresZero, .contactTooLong, .tooManyContacts, .sequenceNotAbove,
            .tableFull, .severalFlows, .firstHopLacksOutbound, .contactIsGRUU, .pushServiceNotSupported:
            break
        }
    }

    /// Appends a Contact field for every binding of an address of record (RFC 3261 §10.3 step 8).
    private mutating func appendContacts(
        of key: Span<UInt8>,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        to headers: inout [UInt8]
    ) {
        let aor = extensions.givesGRUU ? index.to.flatMap { try? URI(bytes, $0.uri) } : nil
        let isPart = policy.listsOnlyOwn && !updates.isEmpty
        var cursor = firstBinding(of: key, now: now)
        while let place = cursor {
            cursor = nextBinding(after: place, now: now)
            if isPart && !updates.contains(where: { $0.slot == place.slot }) { continue }
            appendContact(place.slot, now: now, to: &headers)
            if let aor {
                lastGRUU &+= 1
                appendGRUU(place.slot, aor, bytes, number: lastGRUU, to: &headers)
            }
            headers.append(ascii: "\r\n")
        }
    }

    private func appendContact(_ slot: UInt32, now: Moment, to headers: inout [UInt8]) {
        let bytes = bindings[slot].bytes
        let left = bindings[slot].expiresAt - now
        headers.append(ascii: "Contact: <")
        headers.append(copying: bytes.span.extracting(bindings[slot].slice(.contact).range))
        headers.append(ascii: ">")
        headers.append(copying: bytes.span.extracting(bindings[slot].slice(.parameters).range))
        headers.append(ascii: ";expires=")
        appendDecimal(UInt64(max(1, left.wholeSeconds)), to: &headers)
    }

    /// Appends the request's Path fields, which the phone gets back (RFC 3327 §5.3).
    private func appendPath(_ bytes: Span<UInt8>, _ index: MessageIndex, to headers: inout [UInt8]) {
        var field = index.first(.path)
        while let present = field {
            headers.append(ascii: "Path: ")
            headers.append(copying: bytes.extracting(present.value.range))
            headers.append(ascii: "\r\n")
            field = index.next(after: present)
        }
    }
}
