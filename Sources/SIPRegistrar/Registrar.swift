public import SIPFlow
import SIPSyntax

/// The location table: addresses of record and their bindings (RFC 3261 §10).
///
/// - Shape: sans-I/O. Bindings of an address of record are kept highest q first, newest first among equals.
/// - Limits: `RegistrarLimits`.
/// - Cost: O(contacts of the address of record) a REGISTER, whatever the table's size; a refresh
///   allocates nothing, and a binding with 250 bytes of text costs about 570 bytes in all.
public struct Registrar: ~Copyable {
    /// An address of record; it may have lost its last binding a short while ago.
    struct AddressOfRecord {
        var key: [UInt8]
        var hash: UInt64
        var first = UInt32.max
        var count: UInt32 = 0
        /// How often it lost its last binding.
        var timesEmptied: UInt32 = 0
    }

    /// An address of record that lost its last binding.
    private struct Emptied {
        var slot: UInt32
        var generation: UInt32
        var timesEmptied: UInt32
    }

    /// How many addresses of record without a binding are remembered, to tell 480 from 404.
    static let emptiedLimit = 10_000

    let limits: RegistrarLimits
    let policy: RegistrarPolicy
    /// A whole `Service-Route` line for the 200 to a REGISTER; empty for none (RFC 3608 §6.3).
    let serviceRoute: [UInt8]
    let keyedHash: KeyedHash
    var bindings = Slab<Binding>()
    var records = Slab<AddressOfRecord>()
    private var table = SlotTable()
    private let pinned = Pinned()
    /// The bindings' slots by their numbers.
    var places = SlotTable()
    var wheel: TimerWheel
    var changes = BindingChanges()
    var journal = BindingJournal()
    /// Who watches which registrations.
    public var subscriptions: Subscriptions
    /// Whether phones are asked if they are there, and what they answered.
    var pings = ContactPings()
    /// The contacts of the REGISTER at hand; kept between requests for its room.
    var updates: [ContactUpdate] = []
    /// What the REGISTER at hand gets beyond RFC 3261.
    var extensions = GrantedExtensions()
    var dateLine = DateLine()
    var lastID: UInt64 = 0
    /// How many temporary GRUUs were made.
    var lastGRUU: UInt32 = 0
    private var emptied: [Emptied] = []

    /// Makes an empty table.
    ///
    /// - Shape: `serviceRoute` is the value that phones get for their own requests, as `<sip:10.0.0.1;lr>`.
    public init(
        limits: RegistrarLimits,
        policy: RegistrarPolicy = RegistrarPolicy(),
        subscriptions: SubscriptionLimits = SubscriptionLimits(),
        seed: UInt64,
        now: Moment,
        serviceRoute: String = ""
    ) {
        self.limits = limits
        self.policy = policy
        self.serviceRoute = serviceRoute.isEmpty ? [] : Array("Service-Route: \(serviceRoute)\r\n".utf8)
        keyedHash = KeyedHash(seed: seed)
        wheel = TimerWheel(now: now)
        self.subscriptions = Subscriptions(limits: subscriptions, seed: seed, now: now)
    }

    /// True when flows are kept by `+sip.instance` and `reg-id` (RFC 5626 §6).
    public var takesOutbound: Bool { policy.takesOutbound }

    /// How many bindings there are.
    public var count: Int { bindings.count }

    /// When to call `expire`; nil when there is nothing to expire.
    public var nextDeadline: Moment? { wheel.nextDeadline }

    /// Takes out the bindings whose time is over.
    public mutating func expire(now: Moment) {
        while let slot = wheel.popDue(now: now) { remove(slot, .expired, now: now) }
    }

    /// True when an address of record has, or lately had, a binding.
    public func hasAddressOfRecord(_ key: Span<UInt8>) -> Bool { record(key) != nil }

    /// The first binding of an address of record that is still alive.
    public func firstBinding(of key: Span<UInt8>, now: Moment) -> BindingCursor? {
        guard let record = record(key) else { return nil }
        return alive(records[record].first, now)
    }

    /// The next binding of the same address of record that is still alive.
    public func nextBinding(after cursor: BindingCursor, now: Moment) -> BindingCursor? {
        alive(bindings[cursor.slot].next, now)
    }

    /// What a cursor points at.
    public func binding(_ cursor: BindingCursor) -> BindingView {
        BindingView(
            bytes: bindings[cursor.slot].bytes,
            contact: bindings[cursor.slot].slice(.contact),
            path: bindings[cursor.slot].slice(.path),
            flow: bindings[cursor.slot].flow,
            q: bindings[cursor.slot].rank,
            isBehindNAT: bindings[cursor.slot].isBehindNAT || bindings[cursor.slot].keepsFlow,
            phone: phone(cursor.slot)
        )
    }

