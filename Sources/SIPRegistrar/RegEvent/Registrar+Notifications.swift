public import SIPFlow
import SIPSyntax

extension RemovalReason {
    /// What watchers hear of a removal.
    var event: ContactEvent {
        switch self {
        case .expired: .expired
        case .unregistered, .replaced: .unregistered
        case .kicked: .deactivated
        // Told to register again, it would throw another one out in turn.
        case .evicted: .rejected
        }
    }
}

extension Registrar {
    /// Tells watchers what happened to a binding; one branch when there are none.
    mutating func tell(_ event: ContactEvent, _ slot: UInt32, words: String = "") {
        guard !subscriptions.isEmpty else { return }
        let report = ContactReport(event: event, binding: bindings[slot], words: words)
        subscriptions.note(report, of: records[bindings[slot].aor].key)
    }

    /// The next NOTIFY that is to be sent now; nil when there is none.
    public mutating func nextNotification(now: Moment) -> Notification? {
        guard let slot = subscriptions.nextDue(now: now) else { return nil }
        let subscription = subscriptions.subscription(slot)
        let document = document(of: subscription, now: now)
        let (number, dialog) = subscriptions.notify(slot, telling: document.told, now: now)
        return Notification(
            number: number,
            dialog: dialog,
            eventID: subscription.eventID,
            state: subscription.isActive
                ? .active(seconds: max(1, (subscription.expiresAt - now).wholeSeconds)) : .timedOut,
            words: document.words,
            body: document.body
        )
    }

    /// The document for a watcher, how many of its reports are in it, and an operator's words.
    ///
    /// - Shape: the full state is told whole: all that is bound, then what went since the last document. Changes are
    ///   told up to `partialBodyLimit` bytes, at least one; the rest goes in the next document.
    private func document(
        of subscription: Subscription,
        now: Moment
    ) -> (body: [UInt8], told: Int, words: String) {
        let present = boundContacts(of: subscription.aor, now: now)
        let isFull = subscription.wantsFullState
        let changes =
            isFull
            ? present + subscription.reports.filter { !$0.event.isActive } : subscription.reports
        let hasTerminated = changes.contains { !$0.event.isActive }
        var body: [UInt8] = []
        appendRegInfoStart(
            version: subscription.version,
            isFull: isFull,
            aor: subscription.aor,
            id: keyedHash.hash(subscription.aor.span),
            !present.isEmpty ? .active : hasTerminated ? .terminated : .initial,
            to: &body
        )
        var told = 0
        var words = ""
        for report in changes {
            let end = body.count
            appendContact(report, now: now, to: &body)
            if !isFull && told > 0 && body.count > partialBodyLimit {
                body.removeLast(body.count - end)
                break
            }
            told += 1
            if words.isEmpty { words = report.words }
        }
        appendRegInfoEnd(to: &body)
        return (body, isFull ? subscription.reports.count : told, words)
    }

    /// Every living binding of an address of record, as it was last heard of.
    private func boundContacts(of aor: [UInt8], now: Moment) -> [ContactReport] {
        var reports: [ContactReport] = []
        var cursor = firstBinding(of: aor.span, now: now)
        while let place = cursor {
            let binding = bindings[place.slot]
            reports.append(
                ContactReport(event: binding.refreshes == 0 ? .registered : .refreshed, binding: binding)
            )
            cursor = nextBinding(after: place, now: now)
        }
        return reports
    }
}
