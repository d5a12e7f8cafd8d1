public import SIPFlow
public import SIPReport
public import SIPTrace

/// The tables that the console keeps of the engine, merged from what each report says has changed.
///
/// - Shape: a value; pausing the screen keeps a copy of it.
/// - Limits: transactions that ended stay 5 s; of bindings that are gone at most 1,000 are remembered.
/// - Cost: O(changed rows) a report.
public struct EngineMirror: Sendable {
    /// How long an ended transaction stays on the screen.
    static let linger = Interval.seconds(5)
    private static let ghostLimit = 1_000
    private static let auditLimit = 1_000
    private static let heardLimit = 65_536

    /// The bindings, and those that are gone and not yet forgotten.
    public private(set) var registrations: [BindingID: RegistrationItem] = [:]
    /// The transactions, and those that ended less than 5 s ago.
    public private(set) var transactions: [UInt64: TransactionRow] = [:]
    /// Who is kept out, and who was refused less than ten minutes ago.
    public private(set) var bans: [BanSubject: BanRow] = [:]
    /// The newest counters.
    public private(set) var counters = EngineCounters()
    /// The listeners.
    public private(set) var listeners: [ListenerRow] = []
    /// How the engine was started.
    public private(set) var mode = EngineMode(isLab: false, domains: [])
    /// Where registrations last.
    public private(set) var store = StoreRow()
    /// Ties moments to dates.
    public private(set) var clock = ClockAnchor(moment: .zero, unixNanoseconds: 0)
    /// When the engine started; nil until its first report.
    public private(set) var startedAt: Moment?
    /// The audit log of this session, newest last.
    public private(set) var audit: [AuditEntry] = []
    /// The messages: calls, ladders, decoded headers.
    public private(set) var trace = TraceBook()
    /// The Call-IDs of all calls that are kept, and of those that go on.
    private(set) var callIDs: Set<String> = []
    private(set) var runningCallIDs: Set<String> = []

    private(set) var rates = RateHistory()
    private(set) var liveRegistrations = 0
    /// How many bans there are: orders, not mere refusals.
    private(set) var banCount = 0
    private var bindingsByAOR: [String: Set<BindingID>] = [:]
    private(set) var twins = CaseTwins()
    private var heard: [SocketAddress: Moment] = [:]
    private var ghosts: [BindingID] = []
    private var ended: [(id: UInt64, moment: Moment)] = []
    private var transactionsByCall: [String: Set<UInt64>] = [:]
    private(set) var loops = RegisterLoops()

    /// An empty mirror.
    public init() {}

    /// Takes in new messages.
    mutating func absorb(_ chunk: TraceChunk, changes: inout MirrorChanges) {
        let first = trace.nextSequence
        let news = trace.absorb(chunk)
        if trace.nextSequence - first > 5_000 {
            changes.messages.insertEverything()
        } else {
            for sequence in first..<trace.nextSequence { changes.messages.insert(sequence) }
        }
        for callID in news.forgotten {
            callIDs.remove(callID)
            runningCallIDs.remove(callID)
            changes.calls.insert(callID)
        }
        for callID in news.callIDs {
            changes.conversations.insert(callID)
            guard let call = trace.call(callID) else { continue }
            callIDs.insert(callID)
            if call.state.isRunning { runningCallIDs.insert(callID) } else { runningCallIDs.remove(callID) }
            changes.calls.insert(callID)
        }
    }

    /// Takes in what changed.
    mutating func merge(_ report: EngineReport, changes: inout MirrorChanges) {
        counters = report.counters
        listeners = report.listeners
        mode = report.mode
        store = report.store
        clock = report.clock
        startedAt = report.startedAt
        rates.record(report.counters, at: report.moment)
        for row in report.registrations { add(row, changes: &changes) }
        for removed in report.removedRegistrations { bury(removed, changes: &changes) }
        for row in report.transactions { add(row, changes: &changes) }
        for source in report.heard { heard[source.peer] = source.moment }
        if heard.count > max(Self.heardLimit, 2 * registrations.count) {
            let peers = Set(registrations.values.map(\.row.flow.peer))
            heard = heard.filter { peers.contains($0.key) }
        }
        mergeBans(report, changes: &changes)
        audit.append(contentsOf: report.audit)
        if audit.count > Self.auditLimit { audit.removeFirst(audit.count - Self.auditLimit) }
        for entry in report.audit where entry.act == "undo" { revive(entry.targets, changes: &changes) }
    }

    /// Forgets what has been on the screen long enough, and closes the seconds of the rates.
    mutating func advance(to now: Moment, changes: inout MirrorChanges) {
        if startedAt != nil { rates.advance(to: now) }
        for row in bans.values where row.isOver(at: now) { removeBan(row.subject, changes: &changes) }
        var kept: [BindingID] = []
        for id in ghosts {
            guard let item = registrations[id], item.ghost != nil else { continue }
            if item.isForgotten(at: now) { forget(id, changes: &changes) } else { kept.append(id) }
        }
        if kept.count > Self.ghostLimit {
            for id in kept.prefix(kept.count - Self.ghostLimit) { forget(id, changes: &changes) }
            kept.removeFirst(kept.count - Self.ghostLimit)
        }
        ghosts = kept
        let due = ended.prefix { now - $0.moment >= Self.linger }
        for entry in due where transactions[entry.id]?.endedAt != nil {
            if let row = transactions.removeValue(forKey: entry.id) {
                transactionsByCall[row.callID]?.remove(row.id)
                let isLast = transactionsByCall[row.callID]?.isEmpty == true
                if isLast { transactionsByCall[row.callID] = nil }
                for id in loops.forget(row, isLast: isLast) { changes.transactions.insert(id) }
            }
            changes.transactions.insert(entry.id)
        }
        ended.removeFirst(due.count)
        for id in loops.advance(to: now) { changes.transactions.insert(id) }
    }

