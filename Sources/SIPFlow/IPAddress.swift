/// An IPv4 or IPv6 address, as numbers in host order.
public enum IPAddress: Sendable, Hashable {
    /// Four octets, the first one in the highest bits.
    case v4(UInt32)
    /// Sixteen octets, the first eight in `high`.
    case v6(high: UInt64, low: UInt64)

    /// True for 127.0.0.0/8 and ::1.
    public var isLoopback: Bool {
        switch self {
        case .v4(let bits): bits >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }

    /// True for 0.0.0.0 and ::.
    public var isUnspecified: Bool {
        switch self {
        case .v4(let bits): bits == 0
        case .v6(let high, let low): high == 0 && low == 0
        }
    }

    /// True for an IPv6 address.
    public var isV6: Bool {
        switch self {
        case .v4: false
        case .v6: true
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted quad, or RFC 5952 text without brackets.
    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the text form, IPv6 without brackets.
    public func append(to bytes: inout [UInt8]) {
        switch self {
        case .v4(let bits):
            appendDecimal(UInt64(bits >> 24), to: &bytes)
            bytes.append(UInt8(ascii: "."))
            appendDecimal(UInt64(bits >> 16 & 0xff), to: &bytes)
            bytes.append(UInt8(ascii: "."))
            appendDecimal(UInt64(bits >> 8 & 0xff), to: &bytes)
            bytes.append(UInt8(ascii: "."))
            appendDecimal(UInt64(bits & 0xff), to: &bytes)
        case .v6(let high, let low):
            appendV6(high: high, low: low, to: &bytes)
        }
    }
}

/// Appends a number in decimal digits.
public func appendDecimal(_ number: UInt64, to bytes: inout [UInt8]) {
    // As many as the largest number has.
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var first = digits.count
    var rest = number
    repeat {
        first -= 1
        digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
    } while rest > 0
    bytes.append(copying: digits.span.extracting(first...))
}

/// Appends a number in lower-case hexadecimal, without leading zeros.
func appendShortHexadecimal(_ number: UInt64, to bytes: inout [UInt8]) {
    if number >= 16 { appendShortHexadecimal(number >> 4, to: &bytes) }
    let digit = UInt8(truncatingIfNeeded: number & 15)
    bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
}

/// The eight groups of an IPv6 address, longest run of zeros shortened (RFC 5952 §4).
private func appendV6(high: UInt64, low: UInt64, to bytes: inout [UInt8]) {
    func group(_ index: Int) -> UInt64 {
        (index < 4 ? high >> UInt64(48 - 16 * index) : low >> UInt64(48 - 16 * (index - 4))) & 0xffff
    }
    if high == 0 && low >> 32 == 0xffff {
        bytes.append(contentsOf: "::ffff:".utf8)
        IPAddress.v4(UInt32(truncatingIfNeeded: low)).append(to: &bytes)
        return
    }
    var longest = 0..<0
    var start = 0
    while start < 8 {
        var end = start
        while end < 8 && group(end) == 0 { end += 1 }
        if end - start > max(1, longest.count) { longest = start..<end }
        start = max(end, start + 1)
    }
    var index = 0
    while index < 8 {
        if index == longest.lowerBound && !longest.isEmpty {
            bytes.append(contentsOf: "::".utf8)
            index = longest.upperBound
            continue
        }
        if index > 0 && index != longest.upperBound || index > 0 && longest.isEmpty {
            bytes.append(UInt8(ascii: ":"))
        }
        appendShortHexadecimal(group(index), to: &bytes)
        index += 1
    }
}
