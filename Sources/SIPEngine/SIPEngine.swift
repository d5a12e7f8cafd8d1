import Dispatch
public import SIPCore
public import SIPFlow
public import SIPRegistrar
public import SIPReport
import SIPTransport

/// The running registrar and proxy: a core, its sockets and its clock, on one serial Dispatch queue.
///
/// Every function may be called from any thread, and only `stop` waits. A started engine lives until `stop`.
public actor SIPEngine {
    /// How long datagrams wait for one another under load, where nothing else is said.
    public static let defaultGathering = Interval.milliseconds(8)

    /// The listeners, with the ports the system chose where 0 was asked for.
    public nonisolated let listeners: [Listener]

    private nonisolated let executor = QueueExecutor(label: "sipglass.engine")
    private nonisolated let replies = DispatchQueue(label: "sipglass.replies")
    private nonisolated let mailbox: EngineMailbox
    private nonisolated let closed = DispatchGroup()
    private var worker: EngineWorker
    private var sources: [any DispatchSourceProtocol] = []
    private var openSources = 0
    private var timer: (any DispatchSourceTimer)?
    private var armedFor: Moment?

    /// The engine's queue, as an executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The executor lives as long as the actor.
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the listeners and begins to serve them.
    ///
    /// - Shape: without an authentication everybody is let in. From 2,500 datagrams a second on they wait for one
    ///   another, at most as long as `gathering`; zero: never.
    /// - Errors: the first listener that cannot be opened; then nothing stays open.
    public static func start(
        _ configuration: CoreConfiguration,
        authentication: Authentication? = nil,
        store: EngineStore = .memory,
        gathering: Interval = defaultGathering
    ) throws(EngineError) -> SIPEngine {
        let engine = try SIPEngine(configuration, authentication, store, gathering)
        engine.closed.enter()
        engine.executor.queue.async { @Sendable in engine.assumeIsolated { $0.begin() } }
        return engine
    }

    private init(
        _ configuration: CoreConfiguration,
        _ authentication: Authentication?,
        _ store: EngineStore,
        _ gathering: Interval
    ) throws(EngineError) {
        guard !configuration.listeners.isEmpty else { throw EngineError(.noListener) }
        for listener in configuration.listeners where listener.transport != .udp {
            throw EngineError(.notSpoken(listener.transport))
        }
        guard let engineSignal = WakeSignal(), let readerSignal = WakeSignal() else {
            throw EngineError(.outOfDescriptors)
        }
        let transport: DatagramTransport
        do throws(TransportError) {
            transport = try DatagramTransport(listeners: configuration.listeners, signal: engineSignal)
        } catch {
            throw EngineError(.cannotListen(error))
        }
        var bound = configuration
        bound.listeners = transport.listeners
        listeners = bound.listeners
        mailbox = EngineMailbox(engineSignal: engineSignal, readerSignal: readerSignal)
        let clock = SystemClock.anchor
        var core = SIPCore(
            configuration: bound,
            authentication: authentication,
            seed: UInt64.random(in: .min ... .max),
            now: clock.moment,
            clock: clock
        )
        let keeper = StoreWriter(store.begin(&core, now: clock.moment), mailbox)
        let resolver = Resolver(configuration.nameService) { [mailbox] question, answer in
            _ = mailbox.post(.resolve(question, answer))
        }
        worker = EngineWorker(
            core: core,
            transport: transport,
            mailbox: mailbox,
            writer: keeper,
            resolver: resolver,
            gathering: gathering
        ) { [replies] work in
            replies.async(execute: work)
        }
    }

    /// Readable while an update waits to be taken.
    public nonisolated var reportDescriptor: CInt { mailbox.readerSignal.descriptor }

    /// Asks for one update, as soon as there is something new.
    ///
    /// The first one comes at once. Wakes the engine only when it has news that it has not published.
    public nonisolated func requestReport() {
        mailbox.requestReport()
    }

    /// Takes the update that was asked for; nil while there is none.
    public nonisolated func takeReport() -> EngineUpdate? {
        mailbox.takeReport()
    }

    /// Carries out a command in the engine's next turn; `then` runs on a queue of its own.
    ///
    /// A stopped engine refuses.
    public nonisolated func perform(
        _ command: CoreCommand,
        then: @escaping @Sendable (CommandOutcome) -> Void
    ) {
        guard !mailbox.post(.perform(command, then: then)) else { return }
        replies.async { @Sendable in then(.refused("the engine has stopped")) }
    }

    /// Takes other accounts in the place of all there are, in the engine's next turn.
    ///
    /// An engine that was started without an authentication takes none, and stays open.
    public nonisolated func replaceAccounts(_ accounts: [Account]) {
        _ = mailbox.post(.replaceAccounts(accounts))
    }

    /// Hands over the whole tables and the whole ring; what `takeReport` gives is not touched by it.
    ///
    /// A stopped engine hands over nothing.
    public nonisolated func snapshot(_ then: @escaping @Sendable (EngineUpdate) -> Void) {
        _ = mailbox.post(.snapshot(then: then))
    }

    /// Stops serving and returns when all sockets are closed.
    ///
    /// Orders that were given before are still carried out.
    public nonisolated func stop() {
        mailbox.stop()
        closed.wait()
    }

    // The queue's side.

    private func begin() {
        let timer = DispatchSource.makeTimerSource(queue: executor.queue)
        self.timer = timer
        sources = [timer]
        for descriptor in worker.descriptors + [mailbox.engineSignal.descriptor] {
            sources.append(DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: executor.queue))
        }
        openSources = sources.count
        for source in sources {
            source.setEventHandler { @Sendable [self] in assumeIsolated { $0.serve() } }
            source.setCancelHandler { @Sendable [self] in assumeIsolated { $0.sourceClosed() } }
            source.activate()
        }
        serve()
    }

    private func serve() {
        guard !sources.isEmpty else { return }
        worker.serve()
        if mailbox.isStopping {
            for source in sources { source.cancel() }
            sources = []
            timer = nil
        } else {
            armTimer()
        }
    }

    /// Makes the timer fire no later than the next deadline.
    ///
    /// Most deadlines are cancelled or replaced by later ones before they come, so a timer that is set too early
    /// is left alone: one turn for nothing costs less than setting it anew after every batch.
    private func armTimer() {
        guard let timer, let deadline = worker.nextDeadline else { return }
        if let armedFor, armedFor <= deadline, armedFor > SystemClock.now { return }
        armedFor = deadline
        timer.schedule(
            deadline: DispatchTime(uptimeNanoseconds: UInt64(max(1, deadline.nanoseconds))),
            leeway: .milliseconds(1)
        )
    }

    /// Closes the sockets once Dispatch has let go of the last one.
    private func sourceClosed() {
        openSources -= 1
        guard openSources == 0 else { return }
        worker.shutDown()
        closed.leave()
    }
}
