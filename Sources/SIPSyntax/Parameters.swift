/// One `name` or `name=value` of a parameter list.
public struct Parameter: Sendable, Hashable {
    /// The name as written.
    public var name: Slice
    /// The value as written, quotes included; nil when there is no `=`.
    public var value: Slice?
    /// From its name to the end of its value.
    public var whole: Slice
}

/// Walks a list of parameters separated by semicolons; quoted values may hold any byte.
public struct ParameterCursor: Sendable {
    private var offset: Int
    private let end: Int

    /// Starts at the head of a list; a semicolon before the first one is skipped.
    public init(_ list: Slice) {
        offset = list.start
        end = list.end
    }

    /// The next parameter; nil at the end.
    public mutating func next(_ bytes: Span<UInt8>) -> Parameter? {
        while offset < end && (bytes[offset] == UInt8(ascii: ";") || isWhite(bytes[offset])) { offset += 1 }
        guard offset < end else { return nil }
        let start = offset
        offset = bytes.first(UInt8(ascii: ";"), in: Slice(start, end)) ?? end
        if bytes.first(UInt8(ascii: "\""), in: Slice(start, offset)) != nil {
            offset = quotedEnd(bytes, from: start)
        }
        let whole = bytes.trimmed(Slice(start, offset))
        // An equals sign in quotes has one before it, or the name is none anyway.
        guard let equals = bytes.first(UInt8(ascii: "="), in: Slice(start, offset)) else {
            return Parameter(name: whole, value: nil, whole: whole)
        }
        return Parameter(
            name: bytes.trimmed(Slice(start, equals)),
            value: bytes.trimmed(Slice(equals + 1, offset)),
            whole: whole
        )
    }

    /// Where a parameter with quotes ends.
    private func quotedEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var offset = start
        var isQuoted = false
        while offset < end {
            switch bytes[offset] {
            case UInt8(ascii: "\\") where isQuoted: offset += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ";") where !isQuoted: return offset
            case _: break
            }
            offset += 1
        }
        return end
    }
}

extension Span<UInt8> {
    /// The first parameter with a name, upper and lower case alike.
    public func parameter(_ name: StaticString, in list: Slice) -> Parameter? {
        var cursor = ParameterCursor(list)
        while let parameter = cursor.next(self) {
            if equals(parameter.name, ignoringCase: name) { return parameter }
        }
        return nil
    }

    /// A quoted value without its quotes, escapes left in; any other value unchanged.
    public func unquoted(_ value: Slice) -> Slice {
        guard value.count >= 2, self[value.start] == UInt8(ascii: "\""),
            self[value.end - 1] == UInt8(ascii: "\"")
        else { return value }
        return Slice(value.start + 1, value.end - 1)
    }
}

/// Walks the comma-separated values of one header field.
///
/// Commas in quotes and angle brackets split nothing.
public struct ValueCursor: Sendable {
    private var offset: Int
    private let end: Int

    /// Starts at the first value of a field.
    public init(_ value: Slice) {
        offset = value.start
        end = value.end
    }

    /// The next value without white space at its ends; nil at the end.
    ///
    /// Empty values are skipped.
    public mutating func next(_ bytes: Span<UInt8>) -> Slice? {
        while offset < end {
            let stop = valueEnd(bytes, from: offset, to: end)
            let value = bytes.trimmed(Slice(offset, stop))
            offset = stop + 1
            if !value.isEmpty { return value }
        }
        return nil
    }
}

/// Where the value at an offset ends: at a comma outside quotes and brackets, or at the end.
func valueEnd(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
    guard bytes.first(UInt8(ascii: ","), in: Slice(start, end)) != nil else { return end }
    var offset = start
    var isQuoted = false
    var isBracketed = false
    while offset < end {
        switch bytes[offset] {
        case UInt8(ascii: "\\") where isQuoted: offset += 1
        case UInt8(ascii: "\"") where !isBracketed: isQuoted.toggle()
        case UInt8(ascii: "<") where !isQuoted: isBracketed = true
        case UInt8(ascii: ">") where !isQuoted: isBracketed = false
        case UInt8(ascii: ",") where !isQuoted && !isBracketed: return offset
        default: break
        }
        offset += 1
    }
    return end
}
