import SIPFlow
import SIPReport

extension Screen {
    /// What is known of a transaction.
    ///
    /// - Shape: four lines, since the box has no more; words about it take the place of what the list has too.
    func transaction(_ row: TransactionRow) -> [[Fact]] {
        var last = [
            Fact("Began", context.clock(row.startedAt)), Fact("retransmits", String(row.retransmits)),
            Fact("last code", row.code == 0 ? "" : String(row.code)),
        ]
        let letter = row.forkLetter(context)
        if !letter.isEmpty { last.append(Fact("fork", letter, Role.fork(row.fork))) }
        let peer = [
            Fact("Peer", "\(row.flow.transport.token) \(row.flow.peer)"),
            Fact("timers", row.endedAt == nil ? row.timerWords(at: context.now) : "", .timerRunning),
        ]
        let targets = targets(of: row)
        if !targets.isEmpty { return Array(targets.suffix(3)) + (targets.count < 3 ? [peer, last] : [last]) }
        let note = note(of: row)
        let loop = context.mirror.loops.words(of: row.id)
        guard !note.isEmpty else {
            return [
                [Fact("Call-ID", row.callID)], [Fact("Branch", row.branchWords), Fact("id", String(row.id))],
                peer, last,
            ]
        }
        return [
            [Fact(loop != nil ? "Loop" : row.endedBy != nil ? "Ended" : "Why", loop ?? note, .stateWarn)],
            [Fact("Call-ID", row.callID), Fact("Branch", row.branchWords)], peer, last,
        ]
    }

    /// Why a request was refused, or what ended it.
    ///
    /// Of one that came back to us as a loop, what was said there.
    private func note(of row: TransactionRow) -> String {
        guard row.note.isEmpty, row.isLoop else { return row.note }
        let loop = context.mirror.transactions(ofCall: row.callID).last { $0.isLoop && !$0.note.isEmpty }
        return loop?.note ?? ""
    }

    /// The places that were tried, in order, and what each did; none where all just answered.
    private func targets(of row: TransactionRow) -> [[Fact]] {
        guard !row.targets.isEmpty else { return [] }
        let over = row.targets.map { verdict in
            (
                verdict.target,
                Fact("", verdict.verdict, verdict.verdict.hasPrefix("answered 2") ? .stateOK : .stateWarn)
            )
        }
        let pending = context.mirror.transactions(ofCall: row.callID).filter {
            $0.parent == row.id && $0.isPending && $0.method == row.method
        }
        let tried = pending.map { branch in
            let word = branch.code > 100 ? "rings" : branch.code == 100 ? "said 100" : "is tried"
            return (
                branch.flow.peer.description,
                Fact("", "\(word), \(branch.timerWords(at: context.now))", .timerRunning)
            )
        }
        return (over + tried).enumerated().map { place, line in
            [Fact("Target \(place + 1)", line.0), line.1]
        }
    }
}

extension TransactionRow {
    /// True while a response that counts may still come.
    fileprivate var isPending: Bool { endedAt == nil && endedBy == nil && code < 200 }
}
