import SIPFlow
import SIPReport
import SIPTrace

/// One sentence about the selected row: what is wrong, the evidence, and the next key.
struct Diagnosis {
    let state: ConsoleState
    let context: RowContext

    /// The sentence; nil when nothing is wrong.
    var sentence: String? {
        switch state.place.list {
        case .registrations: registration
        case .transactions: state.selectedTransaction.flatMap(transaction)
        case .calls: call
        case .messages: message
        case .bans: state.selectedBan?.advice
        case .detail, .callTransactions, .ladder, .message, .stats, .audit: nil
        }
    }

    private var registration: String? {
        guard let item = state.selectedRegistration else { return nil }
        if let story = item.story(context) { return "\(item.row.aor) \(story)." }
        let left = item.row.expiresAt - context.now
        if let ban = context.mirror.ban(of: item.row), let until = ban.until {
            let rest = Format.countdown(until - context.now)
            return
                "\(item.row.aor) is registered and banned for \(rest): its next refresh is refused (7 bans)."
        }
        switch item.row.state(at: context.now) {
        case .ok: return item.marks(context).first.map { item.words($0, context) }
        case .late where item.row.reachability == .late: return late(item.row)
        case .late: return "\(item.row.aor) has not refreshed: \(Format.latency(left)) left."
        case .dead:
            return
                "\(item.row.aor) left its last \(item.row.missedPings) OPTIONS pings unanswered: off, or cut off."
        case .nat:
            let contact = Words.host(of: Words.address(ofURI: item.row.contact))
            return
                "\(item.row.aor) says \(contact) and sends from \(item.row.flow.peer): behind NAT; answered there."
        }
    }

    private func late(_ row: RegistrationRow) -> String {
        guard let roundTrip = row.roundTrip, roundTrip > .milliseconds(500) else {
            let pings = row.missedPings > 1 ? "\(row.missedPings) OPTIONS pings" : "OPTIONS ping"
            return "\(row.aor) left its last \(pings) unanswered."
        }
        return
            "\(row.aor) answers OPTIONS only after \(Format.roundTrip(roundTrip)): its path is slow or loses packets."
    }

    private var call: String? {
        guard let call = state.selectedCall else { return nil }
        let silent = context.mirror.transactions(ofCall: call.callID).first {
            $0.isSilent && $0.endedAt == nil
        }
        if let silent { return transaction(silent) }
        let failed = context.mirror.transactions(ofCall: call.callID).last {
            !$0.targets.isEmpty || $0.isLoop && !$0.note.isEmpty
        }
        if let failed { return transaction(failed) }
        return call.diagnosis.map { "\(call.from) > \(call.to): \($0)." }
    }

    private func transaction(_ row: TransactionRow) -> String? {
        if row.hasOldBranch {
            return "\(row.flow.peer) sends a pre-3261 branch: matched by the rule of RFC 2543."
        }
        if let loop = context.mirror.loops.words(of: row.id) {
            return "\(row.flow.peer) in a 401 loop: \(loop). B bans it."
        }
        if row.isLoop, !row.note.isEmpty { return "\(row.code): \(row.note)." }
        if !row.targets.isEmpty {
            return row.targets.map { "\($0.target) \($0.verdict)" }.joined(separator: ", then ") + "."
        }
        let letter = row.forkLetter(context)
        let who = letter.isEmpty ? row.flow.peer.description : "Fork \(letter) \(row.flow.peer)"
        if row.role == .client, !row.note.isEmpty { return "\(who): \(row.note)." }
        guard row.isSilent, row.retransmits > 0, row.endedAt == nil else { return nil }
        let end =
            row.timers.first { $0.name == .b || $0.name == .f }
            .map { " Timer \($0.name.rawValue) \(Format.timer($0.deadline - context.now))" } ?? ""
        let cause = row.flow.transport.isReliable ? "it hangs" : "host down or UDP blocked"
        return "\(who) silent, \(row.retransmits) rtx: \(cause).\(end)"
    }

    private var message: String? {
        guard let row = state.selectedMessage, let drop = row.drop, drop != .keepAlive, drop != .absorbed
        else {
            return nil
        }
        return "Message \(row.sequence) from \(row.flow.peer) went no further: \(drop.text)."
    }
}

extension TransactionRow {
    /// True when we ended a request that went round in a circle, or used up its hops.
    var isLoop: Bool { code == 482 || code == 483 }

    /// True while we wait for the first answer to what we sent.
    var isSilent: Bool { role == .client && (state == .calling || state == .trying) }
}
