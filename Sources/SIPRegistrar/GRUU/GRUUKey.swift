/// The secret that temporary GRUUs are made with (RFC 5627 §3.1.2, §5).
///
/// - Shape: encrypts 128 bits by a Feistel network of four rounds over SipHash. Most of what comes out of a
///   made-up text is then wrong in 64 bits that the registrar compares, so no further check value is needed.
public struct GRUUKey: Sendable, Hashable {
    private let first: UInt64
    private let second: UInt64

    /// Makes a key of 128 random bits.
    public init(_ first: UInt64, _ second: UInt64) {
        self.first = first
        self.second = second
    }

    /// Draws a key.
    public init(using generator: inout some RandomNumberGenerator) {
        self.init(generator.next(), generator.next())
    }

    func encrypt(_ left: UInt64, _ right: UInt64) -> (UInt64, UInt64) {
        var halves = (left, right)
        for round in 0..<4 { halves = (halves.1, halves.0 ^ mix(halves.1, UInt64(round))) }
        return halves
    }

    func decrypt(_ left: UInt64, _ right: UInt64) -> (UInt64, UInt64) {
        var halves = (left, right)
        for round in (0..<4).reversed() { halves = (halves.1 ^ mix(halves.0, UInt64(round)), halves.0) }
        return halves
    }

    private func mix(_ half: UInt64, _ round: UInt64) -> UInt64 {
        SipHash.hash([round, half], first: first, second: second)
    }
}
