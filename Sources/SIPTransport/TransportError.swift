import CSystem
public import SIPFlow

/// What the machine refused when a listener was opened.
public struct TransportError: Error, Sendable, Hashable {
    /// What was tried.
    public enum Operation: Sendable, Hashable {
        /// Making the socket.
        case open
        /// Binding it to its address.
        case bind
        /// Getting ready to wait for it.
        case watch
    }

    /// What was tried.
    public var operation: Operation
    /// The system's error number (`errno`).
    public var code: CInt
    /// What was to be spoken.
    public var transport: TransportKind
    /// Where it was to listen.
    public var address: SocketAddress

    /// Describes a refusal.
    public init(operation: Operation, code: CInt, transport: TransportKind, address: SocketAddress) {
        self.operation = operation
        self.code = code
        self.transport = transport
        self.address = address
    }
}

extension TransportError: CustomStringConvertible {
    /// `udp 127.0.0.1:5060: address already in use`.
    public var description: String {
        "\(transport.token.lowercased()) \(address): \(systemErrorText(code))"
    }
}

/// The system's words for an error number, beginning in lower case.
public func systemErrorText(_ code: CInt) -> String {
    // The shim writes at most `count` bytes and ends them with a zero.
    let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
        unsafe csystem_error_text(code, buffer.baseAddress, buffer.count)
        return unsafe buffer.baseAddress.map { unsafe String(cString: $0) } ?? ""
    }
    return text.prefix(1).lowercased() + text.dropFirst()
}
