import SIPFlow

/// The number of a source in the gate: an IPv4 address, or the upper half of an IPv6 address.
struct SourceKey: Hashable {
    /// Never 0, which marks a free place in the table.
    let number: UInt64

    /// The source that an address belongs to.
    init(_ address: IPAddress) {
        switch address {
        // No IPv6 network begins like this: RFC 4291 leaves 0000::/8 to special addresses.
        case .v4(let bits): number = 0x0000_ffff_0000_0000 | UInt64(bits)
        // The special addresses 0::/64 share a place that no network has either.
        case .v6(let high, let low):
            if high == 0 && low >> 32 == 0xffff {
                number = 0x0000_ffff_0000_0000 | low & 0xffff_ffff
            } else {
                number = high == 0 ? 1 : high
            }
        }
    }

    /// The address, or the first one of the network.
    var address: IPAddress {
        number >> 32 == 0xffff
            ? .v4(UInt32(truncatingIfNeeded: number)) : .v6(high: number == 1 ? 0 : number, low: 0)
    }
}

/// What is known of the sources heard lately, in memory of a fixed size.
///
/// - Shape: each source has eight neighbouring places to be in; a new one takes that of the quietest. Whoever fills
///   the table with invented addresses makes it forget debts, never bans, and harms nobody honest.
/// - Cost: one probe, no allocation.
struct SourceTable {
    /// One source.
    struct Entry {
        var key: UInt64 = 0
        /// When the bucket will be full again: later than now by what the source owes.
        var settledAt = Moment.zero
        /// Nothing is let in before; in the past for a source that is not banned.
        var bannedUntil = Moment.zero
        /// True when the rate does not bind it, or one host of its network.
        var hasTrusted = false
    }

    private static let ways = 8
    private var entries: [Entry]
    private let mask: Int
    private let keyedHash: KeyedHash

    init(capacity: Int, keyedHash: KeyedHash) {
        precondition(capacity.nonzeroBitCount == 1 && capacity >= Self.ways, "the mask needs a power of two")
        entries = [Entry](repeating: Entry(), count: capacity)
        mask = capacity - 1
        self.keyedHash = keyedHash
    }

    /// The place of a source, or the one that it may take: that entry has another key.
    func place(of key: SourceKey) -> Int {
        let home = Int(truncatingIfNeeded: keyedHash.combine(key.number, 0x7363)) & mask
        var quietest = home
        for step in 0..<Self.ways {
            let place = (home + step) & mask
            if entries[place].key == key.number { return place }
            if entries[place].key == 0 { return place }
            if max(entries[place].settledAt, entries[place].bannedUntil)
                < max(entries[quietest].settledAt, entries[quietest].bannedUntil)
            {
                quietest = place
            }
        }
        return quietest
    }

    subscript(place: Int) -> Entry {
        get { entries[place] }
        _modify { yield &entries[place] }
    }
}
