import SIPFlow
import SIPSyntax

/// Makes nonces, knows its own again, and keeps the counts of those in use (RFC 7616 §3.3, §5.4).
///
/// - Shape: a nonce is a stamp, seconds and a serial number, and its keyed hash, in 48 hexadecimal digits. So a nonce
///   costs no memory until somebody who knows a password has used it.
/// - Limits: 65,536 counts. A place that is taken over by a newer nonce makes the older one stale, never replayable.
struct NonceBook {
    /// What a nonce is worth that came with a right digest.
    enum Worth: Sendable, Hashable {
        /// Good, and noted as used with this count.
        case fresh
        /// Ours and too old, or its count is no longer kept.
        case stale(age: Interval)
        /// Not ours: of an earlier start, or of somebody else.
        case foreign
        /// Its count was used before.
        case replayed
    }

    private struct Use {
        var stamp: UInt64 = 0
        var count: UInt32 = 0
    }

    /// How many counts are kept.
    static let capacity = 65_536
    private static let digits = 48

    private let life: Interval
    private let secret: [UInt8]
    private let start: Moment
    private var serial: UInt32 = 0
    private var uses: [Use]

    /// Begins with a secret that nobody else knows.
    init(life: Interval, secret: [UInt8], start: Moment) {
        self.life = life
        self.secret = secret
        self.start = start
        uses = [Use](repeating: Use(), count: Self.capacity)
    }

    /// Appends a new nonce.
    mutating func append(now: Moment, _ hashes: HashFunctions, to output: inout [UInt8]) {
        serial &+= 1
        let seconds = UInt64(UInt32(truncatingIfNeeded: (now - start).wholeSeconds))
        let stamp = seconds << 32 | UInt64(serial)
        SIPSyntax.appendHexadecimal(stamp, to: &output)
        appendSeal(of: stamp, hashes, to: &output)
    }

    /// Uses a nonce, as written, with a count; only for a request whose digest is right.
    mutating func use(
        _ bytes: Span<UInt8>,
        _ nonce: Slice,
        count: UInt32,
        now: Moment,
        _ hashes: HashFunctions
    ) -> Worth {
        let value = bytes.unquoted(nonce)
        guard let stamp = stamp(bytes, value, hashes) else { return .foreign }
        let age = now - (start + .seconds(Int(stamp >> 32)))
        guard age <= life else { return .stale(age: age) }
        let place = Int(stamp) & (Self.capacity - 1)
        if uses[place].stamp > stamp { return .stale(age: age) }
        if uses[place].stamp == stamp && uses[place].count >= count { return .replayed }
        uses[place] = Use(stamp: stamp, count: count)
        return .fresh
    }

    /// The stamp of a nonce that we made; nil for any other.
    private func stamp(_ bytes: Span<UInt8>, _ value: Slice, _ hashes: HashFunctions) -> UInt64? {
        guard value.count == Self.digits,
            let stamp = bytes.hexadecimal(Slice(value.start, value.start + 16))
        else { return nil }
        var seal: [UInt8] = []
        appendSeal(of: stamp, hashes, to: &seal)
        return isSame(bytes, Slice(value.start + 16, value.end), seal.span) ? stamp : nil
    }

    /// Appends half of SHA-256 over the secret and the stamp: 32 digits.
    private func appendSeal(of stamp: UInt64, _ hashes: HashFunctions, to output: inout [UInt8]) {
        var text = secret
        SIPSyntax.appendHexadecimal(stamp, to: &text)
        let hash = hashes.sha256(text.span)
        SIPRegistrar.appendHexadecimal(hash.span.extracting(0..<min(16, hash.count)), to: &output)
    }
}

/// Compares digits without case, in a time that does not tell where they differ.
func isSame(_ bytes: Span<UInt8>, _ slice: Slice, _ expected: Span<UInt8>) -> Bool {
    guard slice.count == expected.count, slice.count > 0 else { return false }
    var difference: UInt8 = 0
    for index in 0..<expected.count {
        difference |= lowercase(bytes[slice.start + index]) ^ expected[index]
    }
    return difference == 0
}
