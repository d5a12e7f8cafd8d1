public import SIPFlow
public import SIPSyntax

extension TransactionLayer {
    /// Takes a number for a client transaction, so that its branch can be written into the request.
    ///
    /// The request is then appended to the outbox and sent by `start`.
    public mutating func openClient(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        method: Method,
        loopHash: UInt64,
        parent: TransactionID,
        context: UInt32?,
        fork: Int,
        to flow: Flow,
        now: Moment
    ) -> TransactionID {
        var record = TransactionRecord(
            flow: flow,
            source: flow.peer,
            method: method,
            hash: loopHash,
            now: now
        )
        record.parent = parent
        record.owner = context.map { .context($0) } ?? .nobody
        record.fork = fork
        storeIdentity(bytes, index, method: method, withKey: false, in: &record)
        return addClient(record, method: method, now: now)
    }

    /// Sends the request that stands unfinished at the end of the outbox.
    public mutating func start(_ id: TransactionID, isOwn: Bool, into outbox: inout Outbox) {
        let start = outbox.messageStart
        let stored = store.add(outbox.bytes.span.extracting(start...))
        change(id) {
            $0.request = stored
            $0.isOwn = isOwn
        }
        outbox.finish(to: lend(id) { $0.flow }, transaction: id.number, isOwn: isOwn)
    }

    /// What the owner must do after a response to a client transaction.
    public enum ClientResult: Sendable, Hashable {
        /// Pass it up.
        case deliver
        /// Nothing: a repeat, answered where it must be.
        case absorb
    }

    /// A response to a client transaction arrived; ACK and a waiting CANCEL are sent here.
    public mutating func receive(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        code: Int,
        for id: TransactionID,
        now: Moment,
        into outbox: inout Outbox
    ) -> ClientResult {
        let result: ClientResult
        var wantsCancel = false
        if id.kind == .clientInvite {
            switch clientInvites[id.slot].machine.receive(code: code, now: now) {
            case .deliver: result = .deliver
            case .deliverThenCancel:
                result = .deliver
                wantsCancel = true
            case .acknowledge:
                acknowledge(bytes, index, id, into: &outbox)
                result = .deliver
            case .resendAcknowledgement:
                resendAcknowledgement(id, into: &outbox)
                result = .absorb
            case .absorb: result = .absorb
            }
        } else {
            switch clientRequests[id.slot].machine.receive(code: code, now: now) {
            case .deliver: result = .deliver
            case .absorb: result = .absorb
            }
        }
        noteCode(id, code, result)
        if wantsCancel { sendCancel(id, now: now, into: &outbox) }
        settleClient(id)
        return result
    }

    /// The owner no longer wants an INVITE answered: a CANCEL goes now, or after the first provisional.
    public mutating func cancel(_ id: TransactionID, now: Moment, into outbox: inout Outbox) {
        switch clientInvites[id.slot].machine.cancel(now: now) {
        case .send: sendCancel(id, now: now, into: &outbox)
        case .wait, .tooLate: break
        }
        settleClient(id)
    }

    /// The network refused a client transaction's request.
    ///
    /// True when the owner must act as on 503.
    public mutating func transportFailed(_ id: TransactionID) -> Bool {
        let hasEnded =
            switch id.kind {
            case .clientInvite: clientInvites[id.slot].machine.transportFailed()
            case .clientRequest: clientRequests[id.slot].machine.transportFailed()
            case .serverInvite, .serverRequest: false
            }
        if hasEnded { noteEnding(id, .transportError) }
        return hasEnded
    }

    /// Puts a client transaction's deadline on the wheel, or ends it.
    public mutating func settleClient(_ id: TransactionID) {
        if id.kind == .clientInvite {
            settle(id, clientInvites[id.slot].machine.nextDeadline, clientInvites[id.slot].machine.name)
        } else {
            settle(id, clientRequests[id.slot].machine.nextDeadline, clientRequests[id.slot].machine.name)
        }
    }

    mutating func resendRequest(_ id: TransactionID, into outbox: inout Outbox) {
        change(id) { $0.retransmits += 1 }
        let record = record(id)
        store.read(record.request) { outbox.bytes.append(copying: $0) }
        outbox.finish(to: record.flow, transaction: id.number, isOwn: record.isOwn, isRetransmission: true)
    }

    mutating func addClient(_ record: TransactionRecord, method: Method, now: Moment) -> TransactionID {
        let isReliable = record.flow.transport.isReliable
        let id: TransactionID
        let deadline: Moment?
        if method == .invite {
            let machine = ClientInviteTransaction(timers: timers, isReliable: isReliable, now: now)
            deadline = machine.nextDeadline
            let place = clientInvites.add(Transaction(machine: machine, record: record))
            id = TransactionID(.clientInvite, slot: place.slot, generation: place.generation)
        } else {
            let machine = ClientRequestTransaction(timers: timers, isReliable: isReliable, now: now)
            deadline = machine.nextDeadline
            let place = clientRequests.add(Transaction(machine: machine, record: record))
            id = TransactionID(.clientRequest, slot: place.slot, generation: place.generation)
        }
        if let deadline { wheel.arm(id.timer, at: deadline) }
        markChanged(id)
        return id
    }

