import SIPFlow
import SIPSyntax

/// Follows one call from its messages, as its caller sees it.
///
/// - Shape: the caller's hop is the one of the first INVITE; responses to that INVITE decide the state.
/// - Source: RFC 3261 §9, §13, §15 and §16.7.
struct CallProgress: Sendable {
    /// The INVITE that the caller sent last, before any dialog.
    private struct Attempt: Sendable {
        var direction: TraceRecord.Direction
        var branch: UInt64
        var number: UInt32
    }

    private(set) var row: CallRow
    private var attempt: Attempt
    /// The branches of `row.legs`, in the same order.
    private var branches: [UInt64] = []
    /// The To tags of 2xx responses whose dialogs have not ended.
    private var dialogs: [UInt64] = []
    private var phrase = ""
    private var reasonText = ""
    private var evidence = CallEvidence()

    /// Begins a call with its first INVITE.
    init(
        callID: String,
        _ record: TraceRecord,
        _ entry: MessageEntry,
        _ index: MessageIndex,
        _ bytes: Span<UInt8>
    ) {
        let from = AddressText(index.from, first: index.first(.from), bytes)
        let to = AddressText(index.to, first: index.first(.to), bytes)
        row = CallRow(
            callID: callID,
            from: from.short,
            to: to.short,
            fromURI: from.long,
            toURI: to.long,
            state: .calling,
            startedAt: record.moment,
            setupTime: nil,
            answeredAt: nil,
            endedAt: nil,
            finalCode: nil,
            finalReason: "",
            legs: [],
            retransmissions: 0,
            codecs: [],
            messageCount: 0,
            firstSequence: record.sequence,
            lastSequence: record.sequence,
            diagnosis: nil
        )
        attempt = Attempt(
            direction: record.direction,
            branch: entry.branch,
            number: entry.number
        )
    }

    /// Takes the next message of the call in; the first INVITE included.
    mutating func receive(
        _ record: TraceRecord,
        _ entry: MessageEntry,
        _ index: MessageIndex,
        _ bytes: Span<UInt8>
    ) {
        row.messageCount += 1
        row.lastSequence = record.sequence
        // True for what came to us when the INVITE did, or left us when the INVITE did: requests of the caller,
        // responses of those called.
        let matchesAttempt = record.direction == attempt.direction
        if entry.isRepeat {
            receiveRepeat(entry, matchesAttempt: matchesAttempt)
        } else if entry.kind == .request {
            receiveRequest(record, entry, index, bytes, matchesAttempt: matchesAttempt)
        } else if entry.method == .invite {
            if matchesAttempt {
                receiveLegResponse(record, entry, index, bytes)
            } else if entry.branch == attempt.branch && entry.number == attempt.number {
                receiveResponse(record, entry, index, bytes)
            } else {
                readCodecs(entry, index, bytes)
            }
        }
        row.finalReason = finalReason
        row.diagnosis = evidence.diagnosis(of: row)
    }

    private mutating func receiveRepeat(_ entry: MessageEntry, matchesAttempt: Bool) {
        row.retransmissions += 1
        if entry.isInitialInvite, !matchesAttempt, let leg = branches.firstIndex(of: entry.branch) {
            row.legs[leg].retransmissions += 1
        }
        if entry.kind == .success, entry.branch == attempt.branch, !matchesAttempt {
            evidence.repeatedAnswers += 1
        }
    }

    private mutating func receiveRequest(
        _ record: TraceRecord,
        _ entry: MessageEntry,
        _ index: MessageIndex,
        _ bytes: Span<UInt8>,
        matchesAttempt: Bool
    ) {
        switch entry.method {
        case .invite:
            guard entry.isInitialInvite else { return }
            if matchesAttempt {
                beginAgain(entry)
            } else if entry.number == attempt.number {
                addLeg(record, entry)
            }
        case .cancel:
            if matchesAttempt && entry.branch == attempt.branch {
                readReason(index, bytes)
                cancel()
            } else if let leg = branches.firstIndex(of: entry.branch) {
                row.legs[leg].isCancelled = true
            }
        case .ack:
            guard matchesAttempt, row.answeredAt != nil else { return }
            evidence.isAcknowledged = true
            readCodecs(entry, index, bytes)
        case .bye: end(record, entry, index, bytes)
        case .register, .options, .prack, .update, .info, .message, .refer, .subscribe, .notify, .publish,
            .other:
            return
        }
    }

