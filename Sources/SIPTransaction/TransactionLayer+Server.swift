public import SIPFlow
public import SIPSyntax

extension TransactionLayer {
    /// Opens a server transaction for a request that none matches.
    public mutating func openServer(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        method: Method,
        from source: SocketAddress,
        replyTo flow: Flow,
        now: Moment
    ) -> TransactionID {
        var record = TransactionRecord(flow: flow, source: source, method: method, hash: 0, now: now)
        record.request = store.add(bytes)
        storeIdentity(bytes, index, method: method, withKey: true, in: &record)
        let hash = record.hash
        let isReliable = flow.transport.isReliable
        let id: TransactionID
        if method == .invite {
            let machine = ServerInviteTransaction(timers: timers, isReliable: isReliable, now: now)
            let deadline = machine.nextDeadline
            let place = serverInvites.add(Transaction(machine: machine, record: record))
            id = TransactionID(.serverInvite, slot: place.slot, generation: place.generation)
            if let deadline { wheel.arm(id.timer, at: deadline) }
        } else {
            let machine = ServerRequestTransaction(timers: timers, isReliable: isReliable, now: now)
            let deadline = machine.nextDeadline
            let place = serverRequests.add(Transaction(machine: machine, record: record))
            id = TransactionID(.serverRequest, slot: place.slot, generation: place.generation)
            if let deadline { wheel.arm(id.timer, at: deadline) }
        }
        table.insert(hash, id.timer)
        markChanged(id)
        return id
    }

    /// A repeat of the request arrived: sends the last response again where the machine says so.
    public mutating func receiveRepeat(_ id: TransactionID, into outbox: inout Outbox) {
        let repeats: Bool
        if id.kind == .serverInvite {
            repeats = serverInvites[id.slot].machine.receiveInvite() == .resendResponse
        } else {
            repeats = serverRequests[id.slot].machine.receiveRequest() == .resendResponse
        }
        change(id) { $0.retransmits += 1 }
        markChanged(id)
        if repeats { resendResponse(id, into: &outbox) }
    }

    /// An ACK for an INVITE transaction arrived.
    public mutating func receiveAcknowledgement(
        _ id: TransactionID,
        now: Moment
    ) -> ServerInviteTransaction.AcknowledgementResult {
        let result = serverInvites[id.slot].machine.receiveAcknowledgement(now: now)
        settle(id, serverInvites[id.slot].machine.nextDeadline, serverInvites[id.slot].machine.name)
        return result
    }

    /// Sends the response that stands unfinished at the end of the outbox; takes it out if it may not go.
    @discardableResult
    public mutating func respond(
        _ id: TransactionID,
        code: Int,
        isOwn: Bool,
        now: Moment,
        into outbox: inout Outbox
    ) -> Bool {
        let mayGo =
            switch id.kind {
            case .serverInvite: serverInvites[id.slot].machine.send(code: code, now: now) == .send
            case .serverRequest: serverRequests[id.slot].machine.send(code: code, now: now) == .send
            case .clientInvite, .clientRequest: false
            }
        let start = outbox.messageStart
        guard mayGo else {
            outbox.bytes.removeLast(outbox.bytes.count - start)
            return false
        }
        let isAccepted = id.kind == .serverInvite && (200...299).contains(code)
        var response = isAccepted ? StoredBytes.none : store.add(outbox.bytes.span.extracting(start...))
        var request = StoredBytes.none
        change(id) {
            $0.code = code
            $0.isOwn = isOwn
            swap(&$0.response, &response)
            if code >= 200 { swap(&$0.request, &request) }
        }
        store.remove(&response)
        store.remove(&request)
        outbox.finish(to: lend(id) { $0.flow }, transaction: id.number, isOwn: isOwn)
        if id.kind == .serverInvite {
            settle(id, serverInvites[id.slot].machine.nextDeadline, serverInvites[id.slot].machine.name)
        } else {
            settle(id, serverRequests[id.slot].machine.nextDeadline, serverRequests[id.slot].machine.name)
        }
        return true
    }

    /// Ends a transaction at once: nothing more is sent, and what still comes for it is a stray.
    ///
    /// RFC 4320 §4.2 wants it for a non-INVITE server transaction that is too late to be answered.
    public mutating func abandon(_ id: TransactionID) {
        end(id)
    }

    func resendResponse(_ id: TransactionID, into outbox: inout Outbox) {
        let record = record(id)
        guard !record.response.isNone else { return }
        store.read(record.response) { outbox.bytes.append(copying: $0) }
        outbox.finish(to: record.flow, transaction: id.number, isOwn: record.isOwn, isRetransmission: true)
    }
}
