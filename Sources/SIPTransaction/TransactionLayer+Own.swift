public import SIPFlow
public import SIPSyntax

extension TransactionLayer {
    /// Takes a number for a request of the server's own, so that its branch can be written into it.
    ///
    /// The request is then appended to the outbox and sent by `start`.
    public mutating func openOwn(
        _ request: OwnRequest,
        method: Method,
        callID: Span<UInt8>,
        to flow: Flow,
        now: Moment
    ) -> Branch {
        let hash = keyedHash.combine(
            keyedHash.hash(callID, salt: 0x6f77),
            UInt64(bitPattern: now.nanoseconds)
        )
        var record = TransactionRecord(flow: flow, source: flow.peer, method: method, hash: hash, now: now)
        record.owner = .server(request)
        record.callIDCount = callID.count
        record.identity = store.add(callID)
        return Branch(transaction: addClient(record, method: method, now: now), loopHash: hash)
    }
}
