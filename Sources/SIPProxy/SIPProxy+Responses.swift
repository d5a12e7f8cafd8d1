import SIPFlow
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// A sound response arrived (RFC 3261 §16.7).
    mutating func receiveResponse(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) -> Disposition {
        guard let code = index.statusCode, let via = index.topVia, let cseq = index.cseq,
            let branch = via.branch.flatMap({ Branch(bytes, $0) }), domains.wrote(bytes, via),
            let id = layer.findClient(branch, bytes, cseq)
        else { return Disposition(drop: .strayResponse) }
        let reference = layer.reference(id)
        // Without a Via below ours there is nobody to forward to (§16.7 step 3).
        guard isOwnRequest(reference, cseq) || hasViaBelow(bytes, index, via) else {
            return Disposition(transaction: id, drop: .malformed)
        }
        noteLoad(bytes, via, of: id, now: now)
        if code == 503 { noteRetryAfter(bytes, index, of: id, now: now) }
        let result = layer.receive(bytes, index, code: code, for: id, now: now, into: &outbox)
        switch result {
        case .absorb:
            return Disposition(transaction: id, isRetransmission: true, drop: .absorbed)
        case .deliver:
            deliver(bytes, index, code, reference, now: now, into: &outbox)
            return Disposition(transaction: id)
        }
    }

    /// True for a request of the server's own, a CANCEL included: nothing is below its Via.
    private func isOwnRequest(_ branch: TransactionRecord.Reference, _ cseq: CSeq) -> Bool {
        switch branch.owner {
        case .server: true
        case .nobody, .context: cseq.method == .cancel
        }
    }

    private func hasViaBelow(_ bytes: Span<UInt8>, _ index: MessageIndex, _ via: Via) -> Bool {
        guard let field = index.first(.via) else { return false }
        return index.next(after: field) != nil || via.whole.end < field.value.end
    }

    /// Passes a response on to the response context.
    private mutating func deliver(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ code: Int,
        _ branch: TransactionRecord.Reference,
        now: Moment,
        into outbox: inout Outbox
    ) {
        switch branch.owner {
        case .server(let request):
            if code >= 200 { ownRequestAnswered(request, code, bytes, index, now: now) }
            return
        case .nobody, .context: break
        }
        guard branch.parent != .none else { return }
        guard let place = branch.context else {
            // The branch had its final response, or is a CANCEL: only another 2xx to an INVITE still passes.
            if branch.id.kind == .clientInvite && (200...299).contains(code) {
                forward(bytes, index, code, to: branch.parent, now: now, into: &outbox)
            }
            return
        }
        if code >= 200 && (contexts[place].hasVerdicts || code == 503) { noteAnswer(branch.id, code, place) }
        if code < 200 {
            if code > 100 && contexts[place].isInvite {
                forward(bytes, index, code, to: branch.parent, now: now, into: &outbox)
            }
        } else if code < 300 {
            forward(bytes, index, code, to: branch.parent, now: now, into: &outbox)
            contexts[place].phase = .answered
            if layer.contains(branch.id) { layer.setContext(branch.id, nil) }
            cancelBranches(place, now: now, into: &outbox)
            settleBranch(branch.id, place, now: now, into: &outbox)
        } else if code == 503, failsOver(branch, place, wasSilent: false, now: now, into: &outbox) {
            return
        } else if code == 430 || code == 408,
            startOtherFlow(instead: branch.id, place, now: now, into: &outbox)
        {
            settleBranch(branch.id, place, now: now, into: &outbox)
        } else if code < 400, options.followsRedirects {
            if layer.contains(branch.id) { layer.setContext(branch.id, nil) }
            redirect(bytes, index, code, place, now: now, into: &outbox)
            settleBranch(branch.id, place, now: now, into: &outbox)
        } else {
            keepBest(bytes, index, code, place)
            if code >= 600 {
                switch contexts[place].phase {
                case .searching: contexts[place].phase = .declined
                case .free, .declined, .cancelled, .answered: break
                }
                if layer.contains(branch.id) { layer.setContext(branch.id, nil) }
                cancelBranches(place, now: now, into: &outbox)
            }
            settleBranch(branch.id, place, now: now, into: &outbox)
        }
    }

    private mutating func forward(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ code: Int,
        to server: TransactionID,
        now: Moment,
        into outbox: inout Outbox
    ) {
        guard layer.contains(server) else { return }
        appendForwardedResponse(bytes, index, code: code, challenges: nothing.span, into: &outbox.bytes)
        tellLoad(now: now, into: &outbox)
        layer.respond(server, code: code, isOwn: false, now: now, into: &outbox)
    }

    /// Keeps a final response that is better than those before; gathers the others' challenges.
    mutating func keepBest(_ bytes: Span<UInt8>, _ index: MessageIndex, _ code: Int, _ place: UInt32) {
        let best = contexts[place].bestCode
        guard best == 0 || responseRank(code) < responseRank(best) else {
            guard code == 401 || code == 407 else { return }
            for field in index.fields where field.id == .wwwAuthenticate || field.id == .proxyAuthenticate {
                appendLine(bytes, field, to: &contexts[place].challenges)
            }
            return
        }
        layer.store.remove(&contexts[place].best)
        contexts[place].best = layer.store.add(bytes)
        contexts[place].bestCode = code
        contexts[place].ownReason = nil
    }
}
