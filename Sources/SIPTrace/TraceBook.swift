import SIPFlow
import SIPSyntax

/// What a book took in with one chunk.
public struct TraceChanges: Sendable, Hashable {
    /// The Call-IDs that have new messages.
    public var callIDs: Set<String> = []
    /// The Call-IDs of which nothing is kept any more.
    public var forgotten: Set<String> = []
    /// How many messages are new.
    public var messageCount = 0

    /// No changes.
    public init() {}
}

/// The reader's side of the trace: calls, ladders and decoded messages, made from the engine's chunks.
///
/// - Shape: a value; a copy is a frozen view and shares memory with the book until that goes on.
/// - Limits: `budget` bytes of messages and what is known of them, default 64 MiB. The oldest messages go first,
///   but those of running calls stay until finished calls are gone. A finished call goes with its last message.
/// - Cost: a message is parsed once when it is absorbed, and again whenever somebody looks at it.
public struct TraceBook: Sendable {
    /// The default byte budget.
    public static let defaultBudget = 64 << 20

    /// How many messages went by unseen: gaps in the sequence numbers.
    public private(set) var lostRecords: UInt64 = 0
    /// The sequence number that comes next.
    public private(set) var nextSequence: UInt64 = 0

    private(set) var store: MessageStore
    private var conversations: [UInt64: Conversation] = [:]
    private var numbers: [String: UInt64] = [:]
    private var callOrder: [UInt64] = []
    private var lastNumber: UInt64 = 0
    private let hash: KeyedHash

    /// Makes an empty book.
    public init(budget: Int = TraceBook.defaultBudget) {
        store = MessageStore(budget: budget)
        // The standard library seeds its hashes anew in each process, so that nobody outside can aim at ours.
        hash = KeyedHash(seed: UInt64(truncatingIfNeeded: "sipglass".hashValue))
    }

    /// Takes in the records of a chunk that were not seen before.
    @discardableResult
    public mutating func absorb(_ chunk: TraceChunk) -> TraceChanges {
        var changes = TraceChanges()
        let first = chunk.records.partition { $0.sequence < nextSequence }
        guard first < chunk.records.count else { return changes }
        lostRecords += chunk.records[first].sequence - nextSequence
        var index = MessageIndex()
        var entries: [MessageEntry] = []
        entries.reserveCapacity(chunk.records.count - first)
        for record in chunk.records[first...] {
            let bytes = chunk.bytes.span.extracting(record.range)
            entries.append(absorb(record, bytes, chunk, &index, &changes))
            nextSequence = record.sequence + 1
        }
        changes.messageCount = entries.count
        store.append(chunk, from: first, entries: entries)
        while store.isOverBudget { evict(&changes) }
        return changes
    }

    /// All calls, by their start.
    public var calls: [CallRow] {
        callOrder.compactMap { conversations[$0]?.call?.row }
    }

    /// The call with a Call-ID; nil when there is none, or when it is not about an INVITE.
    public func call(_ callID: String) -> CallRow? {
        conversation(callID)?.call?.row
    }

    /// All messages that are kept, newest last.
    public var messages: MessageList { MessageList(store) }

    /// One message's row; nil when it is no longer kept.
    public func message(_ sequence: UInt64) -> MessageRow? {
        guard let (page, place) = store.find(sequence) else { return nil }
        return MessageRow(store.pages[page], place)
    }

    /// The sequence numbers of the messages with a Call-ID that are kept, ascending.
    public func sequences(callID: String) -> [UInt64] {
        conversation(callID)?.sequences.filter { store.find($0) != nil } ?? []
    }

    /// The exact bytes of a message; nil when it is no longer kept.
    public func raw(_ sequence: UInt64) -> [UInt8]? {
        store.raw(sequence)
    }

    /// How many messages with a Call-ID are no longer kept.
    func missingCount(callID: String) -> Int {
        conversation(callID).map { $0.count - $0.kept } ?? 0
    }

    private func conversation(_ callID: String) -> Conversation? {
        numbers[callID].flatMap { conversations[$0] }
    }
}

extension TraceBook {
    /// Finds out what a message is, and takes it into its conversation.
    private mutating func absorb(
        _ record: TraceRecord,
        _ bytes: Span<UInt8>,
        _ chunk: TraceChunk,
        _ index: inout MessageIndex,
        _ changes: inout TraceChanges
    ) -> MessageEntry {
        var entry = MessageEntry(record, bytes, hash)
        guard record.drop != .keepAlive else { return entry }
        do {
            try index.parse(bytes)
            entry.describe(index, bytes, hash)
            join(record, bytes, chunk, index, &entry, &changes)
        } catch {
            guard let standIn = StandIn(bytes) else { return entry }
            let readable = standIn.bytes.span
            guard (try? index.parse(readable)) != nil else { return entry }
            join(record, readable, chunk, index, &entry, &changes)
        }
        return entry
    }

    private mutating func join(
        _ record: TraceRecord,
        _ bytes: Span<UInt8>,
        _ chunk: TraceChunk,
        _ index: MessageIndex,
        _ entry: inout MessageEntry,
        _ changes: inout TraceChanges
    ) {
        guard !index.callID.isEmpty else { return }
        let callID = bytes.text(index.callID)
        let number = numbers[callID] ?? open(callID)
        // A dictionary value is changed in place only when it is taken out first and put back.
        guard var conversation = conversations.removeValue(forKey: number) else { return }
        entry.conversation = number
        let identity = entry.identity(record, hash)
        let original = conversation.original(of: entry, identity: identity) { sequence in
            isSame(record, in: chunk, as: sequence)
        }
        if let original {
            entry.original = original
            entry.isRepeat = true
        }
        let new = chunk.records.first?.sequence ?? record.sequence
        conversation.append(record.sequence, entry, identity: identity) { sequence in
            sequence >= new || store.find(sequence) != nil
        }
        if conversation.call == nil, entry.isInitialInvite {
            conversation.call = CallProgress(callID: callID, record, entry, index, bytes)
            callOrder.append(number)
        }
        conversation.call?.receive(record, entry, index, bytes)
        conversations[number] = conversation
        changes.callIDs.insert(callID)
    }

    private mutating func open(_ callID: String) -> UInt64 {
        lastNumber += 1
        numbers[callID] = lastNumber
        conversations[lastNumber] = Conversation(callID: callID)
        return lastNumber
    }

    /// True when a new message has the very bytes of an earlier one, in the same chunk or in the store.
    private func isSame(_ record: TraceRecord, in chunk: TraceChunk, as sequence: UInt64) -> Bool {
        let bytes = chunk.bytes[record.range]
        if let place = chunk.index(of: sequence) { return chunk.bytes[chunk.records[place].range] == bytes }
        guard let (page, place) = store.find(sequence) else { return false }
        let other = store.pages[page].chunk
        return other.bytes[other.records[place].range] == bytes
    }

    private mutating func evict(_ changes: inout TraceChanges) {
        let gone = store.evict { entry in
            !entry.isRepeat && conversations[entry.conversation]?.isRunning ?? false
        }
        var emptied = false
        for entry in gone {
            guard var conversation = conversations.removeValue(forKey: entry.conversation) else { continue }
            conversation.forgetOne()
            if conversation.kept > 0 {
                conversations[entry.conversation] = conversation
                continue
            }
            numbers[conversation.callID] = nil
            changes.callIDs.remove(conversation.callID)
            changes.forgotten.insert(conversation.callID)
            emptied = emptied || conversation.call != nil
        }
        if emptied { callOrder.removeAll { conversations[$0] == nil } }
    }
}
