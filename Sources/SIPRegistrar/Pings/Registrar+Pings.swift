public import SIPFlow

/// A contact that is to be asked now.
public struct Ping: Sendable {
    /// The binding's number.
    public var binding: UInt64
    /// Where the binding is.
    public var place: BindingCursor
    /// The CSeq number.
    public var sequence: UInt32
    /// The transaction of the ping before, which had no answer until now; 0 for none.
    public var unanswered: UInt64
}

extension Registrar {
    /// Begins to ask every contact once an interval.
    public mutating func startPings(_ policy: PingPolicy, now: Moment) { pings.start(policy, now: now) }

    /// When to call `nextPing`; nil when pings are off, or nobody is registered.
    public var nextPingDeadline: Moment? { count == 0 ? nil : pings.nextDeadline(slots: bindings.end) }

    /// The next contact to be asked now; nil when there is none.
    public mutating func nextPing(now: Moment) -> Ping? {
        guard count > 0 else { return nil }
        while let slot = pings.nextSlot(bindings.end, now: now) {
            guard bindings.isUsed(slot), bindings[slot].expiresAt > now else { continue }
            let id = bindings[slot].id
            let order = pings.send(to: id, slot, now: now)
            if order.unanswered != 0 { changes.noteChange(slot) }
            return Ping(
                binding: id,
                place: BindingCursor(slot: slot),
                sequence: order.sequence,
                unanswered: order.unanswered
            )
        }
        return nil
    }

    /// Lets the contacts that are overdue wait for the next round.
    public mutating func skipPings(now: Moment) { pings.skip(now: now) }

    /// A ping left in a transaction.
    public mutating func pingSent(_ ping: Ping, transaction: UInt64) {
        pings.wait(for: transaction, ping.binding, ping.place.slot)
    }

    /// A ping got a final response.
    public mutating func pingAnswered(binding id: UInt64, now: Moment) {
        guard let slot = slot(of: id) else { return }
        pings.answered(id, slot, now: now)
        changes.noteChange(slot)
    }

    /// A ping will never get a response.
    public mutating func pingMissed(binding id: UInt64) {
        guard let slot = slot(of: id) else { return }
        pings.missed(id, slot)
        changes.noteChange(slot)
    }

    private func slot(of id: UInt64) -> UInt32? {
        places.find(placeHash(id)) { bindings[$0].id == id }
    }
}

extension Registrar {
    /// True for a contact that answered pings once and is dead now.
    ///
    /// No request of others is sent there until it is heard again.
    ///
    /// One that never answered a ping may be a phone that knows no OPTIONS: it is still called.
    public func isSilent(_ cursor: BindingCursor) -> Bool {
        guard pings.isOn else { return false }
        let result = pings.result(of: bindings[cursor.slot].id, cursor.slot)
        return result.reachability == .dead && result.roundTrip != nil
    }
}
