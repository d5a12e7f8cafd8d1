import Glibc
import SIPFlow

/// What a socket's buffers should hold; the system may grant less.
private let bufferSize: CInt = 4 << 20

/// Makes a datagram socket for a listener, not yet bound.
func openSocket(_ listener: Listener) throws(TransportError) -> CInt {
    let isV6 = listener.address.ip.isV6
    let type = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(isV6 ? AF_INET6 : AF_INET, type, 0)
    guard descriptor >= 0 else {
        throw TransportError(
            operation: .open,
            code: errno,
            transport: listener.transport,
            address: listener.address
        )
    }
    // 33 and 32 are SO_RCVBUFFORCE and SO_SNDBUFFORCE: past the system's limit, for those who may.
    if !set(descriptor, SOL_SOCKET, 33, bufferSize) { set(descriptor, SOL_SOCKET, SO_RCVBUF, bufferSize) }
    if !set(descriptor, SOL_SOCKET, 32, bufferSize) { set(descriptor, SOL_SOCKET, SO_SNDBUF, bufferSize) }
    if isV6 {
        set(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, 1)
        set(descriptor, CInt(IPPROTO_IPV6), IPV6_RECVERR, 1)
    } else {
        set(descriptor, CInt(IPPROTO_IP), IP_RECVERR, 1)
    }
    return descriptor
}

/// Binds a socket and gives back the listener with its real port.
///
/// An advertised address with port 0 gets the real port too.
func bindSocket(_ descriptor: CInt, _ listener: Listener) throws(TransportError) -> Listener {
    var room = sockaddr_in6()
    // The room is a whole sockaddr_in6, alive and in place for the closure; the system stays within `length`.
    let (code, address) = unsafe withUnsafeMutableBytes(of: &room) { bytes -> (CInt, SocketAddress?) in
        guard let base = bytes.baseAddress else { return (EINVAL, nil) }
        var length = unsafe SystemAddress.write(listener.address, into: base)
        let name = unsafe base.assumingMemoryBound(to: sockaddr.self)
        guard unsafe bind(descriptor, name, length) == 0 else { return (errno, nil) }
        length = socklen_t(SystemAddress.size)
        guard unsafe getsockname(descriptor, name, &length) == 0 else { return (errno, nil) }
        return unsafe (0, SystemAddress.read(base))
    }
    guard let address else {
        throw TransportError(
            operation: .bind,
            code: code,
            transport: listener.transport,
            address: listener.address
        )
    }
    var bound = listener
    bound.address = address
    if bound.advertised.port == 0 { bound.advertised.port = address.port }
    return bound
}

@discardableResult
private func set(_ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt) -> Bool {
    var value = value
    // The system reads one CInt, which lives until the call returns.
    return unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size)) == 0
}
