public import SIPFlow
public import SIPSyntax

/// All transactions: the four machines, their table, their timers and what they repeat.
///
/// - Shape: sans-I/O; what is to be sent goes into an outbox.
/// - Limits: `limit` live transactions; the owner asks `isFull` before it opens one.
/// - Cost: O(1) a message, no allocation in steady state.
/// - Source: RFC 3261 §17, RFC 6026.
public struct TransactionLayer: ~Copyable {
    /// The timer values.
    public let timers: TransactionTimers
    /// The most live transactions.
    public let limit: Int
    /// Bytes that outlive a turn.
    public var store = ByteStore()
    /// The seeded hash behind the table.
    public let keyedHash: KeyedHash

    var serverInvites = Slab<Transaction<ServerInviteTransaction>>()
    var serverRequests = Slab<Transaction<ServerRequestTransaction>>()
    var clientInvites = Slab<Transaction<ClientInviteTransaction>>()
    var clientRequests = Slab<Transaction<ClientRequestTransaction>>()
    var table = SlotTable()
    var wheel: TimerWheel
    var changes = TransactionChanges()
    private var scratch: [UInt8] = []
    private let pinned = Pinned()

    /// Makes an empty layer.
    public init(timers: TransactionTimers, limit: Int, keyedHash: KeyedHash, now: Moment) {
        self.timers = timers
        self.limit = limit
        self.keyedHash = keyedHash
        wheel = TimerWheel(now: now)
        scratch.reserveCapacity(512)
    }

    /// How many transactions live.
    public var count: Int {
        serverInvites.count + serverRequests.count + clientInvites.count + clientRequests.count
    }

    /// True when no more may be opened.
    public var isFull: Bool { count >= limit }

    /// When to call `nextEvent`; nil when nothing waits.
    public var nextDeadline: Moment? { wheel.nextDeadline }

    /// True when a transaction lives.
    public func contains(_ id: TransactionID) -> Bool {
        switch id.kind {
        case .serverInvite: serverInvites.contains(id.slot, generation: id.generation)
        case .serverRequest: serverRequests.contains(id.slot, generation: id.generation)
        case .clientInvite: clientInvites.contains(id.slot, generation: id.generation)
        case .clientRequest: clientRequests.contains(id.slot, generation: id.generation)
        }
    }

    /// The record of a live transaction.
    public func record(_ id: TransactionID) -> TransactionRecord {
        lend(id) { copy $0 }
    }

    /// The state of a live transaction.
    public func state(_ id: TransactionID) -> MachineState {
        switch id.kind {
        case .serverInvite: serverInvites[id.slot].machine.name
        case .serverRequest: serverRequests[id.slot].machine.name
        case .clientInvite: clientInvites[id.slot].machine.name
        case .clientRequest: clientRequests[id.slot].machine.name
        }
    }

    /// Ties a transaction to a response context, or unties it.
    public mutating func setContext(_ id: TransactionID, _ context: UInt32?) {
        change(id) { $0.owner = context.map { .context($0) } ?? .nobody }
    }

    /// Keeps words for people with a transaction: why its request is answered as it is.
    public mutating func note(_ id: TransactionID, _ words: Span<UInt8>) {
        var note = record(id).note
        store.remove(&note)
        note = store.add(words)
        change(id) {
            $0.note = note
            $0.hasVerdicts = false
        }
    }

    /// Lends the record of a live transaction; `record` copies the whole of it.
    @inline(__always)
    func lend<Result>(_ id: TransactionID, _ body: (borrowing TransactionRecord) -> Result) -> Result {
        switch id.kind {
        case .serverInvite: body(serverInvites[id.slot].record)
        case .serverRequest: body(serverRequests[id.slot].record)
        case .clientInvite: body(clientInvites[id.slot].record)
        case .clientRequest: body(clientRequests[id.slot].record)
        }
    }

    /// Changes the record of a live transaction.
    @inline(__always)
    mutating func change(_ id: TransactionID, _ body: (inout TransactionRecord) -> Void) {
        switch id.kind {
        case .serverInvite: body(&serverInvites[id.slot].record)
        case .serverRequest: body(&serverRequests[id.slot].record)
        case .clientInvite: body(&clientInvites[id.slot].record)
        case .clientRequest: body(&clientRequests[id.slot].record)
        }
    }

