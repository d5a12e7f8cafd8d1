/// Values at fixed places, with free places used again.
///
/// - Shape: a place is a slot number; the generation counts how often the slot was taken, so that an old
///   reference finds nothing.
/// - Cost: adding and removing are O(1); memory grows by pages, existing values never move.
@safe public struct Slab<Element: ~Copyable>: ~Copyable {
    @usableFromInline static var pageSize: Int { 256 }

    // Each page holds `pageSize` places; which of them hold a value is what `isTaken` says.
    @usableFromInline var pages: [UnsafeMutablePointer<Element>] = unsafe []
    @usableFromInline var isTaken: [Bool] = []
    @usableFromInline var generations: [UInt32] = []
    @usableFromInline var free: [UInt32] = []
    @usableFromInline var used = 0

    /// How many values it holds.
    @inlinable
    public var count: Int { used }

    /// Makes an empty slab.
    @inlinable
    public init() {}

    @inlinable deinit {
        for slot in isTaken.indices where isTaken[slot] {
            // `isTaken` says that the place is initialised.
            unsafe (pages[slot / Self.pageSize] + slot % Self.pageSize).deinitialize(count: 1)
        }
        for index in unsafe pages.indices {
            // Allocated by `add`, freed only here.
            unsafe pages[index].deallocate()
        }
    }

    /// Takes a place for a value.
    @inlinable
    public mutating func add(_ element: consuming Element) -> (slot: UInt32, generation: UInt32) {
        let slot: Int
        if let used = free.popLast() {
            slot = Int(used)
        } else {
            slot = isTaken.count
            if slot % Self.pageSize == 0 {
                unsafe pages.append(UnsafeMutablePointer<Element>.allocate(capacity: Self.pageSize))
            }
            isTaken.append(false)
            generations.append(0)
        }
        // The place is free: either never used or given back by `remove`.
        unsafe (pages[slot / Self.pageSize] + slot % Self.pageSize).initialize(to: element)
        isTaken[slot] = true
        generations[slot] &+= 1
        used += 1
        return (UInt32(slot), generations[slot])
    }

    /// Gives a place back.
    @inlinable
    public mutating func remove(_ slot: UInt32) {
        precondition(isTaken[Int(slot)], "a slot is removed once, by its owner")
        // Checked just above.
        unsafe (pages[Int(slot) / Self.pageSize] + Int(slot) % Self.pageSize).deinitialize(count: 1)
        isTaken[Int(slot)] = false
        free.append(slot)
        used -= 1
    }

    /// True when a slot holds the value that it held at a generation.
    @inlinable
    public func contains(_ slot: UInt32, generation: UInt32) -> Bool {
        Int(slot) < isTaken.count && isTaken[Int(slot)] && generations[Int(slot)] == generation
    }

    /// The generation of a slot's present value.
    @inlinable
    public func generation(_ slot: UInt32) -> UInt32 { generations[Int(slot)] }

    /// One past the highest slot ever used.
    @inlinable
    public var end: UInt32 { UInt32(isTaken.count) }

    /// True when a slot holds a value.
    @inlinable
    public func isUsed(_ slot: UInt32) -> Bool { Int(slot) < isTaken.count && isTaken[Int(slot)] }

    /// The value at a slot, in place.
    @inlinable
    public subscript(_ slot: UInt32) -> Element {
        _read {
            precondition(isTaken[Int(slot)], "the slot holds a value")
            // Checked just above.
            yield unsafe (pages[Int(slot) / Self.pageSize] + Int(slot) % Self.pageSize).pointee
        }
        _modify {
            precondition(isTaken[Int(slot)], "the slot holds a value")
            // Checked just above.
            yield unsafe &(pages[Int(slot) / Self.pageSize] + Int(slot) % Self.pageSize).pointee
        }
    }
}
