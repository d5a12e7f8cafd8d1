/// Slot numbers by hash: open addressing with linear probing, in 64 parts that grow one by one.
///
/// - Shape: several slots may share a hash; the caller tells them apart by their bytes. The top bits of a hash name
///   its part, the low bits its home there. Slots are below `UInt32.max`.
/// - Cost: O(1). A part doubles when it is half full, so that a search for what is not there, as for each new request,
///   sees two or three cells; at three quarters these would be eight. The insertion that makes a large table grow moves
///   a sixty-fourth of it.
@safe public struct SlotTable: ~Copyable {
    private struct Cell {
        var hash: UInt64 = 0
        var slot = UInt32.max
    }

    /// One part: `mask + 1` cells, a power of two of them.
    @safe private struct Part {
        var cells: UnsafeMutablePointer<Cell>
        var mask: Int
        var count = 0

        init(size: Int) {
            unsafe cells = .allocate(capacity: size)
            unsafe cells.initialize(repeating: Cell(), count: size)
            mask = size - 1
        }

        /// A cell; every index is a home or follows one, and so within the mask.
        subscript(index: Int) -> Cell {
            get { unsafe cells[index & mask] }
            nonmutating set { unsafe cells[index & mask] = newValue }
        }

        func home(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & mask }
    }

    private static let parts = 64
    private var parts: [Part]
    /// How many entries it holds.
    public private(set) var count = 0

    /// Makes an empty table with room for so many entries.
    public init(capacity: Int = 4_096) {
        let size = max(16, (capacity / Self.parts).nextPowerOfTwo)
        parts = (0..<Self.parts).map { _ in Part(size: size) }
    }

    deinit {
        for part in parts {
            // Allocated by `Part.init`, freed only here and by `grow`; cells need no deinitialisation.
            unsafe part.cells.deallocate()
        }
    }

    /// Adds an entry.
    public mutating func insert(_ hash: UInt64, _ slot: UInt32) {
        let place = Int(hash >> 58)
        if (parts[place].count + 1) * 2 > parts[place].mask + 1 { grow(place) }
        Self.put(Cell(hash: hash, slot: slot), into: parts[place])
        parts[place].count += 1
        count += 1
    }

    /// The first slot with a hash that the caller accepts.
    public func find(_ hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
        let part = parts[Int(hash >> 58)]
        var index = part.home(of: hash)
        while part[index].slot != .max {
            let cell = part[index]
            if cell.hash == hash, matches(cell.slot) { return cell.slot }
            index += 1
        }
        return nil
    }

    /// Takes an entry out, if it is there.
    public mutating func remove(_ hash: UInt64, _ slot: UInt32) {
        let part = parts[Int(hash >> 58)]
        var index = part.home(of: hash)
        while part[index].slot != slot || part[index].hash != hash {
            if part[index].slot == .max { return }
            index += 1
        }
        parts[Int(hash >> 58)].count -= 1
        count -= 1
        Self.closeHole(at: index, in: part)
    }

    /// Moves entries back so that no probe ends before its entry.
    private static func closeHole(at start: Int, in part: Part) {
        var hole = start
        var index = start + 1
        while part[index].slot != .max {
            let home = part.home(of: part[index].hash)
            if (index &- home) & part.mask >= (index &- hole) & part.mask {
                part[hole] = part[index]
                hole = index
            }
            index += 1
        }
        part[hole] = Cell()
    }

    private static func put(_ cell: Cell, into part: Part) {
        var index = part.home(of: cell.hash)
        while part[index].slot != .max { index += 1 }
        part[index] = cell
    }

    private mutating func grow(_ place: Int) {
        let old = parts[place]
        var new = Part(size: (old.mask + 1) * 2)
        new.count = old.count
        for index in 0...old.mask where old[index].slot != .max { Self.put(old[index], into: new) }
        parts[place] = new
        // Its cells were copied, and nobody else knows it.
        unsafe old.cells.deallocate()
    }
}

extension Int {
    /// The smallest power of two that is not below this number.
    fileprivate var nextPowerOfTwo: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