    /// Finds the server transaction of a request, or of another method with the same branch.
    public mutating func findServer(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        method: Method
    ) -> TransactionID? {
        scratch.removeAll(keepingCapacity: true)
        appendTransactionKey(bytes, index, method: method, to: &scratch)
        let hash = keyedHash.hash(scratch.span)
        let found = table.find(hash) { timer in
            let id = TransactionID(number: UInt64(timer))
            let record =
                id.kind == .serverInvite ? serverInvites[id.slot].record : serverRequests[id.slot].record
            return record.keyCount == scratch.count
                && store.read(record.identity) { stored in
                    stored.equals(
                        Slice(0, scratch.count),
                        ignoringCase: scratch.span,
                        Slice(0, scratch.count)
                    )
                }
        }
        return found.map { timer in
            let id = TransactionID(number: UInt64(timer))
            let generation =
                id.kind == .serverInvite
                ? serverInvites.generation(id.slot) : serverRequests.generation(id.slot)
            return TransactionID(id.kind, slot: id.slot, generation: generation)
        }
    }

    /// Copies the identity of a request: its key for the table, then Call-ID and an unusual method's name.
    mutating func storeIdentity(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        method: Method,
        withKey: Bool,
        in record: inout TransactionRecord
    ) {
        // Taken out and put back, so that the array keeps its room and is never copied.
        var identity: [UInt8] = []
        swap(&identity, &scratch)
        identity.removeAll(keepingCapacity: true)
        if withKey {
            appendTransactionKey(bytes, index, method: method, to: &identity)
            record.hash = keyedHash.hash(identity.span)
            restoreBranch(bytes, index, in: &identity)
        }
        record.keyCount = identity.count
        identity.append(copying: bytes.extracting(index.callID.range))
        record.callIDCount = index.callID.count
        if method == .other, case .request(_, let name, _) = index.startLine {
            identity.append(copying: bytes.extracting(name.range))
        }
        record.identity = store.add(identity.span)
        swap(&identity, &scratch)
    }

    /// Silent transactions end together, so often a second, where each by itself would wake the engine.
    private static let endInterval = Interval.milliseconds(200)

    /// Puts a transaction's next deadline on the wheel, or takes it off and ends the transaction.
    mutating func settle(_ id: TransactionID, _ deadline: Moment?, _ state: MachineState) {
        if state == .terminated {
            end(id)
        } else {
            if let deadline {
                let isSilent = Self.isSilent(id.kind, state)
                wheel.arm(id.timer, at: isSilent ? deadline.roundedUp(to: Self.endInterval) : deadline)
            } else {
                wheel.cancel(id.timer)
            }
            markChanged(id)
        }
    }

    /// True in a state that sends nothing any more by itself: timers D, I, J, K, L and M only end it.
    private static func isSilent(_ kind: TransactionID.Kind, _ state: MachineState) -> Bool {
        switch state {
        case .accepted, .confirmed: true
        case .completed: kind != .serverInvite
        case .calling, .trying, .proceeding, .terminated: false
        }
    }

    /// Takes a transaction out, with all that it holds.
    mutating func end(_ id: TransactionID) {
        wheel.cancel(id.timer)
        reportEnd(id)
        let hash = lend(id) { $0.hash }
        var (request, response) = lend(id) { ($0.request, $0.response) }
        var (identity, note) = lend(id) { ($0.identity, $0.note) }
        store.remove(&request)
        store.remove(&response)
        store.remove(&identity)
        store.remove(&note)
        switch id.kind {
        case .serverInvite:
            table.remove(hash, id.timer)
            serverInvites.remove(id.slot)
        case .serverRequest:
            table.remove(hash, id.timer)
            serverRequests.remove(id.slot)
        case .clientInvite: clientInvites.remove(id.slot)
        case .clientRequest: clientRequests.remove(id.slot)
        }
    }
}
