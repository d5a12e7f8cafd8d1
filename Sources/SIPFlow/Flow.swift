/// The number of one of our listeners, in the order of the configuration.
public struct ListenerID: Sendable, Hashable {
    /// Counts from zero.
    public var index: Int

    /// Names the listener at a place in the configuration.
    public init(_ index: Int) {
        self.index = index
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
    /// What is spoken.
    public var transport: TransportKind
    /// Which of our listeners it belongs to.
    public var listener: ListenerID
    /// The other side.
    public var peer: SocketAddress
    /// The connection's number, 0 for datagrams; never reused within a process.
    public var connection: UInt64

    /// Describes a flow.
    public init(transport: TransportKind, listener: ListenerID, peer: SocketAddress, connection: UInt64 = 0) {
        self.transport = transport
        self.listener = listener
        self.peer = peer
        self.connection = connection
    }
}
