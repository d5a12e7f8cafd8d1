import SIPFlow

/// When which contact is asked, and what it answered.
///
/// - Shape: the slots of the location table are gone round once an interval at a steady pace, so that 100,000 contacts
///   are asked 100,000 times an interval and never in a burst. What is known is kept by slot.
/// - Cost: O(1) a ping; nothing at all while pings are off.
struct ContactPings {
    private struct Entry {
        /// The binding that it is about; another one may have the slot by now.
        var id: UInt64 = 0
        /// The transaction of the ping that waits for its answer; 0 for none.
        var waiting: UInt64 = 0
        var sentAt = Moment.zero
        /// The CSeq number of the last ping.
        var sequence: UInt32 = 0
        var roundTrip: Interval?
        var misses = 0
        var lost = 0
        var answeredAt: Moment?
    }

    private(set) var policy: PingPolicy?
    private var entries: [Entry] = []
    private var next: UInt32 = 0
    private var visitedAt = Moment.zero

    /// The shortest time between two turns: below it several contacts are asked in one.
    private static let tick = Interval.milliseconds(10)

    var isOn: Bool { policy != nil }

    mutating func start(_ policy: PingPolicy, now: Moment) {
        self.policy = policy
        visitedAt = now
    }

    /// When the next slot's turn comes, of so many slots.
    func nextDeadline(slots: UInt32) -> Moment? {
        step(slots).map { visitedAt + max($0, Self.tick) }
    }

    /// The next slot whose turn has come, of so many; nil when there is none.
    mutating func nextSlot(_ slots: UInt32, now: Moment) -> UInt32? {
        guard let policy, let step = step(slots) else { return nil }
        if now - visitedAt > policy.interval { visitedAt = now - step }
        guard visitedAt + step <= now else { return nil }
        visitedAt = visitedAt + step
        let slot = next < slots ? next : 0
        next = slot + 1
        return slot
    }

    /// Lets those whose turn is over wait for the next round, after a pause of ours.
    mutating func skip(now: Moment) { visitedAt = now }

    /// A ping leaves; gives its CSeq number, and the transaction of an unanswered one before it.
    mutating func send(to id: UInt64, _ slot: UInt32, now: Moment) -> (sequence: UInt32, unanswered: UInt64) {
        while entries.count <= Int(slot) { entries.append(Entry()) }
        if entries[Int(slot)].id != id { entries[Int(slot)] = Entry(id: id) }
        let unanswered = entries[Int(slot)].waiting
        if unanswered != 0 { noteMiss(slot) }
        entries[Int(slot)].waiting = 0
        entries[Int(slot)].sentAt = now
        entries[Int(slot)].sequence += 1
        return (entries[Int(slot)].sequence, unanswered)
    }

    /// The transaction that waits for the answer of a ping.
    mutating func wait(for transaction: UInt64, _ id: UInt64, _ slot: UInt32) {
        if isKnown(id, slot) { entries[Int(slot)].waiting = transaction }
    }

    /// An answer came, whatever it says (RFC 3261 §11.2: the code is that of an INVITE).
    mutating func answered(_ id: UInt64, _ slot: UInt32, now: Moment) {
        guard isKnown(id, slot) else { return }
        entries[Int(slot)].waiting = 0
        entries[Int(slot)].misses = 0
        entries[Int(slot)].answeredAt = now
        entries[Int(slot)].roundTrip = now - entries[Int(slot)].sentAt
    }

    /// No answer will come.
    mutating func missed(_ id: UInt64, _ slot: UInt32) {
        guard isKnown(id, slot) else { return }
        entries[Int(slot)].waiting = 0
        noteMiss(slot)
    }

    private mutating func noteMiss(_ slot: UInt32) {
        entries[Int(slot)].misses += 1
        entries[Int(slot)].lost += 1
    }

    /// The phone showed itself by a REGISTER.
    mutating func heard(of id: UInt64, _ slot: UInt32) {
        if isKnown(id, slot) { entries[Int(slot)].misses = 0 }
    }

    /// What is known of a binding.
    func result(of id: UInt64, _ slot: UInt32) -> PingResult {
        var result = PingResult()
        guard let policy, isKnown(id, slot) else { return result }
        result.roundTrip = entries[Int(slot)].roundTrip
        result.misses = entries[Int(slot)].misses
        result.sent = Int(entries[Int(slot)].sequence)
        result.lost = entries[Int(slot)].lost
        result.answeredAt = entries[Int(slot)].answeredAt
        if result.misses >= policy.deadAfter {
            result.reachability = .dead
        } else if result.misses > 0 {
            result.reachability = .late
        } else if let roundTrip = result.roundTrip {
            result.reachability = roundTrip > policy.lateAfter ? .late : .prompt
        }
        return result
    }

    private func step(_ slots: UInt32) -> Interval? {
        guard let policy, slots > 0 else { return nil }
        return Interval(nanoseconds: max(1, policy.interval.nanoseconds / Int64(slots)))
    }

    private func isKnown(_ id: UInt64, _ slot: UInt32) -> Bool {
        Int(slot) < entries.count && entries[Int(slot)].id == id
    }
}
