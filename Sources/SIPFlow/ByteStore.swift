/// The place of some bytes in a `ByteStore`.
public struct StoredBytes: Sendable, Hashable {
    fileprivate var sizeClass: UInt8
    fileprivate var slot: UInt32
    /// How many bytes they are.
    public fileprivate(set) var count: Int

    /// No bytes, stored nowhere.
    public static let none = StoredBytes(sizeClass: 0, slot: .max, count: 0)

    /// True for `none`.
    public var isNone: Bool { slot == .max }
}

/// Bytes that outlive a turn: requests and responses to repeat, keys to compare.
///
/// - Shape: size classes from 64 bytes to 64 KiB, each in pages of its own with a free list.
/// - Limits: 65,536 bytes a piece; more is cut off.
/// - Cost: one copy; no allocation in steady state.
public struct ByteStore: ~Copyable {
    private static let smallest = 64
    private static let pageBytes = 256 << 10

    private struct SizeClass {
        var size: Int
        var perPage: Int
        var pages: [[UInt8]] = []
        var used: UInt32 = 0
        var free: [UInt32] = []
    }

    private var classes: [SizeClass] = []
    /// How many bytes are in use, by size class.
    public private(set) var bytesInUse = 0

    /// Makes an empty store.
    public init() {
        var size = Self.smallest
        while size <= 65_536 {
            classes.append(SizeClass(size: size, perPage: Swift.max(1, Self.pageBytes / size)))
            size *= 2
        }
    }

    /// Copies bytes into the store.
    public mutating func add(_ bytes: Span<UInt8>) -> StoredBytes {
        let count = Swift.min(bytes.count, 65_536)
        let index = count <= Self.smallest ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount - 6
        let slot = take(index)
        let size = classes[index].size
        let start = Int(slot) % classes[index].perPage * size
        let page = Int(slot) / classes[index].perPage
        // The destination is `size` bytes long and `count` is not above it.
        unsafe classes[index].pages[page].withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<start + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[0..<count]))
            }
        }
        bytesInUse += size
        return StoredBytes(sizeClass: UInt8(index), slot: slot, count: count)
    }

    /// Gives bytes back; `none` is taken too.
    public mutating func remove(_ stored: inout StoredBytes) {
        guard !stored.isNone else { return }
        classes[Int(stored.sizeClass)].free.append(stored.slot)
        bytesInUse -= classes[Int(stored.sizeClass)].size
        stored = .none
    }

    /// Lends the bytes; `none` has none.
    public func read<Result: ~Copyable>(_ stored: StoredBytes, _ body: (Span<UInt8>) -> Result) -> Result {
        guard !stored.isNone else {
            let nothing: [UInt8] = []
            return body(nothing.span)
        }
        let index = Int(stored.sizeClass)
        let page = classes[index].pages[Int(stored.slot) / classes[index].perPage]
        let start = Int(stored.slot) % classes[index].perPage * classes[index].size
        return body(page.span.extracting(start..<start + stored.count))
    }

    private mutating func take(_ index: Int) -> UInt32 {
        if let slot = classes[index].free.popLast() { return slot }
        let slot = classes[index].used
        if Int(slot) == classes[index].pages.count * classes[index].perPage {
            classes[index].pages.append(
                [UInt8](repeating: 0, count: classes[index].size * classes[index].perPage)
            )
        }
        classes[index].used += 1
        return slot
    }
}