    /// A number that the flows of one phone share; 0 for a binding that is no flow.
    private func phone(_ slot: UInt32) -> UInt64 {
        guard bindings[slot].isFlow else { return 0 }
        let bytes = bindings[slot].bytes
        return keyedHash.hash(bytes.span.extracting(bindings[slot].slice(.instance).range)) | 1
    }

    private func alive(_ start: UInt32, _ now: Moment) -> BindingCursor? {
        var slot = start
        while slot != .max {
            if bindings[slot].expiresAt > now { return BindingCursor(slot: slot) }
            slot = bindings[slot].next
        }
        return nil
    }

    /// The slot of an address of record.
    func record(_ key: Span<UInt8>) -> UInt32? {
        table.find(keyedHash.hash(key)) { slot in
            let stored = records[slot].key
            return key.equals(Slice(0, key.count), stored.span, Slice(0, stored.count))
        }
    }

    /// The slot of an address of record, made when there is none.
    mutating func makeRecord(_ key: Span<UInt8>) -> UInt32 {
        if let found = record(key) { return found }
        var bytes: [UInt8] = []
        bytes.append(copying: key)
        let hash = keyedHash.hash(key)
        let slot = records.add(AddressOfRecord(key: bytes, hash: hash)).slot
        table.insert(hash, slot)
        return slot
    }

    /// A number that no binding had before.
    mutating func newID() -> UInt64 {
        lastID += 1
        return lastID
    }

    /// The hash under which `places` knows a binding's number.
    func placeHash(_ id: UInt64) -> UInt64 { keyedHash.combine(id, 1) }

    /// Takes in a new binding.
    @discardableResult
    mutating func insert(_ binding: Binding, _ event: ContactEvent = .registered) -> UInt32 {
        let slot = bindings.add(binding).slot
        places.insert(placeHash(binding.id), slot)
        link(slot)
        wheel.arm(slot, at: binding.expiresAt)
        changes.noteChange(slot)
        if journal.isOn { journal.noteInsertion(binding.id) }
        notePile(of: binding.aor)
        tell(event, slot)
        return slot
    }

    /// Takes a binding out; watchers hear of `dismissal`, or of what the reason means.
    @discardableResult
    mutating func remove(
        _ slot: UInt32,
        _ reason: RemovalReason,
        telling dismissal: Dismissal? = nil,
        now: Moment
    ) -> RemovedBinding {
        tell(dismissal?.event ?? reason.event, slot, words: dismissal?.words ?? "")
        unlink(slot)
        wheel.cancel(slot)
        let record = bindings[slot].aor
        let removed = RemovedBinding(key: records[record].key, binding: bindings[slot])
        places.remove(placeHash(removed.id), slot)
        changes.noteEnd(BindingEnd(id: removed.id, reason: reason, moment: now))
        if journal.isOn { journal.noteRemoval(removed) }
        bindings.remove(slot)
        notePile(of: record)
        if records[record].count == 0 { rememberEmptied(record) }
        return removed
    }

    /// Puts a binding into its address of record's list, by rank.
    mutating func link(_ slot: UInt32) {
        let record = bindings[slot].aor
        let rank = bindings[slot].rank
        var previous = UInt32.max
        var next = records[record].first
        while next != .max && bindings[next].rank > rank {
            previous = next
            next = bindings[next].next
        }
        bindings[slot].next = next
        if previous == .max { records[record].first = slot } else { bindings[previous].next = slot }
        records[record].count += 1
    }

    /// Takes a binding out of its address of record's list.
    mutating func unlink(_ slot: UInt32) {
        let record = bindings[slot].aor
        let next = bindings[slot].next
        if records[record].first == slot {
            records[record].first = next
        } else {
            var previous = records[record].first
            while bindings[previous].next != slot { previous = bindings[previous].next }
            bindings[previous].next = next
        }
        records[record].count -= 1
    }

    private mutating func rememberEmptied(_ slot: UInt32) {
        records[slot].timesEmptied &+= 1
        emptied.append(
            Emptied(
                slot: slot,
                generation: records.generation(slot),
                timesEmptied: records[slot].timesEmptied
            )
        )
        guard emptied.count > Self.emptiedLimit else { return }
        for oldest in emptied.prefix(Self.emptiedLimit / 10) where isStillEmpty(oldest) {
            table.remove(records[oldest.slot].hash, oldest.slot)
            records.remove(oldest.slot)
        }
        emptied.removeFirst(Self.emptiedLimit / 10)
    }

    /// True when nothing came to an address of record since it was emptied at that time.
    private func isStillEmpty(_ entry: Emptied) -> Bool {
        records.contains(entry.slot, generation: entry.generation) && records[entry.slot].count == 0
            && records[entry.slot].timesEmptied == entry.timesEmptied
    }
}
