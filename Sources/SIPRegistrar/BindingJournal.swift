/// What changed in the table and is not in the store yet, and how the REGISTERs among it are undone.
///
/// - Shape: changes gather in one batch while the one before them is being stored.
/// - Cost: one branch a change while no store is kept; then O(1), and one copy of a refreshed binding's texts.
struct BindingJournal {
    /// One change that a REGISTER made.
    enum Step {
        case added(UInt64)
        case refreshed(before: Binding)
        case removed(RemovedBinding)
    }

    private struct Batch {
        /// The numbers of all bindings that came, changed or went; some of them twice.
        var touched: [UInt64] = []
        /// What REGISTERs did, in order.
        var steps: [Step] = []
    }

    private(set) var isOn = false
    /// True while a REGISTER is carried out; what else changes the table is not undone.
    var isRegistering = false
    private var gathering = Batch()
    private var inFlight: Batch?

    mutating func begin() { isOn = true }

    /// True when changes wait for the store to begin with them.
    var isWaiting: Bool { !gathering.touched.isEmpty }

    /// True when the store does not hold everything yet.
    var isBehind: Bool { isWaiting || inFlight != nil }

    mutating func noteInsertion(_ id: UInt64) {
        gathering.touched.append(id)
        if isRegistering { gathering.steps.append(.added(id)) }
    }

    mutating func noteRefresh(_ binding: Binding) {
        gathering.touched.append(binding.id)
        if isRegistering { gathering.steps.append(.refreshed(before: binding)) }
    }

    mutating func noteRemoval(_ removed: RemovedBinding) {
        gathering.touched.append(removed.id)
        if isRegistering { gathering.steps.append(.removed(removed)) }
    }

    /// The store shall forget a binding that is not in the table.
    mutating func noteForeign(_ id: UInt64) { gathering.touched.append(id) }

    /// Begins the next batch and gives the numbers of all bindings that this one touches, each once.
    mutating func takeBatch() -> Set<UInt64> {
        precondition(inFlight == nil, "the store works on one batch at a time")
        let batch = gathering
        gathering = Batch()
        inFlight = batch
        return Set(batch.touched)
    }

    /// The batch is in the store.
    mutating func finishBatch() { inFlight = nil }

    /// Ends the journal; gives all that REGISTERs did since the last stored batch, newest first.
    mutating func giveUp() -> [Step] {
        let steps = (inFlight?.steps ?? []) + gathering.steps
        self = BindingJournal()
        return steps.reversed()
    }
}
