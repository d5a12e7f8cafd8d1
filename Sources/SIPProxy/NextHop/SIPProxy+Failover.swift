import SIPFlow
import SIPNextHop
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// Goes on to the next hop of a target by name, after 503, a timeout or a transport error.
    ///
    /// - Shape: false when the failure counts: for a numeric host, after the last hop, once a response was heard
    ///   (for timeouts), and when no answer is wanted any more.
    /// - Source: RFC 3263 §4.3.
    mutating func failsOver(
        _ branch: TransactionRecord.Reference,
        _ place: UInt32,
        wasSilent: Bool,
        now: Moment,
        into outbox: inout Outbox
    ) -> Bool {
        guard !contexts[place].searches.isEmpty,
            let search = contexts[place].searches.firstIndex(where: { $0.branch == branch.id })
        else { return false }
        if wasSilent {
            guard !branch.wasHeard else { return false }
            if case .trying(_, let hop) = contexts[place].searches[search].state {
                health.noteSilence(of: hop, now: now)
            }
        }
        switch contexts[place].phase {
        case .searching: break
        case .free, .declined, .cancelled, .answered: return false
        }
        guard !contexts[place].searches[search].hops.isEmpty else { return false }
        let pending = contexts[place].pending
        contexts[place].pending -= 1
        resume(place, search: search, now: now, into: &outbox)
        guard contexts[place].pending == pending else {
            contexts[place].pending = pending
            return false
        }
        if layer.contains(branch.id) { layer.setContext(branch.id, nil) }
        return true
    }

    /// A 503 says how long its sender wants to be left alone (RFC 3261 §21.5.4).
    mutating func noteRetryAfter(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        of id: TransactionID,
        now: Moment
    ) {
        guard let field = index.first(.retryAfter) else { return }
        var end = field.value.start
        while end < field.value.end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end]) { end += 1 }
        guard let seconds = bytes.number(Slice(field.value.start, end)), seconds > 0 else { return }
        let flow = layer.record(id).flow
        let hop = NextHop(transport: flow.transport, address: flow.peer)
        health.shut(hop, for: .seconds(Int(seconds)), now: now)
    }

    /// True when a hop must be left alone: it asked for that, and the request begins something.
    ///
    /// What belongs to a dialog still goes, since no other hop can take it: a call could not be hung up otherwise.
    mutating func isShut(_ flow: Flow, _ index: MessageIndex, now: Moment) -> Bool {
        guard index.toTag == nil else { return false }
        return health.isShut(NextHop(transport: flow.transport, address: flow.peer), now: now)
    }
}
