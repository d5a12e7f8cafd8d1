import SIPFlow
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// A new CANCEL arrived: answered at once, then every pending branch is cancelled (RFC 3261 §9.2, §16.10).
    mutating func receiveCancel(
        _ id: TransactionID,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) {
        headers.removeAll(keepingCapacity: true)
        guard let invite = layer.findServer(bytes, index, method: .invite), invite.kind == .serverInvite
        else {
            answer(id, 481, bytes, index, now: now, into: &outbox)
            return
        }
        answer(id, 200, bytes, index, now: now, into: &outbox)
        guard let place = layer.record(invite).context else { return }
        switch contexts[Int(place)].phase {
        case .searching:
            contexts[Int(place)].phase = .cancelled
            cancelBranches(place, now: now, into: &outbox)
        case .free, .declined, .cancelled, .answered: break
        }
    }
}
