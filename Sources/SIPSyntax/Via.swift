public import SIPFlow

/// One Via value (RFC 3261 §20.42).
///
/// - Shape: slices of the message; white space is allowed around every separator.
public struct Via: Sendable, Hashable {
    /// The whole value.
    public var whole: Slice
    /// The transport as written.
    public var transport: Slice
    /// The transport, when it is one of ours.
    public var kind: TransportKind?
    /// The sent-by host, IPv6 in brackets.
    public var host: Slice
    /// The sent-by port, nil when not written.
    public var port: UInt16?
    /// All parameters, from the first semicolon on.
    public var parameters: Slice
    /// The branch.
    public var branch: Slice?
    /// The received parameter's value.
    public var received: Slice?
    /// The rport parameter: nil when not there, its value empty when it has none (RFC 3581).
    public var rport: Slice?

    /// Reads the first value of a Via field; its version may be any, so that a 505 finds its way.
    public init(_ bytes: Span<UInt8>, _ field: Slice) throws(SyntaxError) {
        let end = valueEnd(bytes, from: field.start, to: field.end)
        whole = bytes.trimmed(Slice(field.start, end))
        let parametersStart = bytes.first(UInt8(ascii: ";"), in: whole) ?? whole.end
        parameters = Slice(parametersStart, whole.end)
        let head = Slice(whole.start, parametersStart)
        guard let slash = bytes.first(UInt8(ascii: "/"), in: head),
            let second = bytes.first(UInt8(ascii: "/"), in: Slice(slash + 1, head.end)),
            bytes.equals(bytes.trimmed(Slice(head.start, slash)), ignoringCase: "SIP"),
            !bytes.trimmed(Slice(slash + 1, second)).isEmpty
        else { throw SyntaxError(.malformedValue(.via), at: whole.start) }
        var offset = second + 1
        while offset < head.end && isWhite(bytes[offset]) { offset += 1 }
        let transportStart = offset
        while offset < head.end && isTokenByte(bytes[offset]) { offset += 1 }
        transport = Slice(transportStart, offset)
        kind = transportKind(bytes, transport)
        let sentBy = bytes.trimmed(Slice(offset, head.end))
        guard !transport.isEmpty, !sentBy.isEmpty, offset < sentBy.start else {
            throw SyntaxError(.malformedValue(.via), at: whole.start)
        }
        let place = try HostPort(bytes, sentBy)
        host = place.host
        port = place.port
        try readParameters(bytes)
    }

    private mutating func readParameters(_ bytes: Span<UInt8>) throws(SyntaxError) {
        var cursor = ParameterCursor(parameters)
        while let parameter = cursor.next(bytes) {
            if bytes.equals(parameter.name, ignoringCase: "branch") {
                branch = parameter.value
            } else if bytes.equals(parameter.name, ignoringCase: "rport") {
                rport = parameter.value ?? Slice(parameter.whole.end, parameter.whole.end)
            } else if bytes.equals(parameter.name, ignoringCase: "received") {
                received = parameter.value
            } else if parameter.name.isEmpty {
                throw SyntaxError(.malformedValue(.via), at: parameter.whole.start)
            }
        }
    }

    /// True when the branch begins with the cookie of RFC 3261 §8.1.1.7 and has something after it.
    public func hasMagicCookie(_ bytes: Span<UInt8>) -> Bool {
        guard let branch, branch.count > 7 else { return false }
        return bytes.equals(Slice(branch.start, branch.start + 7), ignoringCase: "z9hG4bK")
    }
}

/// The transport that a word names, in any case.
public func transportKind(_ bytes: Span<UInt8>, _ word: Slice) -> TransportKind? {
    if bytes.equals(word, ignoringCase: "UDP") { return .udp }
    if bytes.equals(word, ignoringCase: "TCP") { return .tcp }
    if bytes.equals(word, ignoringCase: "TLS") { return .tls }
    if bytes.equals(word, ignoringCase: "WS") { return .ws }
    if bytes.equals(word, ignoringCase: "WSS") { return .wss }
    return nil
}

/// `host` or `host:port`.
public struct HostPort: Sendable, Hashable {
    /// The host, IPv6 in brackets.
    public var host: Slice
    /// The port, nil when not written.
    public var port: UInt16?

    /// Reads a host and port, white space allowed round the colon.
    public init(_ bytes: Span<UInt8>, _ slice: Slice) throws(SyntaxError) {
        var offset = slice.start
        if offset < slice.end, bytes[offset] == UInt8(ascii: "[") {
            guard let close = bytes.first(UInt8(ascii: "]"), in: slice),
                IPAddress(bytes.extracting(offset..<close + 1)) != nil
            else { throw SyntaxError(.malformedURI, at: offset) }
            offset = close + 1
        } else {
            while offset < slice.end && isHostByte(bytes[offset]) { offset += 1 }
        }
        host = Slice(slice.start, offset)
        guard !host.isEmpty else { throw SyntaxError(.malformedURI, at: slice.start) }
        while offset < slice.end && isWhite(bytes[offset]) { offset += 1 }
        guard offset < slice.end else { return }
        guard bytes[offset] == UInt8(ascii: ":"),
            let number = bytes.number(bytes.trimmed(Slice(offset + 1, slice.end))),
            (1...65_535).contains(number)
        else { throw SyntaxError(.malformedURI, at: offset) }
        port = UInt16(number)
    }
}

/// True for letters, digits, dots, hyphens and the underscore that some networks use in host names.
private func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
        true
    default:
        false
    }
}
