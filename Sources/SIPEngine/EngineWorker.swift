import SIPCore
import SIPFlow
import SIPReport
import SIPStore
import SIPTrace
import SIPTransport

/// The core, the sockets, and one turn of the engine.
///
/// - Shape: a turn is due deadlines, received bytes, orders, then outputs; in this order, always.
/// - Cost: allocates nothing itself for a message.
struct EngineWorker: ~Copyable {
    private var core: SIPCore
    private var transport: DatagramTransport
    private var outbox = Outbox()
    private var pacer: DrainPacer
    private var readerSequence: UInt64 = 0
    private var hasPublished = false
    private let mailbox: EngineMailbox
    private let writer: StoreWriter?
    private let resolver: Resolver
    private let reply: @Sendable (@escaping @Sendable () -> Void) -> Void

    /// Waiting ends this long after the last datagram.
    ///
    /// Longer than the kernel's tick, since a shorter wait would program the hardware timer for each datagram.
    private static let linger = Interval.milliseconds(20)
    /// How late a deadline may be while traffic comes, for the same reason.
    private static let slack = Interval.milliseconds(8)
    /// Turns in a row before the queue may do something else.
    private static let turnBudget = 256

    /// Puts a core onto opened sockets; `reply` runs what answers an order, elsewhere.
    ///
    /// Under load datagrams wait for one another as long as `gathering`.
    init(
        core: consuming SIPCore,
        transport: consuming DatagramTransport,
        mailbox: EngineMailbox,
        writer: StoreWriter?,
        resolver: Resolver,
        gathering: Interval,
        reply: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
        self.core = core
        self.transport = transport
        self.mailbox = mailbox
        self.writer = writer
        self.resolver = resolver
        pacer = DrainPacer(longest: gathering)
        self.reply = reply
    }

    var descriptors: [CInt] { transport.descriptors }

    var nextDeadline: Moment? { core.nextDeadline }

    /// Carries out the last orders, stores the last changes and closes the sockets.
    mutating func shutDown() {
        let now = SystemClock.now
        writer?.finish()
        for order in mailbox.close() { carryOut(order, now: now) }
        storeRest(now: now)
        sendOutputs(now: now)
        writer?.close()
        resolver.stop()
        transport.shutDown()
    }

    /// Works until the sockets are quiet, the engine is stopped, or the budget of turns is used up.
    mutating func serve() {
        look(milliseconds: 0)
        var quietAt = Moment.zero
        for _ in 0..<Self.turnBudget {
            let now = SystemClock.now
            let datagrams = turn(now: now)
            if mailbox.isStopping { return }
            if datagrams > 0 { quietAt = now + Self.linger }
            if transport.hasBacklog { continue }
            let pause = pacer.pause
            if datagrams > 0 && pause > .zero {
                transport.gather(for: pause)
            } else if !waitForMore(until: quietAt) {
                return
            }
        }
    }

    /// Waits for datagrams, an order or a deadline; false when none came in time.
    private mutating func waitForMore(until quietAt: Moment) -> Bool {
        let now = SystemClock.now
        var end = quietAt
        guard end > now else { return false }
        if let deadline = core.nextDeadline {
            if deadline <= now { return true }
            end = min(end, max(deadline, now + Self.slack))
        }
        // Rounded up, so that a wait never ends just before the deadline it waits for.
        if look(milliseconds: Int(((end - now).nanoseconds + 999_999) / 1_000_000)) { return true }
        return core.nextDeadline.map { $0 <= SystemClock.now } ?? false
    }

    /// Asks the poller what is ready; true when anything is.
    @discardableResult
    private mutating func look(milliseconds: Int) -> Bool {
        let result = transport.wait(milliseconds: milliseconds)
        if result.isSignalled { mailbox.engineSignal.lower() }
        return result.hasTraffic || result.isSignalled
    }

    /// One turn; gives back how many datagrams it took.
    private mutating func turn(now: Moment) -> Int {
        if let deadline = core.nextDeadline, deadline <= now { core.fire(now: now, into: &outbox) }
        let datagrams = transport.receive { bytes, flow in
            core.receive(bytes, over: flow, now: now, into: &outbox)
        }
        pacer.record(datagrams, now: now)
        for order in mailbox.takeOrders() { carryOut(order, now: now) }
        sendOutputs(now: now)
        if core.hasBatch { writer?.write(core.takeBatch(now: now)) }
        if core.hasQuestions { resolver.ask(core.takeQuestions()) }
        publishIfWanted(now: now)
        return datagrams
    }

    private mutating func carryOut(_ order: EngineMailbox.Order, now: Moment) {
        switch order {
        case .perform(let command, let then):
            let outcome = core.perform(command, now: now, into: &outbox)
            reply { then(outcome) }
        case .replaceAccounts(let accounts): core.replaceAccounts(accounts)
        case .snapshot(let then):
            let chunks = core.traceChunks(since: 0)
            let lost = chunks.first?.records.first?.sequence ?? 0
            let update = EngineUpdate(report: core.snapshot(now: now), chunks: chunks, lostRecords: lost)
            reply { then(update) }
        case .stored(let number, let failure):
            core.stored(number, failure: failure?.words, now: now, into: &outbox)
        case .resolve(let question, let answer):
            core.resolved(question, answer, now: now, into: &outbox)
        }
    }

    /// Stores what no turn will store any more, and waits for it.
    private mutating func storeRest(now: Moment) {
        guard let writer, core.hasBatch else { return }
        let batch = core.takeBatch(now: now)
        core.stored(batch.number, failure: writer.writeNow(batch)?.words, now: now, into: &outbox)
    }

    /// Sends what the turn made, and what failures of sending make in turn.
    private mutating func sendOutputs(now: Moment) {
        reportFailures(now: now)
        // Ends: every failure finishes a transaction, and what that makes is one message upstream.
        while !outbox.entries.isEmpty {
            transport.send(outbox)
            outbox.clear()
            reportFailures(now: now)
        }
    }

    private mutating func reportFailures(now: Moment) {
        guard !transport.failures.isEmpty else { return }
        for failure in transport.failures {
            core.transportFailed(
                transaction: failure.transaction,
                flow: failure.flow,
                now: now,
                into: &outbox
            )
        }
        transport.failures.removeAll(keepingCapacity: true)
    }

    private mutating func publishIfWanted(now: Moment) {
        guard mailbox.announce(news: hasNews) else { return }
        let report = core.changes(now: now)
        let chunks = core.traceChunks(since: readerSequence)
        let first = chunks.first?.records.first?.sequence ?? core.nextSequence
        let lost = first > readerSequence ? first - readerSequence : 0
        readerSequence = core.nextSequence
        hasPublished = true
        mailbox.publish(EngineUpdate(report: report, chunks: chunks, lostRecords: lost))
        _ = mailbox.announce(news: hasNews)
    }

    /// True when an update would say something; the first one says how the engine was started.
    private var hasNews: Bool { !hasPublished || core.hasChanges || core.nextSequence > readerSequence }
}
