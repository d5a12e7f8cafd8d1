extension Span<UInt8> {
    /// The number that 16 hexadecimal digits stand for; nil for anything else.
    public func hexadecimal(_ slice: Slice) -> UInt64? {
        guard slice.count == 16, let high = hexadecimalWord(word(at: slice.start)),
            let low = hexadecimalWord(word(at: slice.start + 8))
        else { return nil }
        return high << 32 | low
    }
}

/// Appends a number as 16 hexadecimal digits in lower case.
public func appendHexadecimal(_ number: UInt64, to output: inout [UInt8]) {
    let words = (hexadecimalText(number >> 32).littleEndian, hexadecimalText(number).littleEndian)
    // The pointer lives only for the closure, and the array copies from it at once.
    unsafe withUnsafeBytes(of: words) { unsafe output.append(contentsOf: $0) }
}

/// The value of a hexadecimal digit.
public func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

/// The lower half of each of eight bytes.
private let lowNibbles = eachByte &* 0x0f

/// The number that eight digits stand for, the first one in the lowest byte; nil when one is no digit.
private func hexadecimalWord(_ word: UInt64) -> UInt64? {
    let letters = word >> 6 & eachByte
    let digits = (word & lowNibbles) &+ letters &* 9
    // What was no digit is above 15, or does not come out as it went in, letters in lower case.
    guard digits & ~lowNibbles == 0, asciiText(digits) == word | letters << 5 else { return nil }
    var number = digits.byteSwapped
    number = (number | number >> 4) & 0x00ff_00ff_00ff_00ff
    number = (number | number >> 8) & 0x0000_ffff_0000_ffff
    return (number | number >> 16) & 0xffff_ffff
}

/// The eight digits of a number's low half, the first one in the lowest byte.
private func hexadecimalText(_ number: UInt64) -> UInt64 {
    var digits = number & 0xffff_ffff
    digits = (digits | digits << 16) & 0x0000_ffff_0000_ffff
    digits = (digits | digits << 8) & 0x00ff_00ff_00ff_00ff
    digits = (digits | digits << 4) & lowNibbles
    return asciiText(digits.byteSwapped)
}

/// The ASCII digits for eight bytes of 0 to 15.
private func asciiText(_ digits: UInt64) -> UInt64 {
    let aboveNine = (digits &+ eachByte &* 6) >> 4 & eachByte
    return digits &+ eachByte &* UInt64(UInt8(ascii: "0")) &+ aboveNine &* 0x27
}
