public import SIPFlow
import SIPProxy
public import SIPRegistrar
public import SIPReport

/// What operators did, and what they may still take back.
struct Operations {
    /// A kick that may be undone.
    struct Kick {
        var audit: UInt64
        var moment: Moment
        var removed: [RemovedBinding]
        var bans: [PlacedBan]
    }

    /// How long a kick may be undone.
    static let undoTime = Interval.seconds(10)

    var nextNumber: UInt64 = 1
    var kicks: [Kick] = []
    /// Entries that no report has carried yet.
    var unreported: [AuditEntry] = []
}

extension SIPCore {
    /// Takes other accounts in the place of all there are.
    ///
    /// An engine that was started without an authentication takes none, and stays open.
    public mutating func replaceAccounts(_ accounts: [Account]) {
        proxy.replaceAccounts(accounts)
    }

    /// Carries out an operator's order.
    public mutating func perform(
        _ command: CoreCommand,
        now: Moment,
        into outbox: inout Outbox
    ) -> CommandOutcome {
        let firstSent = outbox.entries.count
        let outcome =
            switch command {
            case .kick(let request): kick(request, now: now)
            case .undoKick(let audit, let actor): undoKick(audit, actor: actor, now: now)
            case .ban(let request): ban(request, now: now)
            case .unban(let subjects, let actor): unban(subjects, actor: actor, now: now)
            }
        proxy.notifyWatchers(now: now, into: &outbox)
        traceSent(from: firstSent, outbox, now: now)
        return outcome
    }

    private mutating func kick(_ request: KickRequest, now: Moment) -> CommandOutcome {
        var placed: [PlacedBan] = []
        if !request.bans.isEmpty {
            switch placeBans(BanRequest(request), now: now) {
            case .failure(let refusal): return .refused(refusal.words)
            case .success(let bans): placed = bans
            }
        }
        let removed = remove(request, now: now)
        guard !removed.isEmpty || !placed.isEmpty else {
            return .refused("No such registration: it ended meanwhile, or never was.")
        }
        operations.kicks.removeAll { $0.moment + Operations.undoTime < now }
        func ban() -> AuditEntry {
            audit(request.actor, "ban", placed.map(\.subject.text), request.reason, now: now)
        }
        // Who has left by himself is banned all the same.
        guard !removed.isEmpty else { return .banned(ban()) }
        let entry = audit(request.actor, request.act.name, names(removed), request.reason, now: now)
        operations.kicks.append(
            Operations.Kick(audit: entry.number, moment: now, removed: removed, bans: placed)
        )
        return placed.isEmpty ? .kicked(entry) : .kickedAndBanned(entry, ban())
    }

    private mutating func remove(_ request: KickRequest, now: Moment) -> [RemovedBinding] {
        var removed: [RemovedBinding] = []
        let told = Dismissal(request.act.event, words: request.reason)
        for target in request.targets {
            switch target {
            case .binding(let id):
                removed += proxy.registrar.remove(binding: id.number, telling: told, now: now)
            case .contact(let aor, let contact):
                removed += proxy.registrar.remove(contact: contact, of: aor, telling: told, now: now)
            case .aor(let aor): removed += proxy.registrar.remove(aor: aor, telling: told, now: now)
            }
        }
        return removed
    }

    private mutating func undoKick(_ number: UInt64, actor: String, now: Moment) -> CommandOutcome {
        guard let place = operations.kicks.firstIndex(where: { $0.audit == number }) else {
            return .refused("Kick \(number) cannot be undone: unknown, or undone already.")
        }
        let kick = operations.kicks.remove(at: place)
        guard kick.moment + Operations.undoTime >= now else {
            return .refused("Kick \(number) cannot be undone: more than 10 s have passed.")
        }
        takeBack(kick.bans, now: now)
        let restored = proxy.registrar.restore(kick.removed, now: now)
        guard !restored.isEmpty || !kick.bans.isEmpty else {
            return .refused("Nothing to undo: the phone has registered again meanwhile.")
        }
        let targets = names(restored) + kick.bans.map(\.subject.text)
        return .undone(audit(actor, "undo", targets, "kick \(number)", now: now))
    }

    private func names(_ bindings: [RemovedBinding]) -> [String] {
        bindings.map { "\($0.aor) \($0.contact)" }
    }

    /// Writes an act down.
    mutating func audit(
        _ actor: String,
        _ act: String,
        _ targets: [String],
        _ reason: String,
        now: Moment
    ) -> AuditEntry {
        let entry = AuditEntry(
            number: operations.nextNumber,
            unixNanoseconds: clock.unixNanoseconds(at: now),
            actor: actor,
            act: act,
            targets: targets,
            reason: reason
        )
        operations.nextNumber += 1
        operations.unreported.append(entry)
        keeper.note(entry)
        return entry
    }
}

extension BanRequest {
    /// The ban that goes with a kick.
    fileprivate init(_ kick: KickRequest) {
        self.init(subjects: kick.bans, duration: kick.banTime, reason: kick.reason, actor: kick.actor)
    }
}

extension KickAct {
    /// What watchers of the registration hear of it.
    fileprivate var event: ContactEvent {
        switch self {
        case .drop: .deactivated
        case .bounce(nil): .deactivated
        case .bounce(let seconds?): .probation(retryAfter: seconds)
        case .reject: .rejected
        }
    }
}
