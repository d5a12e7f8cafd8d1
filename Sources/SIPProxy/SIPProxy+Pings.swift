import SIPFlow
import SIPRegistrar
import SIPSyntax
import SIPTransaction

/// OPTIONS pings to registered contacts (RFC 3261 §11).
extension SIPProxy {
    /// The most pings in one turn; the others wait for the next round.
    private static var pingsPerTurn: Int { 256 }

    /// Asks the contacts whose turn has come.
    mutating func sendPings(now: Moment, into outbox: inout Outbox) {
        var count = 0
        while count < Self.pingsPerTurn, !layer.isFull {
            guard let ping = registrar.nextPing(now: now) else { return }
            let unanswered = TransactionID(number: ping.unanswered)
            if ping.unanswered != 0, layer.contains(unanswered) { layer.abandon(unanswered) }
            send(ping, now: now, into: &outbox)
            count += 1
        }
        registrar.skipPings(now: now)
    }

    /// Sends one ping along the contact's Path, or its flow.
    ///
    /// - Shape: the Call-ID begins with `ping-` and is the same for all pings of a binding, with a rising CSeq, so that
    ///   the trace has them in one place; From is `ping` at this host.
    private mutating func send(_ ping: Ping, now: Moment, into outbox: inout Outbox) {
        let view = registrar.binding(ping.place)
        let bytes = view.bytes
        guard let uri = try? URI(bytes.span, view.contact), uri.scheme == .sip else { return }
        let hop =
            view.isBehindNAT ? nil : view.path.isEmpty ? uri : firstRoute(bytes.span, view.path)
        let flow = hop.flatMap { destination(bytes.span, $0, over: view.flow)?.flow } ?? view.flow
        let advertised = domains.listeners[flow.listener.index].advertised
        var callID: [UInt8] = []
        callID.append(ascii: "ping-")
        appendDecimal(ping.binding, to: &callID)
        callID.append(UInt8(ascii: "@"))
        advertised.appendHost(to: &callID)
        let branch = layer.openOwn(
            .ping(ping.binding),
            method: .options,
            callID: callID.span,
            to: flow,
            now: now
        )
        registrar.pingSent(ping, transaction: branch.transaction.number)
        let target = bytes.span.extracting(uri.whole.start..<uri.parameters.end)
        appendOwnStart(.options, target, branch, over: flow, to: &outbox.bytes)
        if !view.path.isEmpty {
            outbox.bytes.append(ascii: "Route: ")
            outbox.bytes.append(copying: bytes.span.extracting(view.path.range))
            outbox.bytes.append(ascii: "\r\n")
        }
        outbox.bytes.append(ascii: "From: <sip:ping@")
        advertised.appendHost(to: &outbox.bytes)
        outbox.bytes.append(ascii: ">;tag=")
        appendHexadecimal(layer.keyedHash.hash(callID.span, salt: 0x6672), to: &outbox.bytes)
        outbox.bytes.append(ascii: "\r\nTo: <")
        outbox.bytes.append(copying: target)
        outbox.bytes.append(ascii: ">\r\nCall-ID: ")
        outbox.bytes.append(contentsOf: callID)
        outbox.bytes.append(ascii: "\r\nCSeq: ")
        appendDecimal(UInt64(ping.sequence), to: &outbox.bytes)
        outbox.bytes.append(ascii: " OPTIONS\r\n")
        appendOwnContact(advertised, to: &outbox.bytes)
        outbox.bytes.append(ascii: "Accept: application/sdp\r\nContent-Length: 0\r\n\r\n")
        layer.start(branch.transaction, isOwn: true, into: &outbox)
    }
}
