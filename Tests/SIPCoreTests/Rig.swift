import SIPFlow
import SIPRegistrar
import SIPReport
import SIPSyntax
import SIPTrace
import SIPTransaction
import Testing

@testable import SIPCore
@testable import SIPProxy

/// One message that the engine sent in a test.
struct Sent {
    var text: String
    var to: SocketAddress
    var at: Moment
    var isOwn: Bool
    var isRetransmission: Bool

    /// The first line.
    var startLine: String { String(text.prefix { !$0.isNewline }) }
    /// The status code; 0 for a request.
    var code: Int { startLine.hasPrefix("SIP/2.0 ") ? Int(startLine.dropFirst(8).prefix(3)) ?? 0 : 0 }
    /// The method of a request; of a response, its CSeq's.
    var method: String {
        code == 0
            ? String(startLine.prefix { $0 != " " })
            : String(headers("CSeq").first?.split(separator: " ").last ?? "")
    }

    /// The values of all fields with a name, in order.
    func headers(_ name: String) -> [String] {
        text.split(separator: "\r\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }.compactMap {
            line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == name.lowercased() else { return nil }
            return parts[1].trimmingPrefix { $0 == " " }.description
        }
    }

    /// The body.
    var body: String {
        guard let range = text.firstRange(of: "\r\n\r\n") else { return "" }
        return String(text[range.upperBound...])
    }
}

/// An engine under a virtual clock, and a network that is an array.
final class Rig {
    var core: SIPCore
    var outbox = Outbox()
    private(set) var now = Moment.zero
    /// All that was sent and not yet looked at.
    private(set) var sent: [Sent] = []
    let listeners: [Listener]
    /// True when what is sent to one of our listeners arrives there.
    var isLoopedBack = false

    init(
        domains: [String] = ["example.test"],
        listeners: [String] = ["127.0.0.1:5060"],
        users: [User] = [],
        asksStrangers: Bool = false,
        _ change: (inout CoreConfiguration) -> Void = { _ in }
    ) {
        self.listeners = listeners.compactMap { text in
            SocketAddress(text, defaultPort: 5060).map { Listener(transport: .udp, address: $0) }
        }
        var configuration = CoreConfiguration(listeners: self.listeners, domains: domains)
        // So that one arrival shows all that it causes; a test of the wait sets another.
        configuration.trying = .zero
        change(&configuration)
        var authentication = users.isEmpty ? nil : User.authentication(users, domains: domains)
        authentication?.asksStrangers = asksStrangers
        core = SIPCore(
            configuration: configuration,
            authentication: authentication,
            seed: 7,
            now: .zero,
            clock: ClockAnchor(moment: .zero, unixNanoseconds: 1_700_000_000_000_000_000)
        )
    }

    /// A message arrives from a port of 127.0.0.1, or from an address.
    func receive(_ text: String, from source: String, on listener: Int = 0) {
        receive(Array(text.utf8), from: source, on: listener)
    }

    /// Bytes arrive.
    func receive(_ bytes: [UInt8], from source: String, on listener: Int = 0) {
        guard let peer = Self.address(source) else { return }
        let flow = Flow(transport: .udp, listener: ListenerID(listener), peer: peer)
        core.receive(bytes.span, over: flow, now: now, into: &outbox)
        collect()
    }

    /// Time passes; every deadline in it acts at its own moment.
    func advance(_ interval: Interval) {
        let end = now + interval
        while let deadline = core.nextDeadline, deadline <= end {
            now = max(now, deadline)
            core.fire(now: now, into: &outbox)
            collect()
        }
        now = end
    }

    /// Time passes without a turn of the engine, then one comes.
    func leap(_ interval: Interval) {
        now = now + interval
        core.fire(now: now, into: &outbox)
        collect()
    }

    /// How many subscriptions there are.
    var watchers: Int { core.proxy.registrar.subscriptions.count }

