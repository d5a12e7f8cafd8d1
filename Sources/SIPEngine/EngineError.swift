public import SIPFlow
public import SIPTransport

/// Why an engine did not start.
public struct EngineError: Error, Sendable, Hashable {
    /// What stood in the way.
    public enum Reason: Sendable, Hashable {
        /// An address cannot be bound; the command line's exit code is 69.
        case cannotListen(TransportError)
        /// The configuration names no listener.
        case noListener
        /// A listener asks for a transport that is not spoken yet.
        case notSpoken(TransportKind)
        /// The process has no descriptors left.
        case outOfDescriptors
    }

    /// What stood in the way.
    public var reason: Reason

    /// Names what stood in the way.
    public init(_ reason: Reason) {
        self.reason = reason
    }
}

extension EngineError: CustomStringConvertible {
    /// One line for people, such as `udp 127.0.0.1:5060: address already in use`.
    public var description: String {
        switch reason {
        case .cannotListen(let error): error.description
        case .noListener: "no listener is configured"
        case .notSpoken(let transport): "\(transport.token.lowercased()) is not spoken yet"
        case .outOfDescriptors: "the process has no file descriptors left"
        }
    }
}
