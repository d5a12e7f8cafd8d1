extension URI {
    /// True when two URIs are equivalent.
    ///
    /// - Shape: user and password compare with case, all else without; a port written is not a port left out.
    /// - Cost: no allocation; parameters are compared in O(n·m).
    /// - Source: RFC 3261 §19.1.4. For schemes other than sip and sips the bytes must be the same.
    public func isEquivalent(
        _ bytes: Span<UInt8>,
        to other: URI,
        _ otherBytes: Span<UInt8>
    ) -> Bool {
        guard scheme == other.scheme else { return false }
        guard isSIP else { return bytes.equals(whole, otherBytes, other.whole) }
        guard port == other.port,
            bytes.equals(host, ignoringCase: otherBytes, other.host),
            optionalPart(bytes, user, otherBytes, other.user),
            optionalPart(bytes, password, otherBytes, other.password)
        else { return false }
        return parametersMatch(bytes, parameters, otherBytes, other.parameters)
            && parametersMatch(otherBytes, other.parameters, bytes, parameters)
            && headersMatch(bytes, headers, otherBytes, other.headers)
            && headersMatch(otherBytes, other.headers, bytes, headers)
    }

    /// True when the user parts are the same, or both are not there.
    public func hasSameUser(_ bytes: Span<UInt8>, as other: URI, _ otherBytes: Span<UInt8>) -> Bool {
        optionalPart(bytes, user, otherBytes, other.user)
    }

    private func optionalPart(
        _ bytes: Span<UInt8>,
        _ part: Slice?,
        _ otherBytes: Span<UInt8>,
        _ other: Slice?
    ) -> Bool {
        guard let part, let other else { return part == nil && other == nil }
        return escapedEquals(bytes, part, otherBytes, other, ignoringCase: false)
    }

    /// Every parameter of the left list agrees with the right one.
    private func parametersMatch(
        _ bytes: Span<UInt8>,
        _ list: Slice,
        _ otherBytes: Span<UInt8>,
        _ otherList: Slice
    ) -> Bool {
        var cursor = ParameterCursor(list)
        while let parameter = cursor.next(bytes) {
            var others = ParameterCursor(otherList)
            var found = false
            while let other = others.next(otherBytes) {
                guard escapedEquals(bytes, parameter.name, otherBytes, other.name, ignoringCase: true) else {
                    continue
                }
                found = true
                let left = parameter.value ?? Slice(0, 0)
                let right = other.value ?? Slice(0, 0)
                if !escapedEquals(bytes, left, otherBytes, right, ignoringCase: true) { return false }
            }
            if !found && mattersWhenMissing(bytes, parameter.name) { return false }
        }
        return true
    }

    private func mattersWhenMissing(_ bytes: Span<UInt8>, _ name: Slice) -> Bool {
        bytes.equals(name, ignoringCase: "user") || bytes.equals(name, ignoringCase: "ttl")
            || bytes.equals(name, ignoringCase: "method") || bytes.equals(name, ignoringCase: "maddr")
            || bytes.equals(name, ignoringCase: "transport")
    }

    /// Every URI header of the left list is in the right one.
    private func headersMatch(
        _ bytes: Span<UInt8>,
        _ list: Slice,
        _ otherBytes: Span<UInt8>,
        _ otherList: Slice
    ) -> Bool {
        var start = list.start
        while start < list.end {
            let end = bytes.first(UInt8(ascii: "&"), in: Slice(start, list.end)) ?? list.end
            var found = false
            var otherStart = otherList.start
            while otherStart < otherList.end && !found {
                let otherEnd =
                    otherBytes.first(UInt8(ascii: "&"), in: Slice(otherStart, otherList.end)) ?? otherList.end
                found = escapedEquals(
                    bytes,
                    Slice(start, end),
                    otherBytes,
                    Slice(otherStart, otherEnd),
                    ignoringCase: true
                )
                otherStart = otherEnd + 1
            }
            if !found { return false }
            start = end + 1
        }
        return true
    }
}

/// Compares two parts; `%HH` of a character outside the reserved set equals the character itself.
func escapedEquals(
    _ bytes: Span<UInt8>,
    _ left: Slice,
    _ otherBytes: Span<UInt8>,
    _ right: Slice,
    ignoringCase: Bool
) -> Bool {
    var leftOffset = left.start
    var rightOffset = right.start
    while leftOffset < left.end && rightOffset < right.end {
        let a = nextCharacter(bytes, &leftOffset, left.end)
        let b = nextCharacter(otherBytes, &rightOffset, right.end)
        guard a.isEscaped == b.isEscaped else { return false }
        if ignoringCase ? lowercase(a.byte) != lowercase(b.byte) : a.byte != b.byte { return false }
    }
    return leftOffset >= left.end && rightOffset >= right.end
}

/// One character, unescaped unless it is reserved.
private func nextCharacter(
    _ bytes: Span<UInt8>,
    _ offset: inout Int,
    _ end: Int
) -> (byte: UInt8, isEscaped: Bool) {
    let byte = bytes[offset]
    offset += 1
    guard byte == UInt8(ascii: "%"), let value = escapedByte(bytes, offset - 1, end) else {
        return (byte, false)
    }
    offset += 2
    return (value, isReserved(value))
}

/// The byte that `%HH` at an offset stands for; nil when there are no two hexadecimal digits.
public func escapedByte(_ bytes: Span<UInt8>, _ offset: Int, _ end: Int) -> UInt8? {
    guard offset + 2 < end, let high = hexadecimalDigit(bytes[offset + 1]),
        let low = hexadecimalDigit(bytes[offset + 2])
    else { return nil }
    return high << 4 | low
}

/// The reserved set of RFC 3261 §25.1.
private func isReserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ";"), UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: "@"),
        UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "$"), UInt8(ascii: ","):
        true
    default:
        false
    }
}
