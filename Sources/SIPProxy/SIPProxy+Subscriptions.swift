import SIPFlow
import SIPRegistrar
import SIPSyntax
import SIPTransaction

/// The notifier of the reg event package (RFC 3680, RFC 6665 §4.2).
extension SIPProxy {
    /// Answers a SUBSCRIBE that is for the server itself; false for one that goes on to the phones.
    ///
    /// Ours are those to an address of record with `Event: reg`, and all to the server: with another event 489.
    mutating func receiveSubscribe(
        _ id: TransactionID,
        _ uri: URI,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) -> Bool {
        headers.removeAll(keepingCapacity: true)
        let isForServer = uri.isSIP && (uri.user ?? Slice(0, 0)).isEmpty
        guard isRegEvent(bytes, index) else {
            guard isForServer else { return false }
            headers.append(ascii: "Allow-Events: reg\r\n")
            answer(id, 489, bytes, index, now: now, into: &outbox)
            return true
        }
        if index.has(.require), appendUnsupported(bytes, index, .require) {
            answer(id, 420, bytes, index, now: now, into: &outbox)
        } else if !acceptsRegInfo(bytes, index) {
            answer(id, 406, bytes, index, now: now, into: &outbox)
        } else if let asked = askedSeconds(bytes, index) {
            if let seconds = asked.seconds, registrar.subscriptions.limits.isTooBrief(seconds) {
                appendNumber("Min-Expires: ", registrar.subscriptions.limits.minimumExpiry)
                answer(id, 423, bytes, index, now: now, into: &outbox)
                return true
            }
            let seconds = registrar.subscriptions.limits.granted(asked.seconds)
            if let tag = index.toTag {
                resubscribe(id, tag, seconds, bytes, index, over: flow, now: now, into: &outbox)
            } else {
                subscribe(id, uri, seconds, bytes, index, over: flow, now: now, into: &outbox)
            }
        } else {
            answer(id, 400, reason: "Malformed Expires", bytes, index, now: now, into: &outbox)
        }
        return true
    }

    /// Who may watch an address of record: its owner; without accounts, in a lab, anybody.
    ///
    /// The owner is who From names: one of a served domain has proved it by his credentials by now.
    private func maySubscribe(_ aor: [UInt8], _ bytes: Span<UInt8>, _ index: MessageIndex) -> Bool {
        guard isEnforced else { return true }
        guard let from = index.from, let watcher = try? URI(bytes, from.uri) else { return false }
        return domains.servesAddressOfRecord(bytes, watcher) && addressOfRecord(bytes, watcher) == aor
    }

    /// The key of the address of record that a URI of ours names, maybe by an alias.
    private func addressOfRecord(_ bytes: Span<UInt8>, _ uri: URI) -> [UInt8] {
        var aor: [UInt8] = []
        domains.appendKey(bytes, uri, to: &aor)
        return aliases[aor] ?? aor
    }

    /// A SUBSCRIBE outside a dialog.
    private mutating func subscribe(
        _ id: TransactionID,
        _ uri: URI,
        _ seconds: Int,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) {
        guard !uri.isSIP || !(uri.user ?? Slice(0, 0)).isEmpty else {
            answer(id, 404, bytes, index, now: now, into: &outbox)
            return
        }
        let aor = addressOfRecord(bytes, uri)
        guard maySubscribe(aor, bytes, index) else {
            answer(id, 403, reason: "Not Your Registrations", bytes, index, now: now, into: &outbox)
            return
        }
        guard let target = contactURI(bytes, index) else {
            answer(id, 400, reason: "SUBSCRIBE Needs One SIP Contact", bytes, index, now: now, into: &outbox)
            return
        }
        let dialog = newDialog(target, bytes, index, over: flow)
        let known = registrar.subscriptions.find(
            dialog.callID.span,
            localTag: dialog.localTag,
            remoteTag: dialog.remoteTag.span
        )
        guard known == nil else {
            // The same request on another way (RFC 3261 §8.2.2.2).
            answer(id, 482, bytes, index, now: now, into: &outbox)
            return
        }
        guard registrar.subscriptions.hasRoom(for: aor.span) else {
            appendNumber("Retry-After: ", 60)
            answer(id, 503, bytes, index, now: now, into: &outbox)
            return
        }
        registrar.subscriptions.open(
            dialog,
            eventID: eventID(bytes, index),
            aor: aor,
            seconds: seconds,
            now: now
        )
        var field = index.first(.recordRoute)
        while let present = field {
            appendLine(bytes, present, to: &headers)
            field = index.next(after: present)
        }
        accept(id, seconds, bytes, index, over: flow, now: now, into: &outbox)
    }

