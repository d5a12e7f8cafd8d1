/// SipHash-2-4: a keyed hash of one 64-bit word that cannot be told from chance without the key.
///
/// - Source: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF".
struct SipHash {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    /// The hash of a message of whole words.
    static func hash(_ words: [UInt64], first: UInt64, second: UInt64) -> UInt64 {
        var state = SipHash(first, second)
        for word in words { state.take(word) }
        // The last word holds the message's length in bytes in its highest byte.
        state.take(UInt64(words.count * 8) << 56)
        state.c ^= 0xff
        for _ in 0..<4 { state.round() }
        return state.a ^ state.b ^ state.c ^ state.d
    }

    private init(_ first: UInt64, _ second: UInt64) {
        a = first ^ 0x736f_6d65_7073_6575
        b = second ^ 0x646f_7261_6e64_6f6d
        c = first ^ 0x6c79_6765_6e65_7261
        d = second ^ 0x7465_6462_7974_6573
    }

    private mutating func take(_ word: UInt64) {
        d ^= word
        round()
        round()
        a ^= word
    }

    private mutating func round() {
        a &+= b
        b = rotated(b, 13) ^ a
        a = rotated(a, 32)
        c &+= d
        d = rotated(d, 16) ^ c
        a &+= d
        d = rotated(d, 21) ^ a
        c &+= b
        b = rotated(b, 17) ^ c
        c = rotated(c, 32)
    }

    private func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { word << count | word >> (64 - count) }
}
