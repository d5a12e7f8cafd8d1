extension IPAddress {
    /// Reads an address as text: a dotted quad, or IPv6 with or without brackets.
    ///
    /// - Errors: nil when the bytes are anything else, a host name included.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count > 0 else { return nil }
        if bytes[0] == UInt8(ascii: "[") {
            guard bytes.count > 2, bytes[bytes.count - 1] == UInt8(ascii: "]") else { return nil }
            self.init(v6: bytes.extracting(1..<bytes.count - 1))
        } else if let bits = dottedQuad(bytes) {
            self = .v4(bits)
        } else {
            self.init(v6: bytes)
        }
    }

    /// Reads an address as text.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        self.init(bytes.span)
    }

    /// Reads IPv6 without brackets.
    ///
    /// Three colons in a row are taken as two (RFC 5118 §4.10).
    private init?(v6 bytes: Span<UInt8>) {
        guard bytes.count >= 2, bytes.count <= 46 else { return nil }
        var groups = InlineArray<8, UInt16>(repeating: 0)
        var count = 0
        var gap: Int?
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: ":") {
                var end = index
                while end < bytes.count && bytes[end] == UInt8(ascii: ":") { end += 1 }
                let colons = end - index
                if colons >= 2 {
                    guard gap == nil, colons <= 3 else { return nil }
                    gap = count
                } else if index == 0 || end == bytes.count {
                    return nil
                }
                index = end
                continue
            }
            guard count < 8 else { return nil }
            var end = index
            while end < bytes.count && bytes[end] != UInt8(ascii: ":") { end += 1 }
            if count <= 6, let bits = dottedQuad(bytes.extracting(index..<bytes.count)) {
                groups[count] = UInt16(truncatingIfNeeded: bits >> 16)
                groups[count + 1] = UInt16(truncatingIfNeeded: bits)
                count += 2
                index = bytes.count
                continue
            }
            guard let value = hexadecimal(bytes.extracting(index..<end)) else { return nil }
            groups[count] = value
            count += 1
            index = end
        }
        guard gap == nil ? count == 8 : count <= 7 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        let shift = 8 - count
        for position in 0..<count {
            let target = position >= (gap ?? 8) ? position + shift : position
            let value = UInt64(groups[position])
            if target < 4 {
                high |= value << UInt64(48 - 16 * target)
            } else {
                low |= value << UInt64(48 - 16 * (target - 4))
            }
        }
        self = .v6(high: high, low: low)
    }
}

/// The value of one to four hexadecimal digits.
private func hexadecimal(_ bytes: Span<UInt8>) -> UInt16? {
    guard (1...4).contains(bytes.count) else { return nil }
    var value: UInt16 = 0
    for index in bytes.indices {
        switch bytes[index] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            value = value << 4 | UInt16(bytes[index] - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"):
            value = value << 4 | UInt16(bytes[index] - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"):
            value = value << 4 | UInt16(bytes[index] - UInt8(ascii: "A") + 10)
        default: return nil
        }
    }
    return value
}

/// The value of `n.n.n.n` with each n from 0 to 255.
private func dottedQuad(_ bytes: Span<UInt8>) -> UInt32? {
    guard (7...15).contains(bytes.count) else { return nil }
    var bits: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for index in bytes.indices {
        let byte = bytes[index]
        if byte == UInt8(ascii: ".") {
            guard digits > 0, dots < 3 else { return nil }
            bits = bits << 8 | octet
            octet = 0
            digits = 0
            dots += 1
        } else {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), digits < 3 else { return nil }
            octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
            guard octet <= 255 else { return nil }
            digits += 1
        }
    }
    return dots == 3 && digits > 0 ? bits << 8 | octet : nil
}
