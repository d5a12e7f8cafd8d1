public import SIPFlow
import SIPSyntax

/// All watchers of registrations: found by their dialog, and by the address of record that they watch.
///
/// - Limits: `SubscriptionLimits`.
/// - Cost: O(1) a subscription and O(watchers of the address of record) a change; nothing while there are none.
public struct Subscriptions: ~Copyable {
    /// The bounds.
    public let limits: SubscriptionLimits

    private let keyedHash: KeyedHash
    private var slab = Slab<Subscription>()
    private var byDialog = SlotTable(capacity: 16)
    private var byAOR = SlotTable(capacity: 16)
    private var wheel: TimerWheel
    /// The slots that may have something to send.
    private var queue: [UInt32] = []

    init(limits: SubscriptionLimits, seed: UInt64, now: Moment) {
        self.limits = limits
        keyedHash = KeyedHash(seed: seed)
        wheel = TimerWheel(now: now)
    }

    /// How many there are.
    public var count: Int { slab.count }

    /// True when nobody watches anything.
    public var isEmpty: Bool { slab.count == 0 }

    /// True when some may have something to send.
    public var hasNews: Bool { !queue.isEmpty }

    /// When to call `expire`; nil when nothing waits.
    public var nextDeadline: Moment? { wheel.nextDeadline }

    /// The number of the active subscription of a dialog.
    public func find(_ callID: Span<UInt8>, localTag: UInt64, remoteTag: Span<UInt8>) -> UInt64? {
        let hash = dialogHash(callID, localTag, remoteTag)
        let slot = byDialog.find(hash) { slot in
            let dialog = slab[slot].dialog
            return dialog.localTag == localTag && isSame(callID, dialog.callID)
                && isSame(remoteTag, dialog.remoteTag)
        }
        guard let slot, slab[slot].isActive else { return nil }
        return number(slot)
    }

    /// The dialog of a subscription and its Event `id`; nil when it is over.
    public func dialog(of number: UInt64) -> (dialog: NotifierDialog, eventID: [UInt8])? {
        slot(number).map { (slab[$0].dialog, slab[$0].eventID) }
    }

    /// True when one more watcher of an address of record finds room.
    public func hasRoom(for aor: Span<UInt8>) -> Bool {
        guard slab.count < limits.count else { return false }
        var watchers = 0
        visit(aor, keyedHash.hash(aor)) { _ in watchers += 1 }
        return watchers < limits.perAOR
    }

    /// Takes in a new watcher; `hasRoom` was asked.
    ///
    /// With 0 seconds it is told the state once (RFC 6665 §4.4.3).
    public mutating func open(
        _ dialog: NotifierDialog,
        eventID: [UInt8],
        aor: [UInt8],
        seconds: Int,
        now: Moment
    ) {
        let dialogHash = dialogHash(dialog.callID.span, dialog.localTag, dialog.remoteTag.span)
        let aorHash = keyedHash.hash(aor.span)
        let slot = slab.add(
            Subscription(
                aor: aor,
                aorHash: aorHash,
                eventID: eventID,
                dialog: dialog,
                dialogHash: dialogHash,
                expiresAt: now + .seconds(seconds),
                now: now
            )
        ).slot
        byDialog.insert(dialogHash, slot)
        byAOR.insert(aorHash, slot)
        if seconds == 0 { slab[slot].end() }
        settle(slot, now: now)
    }

    /// A sound SUBSCRIBE of a dialog came: with 0 seconds it ends the subscription.
    public mutating func refresh(_ number: UInt64, _ dialog: NotifierDialog, seconds: Int, now: Moment) {
        guard let slot = slot(number) else { return }
        slab[slot].dialog = dialog
        slab[slot].refresh(until: now + .seconds(seconds), now: now)
        if seconds == 0 { slab[slot].end() }
        settle(slot, now: now)
    }

    /// A NOTIFY got a 2xx; its Contact, if it has one, is the watcher's new target (RFC 3261 §12.2.1.2).
    public mutating func answered(_ number: UInt64, target: [UInt8]?, now: Moment) {
        guard let slot = slot(number) else { return }
        if let target { slab[slot].dialog.target = target }
        settle(slot, slab[slot].answered(), now: now)
    }

