public import SIPFlow
import SIPRegistrar
import SIPSyntax
import SIPTransaction

/// Answers to REGISTERs that leave once the store holds what they say.
///
/// - Shape: those of the batch that is being stored, and those of the changes that gather meanwhile.
struct WaitingAnswers {
    /// A whole response, and the transaction that sends it.
    struct Answer {
        var transaction: TransactionID
        var response: StoredBytes
    }

    private var gathering: [Answer] = []
    private var inFlight: [Answer] = []

    mutating func add(_ answer: Answer) { gathering.append(answer) }

    /// Those that gathered belong to the batch that is now being stored.
    mutating func beginBatch() { swap(&gathering, &inFlight) }

    mutating func takeBatch() -> [Answer] {
        defer { inFlight = [] }
        return inFlight
    }

    mutating func takeAll() -> [Answer] {
        defer { self = WaitingAnswers() }
        return inFlight + gathering
    }
}

extension SIPProxy {
    /// Writes the 200 to a REGISTER and keeps it until the store has answered.
    ///
    /// It says what `headers` holds now. The transaction stays in Trying and absorbs what the phone repeats meanwhile.
    mutating func holdAnswer(
        _ id: TransactionID,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        into outbox: inout Outbox
    ) {
        let start = outbox.messageStart
        appendResponse(
            OwnResponse(code: 200, toTag: toTag(bytes, index)),
            to: bytes,
            index,
            source: layer.record(id).source,
            headers: headers.span,
            into: &outbox.bytes
        )
        headers.removeAll(keepingCapacity: true)
        let response = layer.store.add(outbox.bytes.span.extracting(start...))
        outbox.bytes.removeLast(outbox.bytes.count - start)
        waitingAnswers.add(WaitingAnswers.Answer(transaction: id, response: response))
    }

    /// The changes up to now are being stored; the answers that wait for them leave with `batchStored`.
    public mutating func batchTaken() { waitingAnswers.beginBatch() }

    /// The store holds the batch: its answers leave.
    public mutating func batchStored(now: Moment, into outbox: inout Outbox) {
        registrar.batchStored()
        for var answer in waitingAnswers.takeBatch() {
            if layer.contains(answer.transaction) {
                layer.store.read(answer.response) { outbox.bytes.append(copying: $0) }
                layer.respond(answer.transaction, code: 200, isOwn: true, now: now, into: &outbox)
            }
            layer.store.remove(&answer.response)
        }
    }

    /// The store failed: no REGISTER that waits has happened, and each is told so (RFC 3261 §10.3 step 7).
    public mutating func storeFailed(now: Moment, into outbox: inout Outbox) {
        registrar.storeFailed(now: now)
        for var answer in waitingAnswers.takeAll() {
            layer.store.remove(&answer.response)
            if layer.contains(answer.transaction) {
                answerStored(answer.transaction, 500, now: now, into: &outbox)
            }
        }
    }
}
