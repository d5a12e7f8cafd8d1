public import SIPFlow

/// A message that the network would not carry (RFC 3261 §18.4).
public struct TransportFailure: Sendable, Hashable {
    /// The client transaction whose message it was.
    ///
    /// 0 when only the peer is known, as with an ICMP error: then it concerns all that waits for that peer.
    public var transaction: UInt64
    /// The way the message was to go.
    public var flow: Flow
    /// The system's error number (`errno`).
    public var code: CInt

    /// Describes a failure.
    public init(transaction: UInt64, flow: Flow, code: CInt) {
        self.transaction = transaction
        self.flow = flow
        self.code = code
    }
}
