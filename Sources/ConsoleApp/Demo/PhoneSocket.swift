import Glibc
import SIPFlow
import SIPTransport

/// The UDP socket of a simulated phone, on IPv4 loopback, connected to the server.
final class PhoneSocket: Sendable {
    /// Its own address.
    let address: SocketAddress
    private let socket: Descriptor

    /// Opens a socket on a free port.
    ///
    /// - Errors: the system's words.
    init(server: SocketAddress) throws(Failure) {
        let type = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = Glibc.socket(AF_INET, type, 0)
        guard number >= 0 else { throw Self.failure() }
        socket = Descriptor(number)
        var remote = Self.systemAddress(server)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The address lives until the call returns.
        let result = unsafe withUnsafePointer(to: &remote) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(number, $0, size)
            }
        }
        guard result == 0, let local = Self.localAddress(number) else { throw Self.failure() }
        address = local
    }

    /// For poll.
    var descriptor: CInt { socket.number }

    /// Sends a datagram to the server.
    func send(_ bytes: [UInt8]) {
        // The bytes live until the call returns. What the network does not take is repeated by the phone.
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(socket.number, $0.baseAddress, $0.count, 0) }
    }

    /// Takes a datagram that waits; nil when there is none.
    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // The call writes at most `count` bytes into the buffer, which lives until it returns.
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(socket.number, $0.baseAddress, $0.count, 0)
        }
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    private static func systemAddress(_ address: SocketAddress) -> sockaddr_in {
        var form = sockaddr_in()
        form.sin_family = sa_family_t(AF_INET)
        form.sin_port = address.port.bigEndian
        if case .v4(let bits) = address.ip { form.sin_addr.s_addr = bits.bigEndian }
        return form
    }

    private static func localAddress(_ number: CInt) -> SocketAddress? {
        var form = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The call writes at most `size` bytes into the address, which lives until it returns.
        let result = unsafe withUnsafeMutablePointer(to: &form) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &size)
            }
        }
        guard result == 0 else { return nil }
        return SocketAddress(
            ip: .v4(UInt32(bigEndian: form.sin_addr.s_addr)),
            port: UInt16(bigEndian: form.sin_port)
        )
    }

    private static func failure() -> Failure {
        Failure(.unavailable, "a demo phone cannot open its socket: \(systemErrorText(errno))")
    }
}
