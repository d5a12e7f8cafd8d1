/// A run of bytes inside a message.
///
/// - Units: byte offsets from the message's start, the end not included. Limits: 65,535 and below.
public struct Slice: Sendable, Hashable {
    private var first: Int32
    private var past: Int32

    /// The run from `start` up to, not including, `end`.
    public init(_ start: Int, _ end: Int) {
        first = Int32(truncatingIfNeeded: start)
        past = Int32(truncatingIfNeeded: end)
    }

    /// Where it begins.
    public var start: Int { Int(first) }
    /// Where it ends; this byte is no longer in it.
    public var end: Int { Int(past) }
    /// How many bytes it has.
    public var count: Int { Int(past - first) }
    /// True when it has no bytes.
    public var isEmpty: Bool { past <= first }
    /// The same as a range.
    public var range: Range<Int> { start..<max(start, end) }
}

extension Span<UInt8> {
    /// The bytes of a slice as text; what is not UTF-8 becomes U+FFFD.
    public func text(_ slice: Slice) -> String {
        // The pointer lives only for the closure, and the string copies from it at once.
        unsafe withUnsafeBufferPointer { unsafe String(decoding: $0[slice.range], as: UTF8.self) }
    }

    /// True when a slice equals a literal, upper and lower case alike.
    public func equals(_ slice: Slice, ignoringCase text: StaticString) -> Bool {
        guard slice.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<slice.count {
            // A static string's bytes live as long as the process, and the index is below its count.
            let other = unsafe text.utf8Start[index]
            if lowercase(self[slice.start + index]) != lowercase(other) { return false }
        }
        return true
    }

    /// True when a slice equals a literal, byte for byte.
    public func equals(_ slice: Slice, _ text: StaticString) -> Bool {
        guard slice.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<slice.count where unsafe self[slice.start + index] != text.utf8Start[index] {
            return false
        }
        return true
    }

    /// True when two slices, of this and of other bytes, are the same byte for byte.
    public func equals(_ slice: Slice, _ other: Span<UInt8>, _ otherSlice: Slice) -> Bool {
        guard slice.count == otherSlice.count else { return false }
        for index in 0..<slice.count where self[slice.start + index] != other[otherSlice.start + index] {
            return false
        }
        return true
    }

    /// True when two slices, of this and of other bytes, are the same but for upper and lower case.
    public func equals(_ slice: Slice, ignoringCase other: Span<UInt8>, _ otherSlice: Slice) -> Bool {
        guard slice.count == otherSlice.count else { return false }
        for index in 0..<slice.count
        where lowercase(self[slice.start + index]) != lowercase(other[otherSlice.start + index]) {
            return false
        }
        return true
    }

    /// A slice without spaces, tabs and line ends at both ends.
    @inline(__always)
    public func trimmed(_ slice: Slice) -> Slice {
        var start = slice.start
        var end = slice.end
        while start < end && isWhite(self[start]) { start += 1 }
        while end > start && isWhite(self[end - 1]) { end -= 1 }
        return Slice(start, end)
    }

    /// The first offset of a byte in a slice.
    ///
    /// - Cost: eight bytes a step.
    @inline(__always)
    public func first(_ byte: UInt8, in slice: Slice) -> Int? {
        let end = slice.end
        let pattern = UInt64(byte) &* eachByte
        var offset = slice.start
        while offset + 8 <= end {
            let difference = word(at: offset) ^ pattern
            // A byte that is zero in the difference gets its high bit here; the lowest one is exact.
            let zeros = (difference &- eachByte) & ~difference & eachHighBit
            if zeros != 0 { return offset + zeros.trailingZeroBitCount >> 3 }
            offset += 8
        }
        while offset < end {
            if self[offset] == byte { return offset }
            offset += 1
        }
        return nil
    }

    /// The number that a slice of decimal digits stands for.
    ///
    /// - Errors: nil when empty, when anything but digits is in it, or above 4,294,967,295.
    public func number(_ slice: Slice) -> UInt32? {
        guard !slice.isEmpty else { return nil }
        var value: UInt64 = 0
        for index in slice.range {
            let digit = self[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value * 10 + UInt64(digit)
            guard value <= UInt64(UInt32.max) else { return nil }
        }
        return UInt32(value)
    }
}

/// A letter in lower case; any other byte unchanged.
@inlinable
public func lowercase(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
}

/// True for a space, a tab or a byte of a line end.
@inlinable
public func isWhite(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a
}

/// True for the bytes of a token (RFC 3261 §25.1).
public func isTokenByte(_ byte: UInt8) -> Bool {
    byte < 64
        ? lowTokenBytes >> UInt64(byte) & 1 != 0 : byte < 128 && highTokenBytes >> UInt64(byte & 63) & 1 != 0
}

// One bit a byte: `!%'*+-.` and the digits below 64; letters and `_`, `` ` ``, `~` above.
private let lowTokenBytes: UInt64 = 0x03ff_6ca2_0000_0000
private let highTokenBytes: UInt64 = 0x47ff_ffff_87ff_fffe

/// 1 in each of eight bytes.
let eachByte: UInt64 = 0x0101_0101_0101_0101
/// The highest bit of each of eight bytes.
let eachHighBit: UInt64 = 0x8080_8080_8080_8080

extension Span<UInt8> {
    /// The eight bytes at an offset, the first one in the lowest bits; all of them are inside the span.
    func word(at offset: Int) -> UInt64 {
        // Any eight bytes are a valid number, and the load checks its bounds.
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
