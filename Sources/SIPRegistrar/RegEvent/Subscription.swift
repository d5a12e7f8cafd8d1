import SIPFlow

/// One watcher of one address of record (RFC 6665 §4.2, RFC 3680 §4.7).
///
/// - Shape: at most one NOTIFY waits for its answer; what happens meanwhile is gathered for the next.
/// - Limits: `reportLimit` contacts are gathered; beyond them the next document tells the full state instead.
struct Subscription: Sendable {
    private enum State {
        /// No NOTIFY waits for its answer; usual news is held back until a moment.
        case idle(quietUntil: Moment)
        /// The watcher asked for rest: no news at all until a moment.
        case resting(until: Moment)
        /// A NOTIFY waits for its answer.
        case notifying(quietUntil: Moment)
        /// It is over, but a NOTIFY still waits for its answer; the last one follows.
        case leaving
        /// It is over; the last NOTIFY is to be sent.
        case closing
        /// The last NOTIFY waits for its answer.
        case closed
    }

    /// What is left of a subscription after an event.
    enum Remainder {
        /// It lives, or has its last NOTIFY to send.
        case lives
        /// Nothing is left to do.
        case nothing
    }

    /// The most contacts that are gathered for a document.
    static let reportLimit = 32
    /// The least time between NOTIFYs, except of what an operator did (RFC 3680 §4.10).
    static let pace = Interval.seconds(5)

    /// The key of the address of record, and its hash.
    let aor: [UInt8]
    let aorHash: UInt64
    /// The `id` parameter of Event; empty when there was none.
    let eventID: [UInt8]
    /// The hash of the dialog's three identifiers.
    let dialogHash: UInt64
    var dialog: NotifierDialog
    var expiresAt: Moment
    /// True while it stands in the queue of those that may have something to send.
    var isQueued = false
    /// The version of the next document.
    private(set) var version: UInt32 = 0
    private(set) var reports: [ContactReport] = []
    private(set) var wantsFullState = true
    private var state: State

    init(
        aor: [UInt8],
        aorHash: UInt64,
        eventID: [UInt8],
        dialog: NotifierDialog,
        dialogHash: UInt64,
        expiresAt: Moment,
        now: Moment
    ) {
        self.aor = aor
        self.aorHash = aorHash
        self.eventID = eventID
        self.dialog = dialog
        self.dialogHash = dialogHash
        self.expiresAt = expiresAt
        state = .idle(quietUntil: now)
    }

    /// True until it expired or was given up.
    var isActive: Bool {
        switch state {
        case .idle, .resting, .notifying: true
        case .leaving, .closing, .closed: false
        }
    }

    /// True when a NOTIFY is to be sent now.
    func isDue(now: Moment) -> Bool {
        switch state {
        case .idle(let quietUntil): hasNews && (isUrgent || now >= quietUntil)
        case .resting(let end): now >= end
        case .closing: true
        case .notifying, .leaving, .closed: false
        }
    }

    /// When to look again; nil while only an answer can change anything.
    var nextDeadline: Moment? {
        switch state {
        case .idle(let quietUntil): hasNews ? min(quietUntil, expiresAt) : expiresAt
        case .resting(let end): min(end, expiresAt)
        case .notifying: expiresAt
        case .leaving, .closing, .closed: nil
        }
    }

    /// Something happened to a contact.
    mutating func note(_ report: ContactReport) {
        guard let place = reports.firstIndex(where: { $0.binding.id == report.binding.id }) else {
            guard reports.count < Self.reportLimit else {
                reports.removeAll(keepingCapacity: true)
                wantsFullState = true
                return
            }
            reports.append(report)
            return
        }
        // The watcher has not heard yet that it came: that says more than what came after it.
        let event = reports[place].event
        reports[place] = report
        if report.event.isActive && event.isBeginning { reports[place].event = event }
    }

    /// The watcher renewed it: the full state is told again (RFC 6665 §4.2.1.2).
    mutating func refresh(until end: Moment, now: Moment) {
        expiresAt = end
        wantsFullState = true
        switch state {
        case .idle, .resting: state = .idle(quietUntil: now)
        case .notifying: state = .notifying(quietUntil: now)
        case .leaving, .closing, .closed: break
        }
    }

    /// The watcher gave it up, or its time is over.
    ///
    /// The last NOTIFY tells the full state once more.
    mutating func end() {
        wantsFullState = true
        switch state {
        case .idle, .resting: state = .closing
        case .notifying: state = .leaving
        case .leaving, .closing, .closed: break
        }
    }

    /// A NOTIFY leaves now, with the full state or with the first of the reports.
    mutating func notify(telling count: Int, now: Moment) {
        version += 1
        dialog.localSequence += 1
        wantsFullState = false
        reports.removeFirst(count)
        switch state {
        case .idle, .resting:
            // What found no room in this document goes as soon as this one is answered.
            state = .notifying(quietUntil: reports.isEmpty ? now + Self.pace : now)
        case .closing: state = .closed
        case .notifying, .leaving, .closed: break
        }
    }

    /// The NOTIFY got a 2xx.
    mutating func answered() -> Remainder {
        switch state {
        case .notifying(let quietUntil): state = .idle(quietUntil: quietUntil)
        case .leaving: state = .closing
        case .closed: return .nothing
        case .idle, .resting, .closing: break
        }
        return .lives
    }

    /// The watcher asked to be left alone until a moment; it has missed a document.
    mutating func putOff(until moment: Moment) -> Remainder {
        wantsFullState = true
        switch state {
        case .notifying: state = .resting(until: moment)
        case .idle, .resting, .leaving, .closing, .closed: return answered()
        }
        return .lives
    }

    private var hasNews: Bool { wantsFullState || !reports.isEmpty }

    private var isUrgent: Bool { reports.contains { $0.event.isAdministrative } }
}
