/// The place of some bytes in a `ByteStore`.
public struct StoredBytes: Sendable, Hashable {
    /// The page in the high bits, the piece of the page in the low ones.
    fileprivate let slot: UInt32
    /// The size class in the highest eight bits, the count in the others.
    private let size: UInt32

    fileprivate init(sizeClass: Int, slot: UInt32, count: Int) {
        self.slot = slot
        size = UInt32(sizeClass) << 24 | UInt32(count)
    }

    fileprivate var sizeClass: Int { Int(size >> 24) }

    /// How many bytes they are.
    public var count: Int { Int(size & 0xff_ffff) }

    /// No bytes, stored nowhere.
    public static let none = StoredBytes(sizeClass: 0, slot: .max, count: 0)

    /// True for `none`.
    public var isNone: Bool { slot == .max }
}

/// Bytes that outlive a turn: requests and responses to repeat, keys to compare.
///
/// - Shape: size classes from 64 bytes to 64 KiB, two to a doubling, each in pages of its own with a free list.
/// - Limits: 65,536 bytes a piece; more is cut off. A page takes memory only as far as it was written to.
/// - Cost: one copy; no allocation in steady state.
@safe public struct ByteStore: ~Copyable {
    private static let smallest = 64
    private static let largest = 65_536
    private static let pageBytes = 256 << 10
    private static let pieceBits: UInt32 = 12
    private static let pieceMask: UInt32 = 1 << pieceBits - 1

    @safe private struct SizeClass {
        let size: Int
        let perPage: UInt32
        // Each page has room for `perPage` pieces of `size` bytes.
        var pages: [UnsafeMutablePointer<UInt8>] = unsafe []
        /// The piece of the last page that is taken next, when none is free.
        var next: UInt32
        var free: [UInt32] = []

        init(size: Int) {
            self.size = size
            perPage = UInt32(pageBytes / size)
            next = perPage
        }
    }

    private var classes: [SizeClass] = []
    /// How many bytes are in use, by size class.
    public private(set) var bytesInUse = 0

    /// Makes an empty store.
    public init() {
        var size = Self.smallest
        while size <= Self.largest {
            classes.append(SizeClass(size: size))
            if size < Self.largest { classes.append(SizeClass(size: size + size / 2)) }
            size *= 2
        }
    }

    deinit {
        for index in classes.indices {
            for place in unsafe classes[index].pages.indices {
                // Allocated by `take`, freed only here.
                unsafe classes[index].pages[place].deallocate()
            }
        }
    }

    /// Copies bytes into the store.
    public mutating func add(_ bytes: Span<UInt8>) -> StoredBytes {
        let count = min(bytes.count, Self.largest)
        let index = Self.sizeClass(count)
        let stored = StoredBytes(sizeClass: index, slot: take(index), count: count)
        unsafe bytes.withUnsafeBufferPointer { source in
            // The piece is at least `count` bytes long, nobody else has it, and the source has as many.
            if let base = source.baseAddress { unsafe start(of: stored).update(from: base, count: count) }
        }
        bytesInUse += classes[index].size
        return stored
    }

    /// Gives bytes back; `none` is taken too.
    public mutating func remove(_ stored: inout StoredBytes) {
        guard !stored.isNone else { return }
        let index = stored.sizeClass
        classes[index].free.append(stored.slot)
        bytesInUse -= classes[index].size
        stored = .none
    }

    /// Lends the bytes; `none` has none.
    @inlinable
    public func read<Result: ~Copyable>(_ stored: StoredBytes, _ body: (Span<UInt8>) -> Result) -> Result {
        // The store is borrowed until `body` is done, so the piece stays.
        unsafe body(buffer(stored).span)
    }

    @usableFromInline func buffer(_ stored: StoredBytes) -> UnsafeBufferPointer<UInt8> {
        guard !stored.isNone else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
        // `add` has written `count` bytes there.
        return unsafe UnsafeBufferPointer(start: start(of: stored), count: stored.count)
    }

    private func start(of stored: StoredBytes) -> UnsafeMutablePointer<UInt8> {
        let index = stored.sizeClass
        let page = Int(stored.slot >> Self.pieceBits)
        // The array checks the page; a piece's number is below the page's count of them, by `take`.
        return unsafe classes[index].pages[page]
            + Int(stored.slot & Self.pieceMask) * classes[index].size
    }

    /// The smallest class that has room: 64, 96, 128, 192, 256, … bytes.
    private static func sizeClass(_ count: Int) -> Int {
        guard count > smallest else { return 0 }
        let doublings = Int.bitWidth - (count - 1).leadingZeroBitCount - 6
        let half = smallest << doublings - smallest << doublings / 4
        return count <= half ? 2 * doublings - 1 : 2 * doublings
    }

    private mutating func take(_ index: Int) -> UInt32 {
        if let slot = classes[index].free.popLast() { return slot }
        if classes[index].next == classes[index].perPage {
            unsafe classes[index].pages.append(.allocate(capacity: Self.pageBytes))
            classes[index].next = 0
        }
        let piece = classes[index].next
        classes[index].next += 1
        return unsafe UInt32(classes[index].pages.count - 1) << Self.pieceBits | piece
    }
}
