/// The ring that the engine writes every message into.
///
/// - Shape: sealed chunks, oldest first, and one open chunk at the end.
/// - Limits: `budget` bytes, counted by what the sealed chunks reserve; the oldest goes first. Default 64 MiB.
/// - Cost: one copy of the bytes and one fixed-size record a message; an allocation every 32 KiB.
public struct TraceLog: ~Copyable {
    /// The default byte budget.
    public static let defaultBudget = 64 << 20
    private static let chunkSize = 32 << 10

    private var sealed: [TraceChunk] = []
    private var firstSealed = 0
    private var sealedBytes = 0
    private var open: TraceChunk
    private let budget: Int
    /// The number that the next record gets.
    public private(set) var nextSequence: UInt64 = 0

    /// Makes an empty log.
    public init(budget: Int = TraceLog.defaultBudget) {
        self.budget = budget
        open = TraceChunk(capacity: Self.chunkSize)
    }

    /// Appends one message and gives back its sequence number.
    public mutating func append(_ record: TraceRecord, _ message: Span<UInt8>) -> UInt64 {
        let sequence = nextSequence
        if open.bytes.count + message.count > Self.chunkSize && !open.records.isEmpty { seal() }
        open.append(record, message, sequence: sequence)
        nextSequence += 1
        return sequence
    }

    /// Completes a record of the open chunk with what became known of it in the same turn.
    ///
    /// A record that was sealed meanwhile stays as it is.
    public mutating func amend(_ sequence: UInt64, _ change: (inout TraceRecord) -> Void) {
        guard let place = open.index(of: sequence) else { return }
        open.change(place, change)
    }

    /// All chunks that hold records from a sequence number on; the first may begin before it.
    ///
    /// - Cost: sealed chunks are shared; of the open one the records asked for are copied, so that a reader that
    ///   comes often leaves no half-empty chunks behind.
    public func chunks(since sequence: UInt64) -> [TraceChunk] {
        var result: [TraceChunk] = []
        var index = sealed.count
        while index > firstSealed, let last = sealed[index - 1].records.last, last.sequence >= sequence {
            index -= 1
            result.append(sealed[index])
        }
        result.reverse()
        let tail = open.suffix(since: sequence)
        if !tail.records.isEmpty { result.append(tail) }
        return result
    }

    private mutating func seal() {
        sealedBytes += open.reservedBytes
        sealed.append(open)
        open = TraceChunk(capacity: Self.chunkSize)
        while sealedBytes > budget && firstSealed < sealed.count {
            sealedBytes -= sealed[firstSealed].reservedBytes
            sealed[firstSealed] = TraceChunk()
            firstSealed += 1
        }
        if firstSealed > 1_024 && firstSealed * 2 > sealed.count {
            sealed.removeFirst(firstSealed)
            firstSealed = 0
        }
    }
}
