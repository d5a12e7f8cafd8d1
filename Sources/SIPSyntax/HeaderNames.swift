/// Finds a header field's number by its name, compact or long, in any case.
///
/// - Shape: a name is three words of eight bytes, in lower case; longer names are not in the table.
/// - Cost: one small hash and one comparison a name; no allocation.
final class HeaderNames: Sendable {
    /// The one table, made at first use.
    static let shared = HeaderNames()

    private static let slotCount = 256
    private let slots: [HeaderID]
    private let keys: [HeaderName]
    private let compact: [HeaderID]

    private init() {
        var slots = [HeaderID](repeating: .other, count: Self.slotCount)
        var keys: [HeaderName] = []
        var compact = [HeaderID](repeating: .other, count: 256)
        for id in HeaderID.allCases {
            let letters = Array(id.name.utf8)
            let key = HeaderName(letters.span, Slice(0, letters.count))
            keys.append(key)
            if let letter = id.compactName {
                compact[Int(letter)] = id
                compact[Int(letter & ~0x20)] = id
            }
            guard id != .other else { continue }
            var slot = key.slot
            while slots[slot] != .other { slot = (slot + 1) & (Self.slotCount - 1) }
            slots[slot] = id
        }
        (self.slots, self.keys, self.compact) = (slots, keys, compact)
    }

    /// The number of a name; `other` for one that is not listed.
    func id(_ bytes: Span<UInt8>, _ name: Slice) -> HeaderID {
        if name.count == 1 { return compact[Int(bytes[name.start])] }
        guard name.count <= HeaderName.longest else { return .other }
        let key = HeaderName(bytes, name)
        var slot = key.slot
        while true {
            let id = slots[slot]
            if id == .other || keys[Int(id.rawValue)] == key { return id }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
    }
}

/// A name of at most 24 bytes in lower case, with zeros behind it.
private struct HeaderName: Sendable, Equatable {
    static let longest = 24

    private var first: UInt64
    private var second: UInt64
    private var third: UInt64

    init(_ bytes: Span<UInt8>, _ name: Slice) {
        let start = name.start
        let count = name.count
        guard start + Self.longest <= bytes.count else {
            var words = InlineArray<3, UInt64>(repeating: 0)
            for index in 0..<count {
                words[index >> 3] |= UInt64(lowercase(bytes[start + index])) << UInt64(index & 7 * 8)
            }
            (first, second, third) = (words[0], words[1], words[2])
            return
        }
        first = Self.lowercaseWord(bytes.word(at: start)) & Self.mask(count)
        second = count > 8 ? Self.lowercaseWord(bytes.word(at: start + 8)) & Self.mask(count - 8) : 0
        third = count > 16 ? Self.lowercaseWord(bytes.word(at: start + 16)) & Self.mask(count - 16) : 0
    }

    /// Where the search for this name begins.
    var slot: Int {
        let mixed = (first ^ second &* 31 ^ third &* 17) &* 0x9e37_79b9_7f4a_7c15
        return Int(mixed >> 56)
    }

    /// Ones over the lowest bytes, as many as are wanted.
    private static func mask(_ count: Int) -> UInt64 {
        count >= 8 ? ~0 : ~(~0 << UInt64(count * 8))
    }

    /// Eight bytes with their capital letters made small.
    private static func lowercaseWord(_ word: UInt64) -> UInt64 {
        let low = word & ~eachHighBit
        let fromA = low &+ eachByte &* UInt64(0x80 - UInt8(ascii: "A"))
        let aboveZ = low &+ eachByte &* UInt64(0x7f - UInt8(ascii: "Z"))
        let capitals = (fromA ^ aboveZ) & ~word & eachHighBit
        return word | capitals >> 2
    }
}
