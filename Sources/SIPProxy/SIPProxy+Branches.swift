import SIPFlow
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// Takes a place for a response context.
    mutating func openContext(server: TransactionID, isInvite: Bool) -> UInt32 {
        let place: UInt32
        if let used = freeContexts.popLast() {
            place = used
        } else {
            place = contexts.add(ResponseContext()).slot
        }
        contexts[place].phase = .searching
        contexts[place].server = server
        contexts[place].isInvite = isInvite
        if layer.contains(server) { layer.setContext(server, place) }
        return place
    }

    /// Gives a place back, with all that it holds.
    mutating func closeContext(_ place: UInt32) {
        let server = contexts[place].server
        if layer.contains(server) { layer.setContext(server, nil) }
        for index in contexts[place].targets.indices {
            layer.store.remove(&contexts[place].targets[index].uri)
            layer.store.remove(&contexts[place].targets[index].path)
        }
        stopSearches(place)
        layer.store.remove(&contexts[place].best)
        contexts[place].reset()
        freeContexts.append(place)
    }

    /// Cancels every branch that has no final response yet (RFC 3261 §16.7 step 10, §16.10).
    mutating func cancelBranches(_ place: UInt32, now: Moment, into outbox: inout Outbox) {
        var index = 0
        while index < contexts[place].branches.count {
            let id = contexts[place].branches[index]
            index += 1
            guard id.kind == .clientInvite, layer.contains(id), layer.record(id).context == place else {
                continue
            }
            layer.cancel(id, now: now, into: &outbox)
        }
        stopSearches(place)
    }

    /// A branch got its final response, or never will; `code` is 408 or 503 for one that never will.
    mutating func branchEnded(
        _ branch: TransactionRecord.Reference,
        _ failure: ClientFailure,
        code: Int,
        now: Moment,
        into outbox: inout Outbox
    ) {
        let place: UInt32
        switch branch.owner {
        case .context(let context): place = context
        case .server(let request): return ownRequestFailed(request, now: now)
        case .nobody: return
        }
        noteVerdict(failure, place)
        if failsOver(branch, place, wasSilent: true, now: now, into: &outbox) { return }
        if startOtherFlow(instead: branch.id, place, now: now, into: &outbox) {
            return settleBranch(branch.id, place, now: now, into: &outbox)
        }
        noteFailure(place, code)
        settleBranch(branch.id, place, now: now, into: &outbox)
    }

    /// Counts a branch as ended, and goes on: next targets, or the best response upstream.
    mutating func settleBranch(
        _ id: TransactionID,
        _ place: UInt32,
        now: Moment,
        into outbox: inout Outbox
    ) {
        if layer.contains(id) { layer.setContext(id, nil) }
        contexts[place].pending -= 1
        goOn(place, now: now, into: &outbox)
    }

    /// Notes a failure of our own as a final response, if it is better than those before.
    mutating func noteFailure(_ place: UInt32, _ code: Int, reason: String? = nil) {
        let best = contexts[place].bestCode
        guard best == 0 || responseRank(code) < responseRank(best) else { return }
        layer.store.remove(&contexts[place].best)
        contexts[place].bestCode = code
        contexts[place].ownReason = reason
    }

    /// Once nothing is pending: next targets, or the best response upstream.
    mutating func goOn(_ place: UInt32, now: Moment, into outbox: inout Outbox) {
        guard contexts[place].pending == 0 else { return }
        if contexts[place].mayContinue {
            startStoredTargets(place, now: now, into: &outbox)
        }
        if contexts[place].pending == 0 { finish(place, now: now, into: &outbox) }
    }

    /// Sends the best response upstream and closes the context.
    mutating func finish(_ place: UInt32, now: Moment, into outbox: inout Outbox) {
        let server = contexts[place].server
        switch contexts[place].phase {
        case .free, .answered: break
        case .searching, .declined:
            let best = contexts[place].bestCode
            // Without any: all that came were redirections to where it was tried before.
            let ownCode = best == 503 ? 500 : best == 0 ? 480 : best
            if layer.contains(server) { sendBest(place, ownCode: ownCode, now: now, into: &outbox) }
        case .cancelled:
            if layer.contains(server) { sendBest(place, ownCode: 487, now: now, into: &outbox) }
        }
        closeContext(place)
    }

    private mutating func sendBest(_ place: UInt32, ownCode: Int, now: Moment, into outbox: inout Outbox) {
        let server = contexts[place].server
        let code = contexts[place].bestCode == 503 ? 500 : contexts[place].bestCode
        if !contexts[place].isInvite && code == 408 {
            // A late answer is worse than none, ours or a branch's (RFC 4320 §4.2).
            layer.abandon(server)
        } else if !contexts[place].best.isNone {
            guard take(contexts[place].best) else { return }
            let challenges = code == 401 || code == 407 ? contexts[place].challenges : nothing
            appendForwardedResponse(
                request.span,
                requestIndex,
                code: code,
                challenges: challenges.span,
                into: &outbox.bytes
            )
            tellLoad(now: now, into: &outbox)
            layer.respond(server, code: code, isOwn: false, now: now, into: &outbox)
        } else {
            let reason = ownCode == code ? contexts[place].ownReason : nil
            answerStored(server, ownCode, reason: reason, now: now, into: &outbox)
        }
    }
}