    /// A SUBSCRIBE in a dialog: refreshes or ends its subscription.
    private mutating func resubscribe(
        _ id: TransactionID,
        _ tag: Slice,
        _ seconds: Int,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) {
        guard let localTag = bytes.hexadecimal(tag),
            let number = registrar.subscriptions.find(
                bytes.extracting(index.callID.range),
                localTag: localTag,
                remoteTag: bytes.extracting((index.fromTag ?? Slice(0, 0)).range)
            ),
            let known = registrar.subscriptions.dialog(of: number), known.eventID == eventID(bytes, index)
        else {
            answer(id, 481, reason: "Subscription Does Not Exist", bytes, index, now: now, into: &outbox)
            return
        }
        var dialog = known.dialog
        let sequence = index.cseq?.number ?? 0
        guard sequence > dialog.remoteSequence else {
            let reason = "CSeq \(sequence) Not Above \(dialog.remoteSequence)"
            answer(id, 500, reason: reason, bytes, index, now: now, into: &outbox)
            return
        }
        dialog.remoteSequence = sequence
        dialog.flow = flow
        if index.has(.contact) {
            guard let target = contactURI(bytes, index) else {
                answer(id, 400, reason: "Malformed Contact", bytes, index, now: now, into: &outbox)
                return
            }
            dialog.target = target
            dialog.isBehindNAT = isBehindNAT(target, bytes, index, flow)
        }
        registrar.subscriptions.refresh(number, dialog, seconds: seconds, now: now)
        accept(id, seconds, bytes, index, over: flow, now: now, into: &outbox)
    }

    /// Answers 200; the NOTIFY follows in the same turn.
    private mutating func accept(
        _ id: TransactionID,
        _ seconds: Int,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) {
        appendNumber("Expires: ", seconds)
        appendOwnContact(domains.listeners[flow.listener.index].advertised, to: &headers)
        answer(id, 200, bytes, index, now: now, into: &outbox)
    }

    /// The dialog that a SUBSCRIBE begins, with us as the side that was asked (RFC 3261 §12.1.1).
    private func newDialog(
        _ target: [UInt8],
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow
    ) -> NotifierDialog {
        let localTag = toTag(bytes, index)
        var local = unfolded(bytes, index.first(.to)?.value ?? Slice(0, 0))
        local.append(ascii: ";tag=")
        appendHexadecimal(localTag, to: &local)
        var routes: [[UInt8]] = []
        var field = index.first(.recordRoute)
        while let present = field {
            var cursor = ValueCursor(present.value)
            while let value = cursor.next(bytes) { routes.append(unfolded(bytes, value)) }
            field = index.next(after: present)
        }
        return NotifierDialog(
            callID: unfolded(bytes, index.callID),
            localTag: localTag,
            remoteTag: unfolded(bytes, index.fromTag ?? Slice(0, 0)),
            local: local,
            remote: unfolded(bytes, index.first(.from)?.value ?? Slice(0, 0)),
            target: target,
            routes: routes,
            flow: flow,
            isBehindNAT: isBehindNAT(target, bytes, index, flow),
            remoteSequence: index.cseq?.number ?? 0
        )
    }

    /// True when a watcher's Contact differs from its packets' source, and no proxy stands between.
    private func isBehindNAT(
        _ target: [UInt8],
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ flow: Flow
    ) -> Bool {
        guard let uri = try? URI(target.span, Slice(0, target.count)), let via = index.first(.via),
            index.next(after: via) == nil, let top = index.topVia, top.whole.end == via.value.end
        else { return false }
        return IPAddress(target.span.extracting(uri.host.range)) != flow.peer.ip
    }

    private func isRegEvent(_ bytes: Span<UInt8>, _ index: MessageIndex) -> Bool {
        guard let field = index.first(.event) else { return false }
        let end = bytes.first(UInt8(ascii: ";"), in: field.value) ?? field.value.end
        return bytes.equals(bytes.trimmed(Slice(field.value.start, end)), "reg")
    }

    private func eventID(_ bytes: Span<UInt8>, _ index: MessageIndex) -> [UInt8] {
        guard let field = index.first(.event),
            let semicolon = bytes.first(UInt8(ascii: ";"), in: field.value),
            let value = bytes.parameter("id", in: Slice(semicolon, field.value.end))?.value
        else { return [] }
        return unfolded(bytes, value)
    }

    /// True unless Accept leaves out the one type of body that there is.
    private func acceptsRegInfo(_ bytes: Span<UInt8>, _ index: MessageIndex) -> Bool {
        var field = index.first(.accept)
        var isEmpty = true
        while let present = field {
            var cursor = ValueCursor(present.value)
            while let value = cursor.next(bytes) {
                isEmpty = false
                let end = bytes.first(UInt8(ascii: ";"), in: value) ?? value.end
                let type = bytes.trimmed(Slice(value.start, end))
                if bytes.equals(type, ignoringCase: "application/reginfo+xml")
                    || bytes.equals(type, ignoringCase: "application/*") || bytes.equals(type, "*/*")
                {
                    return true
                }
            }
            field = index.next(after: present)
        }
        return isEmpty
    }

    /// The seconds that Expires asks for, nil inside for none; nil when it is malformed.
    private func askedSeconds(_ bytes: Span<UInt8>, _ index: MessageIndex) -> (seconds: Int?, Void)? {
        guard let field = index.first(.expires) else { return (nil, ()) }
        return bytes.number(field.value).map { (Int($0), ()) }
    }

    private mutating func appendNumber(_ name: StaticString, _ number: Int) {
        headers.append(ascii: name)
        appendDecimal(UInt64(number), to: &headers)
        headers.append(ascii: "\r\n")
    }
}

/// A copy of a part of a header field, with a space for each byte of a line end.
private func unfolded(_ bytes: Span<UInt8>, _ slice: Slice) -> [UInt8] {
    slice.range.map { isWhite(bytes[$0]) ? 0x20 : bytes[$0] }
}
