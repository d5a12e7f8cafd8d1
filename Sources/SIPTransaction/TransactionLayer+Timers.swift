public import SIPFlow

/// What a deadline asks of the owner of a transaction.
public enum TransactionEvent: Sendable, Hashable {
    /// An INVITE has no response yet: say 100 (RFC 3261 §17.2.1).
    case tryingIsDue(TransactionID)
    /// A client transaction heard nothing in time: act as on 408. It is over.
    case clientTimedOut(TransactionRecord.Reference, ClientFailure)
    /// An INVITE rang too long (timer C): cancel the branch.
    case rangTooLong(TransactionID)
}

extension TransactionRecord {
    /// What an owner needs of a transaction that is over.
    public struct Reference: Sendable, Hashable {
        /// Its number.
        public var id: TransactionID
        /// Who wants to hear of it.
        public var owner: TransactionOwner
        /// The server transaction whose request it forwarded.
        public var parent: TransactionID
        /// True when a response came.
        public var wasHeard: Bool
        /// Its response context.
        public var context: UInt32? { owner.context }
    }
}

extension TransactionLayer {
    /// Lets due deadlines act, up to the first that its owner must know of; nil when none is left.
    public mutating func nextEvent(now: Moment, into outbox: inout Outbox) -> TransactionEvent? {
        while let timer = wheel.popDue(now: now) {
            if let event = fire(TransactionID(number: UInt64(timer)), now: now, into: &outbox) {
                return event
            }
        }
        return nil
    }

    private mutating func fire(
        _ place: TransactionID,
        now: Moment,
        into outbox: inout Outbox
    ) -> TransactionEvent? {
        switch place.kind {
        case .serverInvite:
            let id = TransactionID(
                .serverInvite,
                slot: place.slot,
                generation: serverInvites.generation(place.slot)
            )
            return fireServerInvite(id, now: now, into: &outbox)
        case .serverRequest:
            let id = TransactionID(
                .serverRequest,
                slot: place.slot,
                generation: serverRequests.generation(place.slot)
            )
            switch serverRequests[id.slot].machine.fire(now: now) {
            case .nothing, .ended: break
            }
            settle(id, serverRequests[id.slot].machine.nextDeadline, serverRequests[id.slot].machine.name)
            return nil
        case .clientInvite:
            let id = TransactionID(
                .clientInvite,
                slot: place.slot,
                generation: clientInvites.generation(place.slot)
            )
            return fireClientInvite(id, now: now, into: &outbox)
        case .clientRequest:
            let id = TransactionID(
                .clientRequest,
                slot: place.slot,
                generation: clientRequests.generation(place.slot)
            )
            return fireClientRequest(id, now: now, into: &outbox)
        }
    }

    private mutating func fireServerInvite(
        _ id: TransactionID,
        now: Moment,
        into outbox: inout Outbox
    ) -> TransactionEvent? {
        switch serverInvites[id.slot].machine.fire(now: now) {
        case .tryingIsDue:
            return .tryingIsDue(id)
        case .resend:
            serverInvites[id.slot].record.retransmits += 1
            resendResponse(id, into: &outbox)
        case .nothing, .timedOut, .ended: break
        }
        settle(id, serverInvites[id.slot].machine.nextDeadline, serverInvites[id.slot].machine.name)
        return nil
    }

    private mutating func fireClientInvite(
        _ id: TransactionID,
        now: Moment,
        into outbox: inout Outbox
    ) -> TransactionEvent? {
        var event: TransactionEvent?
        switch clientInvites[id.slot].machine.fire(now: now) {
        case .resend: resendRequest(id, into: &outbox)
        case .timedOut: event = timedOut(id, .silent)
        case .cancelTimedOut: event = timedOut(id, .unansweredCancel)
        case .rangTooLong:
            noteEnding(id, clientInvites[id.slot].record.code > 100 ? .rangTooLong : .neverRang)
            return .rangTooLong(id)
        case .nothing, .ended: break
        }
        settleClient(id)
        return event
    }

    private mutating func fireClientRequest(
        _ id: TransactionID,
        now: Moment,
        into outbox: inout Outbox
    ) -> TransactionEvent? {
        var event: TransactionEvent?
        switch clientRequests[id.slot].machine.fire(now: now) {
        case .resend: resendRequest(id, into: &outbox)
        case .timedOut:
            event = timedOut(id, clientRequests[id.slot].record.code > 0 ? .noFinal : .noReply)
        case .nothing, .ended: break
        }
        settleClient(id)
        return event
    }

    private mutating func timedOut(_ id: TransactionID, _ ending: ClientEnding) -> TransactionEvent {
        noteEnding(id, ending)
        return .clientTimedOut(reference(id), failure(of: id))
    }

    /// What an owner needs of a transaction.
    public func reference(_ id: TransactionID) -> TransactionRecord.Reference {
        lend(id) {
            TransactionRecord.Reference(id: id, owner: $0.owner, parent: $0.parent, wasHeard: $0.code > 0)
        }
    }
}
