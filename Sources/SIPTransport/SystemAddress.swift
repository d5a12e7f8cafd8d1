import Glibc
import SIPFlow

/// Room for a `sockaddr_in` or a `sockaddr_in6`, and the way in and out of it.
enum SystemAddress {
    /// The room that either form fits into.
    static let size = MemoryLayout<sockaddr_in6>.size

    /// Writes an address in the system's form and gives back its length.
    ///
    /// - Limits: `room` holds `size` bytes.
    static func write(_ address: SocketAddress, into room: UnsafeMutableRawPointer) -> socklen_t {
        switch address.ip {
        case .v4(let bits):
            var form = sockaddr_in()
            form.sin_family = sa_family_t(AF_INET)
            form.sin_port = address.port.bigEndian
            form.sin_addr.s_addr = bits.bigEndian
            // A sockaddr_in is shorter than the room.
            unsafe room.storeBytes(of: form, as: sockaddr_in.self)
            return socklen_t(MemoryLayout<sockaddr_in>.size)
        case .v6(let high, let low):
            var form = sockaddr_in6()
            form.sin6_family = sa_family_t(AF_INET6)
            form.sin6_port = address.port.bigEndian
            // The room holds one sockaddr_in6, whose sixteen address bytes begin at offset 8.
            unsafe room.storeBytes(of: form, as: sockaddr_in6.self)
            unsafe room.storeBytes(of: high.bigEndian, toByteOffset: 8, as: UInt64.self)
            unsafe room.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt64.self)
            return socklen_t(MemoryLayout<sockaddr_in6>.size)
        }
    }

    /// Reads an address that the system wrote; nil for a family that is neither IPv4 nor IPv6.
    ///
    /// - Limits: `room` holds `size` initialised bytes.
    static func read(_ room: UnsafeRawPointer) -> SocketAddress? {
        // Family, port and address lie within the room at these offsets in both forms.
        let family = unsafe room.loadUnaligned(fromByteOffset: 0, as: sa_family_t.self)
        let port = unsafe UInt16(bigEndian: room.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        switch CInt(family) {
        case AF_INET:
            let bits = unsafe UInt32(bigEndian: room.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            return SocketAddress(ip: .v4(bits), port: port)
        case AF_INET6:
            let high = unsafe UInt64(bigEndian: room.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            let low = unsafe UInt64(bigEndian: room.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
            return SocketAddress(ip: .v6(high: high, low: low), port: port)
        default:
            return nil
        }
    }
}
