import SIPFlow
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// Where responses to a request go (RFC 3261 §18.2.2, RFC 3581 §4).
    ///
    /// A stranger's request with our Via on top is answered at its source: an answer to ourselves would end the
    /// client transaction that the Via names.
    func replyFlow(_ bytes: Span<UInt8>, _ index: MessageIndex, _ flow: Flow) -> Flow {
        guard !flow.transport.isReliable, let via = index.topVia, via.rport == nil else { return flow }
        if domains.wrote(bytes, via) && !domains.isOwn(flow.peer) { return flow }
        var reply = flow
        reply.peer.port = via.port ?? flow.transport.defaultPort
        return reply
    }

    /// Answers a new request from this element; `headers` is what `self.headers` holds.
    mutating func answer(
        _ id: TransactionID,
        _ code: Int,
        reason: String? = nil,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) {
        let source = layer.record(id).source
        let tag = code == 100 ? nil : toTag(bytes, index)
        appendResponse(
            OwnResponse(code: code, reason: reason, toTag: tag),
            to: bytes,
            index,
            source: source,
            headers: headers.span,
            into: &outbox.bytes
        )
        headers.removeAll(keepingCapacity: true)
        tellLoad(now: now, into: &outbox)
        layer.respond(id, code: code, isOwn: true, now: now, into: &outbox)
    }

    /// Answers a request whose bytes are only in the store, some time after it came.
    mutating func answerStored(
        _ id: TransactionID,
        _ code: Int,
        reason: String? = nil,
        now: Moment,
        into outbox: inout Outbox
    ) {
        guard takeRequest(of: id) else { return }
        headers.removeAll(keepingCapacity: true)
        var stored: [UInt8] = []
        swap(&stored, &request)
        answer(id, code, reason: reason, stored.span, requestIndex, now: now, into: &outbox)
        swap(&stored, &request)
    }

    /// Copies a transaction's request out of the store and finds everything in it; false when it is gone.
    mutating func takeRequest(of id: TransactionID) -> Bool {
        take(layer.record(id).request)
    }

    /// Copies a stored message into `request` and indexes it; false when there is none.
    mutating func take(_ message: StoredBytes) -> Bool {
        guard !message.isNone else { return false }
        var stored: [UInt8] = []
        swap(&stored, &request)
        stored.removeAll(keepingCapacity: true)
        layer.store.read(message) { stored.append(copying: $0) }
        defer { swap(&stored, &request) }
        do {
            try requestIndex.parse(stored.span)
            return true
        } catch {
            return false
        }
    }

    /// The number behind the To tag of our own answers: the same for each repeat of a request.
    func toTag(_ bytes: Span<UInt8>, _ index: MessageIndex) -> UInt64 {
        let callID = layer.keyedHash.hash(bytes.extracting(index.callID.range), salt: 0x746f)
        return layer.keyedHash.combine(callID, UInt64(index.cseq?.number ?? 0))
    }

    /// Answers a faulty request without keeping anything of it (RFC 3261 §16.3 step 1).
    mutating func refuseMalformed(
        _ problem: SyntaxError,
        _ method: Method,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) -> Disposition {
        let code =
            switch problem.reason {
            case .unsupportedVersion: 505
            case .tooManyHeaders: 513
            case _: 400
            }
        refuseStateless(code, reason: problem.text, bytes, index, flow, now: now, into: &outbox)
        return Disposition(drop: .malformed)
    }

    /// Answers a request without a transaction.
    mutating func refuseStateless(
        _ code: Int,
        reason: String? = nil,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) {
        appendResponse(
            OwnResponse(code: code, reason: reason, toTag: toTag(bytes, index)),
            to: bytes,
            index,
            source: flow.peer,
            headers: nothing.span,
            into: &outbox.bytes
        )
        tellLoad(now: now, into: &outbox)
        outbox.finish(to: replyFlow(bytes, index, flow), isOwn: true)
    }
}
