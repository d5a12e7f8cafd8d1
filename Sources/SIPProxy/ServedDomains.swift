public import SIPFlow
public import SIPSyntax

/// Which hosts, ports and Record-Route values are this element (RFC 3261 §16.4, §16.5).
public struct ServedDomains: Sendable {
    /// The listeners, in the order of `ListenerID`.
    public let listeners: [Listener]
    /// What they write into messages, in the same order.
    let marks: [ListenerMarks]
    private let domains: [[UInt8]]
    private let aliases: [[UInt8]]
    private let home: [UInt8]
    private let keyedHash: KeyedHash
    private let ignoresUserCase: Bool
    /// True when telephone numbers are looked up as users of the home domain.
    let takesTelephoneNumbers: Bool

    /// Takes the configured domains, in lower case; the first one is home to aliases and own addresses.
    public init(
        listeners: [Listener],
        domains: [String],
        aliases: [String] = [],
        ignoresUserCase: Bool = false,
        takesTelephoneNumbers: Bool = true,
        keyedHash: KeyedHash
    ) {
        self.listeners = listeners
        marks = listeners.map(ListenerMarks.init)
        self.domains = domains.map { Array($0.utf8) }
        self.aliases = (aliases + ["localhost"]).map { Array($0.utf8) }
        self.keyedHash = keyedHash
        self.ignoresUserCase = ignoresUserCase
        self.takesTelephoneNumbers = takesTelephoneNumbers
        if let first = domains.first {
            home = Array(first.utf8)
        } else {
            var text: [UInt8] = []
            listeners.first?.advertised.appendHost(to: &text)
            home = text
        }
    }

    /// True when a URI's host and port are ours: a served domain, or the address of a listener.
    public func serves(_ bytes: Span<UInt8>, _ uri: URI) -> Bool {
        serves(bytes, host: uri.host, port: uri.port)
    }

    /// True when a host and port are ours.
    public func serves(_ bytes: Span<UInt8>, host: Slice, port: UInt16?) -> Bool {
        if let ip = IPAddress(bytes.extracting(host.range)), isOwn(ip, port: port) { return true }
        guard port == nil || hasListener(port: port ?? 0) else { return false }
        return contains(domains, bytes, host) || contains(aliases, bytes, host)
    }

    /// True when an address of record is ours: by its host alone, since phones leave our port out there.
    public func servesAddressOfRecord(_ bytes: Span<UInt8>, _ uri: URI) -> Bool {
        if let ip = IPAddress(bytes.extracting(uri.host.range)) {
            for listener in listeners where listener.address.ip == ip || listener.advertised.ip == ip {
                return true
            }
        }
        return contains(domains, bytes, uri.host) || contains(aliases, bytes, uri.host)
    }

    /// True when an address is one of ours.
    public func isOwn(_ address: SocketAddress) -> Bool { isOwn(address.ip, port: address.port) }

    /// True when a Via value's sent-by is what we write.
    public func wrote(_ bytes: Span<UInt8>, _ via: Via) -> Bool {
        guard let ip = IPAddress(bytes.extracting(via.host.range)) else { return false }
        for listener in listeners
        where listener.advertised.ip == ip
            && listener.advertised.port == via.port ?? listener.transport.defaultPort
        {
            return true
        }
        return false
    }

    /// Appends the location table's key of a served URI; own addresses count as the home domain.
    public func appendKey(_ bytes: Span<UInt8>, _ uri: URI, to key: inout [UInt8]) {
        guard uri.scheme != .tel else { return appendNumberKey(bytes, uri, to: &key) }
        let start = key.count
        uri.appendAddressOfRecord(bytes, to: &key)
        if uri.isSIP, !contains(domains, bytes, uri.host) {
            key.removeLast(uri.host.count)
            key.append(contentsOf: home)
        }
        guard ignoresUserCase, uri.isSIP else { return }
        for offset in start..<key.count { key[offset] = lowercase(key[offset]) }
    }

    /// Appends the key of the user whom a telephone number names.
    ///
    /// - Shape: a number of the home domain, or of the domain that is its context; a global number as context goes
    ///   before it.
    /// - Source: RFC 3966 §5.1.5. Deviation: a local number without a context is taken, as one of the home domain.
    private func appendNumberKey(_ bytes: Span<UInt8>, _ uri: URI, to key: inout [UInt8]) {
        let context = uri.phoneContext(bytes)
        let isPrefix = context.map { !$0.isEmpty && bytes[$0.start] == UInt8(ascii: "+") } ?? false
        if let context, isPrefix { key.append(copying: bytes.extracting(context.range)) }
        uri.appendTelephoneNumber(bytes, to: &key)
        key.append(UInt8(ascii: "@"))
        if let context, !isPrefix, !contains(aliases, bytes, context) {
            for index in context.range { key.append(lowercase(bytes[index])) }
        } else {
            key.append(contentsOf: home)
        }
    }

    /// The listener that reaches an address: the preferred one, or the first whose family fits.
    public func listener(for ip: IPAddress, preferring preferred: ListenerID) -> ListenerID? {
        if fits(listeners[preferred.index], ip) { return preferred }
        return listeners.firstIndex { fits($0, ip) }.map(ListenerID.init)
    }

    /// Proof that a Record-Route value for a Call-ID was written by us.
    public func routeToken(_ bytes: Span<UInt8>, callID: Slice) -> UInt64 {
        keyedHash.hash(bytes.extracting(callID.range), salt: 0x7274)
    }

    /// True when a Route value carries the proof for a Call-ID.
    public func isTrusted(_ bytes: Span<UInt8>, route: URI, callID: Slice) -> Bool {
        guard let value = bytes.parameter("sg", in: route.parameters)?.value else { return false }
        return bytes.hexadecimal(value) == routeToken(bytes, callID: callID)
    }

    private func fits(_ listener: Listener, _ ip: IPAddress) -> Bool {
        listener.address.ip.isV6 == ip.isV6
    }

    private func contains(_ names: [[UInt8]], _ bytes: Span<UInt8>, _ host: Slice) -> Bool {
        for name in names where bytes.equals(host, ignoringCase: name.span, Slice(0, name.count)) {
            return true
        }
        return false
    }

    private func hasListener(port: UInt16) -> Bool {
        for listener in listeners where listener.address.port == port || listener.advertised.port == port {
            return true
        }
        return false
    }

    private func isOwn(_ ip: IPAddress, port: UInt16?) -> Bool {
        for listener in listeners {
            let wanted = port ?? listener.transport.defaultPort
            if listener.address.ip == ip && listener.address.port == wanted { return true }
            if listener.advertised.ip == ip && listener.advertised.port == wanted { return true }
            if listener.address.ip.isUnspecified && ip.isLoopback && listener.address.port == wanted {
                return true
            }
        }
        return false
    }
}
