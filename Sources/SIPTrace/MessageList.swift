import SIPFlow
import SIPSyntax

/// The kept messages as a collection of rows, oldest first.
///
/// - Cost: a row is made when it is looked at, 1 to 2 µs; counting and finding are free.
public struct MessageList: RandomAccessCollection, Sendable {
    private let store: MessageStore
    private let offsets: [Int]
    /// How many messages there are.
    public let endIndex: Int

    init(_ store: MessageStore) {
        self.store = store
        var count = 0
        var offsets: [Int] = []
        offsets.reserveCapacity(store.pages.count)
        for page in store.pages {
            offsets.append(count)
            count += page.entries.count
        }
        self.offsets = offsets
        endIndex = count
    }

    /// Zero.
    public var startIndex: Int { 0 }

    /// The row at a place.
    public subscript(position: Int) -> MessageRow {
        precondition(indices.contains(position), "a place outside the list")
        let page = offsets.partition { $0 <= position } - 1
        return MessageRow(store.pages[page], position - offsets[page])
    }

    /// The sequence number at a place, without making its row.
    public func sequence(at position: Int) -> UInt64 {
        precondition(indices.contains(position), "a place outside the list")
        let page = offsets.partition { $0 <= position } - 1
        return store.pages[page].chunk.records[position - offsets[page]].sequence
    }

    /// The place of a sequence number; nil when it is no longer kept.
    public func index(of sequence: UInt64) -> Int? {
        store.find(sequence).map { offsets[$0.page] + $0.place }
    }
}

extension MessageRow {
    private static let unreadableLimit = 80

    /// Makes the row of a kept message.
    init(_ page: MessagePage, _ place: Int) {
        let record = page.chunk.records[place]
        let entry = page.entries[place]
        let bytes = page.chunk.bytes.span.extracting(record.range)
        self.init(
            sequence: record.sequence,
            moment: record.moment,
            direction: record.direction,
            flow: record.flow,
            size: record.count,
            kind: entry.kind,
            summary: "",
            method: nil,
            code: nil,
            callID: nil,
            sequenceNumber: nil,
            sequenceMethod: "",
            transaction: record.transaction,
            isRetransmission: entry.isRepeat,
            isOwn: record.isOwn,
            drop: record.drop
        )
        var index = MessageIndex()
        if (try? index.parse(bytes)) != nil {
            switch index.startLine {
            case .request(_, let name, let uri):
                method = bytes.text(name)
                summary = "\(bytes.text(name)) \(bytes.text(uri))"
            case .response(let code, let reason):
                self.code = code
                summary = reason.isEmpty ? String(code) : "\(code) \(bytes.text(reason))"
            }
            describe(index, bytes)
        } else if let standIn = StandIn(bytes), (try? index.parse(standIn.bytes.span)) != nil {
            let line = standIn.firstLine.prefix(Self.unreadableLimit)
            summary = bytes.text(Slice(line.lowerBound, line.upperBound))
            describe(index, standIn.bytes.span)
        } else {
            summary = "keep-alive"
        }
    }

    private mutating func describe(_ index: MessageIndex, _ bytes: Span<UInt8>) {
        if !index.callID.isEmpty { callID = bytes.text(index.callID) }
        guard let cseq = index.cseq else { return }
        sequenceNumber = cseq.number
        sequenceMethod = bytes.text(cseq.methodName)
    }
}
