import SIPFlow
import SIPProxy
import SIPReport
import SIPTrace

extension SIPCore {
    /// Who is kept out or refused, those refused most first.
    func banRows(now: Moment) -> [BanRow] {
        let sources = Set(gate.bans.bans.keys).union(gate.refusals.keys).map { BanSubject.source($0.address) }
        let users = proxy.bannedUsers.bans.keys.map { BanSubject.aor(String(decoding: $0, as: UTF8.self)) }
        return (sources + users).compactMap { row(of: $0, now: now) }
            .sorted { ($1.refused, $0.subject) < ($0.refused, $1.subject) }
    }

    /// True when a report would say something new of who is refused.
    var hasChangedBans: Bool { gate.hasChanges || !proxy.bannedUsers.changed.isEmpty }

    /// Puts who is refused, since when this was last asked, into a report; the first time all of them.
    mutating func takeBans(into report: inout EngineReport, now: Moment) {
        guard gate.bans.isTracked else {
            gate.bans.isTracked = true
            proxy.bannedUsers.isTracked = true
            report.bans = banRows(now: now)
            return
        }
        guard hasChangedBans else { return }
        let sources = gate.takeChanged().map { BanSubject.source($0.address) }
        let users = proxy.bannedUsers.takeChanged().map {
            BanSubject.aor(String(decoding: $0, as: UTF8.self))
        }
        for subject in sources + users {
            if let row = row(of: subject, now: now) {
                report.bans.append(row)
            } else {
                report.removedBans.append(subject)
            }
        }
    }

    private func row(of subject: BanSubject, now: Moment) -> BanRow? {
        if let ban = ban(of: subject, now: now) {
            return BanRow(
                subject: subject,
                cause: .ban,
                since: ban.since,
                until: ban.until,
                lastRefusal: ban.lastRefusal,
                refused: ban.refused,
                reason: ban.reason,
                actor: ban.actor
            )
        }
        guard case .source(let address) = subject, let refusals = gate.refusals[SourceKey(address)] else {
            return nil
        }
        let row = BanRow(
            subject: subject,
            cause: refusals.cause == .scanner ? .scanner : .rateLimit,
            since: refusals.first,
            lastRefusal: refusals.last,
            refused: refusals.count
        )
        return row.isOver(at: now) ? nil : row
    }

    private func ban(of subject: BanSubject, now: Moment) -> Ban? {
        switch subject {
        case .source(let address): gate.bans.ban(of: SourceKey(address), now: now)
        case .aor(let aor): proxy.bannedUsers.ban(of: Array(aor.utf8), now: now)
        }
    }
}

/// A ban that was set, and the one that it took the place of.
struct PlacedBan {
    var subject: BanSubject
    var before: Ban?
}

extension SIPCore {
    mutating func ban(_ request: BanRequest, now: Moment) -> CommandOutcome {
        switch placeBans(request, now: now) {
        case .failure(let refusal): .refused(refusal.words)
        case .success(let placed):
            .banned(audit(request.actor, "ban", placed.map(\.subject.text), request.reason, now: now))
        }
    }

    mutating func unban(_ subjects: [BanSubject], actor: String, now: Moment) -> CommandOutcome {
        var lifted: [BanSubject] = []
        for subject in subjects {
            if let subject = known(subject), lift(subject, now: now) { lifted.append(subject) }
        }
        guard !lifted.isEmpty else {
            let names = subjects.map(\.text).joined(separator: ", ")
            return .refused("\(names) \(subjects.count == 1 ? "is" : "are") not banned.")
        }
        return .unbanned(audit(actor, "unban", lifted.map(\.text), "", now: now))
    }

    /// Why a ban is refused, for people.
    struct BanRefusal: Error {
        var words: String
    }

    /// Keeps all of them out, or none.
    mutating func placeBans(_ request: BanRequest, now: Moment) -> Result<[PlacedBan], BanRefusal> {
        guard request.duration > .zero, !request.subjects.isEmpty else {
            return .failure(BanRefusal(words: "A ban is of somebody, and lasts longer than no time."))
        }
        var placed: [PlacedBan] = []
        for subject in request.subjects {
            if let words = refusal(of: subject) { return .failure(BanRefusal(words: words)) }
            guard let subject = known(subject), !placed.contains(where: { $0.subject == subject }) else {
                continue
            }
            placed.append(PlacedBan(subject: subject, before: ban(of: subject, now: now)))
        }
        let ban = Ban(since: now, until: now + request.duration, reason: request.reason, actor: request.actor)
        for (count, place) in placed.enumerated() where !put(ban, place.subject, now: now) {
            takeBack(Array(placed.prefix(count)), now: now)
            let limit = BanTable<SourceKey>.limit
            return .failure(BanRefusal(words: "There are \(limit) bans already; lift some first."))
        }
        return .success(placed)
    }

