/// Deadlines by slot number, on a hashed wheel of two rings.
///
/// - Shape: the fine ring has one bucket a tick for the 65,536 ticks ahead. What is further away waits in the coarse
///   ring, one bucket for 65,536 ticks, and is poured into the fine ring when its turn comes.
/// - Units: one tick is a millisecond; deadlines are rounded up to it, so nothing fires early.
/// - Limits: any deadline; those more than 74 hours ahead are passed over once a turn of the coarse ring.
/// - Cost: arming, re-arming and cancelling are O(1) and allocate nothing once the slot was used.
public struct TimerWheel: ~Copyable {
    private static let fineCount = 65_536
    private static let coarseCount = 4_096
    private static let none = UInt32.max
    private static let unarmed = Int64.min

    private struct Node {
        var tick = TimerWheel.unarmed
        var bucket = TimerWheel.none
        var next = TimerWheel.none
        var previous = TimerWheel.none
    }

    // Both rings in one row of buckets: the fine one first. A bit a bucket, and a bit for 64 of those bits.
    private var heads = [UInt32](repeating: none, count: fineCount + coarseCount)
    private var occupied = [UInt64](repeating: 0, count: (fineCount + coarseCount) / 64)
    private var summary = [UInt64](repeating: 0, count: (fineCount + coarseCount) / 4_096)
    private var nodes: [Node] = []
    // The fine ring holds ticks from `current + 1` to `current + fineCount`, so each bucket has one tick.
    private var current: Int64
    /// How many slots are armed.
    public private(set) var count = 0

    /// Makes a wheel that starts at a moment.
    public init(now: Moment) {
        current = Self.floorTick(now)
    }

    /// The moment to call `popDue` again at the latest; nil when nothing is armed.
    ///
    /// Never late. Early only when the coarse ring is to be poured, at most once in 65 s.
    public var nextDeadline: Moment? {
        guard count > 0 else { return nil }
        let tick = min(nextFine ?? .max, nextRound.map { $0 * Int64(Self.fineCount) } ?? .max)
        return Moment(nanoseconds: tick * 1_000_000)
    }

    /// Sets a slot's deadline, in place of an earlier one.
    public mutating func arm(_ slot: UInt32, at deadline: Moment) {
        while nodes.count <= Int(slot) { nodes.append(Node()) }
        let tick = max(Self.ceilingTick(deadline), current + 1)
        if nodes[Int(slot)].tick == tick { return }
        cancel(slot)
        link(slot, tick)
    }

    /// Takes a slot's deadline away, if it has one.
    public mutating func cancel(_ slot: UInt32) {
        guard Int(slot) < nodes.count, nodes[Int(slot)].tick != Self.unarmed else { return }
        unlink(slot)
    }

    /// The deadline of a slot, rounded up to the tick; nil when it has none.
    public func deadline(of slot: UInt32) -> Moment? {
        guard Int(slot) < nodes.count, nodes[Int(slot)].tick != Self.unarmed else { return nil }
        return Moment(nanoseconds: nodes[Int(slot)].tick * 1_000_000)
    }

    /// Takes off one slot whose deadline has come, the earliest tick first; nil when there is none.
    public mutating func popDue(now: Moment) -> UInt32? {
        let nowTick = Self.floorTick(now)
        while current < nowTick {
            let fine = nextFine ?? .max
            if let round = nextRound, case let eve = round * Int64(Self.fineCount) - 1,
                eve < min(fine, nowTick + 1)
            {
                current = eve
                pour(round)
                continue
            }
            guard fine <= nowTick else {
                current = nowTick
                return nil
            }
            let slot = heads[Self.fineBucket(fine)]
            unlink(slot)
            return slot
        }
        return nil
    }

    private static func floorTick(_ moment: Moment) -> Int64 {
        let quotient = moment.nanoseconds / 1_000_000
        return moment.nanoseconds % 1_000_000 < 0 ? quotient - 1 : quotient
    }

    private static func ceilingTick(_ moment: Moment) -> Int64 {
        let floor = floorTick(moment)
        return floor * 1_000_000 == moment.nanoseconds ? floor : floor + 1
    }