    /// A NOTIFY failed.
    ///
    /// The subscription is over, unless the watcher said when to try again (RFC 6665 §4.2.2).
    public mutating func failed(_ number: UInt64, retryAfter: Int?, now: Moment) {
        guard let slot = slot(number) else { return }
        if let retryAfter {
            settle(slot, slab[slot].putOff(until: now + .seconds(retryAfter)), now: now)
        } else {
            remove(slot)
        }
    }

    /// Ends the subscriptions whose time is over; notes those whose news may go now.
    public mutating func expire(now: Moment) {
        while let slot = wheel.popDue(now: now) {
            if slab[slot].isActive && slab[slot].expiresAt <= now { slab[slot].end() }
            settle(slot, now: now)
        }
    }

    /// Something happened to a contact.
    mutating func note(_ report: ContactReport, of aor: [UInt8]) {
        var watchers: [UInt32] = []
        visit(aor.span, keyedHash.hash(aor.span)) { watchers.append($0) }
        for slot in watchers {
            slab[slot].note(report)
            enqueue(slot)
        }
    }

    /// The next subscription whose NOTIFY is to be sent now.
    mutating func nextDue(now: Moment) -> UInt32? {
        while let slot = queue.popLast() {
            guard slab.isUsed(slot), slab[slot].isQueued else { continue }
            slab[slot].isQueued = false
            if slab[slot].isDue(now: now) { return slot }
            arm(slot)
        }
        return nil
    }

    /// The subscription at a slot.
    func subscription(_ slot: UInt32) -> Subscription { slab[slot] }

    /// A NOTIFY leaves that tells so many of the reports.
    ///
    /// Gives the subscription's number, and the dialog with the request's CSeq number.
    mutating func notify(_ slot: UInt32, telling count: Int, now: Moment) -> (UInt64, NotifierDialog) {
        slab[slot].notify(telling: count, now: now)
        arm(slot)
        return (number(slot), slab[slot].dialog)
    }

    private func number(_ slot: UInt32) -> UInt64 { UInt64(slab.generation(slot)) << 32 | UInt64(slot) }

    private func slot(_ number: UInt64) -> UInt32? {
        let slot = UInt32(truncatingIfNeeded: number)
        return slab.contains(slot, generation: UInt32(truncatingIfNeeded: number >> 32)) ? slot : nil
    }

    /// Goes on after an event: one that is due is queued and needs no timer, which would be past.
    private mutating func settle(
        _ slot: UInt32,
        _ remainder: Subscription.Remainder = .lives,
        now: Moment
    ) {
        switch remainder {
        case .nothing: remove(slot)
        case .lives:
            if slab[slot].isDue(now: now) {
                wheel.cancel(slot)
                enqueue(slot)
            } else {
                arm(slot)
            }
        }
    }

    private mutating func arm(_ slot: UInt32) {
        if let deadline = slab[slot].nextDeadline {
            wheel.arm(slot, at: deadline)
        } else {
            wheel.cancel(slot)
        }
    }

    private mutating func enqueue(_ slot: UInt32) {
        guard !slab[slot].isQueued else { return }
        slab[slot].isQueued = true
        queue.append(slot)
    }

    private mutating func remove(_ slot: UInt32) {
        wheel.cancel(slot)
        byDialog.remove(slab[slot].dialogHash, slot)
        byAOR.remove(slab[slot].aorHash, slot)
        slab.remove(slot)
    }

    private func visit(_ aor: Span<UInt8>, _ hash: UInt64, _ body: (UInt32) -> Void) {
        _ = byAOR.find(hash) { slot in
            if isSame(aor, slab[slot].aor) { body(slot) }
            return false
        }
    }

    private func dialogHash(_ callID: Span<UInt8>, _ localTag: UInt64, _ remoteTag: Span<UInt8>) -> UInt64 {
        keyedHash.combine(keyedHash.combine(keyedHash.hash(callID), localTag), keyedHash.hash(remoteTag))
    }
}

private func isSame(_ bytes: Span<UInt8>, _ other: [UInt8]) -> Bool {
    bytes.equals(Slice(0, bytes.count), other.span, Slice(0, other.count))
}
