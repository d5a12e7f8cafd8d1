import SIPNextHop
import SIPRegistrar
import SIPReport
import SIPStore
import SIPTransport
import Synchronization

/// Where other threads leave wishes for the engine, and find its updates.
///
/// Nobody waits: the engine looks in once a turn, the reader when its descriptor becomes readable.
final class EngineMailbox: Sendable {
    /// Something to do in a turn.
    enum Order: Sendable {
        /// An operator's command, and who hears what became of it.
        case perform(CoreCommand, then: @Sendable (CommandOutcome) -> Void)
        /// Other accounts in the place of all there are.
        case replaceAccounts([Account])
        /// The whole tables and the whole ring, and who wants them.
        case snapshot(then: @Sendable (EngineUpdate) -> Void)
        /// The store has finished with a batch, or failed.
        case stored(UInt64, StoreError?)
        /// What became of a question to name servers.
        case resolve(DNSQuestion, DNSAnswer)
    }

    /// The orders of a turn to come.
    private struct OrderList {
        var waiting: [Order] = []
        var isClosed = false
    }

    /// Wakes the engine.
    let engineSignal: WakeSignal
    /// Wakes the reader.
    let readerSignal: WakeSignal

    private let orders = Mutex(OrderList())
    private let hasOrders = Atomic(false)
    private let update = Mutex<EngineUpdate?>(nil)
    private let isWanted = Atomic(false)
    private let hasUnpublished = Atomic(true)
    private let stopping = Atomic(false)

    init(engineSignal: WakeSignal, readerSignal: WakeSignal) {
        self.engineSignal = engineSignal
        self.readerSignal = readerSignal
    }

    // Other threads.

    /// Leaves an order for the next turn; false when no turn will come any more.
    func post(_ order: Order) -> Bool {
        let isOpen = orders.withLock { list in
            if !list.isClosed { list.waiting.append(order) }
            return !list.isClosed
        }
        hasOrders.store(true, ordering: .sequentiallyConsistent)
        engineSignal.raise()
        return isOpen
    }

    func requestReport() {
        isWanted.store(true, ordering: .sequentiallyConsistent)
        wakeForReport()
    }

    func takeReport() -> EngineUpdate? {
        readerSignal.lower()
        let taken = update.withLock { slot in
            defer { slot = nil }
            return slot
        }
        // Another request may have come while the slot was full.
        if isWanted.load(ordering: .sequentiallyConsistent) { wakeForReport() }
        return taken
    }

    func stop() {
        stopping.store(true, ordering: .sequentiallyConsistent)
        engineSignal.raise()
    }

    private func wakeForReport() {
        if hasUnpublished.load(ordering: .sequentiallyConsistent) { engineSignal.raise() }
    }

    // The engine's queue.

    var isStopping: Bool { stopping.load(ordering: .sequentiallyConsistent) }

    func takeOrders() -> [Order] {
        guard hasOrders.exchange(false, ordering: .sequentiallyConsistent) else { return [] }
        return orders.withLock { list in
            defer { list.waiting = [] }
            return list.waiting
        }
    }

    /// Takes no more orders, and gives back those that came last.
    func close() -> [Order] {
        orders.withLock { $0.isClosed = true }
        return takeOrders()
    }

    /// Says whether there is news, and whether somebody waits for it and has room.
    ///
    /// The news is announced before the wish is read, and a reader wishes before it reads the announcement, so
    /// that one of the two always sees the other.
    func announce(news: Bool) -> Bool {
        if hasUnpublished.load(ordering: .relaxed) != news {
            hasUnpublished.store(news, ordering: .sequentiallyConsistent)
        }
        guard news, isWanted.load(ordering: .sequentiallyConsistent) else { return false }
        return update.withLock { $0 == nil }
    }

    func publish(_ new: EngineUpdate) {
        isWanted.store(false, ordering: .sequentiallyConsistent)
        update.withLock { $0 = new }
        readerSignal.raise()
    }
}
