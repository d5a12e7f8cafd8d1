import SIPFlow
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// A new CANCEL arrived: answered at once, then every branch is cancelled (RFC 3261 §9.2, §16.10).
    mutating func receiveCancel(
        _ id: TransactionID,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) {
        headers.removeAll(keepingCapacity: true)
        guard let found = cancelled(bytes, index) else {
            answer(id, 481, bytes, index, now: now, into: &outbox)
            return
        }
        answer(id, 200, bytes, index, now: now, into: &outbox)
        guard found.kind == .serverInvite, let place = layer.record(found).context else { return }
        switch contexts[place].phase {
        case .searching:
            contexts[place].phase = .cancelled
            cancelBranches(place, now: now, into: &outbox)
            goOn(place, now: now, into: &outbox)
        case .free, .declined, .cancelled, .answered: break
        }
    }

    /// The transaction that a CANCEL is for, whatever its method: only an INVITE's is touched by it.
    private mutating func cancelled(_ bytes: Span<UInt8>, _ index: MessageIndex) -> TransactionID? {
        for method in Method.allCases where method != .cancel {
            if let id = layer.findServer(bytes, index, method: method) { return id }
        }
        return nil
    }
}
