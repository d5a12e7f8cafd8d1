public import SIPFlow
import SIPRegistrar
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// Sends every NOTIFY that is due: one branch when there is no news.
    ///
    /// What finds no room among the transactions waits.
    public mutating func notifyWatchers(now: Moment, into outbox: inout Outbox) {
        guard registrar.subscriptions.hasNews else { return }
        while !layer.isFull, let notification = registrar.nextNotification(now: now) {
            send(notification, now: now, into: &outbox)
        }
    }

    private mutating func send(_ notification: Notification, now: Moment, into outbox: inout Outbox) {
        let dialog = notification.dialog
        let flow = nextHop(of: dialog)
        let branch = layer.openOwn(
            .notify(notification.number),
            method: .notify,
            callID: dialog.callID.span,
            to: flow,
            now: now
        )
        // A first route without lr is a strict router: it gets the request in its own name (RFC 3261 §12.2.1.1).
        let strict = dialog.routes.first.flatMap { strictRouter($0) }
        let uri = strict ?? dialog.target
        appendOwnStart(.notify, uri.span, branch, over: flow, to: &outbox.bytes)
        for route in strict == nil ? dialog.routes[...] : dialog.routes.dropFirst() {
            appendField("Route: ", route, to: &outbox.bytes)
        }
        if strict != nil {
            outbox.bytes.append(ascii: "Route: <")
            outbox.bytes.append(contentsOf: dialog.target)
            outbox.bytes.append(ascii: ">\r\n")
        }
        appendField("From: ", dialog.local, to: &outbox.bytes)
        appendField("To: ", dialog.remote, to: &outbox.bytes)
        appendField("Call-ID: ", dialog.callID, to: &outbox.bytes)
        outbox.bytes.append(ascii: "CSeq: ")
        appendDecimal(UInt64(dialog.localSequence), to: &outbox.bytes)
        outbox.bytes.append(ascii: " NOTIFY\r\n")
        appendOwnContact(domains.listeners[flow.listener.index].advertised, to: &outbox.bytes)
        appendState(notification, to: &outbox.bytes)
        outbox.bytes.append(contentsOf: notification.body)
        layer.start(branch.transaction, isOwn: true, into: &outbox)
    }

    private func appendState(_ notification: Notification, to output: inout [UInt8]) {
        output.append(ascii: "Event: reg")
        if !notification.eventID.isEmpty {
            output.append(ascii: ";id=")
            output.append(contentsOf: notification.eventID)
        }
        switch notification.state {
        case .active(let seconds):
            output.append(ascii: "\r\nSubscription-State: active;expires=")
            appendDecimal(UInt64(seconds), to: &output)
        case .timedOut: output.append(ascii: "\r\nSubscription-State: terminated;reason=timeout")
        }
        output.append(ascii: "\r\n")
        if !notification.words.isEmpty { appendReason(notification.words, to: &output) }
        output.append(ascii: "Content-Type: application/reginfo+xml\r\nContent-Length: ")
        appendDecimal(UInt64(notification.body.count), to: &output)
        output.append(ascii: "\r\n\r\n")
    }

    /// Appends an operator's words as a Reason field (RFC 3326); control bytes are left out.
    private func appendReason(_ words: String, to output: inout [UInt8]) {
        output.append(ascii: "Reason: SIP;text=\"")
        for byte in words.utf8 where byte >= 0x20 && byte != 0x7f {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { output.append(UInt8(ascii: "\\")) }
            output.append(byte)
        }
        output.append(ascii: "\"\r\n")
    }

    private func appendField(_ name: StaticString, _ value: [UInt8], to output: inout [UInt8]) {
        output.append(ascii: name)
        output.append(contentsOf: value)
        output.append(ascii: "\r\n")
    }

    /// Where requests of a dialog go: its first route, else its target.
    ///
    /// Where that is no numeric address, back where the SUBSCRIBE came from.
    private func nextHop(of dialog: NotifierDialog) -> Flow {
        if let route = dialog.routes.first {
            let hop = routeURI(route.span, Slice(0, route.count))
            return hop.flatMap { destination(route.span, $0, over: dialog.flow)?.flow } ?? dialog.flow
        }
        guard !dialog.isBehindNAT, let uri = try? URI(dialog.target.span, Slice(0, dialog.target.count))
        else {
            return dialog.flow
        }
        return destination(dialog.target.span, uri, over: dialog.flow)?.flow ?? dialog.flow
    }

    /// The URI of a route that is a strict router; nil for a loose one.
    private func strictRouter(_ route: [UInt8]) -> [UInt8]? {
        guard let uri = routeURI(route.span, Slice(0, route.count)), !uri.isLooseRouter(route.span) else {
            return nil
        }
        return Array(route[uri.whole.range])
    }
}
