import SIPFlow
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// The share of the transaction table, in percent, from which on senders are asked for less.
    private static let overloadBegins = 75

    /// True when a request must not go to a hop, which asked for less (RFC 7339 §5.10).
    mutating func isHeldBack(_ flow: Flow, _ method: Method, _ index: MessageIndex, now: Moment) -> Bool {
        guard !throttle.isEmpty else { return false }
        let mustGo = index.toTag != nil || method == .ack || method == .cancel
        return throttle.holdsBack(from: flow.peer, mustGo: mustGo, now: now)
    }

    /// Hears what the sender of a response says of its load.
    mutating func noteLoad(_ bytes: Span<UInt8>, _ via: Via, of id: TransactionID, now: Moment) {
        guard options.controlsOverload, let feedback = OverloadFeedback(bytes, via) else { return }
        throttle.receive(feedback, from: layer.record(id).flow.peer, now: now)
    }

    /// How many of a hundred requests shall not be sent to us.
    ///
    /// None below three quarters of the transaction table, all at its end.
    var overload: Int {
        let load = layer.count * 100 / max(1, layer.limit)
        return min(100, max(0, load - Self.overloadBegins) * 100 / (100 - Self.overloadBegins))
    }

    /// Tells our load in the response that stands unfinished in the outbox, if its receiver listens.
    ///
    /// - Shape: a bare `oc` in the top Via says that it does. Nothing is told until there is an overload, and its end
    ///   is told once it is over, for as long as somebody may still hold back.
    mutating func tellLoad(now: Moment, into outbox: inout Outbox) {
        guard options.controlsOverload else { return }
        let loss = overload
        if loss > 0 { overloadToldUntil = now + OverloadFeedback.usualValidity }
        guard overloadToldUntil > now else { return }
        let start = outbox.messageStart
        var response: [UInt8] = []
        response.append(copying: outbox.bytes.span.extracting(start...))
        var index = MessageIndex()
        guard (try? index.parse(response.span)) != nil, let via = index.topVia,
            let offer = response.span.parameter("oc", in: via.parameters), offer.value == nil
        else { return }
        outbox.bytes.removeLast(response.count)
        outbox.bytes.append(copying: response.span.extracting(..<via.parameters.start))
        var cursor = ParameterCursor(via.parameters)
        while let parameter = cursor.next(response.span) {
            if isLoad(response.span, parameter.name) { continue }
            outbox.bytes.append(UInt8(ascii: ";"))
            outbox.bytes.append(copying: response.span.extracting(parameter.whole.range))
        }
        appendLoad(loss, now: now, to: &outbox.bytes)
        outbox.bytes.append(copying: response.span.extracting(via.whole.end...))
    }

    private func isLoad(_ bytes: Span<UInt8>, _ name: Slice) -> Bool {
        bytes.equals(name, ignoringCase: "oc") || bytes.equals(name, ignoringCase: "oc-algo")
            || bytes.equals(name, ignoringCase: "oc-validity") || bytes.equals(name, ignoringCase: "oc-seq")
    }

    private func appendLoad(_ loss: Int, now: Moment, to output: inout [UInt8]) {
        let milliseconds = UInt64(max(0, clock.unixNanoseconds(at: now) / 1_000_000))
        output.append(ascii: ";oc=")
        appendDecimal(UInt64(loss), to: &output)
        output.append(ascii: ";oc-algo=\"loss\";oc-validity=")
        appendDecimal(loss == 0 ? 0 : UInt64(OverloadFeedback.usualValidity.milliseconds), to: &output)
        output.append(ascii: ";oc-seq=")
        appendDecimal(milliseconds / 1_000, to: &output)
        output.append(UInt8(ascii: "."))
        for digit in [milliseconds / 100 % 10, milliseconds / 10 % 10, milliseconds % 10] {
            appendDecimal(digit, to: &output)
        }
    }
}
