import SIPFlow
import SIPReport
import SIPTrace

extension SIPCore {
    /// The sources that are refused, those refused most first.
    func banRows(now: Moment) -> [BanRow] {
        let bans = gate.bans.filter { $0.value.until > now }.map { source, ban in
            BanRow(
                source: source.text,
                cause: .ban,
                since: ban.since,
                until: ban.until,
                refused: ban.refused,
                reason: ban.reason,
                actor: ban.actor
            )
        }
        let refusals = gate.refusals.filter { $0.value.last + SourceGate.memory > now }.map {
            source,
            refusals in
            BanRow(
                source: source.text,
                cause: refusals.cause == .scanner ? .scanner : .rateLimit,
                since: refusals.first,
                lastRefusal: refusals.last,
                refused: refusals.count
            )
        }
        return (bans + refusals).sorted { ($1.refused, $0.source) < ($0.refused, $1.source) }
    }

    mutating func ban(_ request: BanRequest, now: Moment) -> CommandOutcome {
        let source = SourceKey(request.source)
        let ban = SourceGate.Ban(
            since: now,
            until: now + request.duration,
            reason: request.reason,
            actor: request.actor
        )
        guard gate.watches(request.source) else {
            return .refused("\(request.source) is this machine itself; set limits.loopback to watch it too.")
        }
        guard request.duration > .zero else { return .refused("A ban lasts longer than no time.") }
        guard gate.ban(source, ban, now: now) else {
            return .refused("There are \(SourceGate.banLimit) bans already; lift some first.")
        }
        return .banned(audit(request.actor, "ban", [source.text], request.reason, now: now))
    }

    mutating func unban(_ address: IPAddress, actor: String, now: Moment) -> CommandOutcome {
        let source = SourceKey(address)
        guard gate.unban(source, now: now) else { return .refused("\(source.text) is not banned.") }
        return .unbanned(audit(actor, "unban", [source.text], "", now: now))
    }
}