    /// The network refuses what is sent to an address.
    func refuse(_ peer: String) {
        guard let address = Self.address(peer) else { return }
        core.transportFailed(
            transaction: 0,
            flow: Flow(transport: .udp, listener: ListenerID(0), peer: address),
            now: now,
            into: &outbox
        )
        collect()
    }

    func perform(_ command: CoreCommand) -> CommandOutcome {
        let outcome = core.perform(command, now: now, into: &outbox)
        collect()
        return outcome
    }

    func replaceUsers(_ users: [User]) { core.replaceAccounts(users.map(\.account)) }

    /// Begins with what a store holds, and waits for it from now on.
    func keep(_ bindings: [StoredBinding] = [], bans: [StoredBan] = []) {
        core.keep(in: "store.db", holding: bindings, bans: bans, now: now)
    }

    /// A store cannot be used.
    func goOnWithoutStore(_ reason: String) { core.goOnWithoutStore("store.db", reason: reason) }

    /// True when the store has something to do.
    var hasBatch: Bool { core.hasBatch }

    /// What the store gets next; nil when it has nothing to do.
    func takeBatch() -> StoreBatch? { core.hasBatch ? core.takeBatch(now: now) : nil }

    /// The store has finished with a batch, or failed.
    func stored(_ batch: StoreBatch, failure: String? = nil) {
        core.stored(batch.number, failure: failure, now: now, into: &outbox)
        collect()
    }

    /// Takes what was sent since the last look.
    func take() -> [Sent] {
        let taken = sent
        sent = []
        return taken
    }

    /// Takes what was sent to a port of 127.0.0.1, or to an address, and leaves the rest.
    func take(to place: String) -> [Sent] {
        guard let address = Self.address(place) else { return [] }
        let taken = sent.filter { $0.to == address }
        sent.removeAll { $0.to == address }
        return taken
    }

    /// Takes the one message sent to a place.
    func one(to place: String, sourceLocation: SourceLocation = #_sourceLocation) -> Sent? {
        let taken = take(to: place)
        #expect(taken.count == 1, "\(taken.map(\.startLine))", sourceLocation: sourceLocation)
        return taken.first
    }

    /// Everything is over: no transaction, no response context and no stored byte is left.
    func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) {
        let left = (
            core.proxy.layer.count, core.proxy.contexts.count - core.proxy.freeContexts.count,
            core.proxy.layer.store.bytesInUse
        )
        #expect(left == (0, 0, 0), "transactions, contexts, bytes", sourceLocation: sourceLocation)
    }

    func snapshot() -> EngineReport { core.snapshot(now: now) }
    func changes() -> EngineReport { core.changes(now: now) }
    var hasChanges: Bool { core.hasChanges }
    func records() -> [TraceRecord] { core.traceChunks(since: 0).flatMap(\.records) }

    static func address(_ place: String) -> SocketAddress? {
        SocketAddress(place.contains(":") ? place : "127.0.0.1:" + place, defaultPort: 5060)
    }

    func collect() {
        var returning: [(bytes: [UInt8], flow: Flow)] = []
        for entry in outbox.entries {
            let bytes = Array(outbox.bytes[entry.start..<entry.start + entry.count])
            if isLoopedBack, let place = listeners.firstIndex(where: { $0.address == entry.flow.peer }) {
                let source = listeners[entry.flow.listener.index].address
                returning.append(
                    (bytes, Flow(transport: .udp, listener: ListenerID(place), peer: source))
                )
                continue
            }
            sent.append(
                Sent(
                    text: String(decoding: bytes, as: UTF8.self),
                    to: entry.flow.peer,
                    at: now,
                    isOwn: entry.isOwn,
                    isRetransmission: entry.isRetransmission
                )
            )
        }
        outbox.clear()
        for (bytes, flow) in returning {
            core.receive(bytes.span, over: flow, now: now, into: &outbox)
            collect()
        }
    }
}