    private mutating func addLeg(_ record: TraceRecord, _ entry: MessageEntry) {
        row.legs.append(
            CallLeg(
                fork: Fork(row.legs.count),
                peer: record.flow.peer,
                code: nil,
                reason: "",
                retransmissions: 0,
                isCancelled: false
            )
        )
        branches.append(entry.branch)
    }

    /// A new INVITE of the caller after a refusal, such as one with credentials (RFC 3261 §8.1.3.5).
    private mutating func beginAgain(_ entry: MessageEntry) {
        guard entry.number > attempt.number, row.state != .talking else {
            return
        }
        attempt.branch = entry.branch
        attempt.number = entry.number
        branches = []
        dialogs = []
        phrase = ""
        reasonText = ""
        evidence = CallEvidence()
        row.legs = []
        row.state = .calling
        row.finalCode = nil
        row.endedAt = nil
    }

    private mutating func cancel() {
        switch row.state {
        case .calling, .ringing:
            row.state = .cancelling
            evidence.isCancelled = true
        case .cancelling, .talking, .ended, .cancelled, .redirected, .noAnswer, .failed: return
        }
    }

    /// A response on a forwarded INVITE.
    private mutating func receiveLegResponse(
        _ record: TraceRecord,
        _ entry: MessageEntry,
        _ index: MessageIndex,
        _ bytes: Span<UInt8>
    ) {
        guard let leg = branches.firstIndex(of: entry.branch), row.legs[leg].code ?? 0 < 200 else { return }
        row.legs[leg].code = entry.code
        if case .response(_, let reason) = index.startLine { row.legs[leg].reason = bytes.text(reason) }
    }

    /// A response that the caller gets.
    private mutating func receiveResponse(
        _ record: TraceRecord,
        _ entry: MessageEntry,
        _ index: MessageIndex,
        _ bytes: Span<UInt8>
    ) {
        guard entry.code > 100 else { return }
        if entry.kind == .provisional {
            if row.setupTime == nil { row.setupTime = record.moment - row.startedAt }
            if row.state == .calling { row.state = .ringing }
            return
        }
        if entry.kind != .success && !canBeRefused { return }
        row.finalCode = entry.code
        if case .response(_, let reason) = index.startLine { phrase = bytes.text(reason) }
        readReason(index, bytes)
        if entry.kind == .success {
            answer(record, entry)
            readCodecs(entry, index, bytes)
            return
        }
        row.endedAt = record.moment
        evidence.isOwnAnswer = record.isOwn
        row.state =
            switch (entry.code, evidence.isCancelled) {
            case (300...399, _): .redirected(code: entry.code)
            case (408, _): .noAnswer
            case (487, true): .cancelled
            default: .failed(code: entry.code)
            }
    }

    private var canBeRefused: Bool {
        switch row.state {
        case .calling, .ringing, .cancelling: true
        case .talking, .ended, .cancelled, .redirected, .noAnswer, .failed: false
        }
    }

    private mutating func answer(_ record: TraceRecord, _ entry: MessageEntry) {
        guard row.state != .ended else { return }
        if row.answeredAt == nil { row.answeredAt = record.moment }
        evidence.isAnsweredLate = evidence.isAnsweredLate || evidence.isCancelled
        if !dialogs.contains(entry.toTag) { dialogs.append(entry.toTag) }
        row.state = .talking
        row.endedAt = nil
    }

    /// BYE ends one dialog; the call ends with its last one.
    private mutating func end(
        _ record: TraceRecord,
        _ entry: MessageEntry,
        _ index: MessageIndex,
        _ bytes: Span<UInt8>
    ) {
        guard let dialog = dialogs.firstIndex(where: { $0 == entry.toTag || $0 == entry.fromTag }) else {
            return
        }
        dialogs.remove(at: dialog)
        readReason(index, bytes)
        guard dialogs.isEmpty else { return }
        row.state = .ended
        row.endedAt = record.moment
    }

    private mutating func readReason(_ index: MessageIndex, _ bytes: Span<UInt8>) {
        if let field = index.first(.reason) { reasonText = reasonWords(bytes, field.value) }
    }

    private mutating func readCodecs(_ entry: MessageEntry, _ index: MessageIndex, _ bytes: Span<UInt8>) {
        guard entry.kind == .success || entry.method == .ack, let session = SDPSummary(index, bytes) else {
            return
        }
        row.codecs = session.audibleCodecs
    }

    private var finalReason: String {
        if reasonText.isEmpty { return phrase }
        return row.answeredAt == nil && !phrase.isEmpty ? "\(phrase) (\(reasonText))" : reasonText
    }
}
