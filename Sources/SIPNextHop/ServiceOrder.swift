/// Puts the servers of a service into the order in which they are tried: by priority, then by weight.
///
/// - Shape: the same records and the same generator give the same order, however the name server mixed them.
/// - Source: RFC 2782, "Weight". Where nobody has weight 0 the draw leaves 0 out, so that small weights are exact;
///   where all have it, each is as likely.
func tryingOrder(
    _ records: [ServiceRecord],
    using generator: inout some RandomNumberGenerator
) -> [ServiceRecord] {
    // Those without weight stand first among their equals, so that they have a small chance.
    var left = records.sorted { key($0) < key($1) }
    var ordered: [ServiceRecord] = []
    while let first = left.first {
        let rivals = left.prefix { $0.priority == first.priority }
        let sum = rivals.reduce(0) { $0 + Int($1.weight) }
        guard sum > 0 else {
            ordered.append(left.remove(at: Int.random(in: 0..<rivals.count, using: &generator)))
            continue
        }
        let drawn = Int.random(in: (first.weight == 0 ? 0 : 1)...sum, using: &generator)
        var running = 0
        let place = rivals.firstIndex { record in
            running += Int(record.weight)
            return running >= drawn
        }
        ordered.append(left.remove(at: place ?? 0))
    }
    return ordered
}

private func key(_ record: ServiceRecord) -> (UInt16, UInt16, String, UInt16) {
    (record.priority, record.weight, record.target, record.port)
}

/// A generator whose numbers follow from its seed (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