    private static func fineBucket(_ tick: Int64) -> Int {
        Int(truncatingIfNeeded: tick) & (fineCount - 1)
    }

    private static func coarseBucket(_ round: Int64) -> Int {
        fineCount + Int(truncatingIfNeeded: round) & (coarseCount - 1)
    }

    /// The round of the first tick in the fine ring; the coarse ring holds later rounds only.
    private var round: Int64 { (current + 1) >> 16 }

    private mutating func link(_ slot: UInt32, _ tick: Int64) {
        let isNear = tick - current <= Int64(Self.fineCount)
        let bucket = isNear ? Self.fineBucket(tick) : Self.coarseBucket(tick >> 16)
        let head = heads[bucket]
        nodes[Int(slot)] = Node(tick: tick, bucket: UInt32(bucket), next: head, previous: Self.none)
        if head != Self.none { nodes[Int(head)].previous = slot }
        heads[bucket] = slot
        occupied[bucket >> 6] |= 1 << UInt64(bucket & 63)
        summary[bucket >> 12] |= 1 << UInt64(bucket >> 6 & 63)
        count += 1
    }

    private mutating func unlink(_ slot: UInt32) {
        let node = nodes[Int(slot)]
        let bucket = Int(node.bucket)
        if node.previous == Self.none {
            heads[bucket] = node.next
        } else {
            nodes[Int(node.previous)].next = node.next
        }
        if node.next != Self.none { nodes[Int(node.next)].previous = node.previous }
        nodes[Int(slot)].tick = Self.unarmed
        if heads[bucket] == Self.none {
            occupied[bucket >> 6] &= ~(1 << UInt64(bucket & 63))
            if occupied[bucket >> 6] == 0 { summary[bucket >> 12] &= ~(1 << UInt64(bucket >> 6 & 63)) }
        }
        count -= 1
    }

    /// Moves what is due in a round from the coarse ring to the fine one.
    private mutating func pour(_ round: Int64) {
        var slot = heads[Self.coarseBucket(round)]
        while slot != Self.none {
            let node = nodes[Int(slot)]
            if node.tick >> 16 == round {
                unlink(slot)
                link(slot, node.tick)
            }
            slot = node.next
        }
    }

    /// The earliest tick in the fine ring.
    private var nextFine: Int64? {
        let start = Self.fineBucket(current + 1)
        if let bucket = firstOccupied(start..<Self.fineCount) { return current + 1 + Int64(bucket - start) }
        guard let bucket = firstOccupied(0..<start) else { return nil }
        return current + 1 + Int64(bucket + Self.fineCount - start)
    }

    /// The next round for which the coarse ring holds something.
    private var nextRound: Int64? {
        let start = Self.coarseBucket(round + 1)
        let end = Self.fineCount + Self.coarseCount
        if let bucket = firstOccupied(start..<end) { return round + 1 + Int64(bucket - start) }
        guard let bucket = firstOccupied(Self.fineCount..<start) else { return nil }
        return round + 1 + Int64(bucket + Self.coarseCount - start)
    }

    private func firstOccupied(_ buckets: Range<Int>) -> Int? {
        guard !buckets.isEmpty else { return nil }
        var word = buckets.lowerBound >> 6
        var bits = occupied[word] & (~0 << UInt64(buckets.lowerBound & 63))
        if bits == 0 {
            guard let next = firstOccupiedWord(word + 1) else { return nil }
            word = next
            bits = occupied[word]
        }
        let bucket = word << 6 + bits.trailingZeroBitCount
        return bucket < buckets.upperBound ? bucket : nil
    }

    private func firstOccupiedWord(_ start: Int) -> Int? {
        var group = start >> 6
        guard group < summary.count else { return nil }
        var words = summary[group] & (~0 << UInt64(start & 63))
        while words == 0 {
            group += 1
            guard group < summary.count else { return nil }
            words = summary[group]
        }
        return group << 6 + words.trailingZeroBitCount
    }
}
