import SIPFlow

/// Some records with their bytes and entries.
struct MessagePage: Sendable {
    var chunk = TraceChunk()
    var entries: [MessageEntry] = []

    /// The bytes that it takes, roughly.
    var cost: Int {
        chunk.bytes.count + chunk.records.count * Self.costPerMessage
    }

    private static let costPerMessage =
        MemoryLayout<TraceRecord>.stride + MemoryLayout<MessageEntry>.stride + 64

    /// Adds one message of another page or chunk.
    mutating func append(_ record: TraceRecord, _ bytes: Span<UInt8>, _ entry: MessageEntry) {
        chunk.append(record, bytes, sequence: record.sequence)
        entries.append(entry)
    }
}

/// All messages that the book keeps, by ascending sequence number, within a budget.
///
/// - Shape: first the pages of rescued messages, then the full pages, then the one that is being filled.
/// - Limits: `budget` bytes; rescued messages may fill a quarter of it.
struct MessageStore: Sendable {
    /// Chunks with at least so many bytes are shared with the engine's ring instead of copied.
    private static let sharedSize = 16 << 10
    private static let pageSize = 32 << 10

    private let budget: Int
    private(set) var pages: [MessagePage] = []
    /// How many of the first pages hold rescued messages.
    private var rescuedPages = 0
    private var rescuedCost = 0
    private var fullCost = 0
    /// True when the last page is ours to append to.
    private var isFilling = false

    init(budget: Int) {
        self.budget = budget
    }

    /// Whether the oldest page must go.
    var isOverBudget: Bool { rescuedCost + fullCost > budget && pages.count - rescuedPages > 1 }

    /// The page and the place in it of a sequence number.
    func find(_ sequence: UInt64) -> (page: Int, place: Int)? {
        let after = pages.partition { $0.chunk.records.first.map { $0.sequence <= sequence } ?? true }
        guard after > 0, let place = pages[after - 1].chunk.index(of: sequence) else { return nil }
        return (after - 1, place)
    }

    /// A kept message's record.
    func record(_ sequence: UInt64) -> TraceRecord? {
        find(sequence).map { pages[$0.page].chunk.records[$0.place] }
    }

    /// A kept message's entry.
    func entry(_ sequence: UInt64) -> MessageEntry? {
        find(sequence).map { pages[$0.page].entries[$0.place] }
    }

    /// A kept message's bytes.
    func raw(_ sequence: UInt64) -> [UInt8]? {
        find(sequence).map { pages[$0.page].chunk.message(pages[$0.page].chunk.records[$0.place]) }
    }

    /// Takes in the records of a chunk from a place on, with an entry for each.
    mutating func append(_ chunk: TraceChunk, from first: Int, entries: [MessageEntry]) {
        if first == 0 && chunk.bytes.count >= Self.sharedSize {
            isFilling = false
            let page = MessagePage(chunk: chunk, entries: entries)
            fullCost += page.cost
            pages.append(page)
            return
        }
        for (record, entry) in zip(chunk.records[first...], entries) {
            if !isFilling || pages[pages.count - 1].chunk.bytes.count + record.count > Self.pageSize {
                pages.append(MessagePage())
                isFilling = true
            }
            let last = pages.count - 1
            fullCost -= pages[last].cost
            pages[last].append(record, chunk.bytes.span.extracting(record.range), entry)
            fullCost += pages[last].cost
        }
    }

    /// Drops the oldest full page but for the messages worth keeping, and tells which went.
    mutating func evict(keeping isWorthKeeping: (MessageEntry) -> Bool) -> [MessageEntry] {
        var gone: [MessageEntry] = []
        let page = pages.remove(at: rescuedPages)
        fullCost -= page.cost
        rescue(page, keeping: isWorthKeeping, gone: &gone)
        guard rescuedCost > budget / 4 else { return gone }
        let old = pages[..<rescuedPages]
        pages.removeFirst(rescuedPages)
        rescuedPages = 0
        rescuedCost = 0
        for page in old { rescue(page, keeping: isWorthKeeping, gone: &gone) }
        while rescuedCost > budget / 8, rescuedPages > 0 {
            let page = pages.removeFirst()
            rescuedPages -= 1
            rescuedCost -= page.cost
            gone += page.entries
        }
        return gone
    }

    /// Moves a page's messages worth keeping to the end of the rescued ones.
    private mutating func rescue(
        _ page: MessagePage,
        keeping isWorthKeeping: (MessageEntry) -> Bool,
        gone: inout [MessageEntry]
    ) {
        for (record, entry) in zip(page.chunk.records, page.entries) {
            guard isWorthKeeping(entry) else {
                gone.append(entry)
                continue
            }
            if rescuedPages == 0 || pages[rescuedPages - 1].chunk.bytes.count + record.count > Self.pageSize {
                pages.insert(MessagePage(), at: rescuedPages)
                rescuedPages += 1
            }
            rescuedCost -= pages[rescuedPages - 1].cost
            pages[rescuedPages - 1].append(record, page.chunk.bytes.span.extracting(record.range), entry)
            rescuedCost += pages[rescuedPages - 1].cost
        }
    }
}

extension Array {
    /// How many elements at the head fulfil a condition that no element after them fulfils; O(log n).
    func partition(_ isBefore: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
