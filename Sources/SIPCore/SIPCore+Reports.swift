public import SIPFlow
import SIPProxy
import SIPRegistrar
public import SIPReport
import SIPTransaction

extension SIPCore {
    /// The most changed rows of each kind in one report.
    static let rowLimit = 2_000

    /// True when a report would say something new, messages aside.
    public var hasChanges: Bool {
        proxy.layer.hasChanges || proxy.registrar.hasChanges || !operations.unreported.isEmpty
            || keeper.hasNews || hasChangedBans || heard.hasNews
    }

    /// What changed since the last call; the first one has everything and begins the tracking.
    public mutating func changes(now: Moment) -> EngineReport {
        proxy.layer.track()
        proxy.registrar.track()
        var report = emptyReport(now: now)
        let transactions = proxy.layer.takeChanges(limit: Self.rowLimit)
        report.transactions = transactions.rows.map { row($0, now: now) }
        let bindings = proxy.registrar.takeChanges(limit: Self.rowLimit)
        report.registrations = bindings.changed.map(RegistrationRow.init)
        report.removedRegistrations = bindings.removed.map(RemovedRegistration.init)
        report.hasMore = transactions.hasMore || bindings.hasMore
        takeBans(into: &report, now: now)
        report.heard = heard.takeNews(limit: Self.rowLimit)
        report.audit = operations.unreported
        operations.unreported.removeAll(keepingCapacity: true)
        keeper.hasNews = false
        return report
    }

    /// Everything there is, without a trace on what `changes` gives.
    public mutating func snapshot(now: Moment) -> EngineReport {
        var report = emptyReport(now: now)
        report.transactions = proxy.layer.snapshotAll().map { row($0, now: now) }
        report.registrations = proxy.registrar.snapshotAll().map(RegistrationRow.init)
        report.bans = banRows(now: now)
        report.heard = heard.all
        return report
    }

    private func emptyReport(now: Moment) -> EngineReport {
        var report = EngineReport(
            moment: now,
            clock: clock,
            startedAt: startedAt,
            mode: EngineMode(isLab: !proxy.isEnforced, domains: configuration.domains),
            listeners: configuration.listeners.map { ListenerRow(listener: $0) },
            counters: engineCounters
        )
        report.store = keeper.row
        return report
    }

    private var engineCounters: EngineCounters {
        var counters = counters.report(
            bindings: proxy.registrar.count,
            transactions: proxy.layer.count
        )
        (counters.failedLogins, counters.limitedLogins) = proxy.loginFailures
        return counters
    }

    private func row(_ snapshot: TransactionSnapshot, now: Moment) -> TransactionRow {
        TransactionRow(
            id: snapshot.id.number,
            role: snapshot.id.kind.role,
            method: snapshot.method,
            state: TransactionState(snapshot.state),
            branch: snapshot.branch,
            flow: snapshot.flow,
            startedAt: snapshot.startedAt,
            timers: snapshot.timers.map { RunningTimer(name: TimerName($0.timer), deadline: $0.moment) }
                .sorted { $0.deadline < $1.deadline },
            retransmits: snapshot.retransmits,
            callID: snapshot.callID,
            parent: snapshot.parent == .none ? nil : snapshot.parent.number,
            fork: snapshot.fork,
            code: snapshot.code,
            note: snapshot.note,
            endedBy: snapshot.endedBy.map { TimerName($0) },
            targets: snapshot.targets.map {
                SIPReport.TargetVerdict(target: $0.target, verdict: $0.verdict)
            },
            endedAt: snapshot.hasEnded ? now : nil
        )
    }
}

extension TransactionID.Kind {
    /// Our side of it.
    fileprivate var role: TransactionRole {
        switch self {
        case .serverInvite, .serverRequest: .server
        case .clientInvite, .clientRequest: .client
        }
    }
}

extension TransactionState {
    /// The report's word for a machine's state.
    fileprivate init(_ state: MachineState) {
        self =
            switch state {
            case .calling: .calling
            case .trying: .trying
            case .proceeding: .proceeding
            case .accepted: .accepted
            case .completed: .completed
            case .confirmed: .confirmed
            case .terminated: .terminated
            }
    }
}

extension TimerName {
    /// The report's word for a machine's timer.
    fileprivate init(_ timer: MachineTimer) {
        self =
            switch timer {
            case .a: .a
            case .b: .b
            case .c: .c
            case .d: .d
            case .e: .e
            case .f: .f
            case .g: .g
            case .h: .h
            case .i: .i
            case .j: .j
            case .k: .k
            case .l: .l
            case .m: .m
            }
    }
}

extension RegistrationRow {
    /// The row of a binding.
    fileprivate init(_ binding: BindingSnapshot) {
        self.init(
            id: BindingID(binding.id),
            aor: binding.aor,
            contact: binding.contact,
            flow: binding.flow,
            registeredAt: binding.registeredAt,
            refreshedAt: binding.refreshedAt,
            expiresAt: binding.expiresAt,
            refreshes: binding.refreshes,
            userAgent: binding.userAgent,
            callID: binding.callID,
            cseq: binding.cseq,
            q: binding.q,
            path: binding.path,
            instance: binding.instance,
            isBehindNAT: binding.isBehindNAT,
            asked: binding.asked,
            alike: binding.alike,
            reachability: ContactReachability(binding.ping.reachability),
            roundTrip: binding.ping.roundTrip,
            pings: binding.ping.sent,
            lostPings: binding.ping.lost,
            missedPings: binding.ping.misses,
            answeredAt: binding.ping.answeredAt,
            hasUnaskedPath: binding.hasUnaskedPath
        )
    }
}

extension ContactReachability {
    /// The report's word for what pings say.
    fileprivate init(_ reachability: Reachability) {
        self =
            switch reachability {
            case .unknown: .unknown
            case .prompt: .prompt
            case .late: .late
            case .dead: .dead
            }
    }
}

extension RemovedRegistration {
    /// The report's words for a removal.
    fileprivate init(_ binding: BindingEnd) {
        let reason: BindingRemoval =
            switch binding.reason {
            case .expired: .expired
            case .unregistered: .unregistered
            case .kicked: .kicked
            case .replaced: .replaced
            case .evicted: .evicted
            }
        self.init(id: BindingID(binding.id), reason: reason, moment: binding.moment)
    }
}
