/// Deadlines by slot number, on a hashed wheel.
///
/// - Units: one tick is a millisecond; deadlines are rounded up to it, so nothing fires early.
/// - Limits: any deadline; those more than 65 s ahead are passed over once a turn of the wheel.
/// - Cost: arming, re-arming and cancelling are O(1) and allocate nothing once the slot was used.
public struct TimerWheel: ~Copyable {
    private static let bucketCount = 65_536
    private static let none = UInt32.max
    private static let unarmed = Int64.min

    private struct Node {
        var tick = TimerWheel.unarmed
        var next = TimerWheel.none
        var previous = TimerWheel.none
    }

    private var heads = [UInt32](repeating: none, count: bucketCount)
    private var occupied = [UInt64](repeating: 0, count: bucketCount / 64)
    private var summary = [UInt64](repeating: 0, count: bucketCount / 4_096)
    private var nodes: [Node] = []
    private var current: Int64
    /// How many slots are armed.
    public private(set) var count = 0

    /// Makes a wheel that starts at a moment.
    public init(now: Moment) {
        current = Self.floorTick(now)
    }

    /// The moment to call `popDue` again at the latest; nil when nothing is armed.
    ///
    /// It may be early for a deadline more than 65 s ahead, never late.
    public var nextDeadline: Moment? {
        guard count > 0, let tick = nextOccupied(after: current) else { return nil }
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
            guard count > 0, let tick = nextOccupied(after: current), tick <= nowTick else {
                current = nowTick
                return nil
            }
            var slot = heads[Self.bucket(tick)]
            while slot != Self.none {
                if nodes[Int(slot)].tick <= tick {
                    unlink(slot)
                    return slot
                }
                slot = nodes[Int(slot)].next
            }
            current = tick
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

    private static func bucket(_ tick: Int64) -> Int {
        Int(truncatingIfNeeded: tick) & (bucketCount - 1)
    }

    private mutating func link(_ slot: UInt32, _ tick: Int64) {
        let bucket = Self.bucket(tick)
        let head = heads[bucket]
        nodes[Int(slot)] = Node(tick: tick, next: head, previous: Self.none)
        if head != Self.none { nodes[Int(head)].previous = slot }
        heads[bucket] = slot
        occupied[bucket >> 6] |= 1 << UInt64(bucket & 63)
        summary[bucket >> 12] |= 1 << UInt64(bucket >> 6 & 63)
        count += 1
    }

    private mutating func unlink(_ slot: UInt32) {
        let node = nodes[Int(slot)]
        let bucket = Self.bucket(node.tick)
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

    /// The first tick after another whose bucket holds something, within one turn of the wheel.
    private func nextOccupied(after tick: Int64) -> Int64? {
        let start = Self.bucket(tick + 1)
        if let bucket = firstOccupied(from: start) { return tick + 1 + Int64(bucket - start) }
        guard let bucket = firstOccupied(from: 0) else { return nil }
        return tick + 1 + Int64(bucket + Self.bucketCount - start)
    }

    private func firstOccupied(from start: Int) -> Int? {
        let word = start >> 6
        let rest = occupied[word] & (~0 << UInt64(start & 63))
        if rest != 0 { return word << 6 + rest.trailingZeroBitCount }
        var group = (word + 1) >> 6
        guard group < summary.count else { return nil }
        var groups = summary[group] & (~0 << UInt64((word + 1) & 63))
        while groups == 0 {
            group += 1
            guard group < summary.count else { return nil }
            groups = summary[group]
        }
        let next = group << 6 + groups.trailingZeroBitCount
        return next << 6 + occupied[next].trailingZeroBitCount
    }
}
