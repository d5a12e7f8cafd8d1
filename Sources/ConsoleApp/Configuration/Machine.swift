import Glibc
import SIPFlow

/// What a configuration has to know of the machine.
struct Machine: Sendable, Hashable {
    /// The addresses of its interfaces that are up.
    var addresses: [IPAddress]
    /// Its name; empty when it has none.
    var name: String

    /// True when the IPv6 loopback address exists.
    var hasLoopbackV6: Bool { addresses.contains(.v6(high: 0, low: 1)) }

    /// The address that stands for a listener bound to all addresses: the first that is not loopback.
    func representative(of unspecified: IPAddress) -> IPAddress {
        let family = addresses.filter { $0.isV6 == unspecified.isV6 }
        let loopback = unspecified.isV6 ? IPAddress.v6(high: 0, low: 1) : .v4(0x7f00_0001)
        return family.first { !$0.isLoopback && !isLinkLocal($0) } ?? loopback
    }

    private func isLinkLocal(_ address: IPAddress) -> Bool {
        switch address {
        case .v4(let bits): bits >> 16 == 0xa9fe
        case .v6(let high, _): high >> 54 == 0x3fa
        }
    }
}

extension Machine {
    /// This machine, now.
    static var current: Machine { Machine(addresses: interfaceAddresses(), name: hostName()) }

    private static func hostName() -> String {
        // The call writes at most 255 bytes into the buffer, whose last byte stays zero.
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            unsafe buffer.initialize(repeating: 0)
            guard let base = buffer.baseAddress, unsafe gethostname(base, 255) == 0 else { return "" }
            return unsafe String(cString: base).lowercased()
        }
    }

    private static func interfaceAddresses() -> [IPAddress] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&first) == 0 else { return [] }
        // The list belongs to us until it is given back; each entry's address is valid as long as the list.
        defer { unsafe freeifaddrs(first) }
        var addresses: [IPAddress] = []
        var next = unsafe first
        while let entry = unsafe next?.pointee {
            unsafe next = entry.ifa_next
            guard let address = unsafe entry.ifa_addr, unsafe entry.ifa_flags & UInt32(IFF_UP) != 0 else {
                continue
            }
            // The family says how long the address is, and bytes 4 or 8 on hold it in network order.
            let bytes = UnsafeRawPointer(address)
            switch CInt(unsafe address.pointee.sa_family) {
            case AF_INET:
                addresses.append(
                    .v4(UInt32(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
                )
            case AF_INET6:
                let high = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                let low = unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
                addresses.append(.v6(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low)))
            default: continue
            }
        }
        return addresses
    }
}
