/// A SIP transport (RFC 3261 §18, RFC 7118).
public enum TransportKind: UInt8, Sendable, Hashable, CaseIterable {
    /// Datagrams.
    case udp
    /// A byte stream.
    case tcp
    /// A byte stream under TLS.
    case tls
    /// WebSocket.
    case ws
    /// WebSocket under TLS.
    case wss

    /// The word in a Via header field, in upper case.
    public var token: String {
        switch self {
        case .udp: "UDP"
        case .tcp: "TCP"
        case .tls: "TLS"
        case .ws: "WS"
        case .wss: "WSS"
        }
    }

    /// True when the transport repeats lost bytes itself, so that timers A, E and G stay off.
    public var isReliable: Bool { self != .udp }

    /// The port that stands for none written (RFC 3261 §19.1.2, RFC 7118 §4).
    public var defaultPort: UInt16 {
        switch self {
        case .udp, .tcp: 5060
        case .tls: 5061
        case .ws: 80
        case .wss: 443
        }
    }
}
