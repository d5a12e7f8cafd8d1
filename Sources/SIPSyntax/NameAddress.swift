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
    /// - Errors: an open quote or bracket, an empty URI, or anything but parameters after the address.
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
        while offset < whole.end && bytes[offset] != UInt8(ascii: "<") && bytes[offset] != UInt8(ascii: ";")
            && bytes[offset] != UInt8(ascii: "\"")
        {
            offset += 1
        }
        if offset < whole.end, bytes[offset] == UInt8(ascii: "<") {
            displayName = bytes.trimmed(Slice(whole.start, offset))
            guard let close = bytes.first(UInt8(ascii: ">"), in: Slice(offset, whole.end)) else {
                throw SyntaxError(.malformedURI, at: offset)
            }
            uri = bytes.trimmed(Slice(offset + 1, close))
            isBracketed = true
            parameters = bytes.trimmed(Slice(close + 1, whole.end))
        } else {
            guard nameEnd == whole.start else { throw SyntaxError(.malformedURI, at: nameEnd) }
            displayName = Slice(whole.start, whole.start)
            let semicolon = bytes.first(UInt8(ascii: ";"), in: whole) ?? whole.end
            uri = bytes.trimmed(Slice(whole.start, semicolon))
            isBracketed = false
            parameters = Slice(semicolon, whole.end)
        }
        guard !uri.isEmpty, bytes.first(UInt8(ascii: ":"), in: uri) != nil else {
            throw SyntaxError(.malformedURI, at: whole.start)
        }
        if !parameters.isEmpty, bytes[parameters.start] != UInt8(ascii: ";") {
            throw SyntaxError(.malformedURI, at: parameters.start)
        }
        try checkQuotes(bytes)
    }

    private func checkQuotes(_ bytes: Span<UInt8>) throws(SyntaxError) {
        var isQuoted = false
        var offset = parameters.start
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
