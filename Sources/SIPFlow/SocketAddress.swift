/// An IP address and a port.
public struct SocketAddress: Sendable, Hashable {
    /// The address.
    public var ip: IPAddress
    /// The port, in host order.
    public var port: UInt16

    /// Pairs an address with a port.
    public init(ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `10.0.0.1:5060` or `[2001:db8::1]:5060`.
    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends `10.0.0.1:5060` or `[2001:db8::1]:5060`.
    public func append(to bytes: inout [UInt8]) {
        appendHost(to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        appendDecimal(UInt64(port), to: &bytes)
    }

    /// Appends the address alone, IPv6 in brackets.
    public func appendHost(to bytes: inout [UInt8]) {
        if ip.isV6 { bytes.append(UInt8(ascii: "[")) }
        ip.append(to: &bytes)
        if ip.isV6 { bytes.append(UInt8(ascii: "]")) }
    }

    /// Reads `10.0.0.1:5060` or `[2001:db8::1]:5060`; the port may be left out.
    ///
    /// - Errors: nil for a host name, a port above 65,535 or anything else.
    public init?(_ text: String, defaultPort: UInt16) {
        var host = Substring(text)
        var port = defaultPort
        let bracket = host.lastIndex(of: "]")
        if let colon = host.lastIndex(of: ":"),
            bracket.map({ $0 < colon }) ?? (host.firstIndex(of: ":") == colon)
        {
            let digits = host[host.index(after: colon)...]
            guard digits.first != "+", let value = UInt16(digits) else { return nil }
            port = value
            host = host[..<colon]
        }
        guard let ip = IPAddress(host) else { return nil }
        self.init(ip: ip, port: port)
    }
}
