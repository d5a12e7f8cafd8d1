/// A seeded hash over bytes, so that nobody outside can choose what collides.
///
/// - Cost: one multiplication for eight bytes. Not for secrets; a match is always verified by the bytes.
public struct KeyedHash: Sendable, Hashable {
    private let first: UInt64
    private let second: UInt64

    /// Makes a hash from a random seed.
    public init(seed: UInt64) {
        first = Self.mix(seed ^ 0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9)
        second = Self.mix(seed ^ 0x94d0_49bb_1331_11eb, 0xd6e8_feb8_6659_fd93) | 1
    }

    /// The hash of some bytes; `salt` keeps different uses apart.
    public func hash(_ bytes: Span<UInt8>, salt: UInt64 = 0) -> UInt64 {
        var state = first ^ salt
        var index = 0
        while index + 8 <= bytes.count {
            // Any eight bytes are a number, and the load checks its bounds.
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            state = Self.mix(state ^ word, second)
            index += 8
        }
        var word: UInt64 = 0
        while index < bytes.count {
            word = word << 8 | UInt64(bytes[index])
            index += 1
        }
        state = Self.mix(state ^ word ^ UInt64(bytes.count) << 56, second)
        return Self.mix(state, second ^ first)
    }

    /// Folds another number into a hash.
    public func combine(_ hash: UInt64, _ number: UInt64) -> UInt64 {
        Self.mix(hash ^ first, number ^ second)
    }

    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
