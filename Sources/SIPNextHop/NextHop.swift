public import SIPFlow

/// A place that a request can be sent to.
public struct NextHop: Sendable, Hashable {
    /// What is spoken there.
    public var transport: TransportKind
    /// The address and port.
    public var address: SocketAddress

    /// Names a place.
    public init(transport: TransportKind, address: SocketAddress) {
        self.transport = transport
        self.address = address
    }
}

/// What is to be found: the host of a URI or of a Via, with what stands beside it (RFC 3263 §4, §5).
public struct NextHopQuery: Sendable, Hashable {
    /// The host name; never a numeric address.
    public var host: String
    /// The port, when one is written.
    public var port: UInt16?
    /// The transport, when one is written.
    public var transport: TransportKind?
    /// True for a sips URI.
    public var isSecure: Bool

    /// Asks for the way to a host.
    public init(host: String, port: UInt16? = nil, transport: TransportKind? = nil, isSecure: Bool = false) {
        self.host = host
        self.port = port
        self.transport = isSecure && transport == .tcp ? .tls : transport
        self.isSecure = isSecure
    }
}

/// Why nothing was found.
public struct NextHopFailure: Error, Sendable, Hashable {
    /// What the name servers said; later ones say more than earlier ones.
    public enum Reason: Int, Sendable, Hashable, Comparable {
        /// The name does not exist.
        case noSuchName
        /// The name exists, without an address that a listener reaches.
        case noAddress
        /// The domain says that it offers no such service (RFC 2782, a target of ".").
        case notOffered
        /// A name server failed.
        case serverFailed
        /// No name server answered.
        case timedOut
        /// Too many searches wait already.
        case overloaded

        /// Orders by how much is said.
        public static func < (left: Reason, right: Reason) -> Bool { left.rawValue < right.rawValue }
    }

    /// What was said.
    public var reason: Reason
    /// The name that was asked for.
    public var name: String

    /// Describes a failure.
    public init(_ reason: Reason, _ name: String) {
        self.reason = reason
        self.name = name
    }

    /// A few words for people, fit for a reason phrase.
    public var text: String {
        switch reason {
        case .noSuchName: "No Such Host: \(name)"
        case .noAddress: "No Address That a Listener Reaches: \(name)"
        case .notOffered: "SIP Not Offered by \(name)"
        case .serverFailed: "Name Server Failed: \(name)"
        case .timedOut: "No Name Server Answered: \(name)"
        case .overloaded: "Too Many Names Are Being Looked Up"
        }
    }
}

/// How a search ended.
public enum NextHopResult: Sendable, Hashable {
    /// The places to try, in this order; at least one.
    case found([NextHop])
    /// None.
    case failed(NextHopFailure)
}

/// Which transports and address families the listeners reach.
public struct NextHopReach: Sendable, Hashable {
    private let v4: Set<TransportKind>
    private let v6: Set<TransportKind>

    /// What some listeners reach.
    public init(_ listeners: [Listener]) {
        v4 = Set(listeners.filter { !$0.address.ip.isV6 }.map(\.transport))
        v6 = Set(listeners.filter { $0.address.ip.isV6 }.map(\.transport))
    }

    /// True when a transport is spoken.
    public func speaks(_ transport: TransportKind) -> Bool {
        v4.contains(transport) || v6.contains(transport)
    }

    /// The kinds of address records that are of use, the preferred one first (RFC 6724: IPv6 before IPv4).
    func addressKinds(_ transport: TransportKind) -> [DNSQuestion.Kind] {
        (v6.contains(transport) ? [.aaaa] : []) + (v4.contains(transport) ? [.a] : [])
    }
}
