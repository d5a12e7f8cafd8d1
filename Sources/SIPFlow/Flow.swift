/// The number of one of our listeners, in the order of the configuration.
///
/// - Limits: below 65,536.
public struct ListenerID: Sendable, Hashable {
    private let number: UInt16

    /// Counts from zero.
    public var index: Int { Int(number) }

    /// Names the listener at a place in the configuration.
    public init(_ index: Int) {
        number = UInt16(index)
    }
}

/// One of our listening sockets.
public struct Listener: Sendable, Hashable {
    /// What is spoken on it.
    public var transport: TransportKind
    /// Where it is bound; the address may be unspecified.
    public var address: SocketAddress
    /// What other elements reach it by: the bound address unless configured otherwise.
    public var advertised: SocketAddress

    /// Describes a listener.
    public init(transport: TransportKind, address: SocketAddress, advertised: SocketAddress? = nil) {
        self.transport = transport
        self.address = address
        self.advertised = advertised ?? address
    }
}

/// The way between one of our sockets and one peer (RFC 5626 §2).
///
/// - Shape: for datagrams the connection is 0; for streams it names the accepted or opened connection.
public struct Flow: Sendable, Hashable {
    // The largest first: a flow is part of every record, and so takes 31 bytes where it would take 48.

    /// The connection's number, 0 for datagrams; never reused within a process.
    public var connection: UInt64
    /// The other side.
    public var peer: SocketAddress
    /// Which of our listeners it belongs to.
    public var listener: ListenerID
    /// What is spoken.
    public var transport: TransportKind

    /// Describes a flow.
    public init(transport: TransportKind, listener: ListenerID, peer: SocketAddress, connection: UInt64 = 0) {
        self.transport = transport
        self.listener = listener
        self.peer = peer
        self.connection = connection
    }
}
