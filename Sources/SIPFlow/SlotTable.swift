/// Slot numbers by hash: open addressing with linear probing, in 256 shards that grow one by one.
///
/// - Shape: several slots may share a hash; the caller tells them apart by their bytes. The top byte of a hash
///   names its shard, the low bits its home there: hashes have to be spread over all 64 bits.
/// - Cost: O(1). A shard doubles at three quarters full, so that the insertion that makes a table of a million
///   entries grow moves 4,000 of them, not all.
public struct SlotTable: ~Copyable {
    private var shards: [Shard]
    /// How many entries it holds.
    public private(set) var count = 0

    /// Makes an empty table with room for so many entries.
    public init(capacity: Int = 4_096) {
        let size = max(16, (capacity / 256).nextPowerOfTwo)
        shards = [Shard](repeating: Shard(size: size), count: 256)
    }

    /// Adds an entry.
    public mutating func insert(_ hash: UInt64, _ slot: UInt32) {
        shards[Int(hash >> 56)].insert(hash, slot)
        count += 1
    }

    /// The first slot with a hash that the caller accepts.
    public func find(_ hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
        shards[Int(hash >> 56)].find(hash, where: matches)
    }

    /// Takes an entry out, if it is there.
    public mutating func remove(_ hash: UInt64, _ slot: UInt32) {
        if shards[Int(hash >> 56)].remove(hash, slot) { count -= 1 }
    }
}

/// One of the 256 parts of a `SlotTable`.
private struct Shard {
    struct Cell {
        var hash: UInt64 = 0
        var slot = UInt32.max
    }

    private var cells: [Cell]
    private var mask: Int { cells.count - 1 }
    private var count = 0

    init(size: Int) { cells = [Cell](repeating: Cell(), count: size) }

    mutating func insert(_ hash: UInt64, _ slot: UInt32) {
        if (count + 1) * 4 > cells.count * 3 { grow() }
        place(hash, slot)
        count += 1
    }

    func find(_ hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
        var index = Int(truncatingIfNeeded: hash) & mask
        while cells[index].slot != .max {
            if cells[index].hash == hash, matches(cells[index].slot) { return cells[index].slot }
            index = (index + 1) & mask
        }
        return nil
    }

    mutating func remove(_ hash: UInt64, _ slot: UInt32) -> Bool {
        var index = Int(truncatingIfNeeded: hash) & mask
        while cells[index].slot != slot || cells[index].hash != hash {
            if cells[index].slot == .max { return false }
            index = (index + 1) & mask
        }
        count -= 1
        closeHole(at: index)
        return true
    }

    /// Moves entries back so that no probe ends before its entry.
    private mutating func closeHole(at start: Int) {
        var hole = start
        var index = (start + 1) & mask
        while cells[index].slot != .max {
            let home = Int(truncatingIfNeeded: cells[index].hash) & mask
            if (index &- home) & mask >= (index &- hole) & mask {
                cells[hole] = cells[index]
                hole = index
            }
            index = (index + 1) & mask
        }
        cells[hole] = Cell()
    }

    private mutating func place(_ hash: UInt64, _ slot: UInt32) {
        var index = Int(truncatingIfNeeded: hash) & mask
        while cells[index].slot != .max { index = (index + 1) & mask }
        cells[index] = Cell(hash: hash, slot: slot)
    }

    private mutating func grow() {
        let old = cells
        cells = [Cell](repeating: Cell(), count: old.count * 2)
        for cell in old where cell.slot != .max { place(cell.hash, cell.slot) }
    }
}

extension Int {
    /// The smallest power of two that is not below this number.
    fileprivate var nextPowerOfTwo: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