    /// Keeps what is known of a response, and lets go of what a final one makes useless.
    private mutating func noteCode(_ id: TransactionID, _ code: Int, _ result: ClientResult) {
        var request = StoredBytes.none
        change(id) {
            switch result {
            case .deliver:
                $0.code = code
                if code >= 200 { swap(&$0.request, &request) }
            case .absorb:
                $0.retransmits += 1
            }
        }
        store.remove(&request)
    }

    /// Builds, keeps and sends the ACK to a failure (RFC 3261 §17.1.1.3).
    private mutating func acknowledge(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ id: TransactionID,
        into outbox: inout Outbox
    ) {
        let record = record(id)
        guard let to = index.first(.to) else { return }
        let start = outbox.messageStart
        store.read(record.request) { request in
            appendHopRequest(.ack, to: (bytes, to.value), of: request, into: &outbox.bytes)
        }
        let stored = store.add(outbox.bytes.span.extracting(start...))
        outbox.finish(to: record.flow, transaction: id.number, isOwn: true)
        clientInvites[id.slot].record.response = stored
    }

    private func resendAcknowledgement(_ id: TransactionID, into outbox: inout Outbox) {
        let record = record(id)
        store.read(record.response) { outbox.bytes.append(copying: $0) }
        outbox.finish(to: record.flow, transaction: id.number, isOwn: true, isRetransmission: true)
    }

    /// Opens and sends the CANCEL of an INVITE (RFC 3261 §9.1).
    private mutating func sendCancel(_ id: TransactionID, now: Moment, into outbox: inout Outbox) {
        let invite = record(id)
        guard !invite.request.isNone else { return }
        var record = TransactionRecord(
            flow: invite.flow,
            source: invite.source,
            method: .cancel,
            hash: invite.hash,
            now: now
        )
        record.parent = invite.parent
        record.fork = invite.fork
        record.callIDCount = invite.callIDCount
        let callID = store.read(invite.identity) { identity in
            var bytes: [UInt8] = []
            bytes.append(copying: identity.extracting(first: invite.callIDCount))
            return bytes
        }
        record.identity = store.add(callID.span)
        let cancel = addClient(record, method: .cancel, now: now)
        clientInvites[id.slot].record.cancel = cancel
        store.read(invite.request) { request in
            appendHopRequest(.cancel, to: nil, of: request, into: &outbox.bytes)
        }
        start(cancel, isOwn: true, into: &outbox)
    }
}

extension TransactionLayer {
    /// The client transaction that a branch of ours names, if the method fits (RFC 3261 §17.1.3).
    public func findClient(_ branch: Branch, _ bytes: Span<UInt8>, _ cseq: CSeq) -> TransactionID? {
        var id = branch.transaction
        guard id.isClient else { return nil }
        if cseq.method == .cancel, let cancel = cancelTransaction(of: id) { id = cancel }
        guard contains(id) else { return nil }
        let (hash, method) = lend(id) { ($0.hash, $0.method) }
        guard hash == branch.loopHash, method == cseq.method else { return nil }
        return method != .other || hasName(id, bytes, cseq.methodName) ? id : nil
    }

    /// True when an unusual method has a name.
    private func hasName(_ id: TransactionID, _ bytes: Span<UInt8>, _ name: Slice) -> Bool {
        let record = record(id)
        return store.read(record.identity) { identity in
            bytes.equals(name, identity, Slice(record.keyCount + record.callIDCount, identity.count))
        }
    }

    /// The CANCEL transaction of an INVITE, which shares its branch; nil when none was sent.
    func cancelTransaction(of id: TransactionID) -> TransactionID? {
        guard id.kind == .clientInvite, clientInvites.contains(id.slot, generation: id.generation) else {
            return nil
        }
        let cancel = clientInvites[id.slot].record.cancel
        return cancel == .none ? nil : cancel
    }
}

extension TransactionLayer {
    /// The client transactions that have heard nothing yet of a peer.
    ///
    /// - Cost: O(transactions); for the rare ICMP error only.
    public func clientsWaiting(for peer: SocketAddress) -> [TransactionID] {
        var waiting: [TransactionID] = []
        for slot in 0..<clientInvites.end where clientInvites.isUsed(slot) {
            let id = TransactionID(.clientInvite, slot: slot, generation: clientInvites.generation(slot))
            if state(id) == .calling && record(id).flow.peer == peer { waiting.append(id) }
        }
        for slot in 0..<clientRequests.end where clientRequests.isUsed(slot) {
            let id = TransactionID(.clientRequest, slot: slot, generation: clientRequests.generation(slot))
            if state(id) == .trying && record(id).flow.peer == peer { waiting.append(id) }
        }
        return waiting
    }
}
