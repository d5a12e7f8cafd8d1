public import SIPTransaction

/// Why a received message went no further.
public enum DropCause: Sendable, Hashable {
    /// No answer could be built.
    case malformed
    /// A response whose top Via is not ours, or that belongs to no transaction.
    case strayResponse
    /// An ACK that no rule forwards.
    case strayAcknowledgement
    /// Its transaction absorbs it.
    case absorbed
    /// The tables are full.
    case overload
}

/// What became of a received message, for the trace.
public struct Disposition: Sendable, Hashable {
    /// The transaction that it belongs to.
    public var transaction = TransactionID.none
    /// True when it was seen before.
    public var isRetransmission = false
    /// Why it went no further; nil for what was handled.
    public var drop: DropCause?

    /// Describes a message that was handled.
    public init(transaction: TransactionID = .none, isRetransmission: Bool = false, drop: DropCause? = nil) {
        self.transaction = transaction
        self.isRetransmission = isRetransmission
        self.drop = drop
    }
}
