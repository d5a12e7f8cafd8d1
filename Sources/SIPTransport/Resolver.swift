import Dispatch
import SIPFlow
public import SIPNextHop

/// Asks name servers, on a queue of its own; nobody waits for it.
///
/// - Shape: each question is answered once, through `deliver`, on the resolver's queue. Nothing is opened before the
///   first question. After `stop` nothing is answered any more.
public actor Resolver {
    private nonisolated let executor = QueueExecutor(label: "sipglass.resolver", qos: .userInitiated)
    private nonisolated let deliver: @Sendable (DNSQuestion, DNSAnswer) -> Void
    private let service: NameService
    private var channel: NameServerChannel?
    private var source: (any DispatchSourceRead)?
    private var timer: (any DispatchSourceTimer)?
    private var isStopped = false

    /// The resolver's queue, as an executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The executor lives as long as the actor.
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Makes a resolver that has asked nothing yet.
    public init(_ service: NameService, deliver: @escaping @Sendable (DNSQuestion, DNSAnswer) -> Void) {
        self.service = service
        self.deliver = deliver
    }

    /// Asks questions; returns at once.
    public nonisolated func ask(_ questions: [DNSQuestion]) {
        executor.queue.async { @Sendable [self] in assumeIsolated { $0.begin(questions) } }
    }

    /// Closes all sockets soon; answers that are still out are given up.
    public nonisolated func stop() {
        executor.queue.async { @Sendable [self] in assumeIsolated { $0.end() } }
    }

    private func begin(_ questions: [DNSQuestion]) {
        guard !isStopped else { return }
        if channel == nil { open() }
        for question in questions {
            guard channel != nil else {
                deliver(question, DNSAnswer(.serverFailed))
                continue
            }
            channel?.ask(question) { [deliver] answer in deliver(question, answer) }
        }
        armTimer()
    }

    private func open() {
        guard let opened = NameServerChannel(service) else { return }
        let source = DispatchSource.makeReadSource(fileDescriptor: opened.poller, queue: executor.queue)
        let timer = DispatchSource.makeTimerSource(queue: executor.queue)
        channel = consume opened
        self.source = source
        self.timer = timer
        source.setEventHandler { @Sendable [self] in assumeIsolated { $0.work() } }
        // The channel closes its poller, which must not happen before Dispatch has let go of it.
        source.setCancelHandler { @Sendable [self] in assumeIsolated { $0.channel = nil } }
        timer.setEventHandler { @Sendable [self] in assumeIsolated { $0.work() } }
        source.activate()
        timer.activate()
    }

    /// Something arrived, or a time is over.
    private func work() {
        guard !isStopped else { return }
        channel?.process()
        armTimer()
    }

    private func armTimer() {
        guard let pause = channel?.pause else { return }
        timer?.schedule(deadline: .now() + .nanoseconds(Int(pause.nanoseconds)), leeway: .milliseconds(1))
    }

    private func end() {
        isStopped = true
        timer?.cancel()
        source?.cancel()
        timer = nil
        source = nil
    }
}