    /// Undoes bans, and brings back those whose place they took.
    mutating func takeBack(_ placed: [PlacedBan], now: Moment) {
        for place in placed {
            _ = lift(place.subject, now: now)
            if let before = place.before, before.until > now { _ = put(before, place.subject, now: now) }
        }
    }

    /// The subject by the name that it has in the tables; nil for nobody of ours.
    private func known(_ subject: BanSubject) -> BanSubject? {
        switch subject {
        case .source(let address): .source(of: address)
        case .aor(let aor):
            proxy.key(ofAddressOfRecord: aor).map { .aor(String(decoding: $0, as: UTF8.self)) }
        }
    }

    private func refusal(of subject: BanSubject) -> String? {
        switch subject {
        case .source(let address):
            gate.watches(address)
                ? nil : "\(address) is this machine itself; set limits.loopback to watch it too."
        case .aor(let aor):
            known(subject) == nil ? "\(aor) is no address of record of a domain served here." : nil
        }
    }

    private mutating func put(_ ban: Ban, _ subject: BanSubject, now: Moment) -> Bool {
        switch subject {
        case .source(let address): gate.ban(SourceKey(address), ban, now: now)
        case .aor(let aor): proxy.bannedUsers.insert(ban, for: Array(aor.utf8), now: now)
        }
    }

    private mutating func lift(_ subject: BanSubject, now: Moment) -> Bool {
        switch subject {
        case .source(let address): gate.unban(SourceKey(address), now: now) != nil
        case .aor(let aor): proxy.bannedUsers.remove(Array(aor.utf8), now: now) != nil
        }
    }
}

extension SIPCore {
    /// Puts back the bans of a store with what is left of their time, and keeps a journal from now on.
    ///
    /// - Shape: bans that are over leave the store, as do those that hold no more: of a source that is not watched.
    ///   What they refused is counted anew, since every refusal would else be a write.
    mutating func restore(_ stored: [StoredBan], now: Moment) {
        var absent: [BanSubject] = []
        let wallClock = clock.unixNanoseconds(at: now)
        for entry in stored {
            let ban = Ban(
                since: now + Interval(nanoseconds: entry.beginsAt - wallClock),
                until: now + Interval(nanoseconds: entry.endsAt - wallClock),
                reason: entry.reason,
                actor: entry.actor
            )
            let holds = ban.until > now && refusal(of: entry.subject) == nil
            if !holds || !put(ban, entry.subject, now: now) { absent.append(entry.subject) }
        }
        gate.bans.isStored = true
        proxy.bannedUsers.isStored = true
        for subject in absent {
            switch subject {
            case .source(let address): gate.bans.noteForeign(SourceKey(address))
            case .aor(let aor): proxy.bannedUsers.noteForeign(Array(aor.utf8))
            }
        }
    }

    /// True when the store does not hold all bans yet, or some that are over.
    var hasUnstoredBans: Bool { !gate.bans.unstored.isEmpty || !proxy.bannedUsers.unstored.isEmpty }

    /// Takes the bans that came or went since the last batch.
    mutating func takeBanBatch(now: Moment) -> BanBatch {
        guard hasUnstoredBans else { return BanBatch() }
        var batch = BanBatch()
        let sources = gate.bans.takeUnstored().map { BanSubject.source($0.address) }
        let users = proxy.bannedUsers.takeUnstored().map {
            BanSubject.aor(String(decoding: $0, as: UTF8.self))
        }
        for subject in sources + users {
            guard let ban = ban(of: subject, now: now) else {
                batch.gone.append(subject)
                continue
            }
            batch.kept.append(
                StoredBan(
                    subject: subject,
                    beginsAt: clock.unixNanoseconds(at: ban.since),
                    endsAt: clock.unixNanoseconds(at: ban.until),
                    reason: ban.reason,
                    actor: ban.actor
                )
            )
        }
        return batch
    }
}
