/// What leaves at the end of a turn: messages back to back in one arena.
///
/// - Shape: `entries` in sending order; each names its bytes in `bytes`.
/// - Limits: 65,507 bytes a datagram; the arena keeps its capacity from turn to turn, so steady state allocates nothing.
public struct Outbox: ~Copyable {
    /// One message to send.
    public struct Entry: Sendable, Hashable {
        /// Where to.
        public var flow: Flow
        /// Where its bytes begin.
        public var start: Int
        /// How many bytes it has.
        public var count: Int
        /// The number of the transaction that sends it, to be told when sending fails; 0 for none.
        public var transaction: UInt64
        /// True when the engine made it itself and did not forward it.
        public var isOwn: Bool
        /// True when it was sent before.
        public var isRetransmission: Bool
    }

    /// The bytes of all entries; writers append here, then call `finish`.
    public var bytes: [UInt8] = []
    /// The finished messages.
    public private(set) var entries: [Entry] = []
    private var unfinished = 0

    /// Makes an empty outbox with room for one turn.
    public init() {
        bytes.reserveCapacity(512 << 10)
        entries.reserveCapacity(256)
    }

    /// Makes the bytes appended since the last finish one message to a flow.
    @discardableResult
    public mutating func finish(
        to flow: Flow,
        transaction: UInt64 = 0,
        isOwn: Bool = false,
        isRetransmission: Bool = false
    ) -> Entry {
        let entry = Entry(
            flow: flow,
            start: unfinished,
            count: bytes.count - unfinished,
            transaction: transaction,
            isOwn: isOwn,
            isRetransmission: isRetransmission
        )
        entries.append(entry)
        unfinished = bytes.count
        return entry
    }

    /// Where the message that is being written begins.
    public var messageStart: Int { unfinished }

    /// Forgets all messages, once they were sent.
    public mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        unfinished = 0
    }
}
