/// A set of byte values.
struct ByteSet: Sendable, Hashable {
    private var bits = InlineBits()

    /// Four words of 64 bits.
    private struct InlineBits: Sendable, Hashable {
        var a: UInt64 = 0
        var b: UInt64 = 0
        var c: UInt64 = 0
        var d: UInt64 = 0
    }

    /// The empty set.
    init() {}

    /// The set of the values in a range.
    init(_ range: ClosedRange<UInt8>) {
        for byte in range { insert(byte) }
    }

    /// The set of one letter in both cases, or of one other byte.
    init(ignoringCase byte: UInt8) {
        insert(ignoringCase: byte)
    }

    /// Adds a value.
    mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: bits.a |= bit
        case 1: bits.b |= bit
        case 2: bits.c |= bit
        default: bits.d |= bit
        }
    }

    /// Adds a letter in both cases, or another byte.
    mutating func insert(ignoringCase byte: UInt8) {
        insert(byte)
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): insert(byte - 32)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): insert(byte + 32)
        default: break
        }
    }

    /// True when the value is in the set.
    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: bits.a
            case 1: bits.b
            case 2: bits.c
            default: bits.d
            }
        return word >> UInt64(byte & 63) & 1 == 1
    }

    /// The values that are not in the set.
    var inverted: ByteSet {
        var result = self
        result.bits = InlineBits(a: ~bits.a, b: ~bits.b, c: ~bits.c, d: ~bits.d)
        return result
    }

    /// The values in either set.
    func union(_ other: ByteSet) -> ByteSet {
        var result = self
        result.bits = InlineBits(
            a: bits.a | other.bits.a,
            b: bits.b | other.bits.b,
            c: bits.c | other.bits.c,
            d: bits.d | other.bits.d
        )
        return result
    }
}
