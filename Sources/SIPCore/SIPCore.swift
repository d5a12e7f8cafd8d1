public import SIPFlow
import SIPProxy
public import SIPRegistrar
import SIPReport
import SIPSyntax
public import SIPTrace
import SIPTransaction

/// The whole engine without its machine: bytes, deadlines, commands in; messages, reports out.
///
/// - Shape: sans-I/O, for one serial caller. Every message received and sent is on the trace.
/// - Cost: one parse, one copy into the trace and one splice a forwarded message; no allocation in steady state.
public struct SIPCore: ~Copyable {
    let configuration: CoreConfiguration
    let clock: ClockAnchor
    let startedAt: Moment
    var proxy: SIPProxy
    var trace: TraceLog
    var counters = CoreCounters()
    var operations = Operations()
    var keeper = StoreKeeper()
    var gate: SourceGate
    var heard: HeardSources
    private var index = MessageIndex()

    /// Makes an engine without state; the seed keeps its hashes from being guessed.
    ///
    /// - Shape: without an authentication everybody is let in.
    public init(
        configuration: CoreConfiguration,
        authentication: Authentication? = nil,
        seed: UInt64,
        now: Moment,
        clock: ClockAnchor
    ) {
        self.configuration = configuration
        self.clock = clock
        startedAt = now
        trace = TraceLog(budget: configuration.traceBudget)
        let keyedHash = KeyedHash(seed: seed)
        heard = HeardSources(keyedHash: keyedHash)
        gate = SourceGate(
            limits: configuration.sources,
            own: configuration.listeners.map(\.advertised.ip),
            keyedHash: keyedHash
        )
        let timers = TransactionTimers(
            t1: configuration.t1,
            t2: configuration.t2,
            t4: configuration.t4,
            timerC: configuration.timerC,
            trying: configuration.trying
        )
        let limits = RegistrarLimits(
            minimumExpiry: configuration.minimumExpiry,
            defaultExpiry: configuration.defaultExpiry,
            maximumExpiry: configuration.maximumExpiry,
            contactsPerAOR: configuration.contactsPerAOR,
            bindingLimit: configuration.bindingLimit
        )
        proxy = SIPProxy(
            domains: ServedDomains(
                listeners: configuration.listeners,
                domains: configuration.domains,
                aliases: configuration.aliases,
                ignoresUserCase: configuration.ignoresUserCase,
                takesTelephoneNumbers: configuration.takesTelephoneNumbers,
                keyedHash: keyedHash
            ),
            layer: TransactionLayer(
                timers: timers,
                limit: configuration.transactionLimit,
                keyedHash: keyedHash,
                now: now
            ),
            registrar: Registrar(
                limits: limits,
                policy: configuration.registrarPolicy,
                seed: seed,
                now: now,
                serviceRoute: configuration.serviceRoute
            ),
            clock: clock,
            userAliases: configuration.userAliases,
            authenticator: authentication.map { Authenticator($0, keyedHash: keyedHash, start: now) }
        )
        proxy.options.maximumBreadth = configuration.maximumBreadth
        proxy.options.controlsOverload = configuration.controlsOverload
        proxy.options.followsRedirects = configuration.followsRedirects
        if let interval = configuration.pingInterval {
            proxy.registrar.startPings(PingPolicy(interval: interval), now: now)
        }
    }

    /// A message arrived.
    public mutating func receive(
        _ bytes: Span<UInt8>,
        over flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) {
        let firstSent = outbox.entries.count
        counters.received += 1
        let isWatched = gate.watches(flow.peer.ip)
        if isWatched, let reason = gate.refusal(of: bytes, from: flow.peer.ip, now: now) {
            counters.drops[Int(reason.rawValue)] += 1
            return
        }
        var record = TraceRecord(sequence: 0, moment: now, direction: .received, flow: flow)
        do {
            try index.parse(bytes)
            count(index)
            if isWatched, gate.refusesScanner(bytes, index, from: flow.peer.ip, now: now) {
                counters.drops[Int(DropReason.scanner.rawValue)] += 1
                return
            }
            let disposition = proxy.receive(bytes, index, over: flow, now: now, into: &outbox)
            record.transaction = disposition.transaction.number
            record.isRetransmission = disposition.isRetransmission
            record.drop = disposition.drop.map(DropReason.init)
        } catch {
            if STUN.isBindingRequest(bytes) {
                STUN.appendResponse(to: bytes, from: flow.peer, into: &outbox.bytes)
                outbox.finish(to: flow, isOwn: true)
            }
            if error.reason == .empty || isKeepAlive(bytes) {
                record.drop = .keepAlive
                heard.note(flow.peer, now: now)
            } else {
                record.drop = .malformed
            }
        }
        if record.isRetransmission { counters.retransmissions += 1 }
        if let drop = record.drop { counters.drops[Int(drop.rawValue)] += 1 }
        _ = trace.append(record, bytes)
        proxy.notifyWatchers(now: now, into: &outbox)
        traceSent(from: firstSent, outbox, now: now)
    }

