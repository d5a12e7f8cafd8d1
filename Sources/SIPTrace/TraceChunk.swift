import SIPFlow

/// A run of records with their bytes; never changed once sealed.
public struct TraceChunk: Sendable {
    /// The records, in order, with consecutive sequence numbers.
    public private(set) var records: [TraceRecord]
    /// The bytes of all records, one after the other.
    public private(set) var bytes: [UInt8]

    /// Makes an empty chunk with room for some bytes.
    public init(capacity: Int = 0) {
        records = []
        bytes = []
        bytes.reserveCapacity(capacity)
        records.reserveCapacity(capacity / 400)
    }

    /// The bytes of one of its records.
    public func message(_ record: TraceRecord) -> [UInt8] {
        Array(bytes[record.range])
    }

    /// The place of a sequence number among the records.
    func index(of sequence: UInt64) -> Int? {
        let place = records.partition { $0.sequence < sequence }
        return place < records.count && records[place].sequence == sequence ? place : nil
    }

    /// Adds a message; the record's sequence, start and count are set here.
    public mutating func append(_ record: TraceRecord, _ message: Span<UInt8>, sequence: UInt64) {
        var record = record
        record.sequence = sequence
        record.range = bytes.count..<bytes.count + message.count
        bytes.append(copying: message)
        records.append(record)
    }

    /// Completes the record at a place.
    mutating func change(_ place: Int, _ change: (inout TraceRecord) -> Void) {
        change(&records[place])
    }

    /// The memory that it holds.
    var reservedBytes: Int {
        bytes.capacity + records.capacity * MemoryLayout<TraceRecord>.stride
    }

    /// A copy of the records from a sequence number on.
    func suffix(since sequence: UInt64) -> TraceChunk {
        let first = records.partition { $0.sequence < sequence }
        var copy = TraceChunk()
        guard first < records.count else { return copy }
        copy.bytes.reserveCapacity(bytes.count - records[first].range.lowerBound)
        copy.records.reserveCapacity(records.count - first)
        for record in records[first...] {
            copy.append(record, bytes.span.extracting(record.range), sequence: record.sequence)
        }
        return copy
    }
}
