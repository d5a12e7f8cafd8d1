/// Finds a header field's number by its name, compact or long, in any case.
///
/// - Cost: one small hash and one comparison a name; no allocation.
struct HeaderNames: Sendable {
    /// The one table, made at first use.
    static let shared = HeaderNames()

    private static let slotCount = 256
    private var slots = [UInt8](repeating: 0, count: slotCount)
    private var compact = [UInt8](repeating: 0, count: 128)
    private var starts: [Int] = []
    private var letters: [UInt8] = []

    private init() {
        for id in HeaderID.allCases {
            starts.append(letters.count)
            letters += id.name.utf8.map(lowercase)
            if let letter = id.compactName { compact[Int(letter)] = id.rawValue }
        }
        starts.append(letters.count)
        for id in HeaderID.allCases where id != .other {
            let name = starts[Int(id.rawValue)]..<starts[Int(id.rawValue) + 1]
            var slot = Self.slot(count: name.count, letters[name.lowerBound], letters[name.upperBound - 1])
            while slots[slot] != 0 { slot = (slot + 1) % Self.slotCount }
            slots[slot] = id.rawValue
        }
    }

    private static func slot(count: Int, _ first: UInt8, _ last: UInt8) -> Int {
        (count &* 31 &+ Int(first) &* 7 &+ Int(last) &* 3) & (slotCount - 1)
    }

    /// The number of a name; `other` for one that is not listed.
    func id(_ bytes: Span<UInt8>, _ name: Slice) -> HeaderID {
        guard name.count > 1 else {
            let letter = name.isEmpty ? 0 : Int(lowercase(bytes[name.start]))
            return letter < 128 ? HeaderID(rawValue: compact[letter]) ?? .other : .other
        }
        var slot = Self.slot(
            count: name.count,
            lowercase(bytes[name.start]),
            lowercase(bytes[name.end - 1])
        )
        while slots[slot] != 0 {
            let candidate = Int(slots[slot])
            if matches(bytes, name, from: starts[candidate], to: starts[candidate + 1]) {
                return HeaderID(rawValue: slots[slot]) ?? .other
            }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
        return .other
    }

    private func matches(_ bytes: Span<UInt8>, _ name: Slice, from start: Int, to end: Int) -> Bool {
        guard end - start == name.count else { return false }
        for index in 0..<name.count where lowercase(bytes[name.start + index]) != letters[start + index] {
            return false
        }
        return true
    }
}
