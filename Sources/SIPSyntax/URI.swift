/// The scheme of a URI.
public enum URIScheme: Sendable, Hashable {
    /// `sip:`
    case sip
    /// `sips:`
    case sips
    /// `tel:` (RFC 3966)
    case tel
    /// Any other.
    case other
}

/// Where the parts of a URI are (RFC 3261 §19.1).
///
/// - Shape: slices of the bytes it was read from. For schemes other than sip and sips only `rest` has meaning.
public struct URI: Sendable, Hashable {
    /// The whole URI.
    public var whole: Slice
    /// The scheme.
    public var scheme: URIScheme
    /// Everything after the scheme's colon.
    public var rest: Slice
    /// The user part without the password, escapes left in; nil when there is no `@`.
    public var user: Slice?
    /// The password; nil when there is none.
    public var password: Slice?
    /// The host, IPv6 in brackets.
    public var host = Slice(0, 0)
    /// The port, nil when not written.
    public var port: UInt16?
    /// The URI parameters, from the first semicolon on.
    public var parameters = Slice(0, 0)
    /// The URI headers, after the question mark.
    public var headers = Slice(0, 0)

    /// Reads a URI that fills a slice.
    ///
    /// - Errors: no scheme, an empty user or host, a port that is none, a broken escape, a telephone number
    ///   with other signs than RFC 3966 has, or a byte that no URI may hold.
    public init(_ bytes: Span<UInt8>, _ slice: Slice) throws(SyntaxError) {
        whole = slice
        guard let colon = bytes.first(UInt8(ascii: ":"), in: slice), colon > slice.start else {
            throw SyntaxError(.malformedURI, at: slice.start)
        }
        if let fault = firstFault(bytes, slice) { throw SyntaxError(.malformedURI, at: fault) }
        let word = Slice(slice.start, colon)
        for index in word.range where !isSchemeByte(bytes[index]) {
            throw SyntaxError(.malformedURI, at: index)
        }
        rest = Slice(colon + 1, slice.end)
        if bytes.equals(word, ignoringCase: "sip") {
            scheme = .sip
        } else if bytes.equals(word, ignoringCase: "sips") {
            scheme = .sips
        } else {
            scheme = bytes.equals(word, ignoringCase: "tel") ? .tel : .other
            guard !rest.isEmpty else { throw SyntaxError(.malformedURI, at: slice.end) }
            if scheme == .tel { try checkNumber(bytes) }
            return
        }
        try readParts(bytes)
    }

    /// Refuses a telephone number that could not be dialled (RFC 3966 §3).
    private func checkNumber(_ bytes: Span<UInt8>) throws(SyntaxError) {
        let end = bytes.first(UInt8(ascii: ";"), in: rest) ?? rest.end
        guard end > rest.start else { throw SyntaxError(.malformedURI, at: rest.start) }
        for index in rest.start..<end where !isNumberByte(bytes[index]) {
            throw SyntaxError(.malformedURI, at: index)
        }
    }

    private mutating func readParts(_ bytes: Span<UInt8>) throws(SyntaxError) {
        var place = rest
        if let at = bytes.first(UInt8(ascii: "@"), in: rest) {
            let info = Slice(rest.start, at)
            let colon = bytes.first(UInt8(ascii: ":"), in: info)
            let name = Slice(info.start, colon ?? info.end)
            guard !name.isEmpty else { throw SyntaxError(.malformedURI, at: info.start) }
            user = name
            password = colon.map { Slice($0 + 1, info.end) }
            place = Slice(at + 1, rest.end)
        }
        var hostEnd = place.start
        while hostEnd < place.end && bytes[hostEnd] != UInt8(ascii: ";")
            && bytes[hostEnd] != UInt8(ascii: "?")
        {
            hostEnd += 1
        }
        let hostPort = try HostPort(bytes, Slice(place.start, hostEnd))
        host = hostPort.host
        port = hostPort.port
        let question = bytes.first(UInt8(ascii: "?"), in: Slice(hostEnd, place.end))
        parameters = Slice(hostEnd, question ?? place.end)
        headers = question.map { Slice($0 + 1, place.end) } ?? Slice(place.end, place.end)
    }

    /// True for sip and sips.
    public var isSIP: Bool {
        switch scheme {
        case .sip, .sips: true
        case .tel, .other: false
        }
    }

    /// True when a parameter is there twice, which RFC 3261 §19.1.1 forbids.
    public func repeatsParameter(_ bytes: Span<UInt8>) -> Bool {
        var cursor = ParameterCursor(parameters)
        while let parameter = cursor.next(bytes) {
            var others = cursor
            while let other = others.next(bytes) {
                if bytes.equals(parameter.name, ignoringCase: bytes, other.name) { return true }
            }
        }
        return false
    }

    /// True when the parameter `lr` is there, with a value or without.
    public func isLooseRouter(_ bytes: Span<UInt8>) -> Bool {
        bytes.parameter("lr", in: parameters) != nil
    }
}

/// The first broken escape, or byte that no URI may hold.
private func firstFault(_ bytes: Span<UInt8>, _ slice: Slice) -> Int? {
    var index = slice.start
    while index < slice.end {
        if index + 8 <= slice.end, isPlain(bytes.word(at: index)) {
            index += 8
            continue
        }
        let byte = bytes[index]
        let isFault =
            byte == UInt8(ascii: "%")
            ? escapedByte(bytes, index, slice.end) == nil : byte <= 0x20 || byte >= 0x7f
        if isFault { return index }
        index += 1
    }
    return nil
}

/// True when none of eight bytes is a percent sign, a space, a control or not ASCII.
///
/// False may be wrong.
private func isPlain(_ word: UInt64) -> Bool {
    let percent = word ^ eachByte &* UInt64(UInt8(ascii: "%"))
    let low = (word &- eachByte &* 0x21) | (percent &- eachByte)
    let high = word | (word &+ eachByte)
    return (low | high) & eachHighBit == 0
}

private func isSchemeByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
        true
    default:
        false
    }
}

/// True for hexadecimal digits, `*`, `#`, `+` and the visual separators of RFC 3966.
private func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "("), UInt8(ascii: ")"):
        true
    case _:
        hexadecimalDigit(byte) != nil
    }
}
