public import SIPFlow

/// The dialog of a subscription, as the notifier keeps it (RFC 3261 §12.1.1, RFC 6665 §4.4.1).
public struct NotifierDialog: Sendable, Hashable {
    /// The SUBSCRIBE's Call-ID.
    public var callID: [UInt8]
    /// The number behind our tag.
    public var localTag: UInt64
    /// The watcher's tag.
    public var remoteTag: [UInt8]
    /// The value of From in our requests: the SUBSCRIBE's To with our tag.
    public var local: [UInt8]
    /// The value of To in our requests: the SUBSCRIBE's From.
    public var remote: [UInt8]
    /// The watcher's Contact URI, where our requests are for.
    public var target: [UInt8]
    /// The SUBSCRIBE's Record-Route values, in order.
    public var routes: [[UInt8]]
    /// The flow that the last SUBSCRIBE came over.
    public var flow: Flow
    /// True when only the flow reaches the watcher: its Contact has another address than its packets.
    public var isBehindNAT: Bool
    /// The CSeq number of the last SUBSCRIBE.
    public var remoteSequence: UInt32
    /// The CSeq number of our last request.
    public var localSequence: UInt32 = 0

    /// Makes the dialog that a SUBSCRIBE begins.
    public init(
        callID: [UInt8],
        localTag: UInt64,
        remoteTag: [UInt8],
        local: [UInt8],
        remote: [UInt8],
        target: [UInt8],
        routes: [[UInt8]],
        flow: Flow,
        isBehindNAT: Bool,
        remoteSequence: UInt32
    ) {
        self.callID = callID
        self.localTag = localTag
        self.remoteTag = remoteTag
        self.local = local
        self.remote = remote
        self.target = target
        self.routes = routes
        self.flow = flow
        self.isBehindNAT = isBehindNAT
        self.remoteSequence = remoteSequence
    }
}
