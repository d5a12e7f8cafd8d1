/// A q value in thousandths; nil unless it is from 0 to 1 with at most three decimals (RFC 3261 §25.1).
public func thousandths(_ bytes: Span<UInt8>, _ text: Slice) -> Int16? {
    guard (1...5).contains(text.count), let whole = bytes.number(Slice(text.start, text.start + 1)) else {
        return nil
    }
    guard text.count == 1 || bytes[text.start + 1] == UInt8(ascii: ".") else { return nil }
    var value = Int16(whole) * 1_000
    var scale: Int16 = 100
    for offset in text.range.dropFirst(2) {
        guard let digit = bytes.number(Slice(offset, offset + 1)) else { return nil }
        value += Int16(digit) * scale
        scale /= 10
    }
    return value <= 1_000 ? value : nil
}
