/// A name-addr or addr-spec with header parameters (RFC 3261 §20.10, §20.20, §20.34, §20.39).
public struct NameAddress: Sendable, Hashable {
    /// The whole value.
    public var whole: Slice
    /// The display name as written, quotes included; empty when there is none.
    public var displayName: Slice
    /// The URI between the brackets, or up to the first semicolon when there are none.
    public var uri: Slice
    /// True when the URI stands in angle brackets.
    public var isBracketed: Bool
    /// The header parameters, from the first semicolon on.
    public var parameters: Slice

    /// Reads one value.
    ///
    /// - Errors: an open quote or bracket, no URI, white space round a URI in brackets, or anything but
    ///   parameters after the address.
    public init(_ bytes: Span<UInt8>, _ slice: Slice) throws(SyntaxError) {
        whole = bytes.trimmed(slice)
        var offset = whole.start
        if offset < whole.end, bytes[offset] == UInt8(ascii: "\"") {
            offset += 1
            while offset < whole.end && bytes[offset] != UInt8(ascii: "\"") {
                offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard offset < whole.end else { throw SyntaxError(.unterminatedQuote, at: whole.start) }
            offset += 1
        }
        let nameEnd = offset
        while offset < whole.end && bytes[offset] != UInt8(ascii: "<") && bytes[offset] != UInt8(ascii: ";") {
            offset += 1
        }
        if offset < whole.end, bytes[offset] == UInt8(ascii: "<") {
            displayName = bytes.trimmed(Slice(whole.start, offset))
            guard let close = bytes.first(UInt8(ascii: ">"), in: Slice(offset, whole.end)) else {
                throw SyntaxError(.malformedURI, at: offset)
            }
            uri = Slice(offset + 1, close)
            isBracketed = true
            parameters = bytes.trimmed(Slice(close + 1, whole.end))
        } else {
            guard nameEnd == whole.start else { throw SyntaxError(.malformedURI, at: nameEnd) }
            displayName = Slice(whole.start, whole.start)
            let semicolon = bytes.first(UInt8(ascii: ";"), in: whole) ?? whole.end
            uri = bytes.trimmed(Slice(whole.start, semicolon))
            isBracketed = false
            parameters = Slice(semicolon, whole.end)
            for index in uri.range where !mayStandBare(bytes[index]) {
                throw SyntaxError(.malformedURI, at: index)
            }
        }
        guard bytes.first(UInt8(ascii: ":"), in: uri) != nil, uri == bytes.trimmed(uri) else {
            throw SyntaxError(.malformedURI, at: whole.start)
        }
        if !parameters.isEmpty, bytes[parameters.start] != UInt8(ascii: ";") {
            throw SyntaxError(.malformedURI, at: parameters.start)
        }
        try checkQuotes(bytes)
    }

    private func checkQuotes(_ bytes: Span<UInt8>) throws(SyntaxError) {
        guard var offset = bytes.first(UInt8(ascii: "\""), in: parameters) else { return }
        var isQuoted = false
        while offset < parameters.end {
            if isQuoted, bytes[offset] == UInt8(ascii: "\\") {
                offset += 1
            } else if bytes[offset] == UInt8(ascii: "\"") {
                isQuoted.toggle()
            }
            offset += 1
        }
        if isQuoted { throw SyntaxError(.unterminatedQuote, at: parameters.start) }
    }
}

/// True for the bytes of a URI that needs no brackets: one with headers does (RFC 3261 §20).
private func mayStandBare(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "\"")
}
