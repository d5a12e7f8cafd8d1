/// Slot numbers by hash: open addressing with linear probing.
///
/// - Shape: several slots may share a hash; the caller tells them apart by their bytes.
/// - Cost: O(1); doubles at three quarters full.
public struct SlotTable: ~Copyable {
    private struct Cell {
        var hash: UInt64 = 0
        var slot = UInt32.max
    }

    private var cells: [Cell]
    private var mask: Int
    /// How many entries it holds.
    public private(set) var count = 0

    /// Makes an empty table.
    public init(capacity: Int = 1_024) {
        let size = max(16, capacity.nextPowerOfTwo)
        cells = [Cell](repeating: Cell(), count: size)
        mask = size - 1
    }

    /// Adds an entry.
    public mutating func insert(_ hash: UInt64, _ slot: UInt32) {
        if (count + 1) * 4 > cells.count * 3 { grow() }
        place(hash, slot)
        count += 1
    }

    /// The first slot with a hash that the caller accepts.
    public func find(_ hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
        var index = Int(truncatingIfNeeded: hash) & mask
        while cells[index].slot != .max {
            if cells[index].hash == hash, matches(cells[index].slot) { return cells[index].slot }
            index = (index + 1) & mask
        }
        return nil
    }

    /// Takes an entry out, if it is there.
    public mutating func remove(_ hash: UInt64, _ slot: UInt32) {
        var index = Int(truncatingIfNeeded: hash) & mask
        while cells[index].slot != slot || cells[index].hash != hash {
            if cells[index].slot == .max { return }
            index = (index + 1) & mask
        }
        count -= 1
        var hole = index
        index = (index + 1) & mask
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
        mask = cells.count - 1
        for cell in old where cell.slot != .max { place(cell.hash, cell.slot) }
    }
}

extension Int {
    /// The smallest power of two that is not below this number.
    fileprivate var nextPowerOfTwo: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
