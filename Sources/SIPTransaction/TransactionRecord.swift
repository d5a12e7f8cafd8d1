public import SIPFlow
public import SIPSyntax

/// What the four kinds of transaction have in common beside their machine.
public struct TransactionRecord: Sendable {
    /// Server: where responses go.
    ///
    /// Client: where the request goes.
    public internal(set) var flow: Flow
    /// Server: where the request came from, as its Via shall say.
    ///
    /// Client: the same as the flow's peer.
    public internal(set) var source: SocketAddress
    /// The method.
    public internal(set) var method: Method
    /// Server: the request as received, until a final response went.
    ///
    /// Client: as sent, until one came.
    public internal(set) var request = StoredBytes.none
    /// Server: the last response, to be repeated.
    ///
    /// Client: the ACK to a failure.
    var response = StoredBytes.none
    /// The key, the Call-ID and the method's name, one after the other.
    var identity = StoredBytes.none
    var keyCount = 0
    var callIDCount = 0
    /// Server: the key's hash.
    ///
    /// Client: the branch's hash.
    public internal(set) var hash: UInt64
    /// Who wants to hear what becomes of it.
    public internal(set) var owner = TransactionOwner.nobody
    /// The proxy's response context, or nothing.
    public var context: UInt32? { owner.context }
    /// Client: the server transaction whose request it forwards.
    public internal(set) var parent = TransactionID.none
    /// Client: the place among its parent's branches, from 0.
    public internal(set) var fork = 0
    /// Client INVITE: its CANCEL.
    var cancel = TransactionID.none
    /// When it began.
    public internal(set) var startedAt: Moment
    /// How often a message was repeated.
    public internal(set) var retransmits = 0
    /// The last status code.
    public internal(set) var code = 0
    /// Server: why the request was answered so, in words; `none` where the code says it all.
    var note = StoredBytes.none
    /// Server: the note has a line for each place that was tried, and what it did.
    var hasVerdicts = false
    /// Client: what ended it where no response did.
    var ending = ClientEnding.none
    /// True when the engine made what it sends itself: our answers, our CANCEL.
    var isOwn = false
    var isDirty = false

    init(flow: Flow, source: SocketAddress, method: Method, hash: UInt64, now: Moment) {
        self.flow = flow
        self.source = source
        self.method = method
        self.hash = hash
        startedAt = now
    }
}

/// A machine and what belongs to it.
struct Transaction<Machine: ~Copyable>: ~Copyable {
    var machine: Machine
    var record: TransactionRecord
}
