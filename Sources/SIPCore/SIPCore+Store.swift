public import SIPFlow
import SIPProxy
public import SIPRegistrar
public import SIPReport

/// What one transaction of a store writes.
public struct StoreBatch: Sendable {
    /// Counts from 1; `stored` names it.
    public var number: UInt64
    /// What changed in the location table.
    public var bindings: BindingBatch
    /// What changed among the bans.
    public var bans: BanBatch
    /// What operators did.
    public var audit: [AuditEntry]
}

/// How the core gets on with its store.
struct StoreKeeper {
    private(set) var row = StoreRow()
    /// True when a report would say something new of the store.
    var hasNews = false
    private(set) var isOn = false
    private(set) var audit: [AuditEntry] = []
    private var number: UInt64 = 0
    private(set) var isInFlight = false

    mutating func begin(_ path: String, _ result: RestoredBindings) {
        row.path = path
        row.restored = result.restored
        row.expired = result.expired
        row.dropped = result.dropped
        isOn = true
        hasNews = true
    }

    mutating func note(_ entry: AuditEntry) { if isOn { audit.append(entry) } }

    /// The number of the batch that begins, and the audit lines for it.
    mutating func beginBatch() -> (number: UInt64, audit: [AuditEntry]) {
        defer { audit = [] }
        number += 1
        isInFlight = true
        return (number, audit)
    }

    /// True when a number is that of the batch that is being stored, which so ends.
    mutating func endBatch(_ ended: UInt64) -> Bool {
        guard isInFlight, ended == number else { return false }
        isInFlight = false
        return true
    }

    mutating func fail(_ path: String, _ reason: String) {
        row.path = path
        row.failure = reason
        isOn = false
        audit = []
        hasNews = true
    }
}

extension SIPCore {
    /// Puts back what a store holds, and from now on answers a REGISTER only once the store has its change.
    ///
    /// - Shape: for a core that has received nothing yet.
    public mutating func keep(
        in path: String,
        holding bindings: [StoredBinding],
        bans: [StoredBan] = [],
        now: Moment
    ) {
        let result = proxy.registrar.restore(
            bindings,
            listeners: configuration.listeners,
            now: now,
            clock: clock
        )
        restore(bans, now: now)
        keeper.begin(path, result)
    }

    /// A store cannot be used: registrations live in memory, and reports say so.
    public mutating func goOnWithoutStore(_ path: String, reason: String) { keeper.fail(path, reason) }

    /// True when there is something to store, and the batch before it is done.
    public var hasBatch: Bool {
        keeper.isOn && !keeper.isInFlight
            && (proxy.registrar.hasBatch || !keeper.audit.isEmpty || hasUnstoredBans)
    }

    /// Takes all that is to be stored; `stored` must follow before the next one is taken.
    public mutating func takeBatch(now: Moment) -> StoreBatch {
        let begun = keeper.beginBatch()
        proxy.batchTaken()
        return StoreBatch(
            number: begun.number,
            bindings: proxy.registrar.takeBatch(listeners: configuration.listeners, clock: clock),
            bans: takeBanBatch(now: now),
            audit: begun.audit
        )
    }

    /// A batch is in the store, or could not be stored for a reason.
    ///
    /// After a failure all REGISTERs that wait are undone and answered with 500, and nothing is stored any more.
    public mutating func stored(
        _ number: UInt64,
        failure: String?,
        now: Moment,
        into outbox: inout Outbox
    ) {
        guard keeper.endBatch(number) else { return }
        let firstSent = outbox.entries.count
        if let failure {
            keeper.fail(keeper.row.path, failure)
            proxy.storeFailed(now: now, into: &outbox)
        } else {
            proxy.batchStored(now: now, into: &outbox)
        }
        traceSent(from: firstSent, outbox, now: now)
    }
}