    /// The bindings of an address of record, the living before the gone, oldest first.
    func bindings(of aor: String) -> [RegistrationItem] {
        (bindingsByAOR[aor] ?? []).compactMap { registrations[$0] }.sorted { left, right in
            (left.ghost == nil ? 0 : 1, left.row.id) < (right.ghost == nil ? 0 : 1, right.row.id)
        }
    }

    /// When a keep-alive came over a binding's flow since its last REGISTER; nil when none did.
    ///
    /// The answer to a ping counts too.
    func heard(from row: RegistrationRow) -> Moment? {
        [heard[row.flow.peer], row.answeredAt].compactMap { $0 }.max().flatMap {
            $0 > row.refreshedAt ? $0 : nil
        }
    }

    /// The ban that a phone's next REGISTER meets; nil when there is none.
    func ban(of row: RegistrationRow) -> BanRow? {
        let rows = [bans[.aor(row.aor)], bans[.source(of: row.flow.peer.ip)]]
        return rows.compactMap { $0 }.first { $0.cause == .ban }
    }

    /// The transactions of a Call-ID, in the order of their begin.
    func transactions(ofCall callID: String) -> [TransactionRow] {
        (transactionsByCall[callID] ?? []).compactMap { transactions[$0] }.sorted { $0.id < $1.id }
    }

    /// How many transactions have not ended.
    var liveTransactions: Int { transactions.count - ended.count }

    /// True when some row is gone and will be forgotten.
    var hasGhosts: Bool { !ghosts.isEmpty || !ended.isEmpty }

    private mutating func mergeBans(_ report: EngineReport, changes: inout MirrorChanges) {
        for row in report.bans {
            removeBan(row.subject, changes: &changes)
            bans[row.subject] = row
            if row.cause == .ban { banCount += 1 }
        }
        for subject in report.removedBans { removeBan(subject, changes: &changes) }
    }

    private mutating func removeBan(_ subject: BanSubject, changes: inout MirrorChanges) {
        changes.bans.insert(subject)
        if bans.removeValue(forKey: subject)?.cause == .ban { banCount -= 1 }
    }

    private mutating func add(_ row: RegistrationRow, changes: inout MirrorChanges) {
        changes.registrations.insert(row.id)
        let isBack = registrations[row.id].map { $0.ghost != nil } ?? true
        if isBack { liveRegistrations += 1 }
        let isNew = registrations.updateValue(RegistrationItem(row: row), forKey: row.id) == nil
        bindingsByAOR[row.aor, default: []].insert(row.id)
        if isBack { settleTwins(of: row.aor, changes: &changes) }
        guard isNew, !ghosts.isEmpty else { return }
        for id in bindingsByAOR[row.aor] ?? [] {
            guard var ghost = registrations[id], ghost.ghost?.returnedAt == nil, ghost.ghost != nil,
                ghost.isSamePhone(as: row)
            else { continue }
            ghost.ghost?.returnedAt = row.registeredAt
            registrations[id] = ghost
            changes.registrations.insert(id)
        }
    }

    private mutating func bury(_ removed: RemovedRegistration, changes: inout MirrorChanges) {
        guard var item = registrations[removed.id], item.ghost == nil else { return }
        liveRegistrations -= 1
        changes.registrations.insert(removed.id)
        guard removed.reason != .replaced else { return forget(removed.id, changes: &changes) }
        let successor = bindingsByAOR[item.row.aor]?.compactMap { registrations[$0] }.first { other in
            other.ghost == nil && other.row.id > removed.id && other.row.registeredAt >= removed.moment
                && item.isSamePhone(as: other.row)
        }
        item.ghost = RegistrationItem.Ghost(
            reason: removed.reason,
            moment: removed.moment,
            returnedAt: successor?.row.registeredAt
        )
        registrations[removed.id] = item
        ghosts.append(removed.id)
        settleTwins(of: item.row.aor, changes: &changes)
    }

    /// Drops the ghosts of bindings that an undo brought back under new numbers.
    private mutating func revive(_ targets: [String], changes: inout MirrorChanges) {
        let returned = Set(targets)
        for id in ghosts {
            guard let item = registrations[id], item.ghost != nil,
                returned.contains("\(item.row.aor) \(item.row.contact)")
            else { continue }
            forget(id, changes: &changes)
        }
        ghosts.removeAll { registrations[$0]?.ghost == nil }
    }

    private mutating func forget(_ id: BindingID, changes: inout MirrorChanges) {
        guard let item = registrations.removeValue(forKey: id) else { return }
        bindingsByAOR[item.row.aor]?.remove(id)
        if bindingsByAOR[item.row.aor]?.isEmpty == true { bindingsByAOR[item.row.aor] = nil }
        settleTwins(of: item.row.aor, changes: &changes)
        changes.registrations.insert(id)
    }

    /// An address of record is a twin while a binding of it lives; others are marked by that.
    private mutating func settleTwins(of aor: String, changes: inout MirrorChanges) {
        let lives = bindingsByAOR[aor]?.contains { registrations[$0]?.ghost == nil } ?? false
        for other in lives ? twins.insert(aor) : twins.remove(aor) {
            for id in bindingsByAOR[other] ?? [] { changes.registrations.insert(id) }
        }
    }

    private mutating func add(_ row: TransactionRow, changes: inout MirrorChanges) {
        changes.transactions.insert(row.id)
        let old = transactions.updateValue(row, forKey: row.id)
        transactionsByCall[row.callID, default: []].insert(row.id)
        if let moment = row.endedAt, old?.endedAt == nil { ended.append((row.id, moment)) }
        for id in loops.add(row, before: old) { changes.transactions.insert(id) }
    }
}