    /// Lets all due deadlines act.
    public mutating func fire(now: Moment, into outbox: inout Outbox) {
        let firstSent = outbox.entries.count
        gate.bans.removeEnded(now: now)
        proxy.fire(now: now, into: &outbox)
        proxy.notifyWatchers(now: now, into: &outbox)
        traceSent(from: firstSent, outbox, now: now)
    }

    /// The network refused a message.
    ///
    /// With transaction 0, every request that waits for an answer of the flow's peer is concerned.
    public mutating func transportFailed(
        transaction: UInt64,
        flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) {
        let firstSent = outbox.entries.count
        counters.drops[Int(DropReason.sendFailed.rawValue)] += 1
        if transaction != 0 {
            proxy.transportFailed(TransactionID(number: transaction), now: now, into: &outbox)
        } else {
            proxy.peerUnreachable(flow.peer, now: now, into: &outbox)
        }
        proxy.notifyWatchers(now: now, into: &outbox)
        traceSent(from: firstSent, outbox, now: now)
    }

    /// When to call `fire`; nil when nothing waits.
    public var nextDeadline: Moment? {
        guard let end = gate.bans.nextEnd else { return proxy.nextDeadline }
        return min(end, proxy.nextDeadline ?? end)
    }

    /// All chunks that hold records from a sequence number on.
    public mutating func traceChunks(since sequence: UInt64) -> [TraceChunk] {
        trace.chunks(since: sequence)
    }

    /// The number that the next record gets.
    public var nextSequence: UInt64 { trace.nextSequence }

    /// True for the zero bytes and the STUN messages that phones keep a path open with.
    private func isKeepAlive(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= 4 else { return true }
        if bytes.count == 4 { return bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 0 }
        return bytes.count >= 20 && bytes[0] < 2 && bytes[4] == 0x21 && bytes[5] == 0x12
    }

    private mutating func count(_ index: MessageIndex) {
        guard let method = index.method else { return }
        counters.requests += 1
        switch method {
        case .invite: counters.invites += 1
        case .register: counters.registers += 1
        case .options: counters.options += 1
        case .ack, .bye, .cancel, .prack, .update, .info, .message, .refer, .subscribe, .notify, .publish,
            .other:
            break
        }
    }

    /// Puts what was written into the outbox since an entry onto the trace.
    mutating func traceSent(from first: Int, _ outbox: borrowing Outbox, now: Moment) {
        for place in first..<max(first, outbox.entries.count) {
            let entry = outbox.entries[place]
            let message = outbox.bytes.span.extracting(entry.start..<entry.start + entry.count)
            counters.sent += 1
            if entry.isRetransmission { counters.retransmissions += 1 }
            if message.count > 8, message[0] == UInt8(ascii: "S"), message[3] == UInt8(ascii: "/") {
                let digit = Int(message[8]) - Int(UInt8(ascii: "1"))
                if (0...5).contains(digit) { counters.responses[digit] += 1 }
            }
            let record = TraceRecord(
                sequence: 0,
                moment: now,
                direction: .sent,
                flow: entry.flow,
                transaction: entry.transaction,
                isRetransmission: entry.isRetransmission,
                isOwn: entry.isOwn,
                drop: STUN.isMessage(message) ? .keepAlive : nil
            )
            _ = trace.append(record, message)
        }
    }
}
