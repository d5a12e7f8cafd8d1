public import SIPFlow

extension TransactionLayer {
    /// The server transactions whose last response went to a peer and may still be sent elsewhere.
    ///
    /// - Cost: O(transactions); for the rare ICMP error only.
    public func serversAnswering(_ peer: SocketAddress) -> [TransactionID] {
        var answering: [TransactionID] = []
        for slot in 0..<serverInvites.end where serverInvites.isUsed(slot) {
            let id = TransactionID(.serverInvite, slot: slot, generation: serverInvites.generation(slot))
            if record(id).flow.peer == peer && !record(id).response.isNone { answering.append(id) }
        }
        for slot in 0..<serverRequests.end where serverRequests.isUsed(slot) {
            let id = TransactionID(.serverRequest, slot: slot, generation: serverRequests.generation(slot))
            if record(id).flow.peer == peer && !record(id).response.isNone { answering.append(id) }
        }
        return answering
    }

    /// Sends a server transaction's last response, and all to come, over another flow.
    public mutating func redirectResponses(_ id: TransactionID, to flow: Flow, into outbox: inout Outbox) {
        change(id) { $0.flow = flow }
        resendResponse(id, into: &outbox)
        markChanged(id)
    }

    /// The last response, or the request while there is none: both have the client's Via on top.
    public func messageWithVia(_ id: TransactionID) -> StoredBytes {
        let record = record(id)
        return record.response.isNone ? record.request : record.response
    }
}
