import SIPFlow
import SIPSyntax

/// Why a response of ours went where it went (RFC 3261 §18.2.2, RFC 3581 §4).
///
/// - Shape: worked out of the response's top Via, which is the client's, and the place that it went to.
public enum ReplyRule: Sendable, Hashable, CaseIterable {
    /// The request came over a connection.
    case connection
    /// The Via asked with rport for the source's port.
    case rport
    /// No rport: the address and port of the Via, which is where the request came from, or its host.
    case sentBy
    /// No rport, and the Via names another address: the source's address, the port of the Via.
    case received
    /// The source, although the Via has another port and no rport: the Via is not the sender's.
    case source
    /// The Via's own address, since nothing reached the source (RFC 3263 §5).
    case elsewhere

    /// Finds the rule; nil for a message without a readable Via.
    init?(_ index: MessageIndex, _ bytes: Span<UInt8>, to flow: Flow) {
        guard let via = index.topVia else { return nil }
        if flow.transport.isReliable {
            self = .connection
            return
        }
        let received = via.received.flatMap { IPAddress(bytes.extracting($0.range)) }
        if let received, received != flow.peer.ip {
            self = .elsewhere
        } else if via.rport != nil {
            self = .rport
        } else if flow.peer.port != via.port ?? flow.transport.defaultPort {
            self = .source
        } else {
            self = received == nil ? .sentBy : .received
        }
    }

    /// The reason in words, to stand after "because".
    public var text: String {
        switch self {
        case .connection: "the request came over this connection"
        case .rport: "its Via asks for the source port (rport)"
        case .sentBy: "its Via says so, without rport"
        case .received:
            "its Via has another address: the source's (received), with the Via's port, without rport"
        case .source: "the request came from there, with a Via that is not its sender's"
        case .elsewhere: "nothing reached the source of the request: the Via's own address"
        }
    }
}
