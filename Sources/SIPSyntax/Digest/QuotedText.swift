import SIPFlow

extension Span<UInt8> {
    /// Appends what a value means: without its quotes and with its escapes undone; a bare value as it is.
    public func appendUnquoted(_ value: Slice, to output: inout [UInt8]) {
        let inner = unquoted(value)
        guard inner != value, first(UInt8(ascii: "\\"), in: inner) != nil else {
            output.append(copying: extracting(inner.range))
            return
        }
        var offset = inner.start
        while offset < inner.end {
            if self[offset] == UInt8(ascii: "\\") && offset + 1 < inner.end { offset += 1 }
            output.append(self[offset])
            offset += 1
        }
    }

    /// True when a value means the same as other bytes, once its quotes and escapes are undone.
    public func equalsUnquoted(_ value: Slice, _ other: Span<UInt8>) -> Bool {
        let inner = unquoted(value)
        let hasEscapes = inner != value
        var (offset, place) = (inner.start, 0)
        while offset < inner.end {
            if hasEscapes && self[offset] == UInt8(ascii: "\\") && offset + 1 < inner.end { offset += 1 }
            guard place < other.count, self[offset] == other[place] else { return false }
            offset += 1
            place += 1
        }
        return place == other.count
    }

    /// True for one bare word, or one quoted string whose end is the value's end.
    func isWholeValue(_ value: Slice) -> Bool {
        guard !value.isEmpty else { return false }
        guard self[value.start] == UInt8(ascii: "\"") else {
            return value.range.allSatisfy { !isWhite(self[$0]) && self[$0] != UInt8(ascii: "\"") }
        }
        var offset = value.start + 1
        while offset < value.end && self[offset] != UInt8(ascii: "\"") {
            offset += self[offset] == UInt8(ascii: "\\") ? 2 : 1
        }
        return offset == value.end - 1
    }
}

/// Appends bytes as a quoted string, quotes and backslashes escaped (RFC 3261 §25.1).
///
/// Control characters are left out: they could end the header field.
public func appendQuoted(_ text: Span<UInt8>, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for index in 0..<text.count where text[index] >= 0x20 && text[index] != 0x7f {
        if text[index] == UInt8(ascii: "\"") || text[index] == UInt8(ascii: "\\") {
            output.append(UInt8(ascii: "\\"))
        }
        output.append(text[index])
    }
    output.append(UInt8(ascii: "\""))
}
