import Glibc
import SIPFlow

/// A datagram socket that shares no code with the transport: addresses go through getaddrinfo.
final class PlainSocket {
    private let descriptor: CInt
    let port: UInt16

    /// Binds to a free port of a numeric host.
    init(host: String) throws {
        let own = socket(host.contains(":") ? AF_INET6 : AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
        descriptor = own
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        // Reads one timeval, which lives until the call returns.
        unsafe setsockopt(
            own,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
        try unsafe resolve(host, 0) { unsafe bind(own, $0, $1) }
        var name = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        // The system writes at most `length` bytes; the port is the second half word of both families.
        port = unsafe withUnsafeMutableBytes(of: &name) { bytes in
            unsafe getsockname(own, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
            return unsafe UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
    }

    deinit { close(descriptor) }

    func send(_ text: String, toPort port: UInt16, host: String) throws {
        let bytes = Array(text.utf8)
        let descriptor = descriptor
        try unsafe resolve(host, port) { address, length in
            // The array lives until the call returns.
            unsafe sendto(descriptor, bytes, bytes.count, 0, address, length) < 0 ? -1 : 0
        }
    }

    /// The next datagram as text; nil when none comes in time.
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 65_535)
        // The system writes at most `count` bytes into the array.
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }

    enum Failure: Error {
        case address
        case call(CInt)
    }
}

/// Lets the system turn a numeric host and a port into its own form of address.
private func resolve(
    _ host: String,
    _ port: UInt16,
    _ use: (UnsafePointer<sockaddr>, socklen_t) -> CInt
) throws {
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    unsafe hints.ai_socktype = CInt(SOCK_DGRAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    // The list is freed below, after its only use.
    guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0 else {
        throw PlainSocket.Failure.address
    }
    defer { unsafe freeaddrinfo(found) }
    guard let entry = unsafe found?.pointee, let address = unsafe entry.ai_addr else {
        throw PlainSocket.Failure.address
    }
    guard unsafe use(address, entry.ai_addrlen) == 0 else { throw PlainSocket.Failure.call(errno) }
}
