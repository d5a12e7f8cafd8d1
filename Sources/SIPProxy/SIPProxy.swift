public import SIPFlow
import SIPNextHop
public import SIPRegistrar
public import SIPSyntax
public import SIPTransaction

/// The proxy core and the element's own answers (RFC 3261 §16).
///
/// - Shape: sans-I/O; messages go into an outbox. The layer and the registrar are its parts, and public for reports.
/// - Cost: one pass over a message, no allocation in steady state.
public struct SIPProxy: ~Copyable {
    /// Which hosts are ours.
    public let domains: ServedDomains
    /// All transactions.
    public var layer: TransactionLayer
    /// All bindings.
    public var registrar: Registrar
    /// Ties moments to dates, for the Date header field.
    public var clock: ClockAnchor
    /// Other names of users.
    let aliases: UserAliases
    /// Who is let in; nil for everybody.
    public internal(set) var authenticator: Authenticator?
    /// True when there are, or were, accounts: requests must prove who sent them.
    public internal(set) var isEnforced = false

    /// The rules that may be chosen.
    public var options = ProxyOptions()

    /// Addresses of record that are kept out.
    public var bannedUsers = BanTable<[UInt8]>()

    /// Which next hops asked for less.
    var throttle = OverloadThrottle()
    /// Until when others hold back on our word.
    var overloadToldUntil = Moment.zero
    /// Searches for next hops by name.
    var finder: NextHopFinder
    /// What waits for them.
    var waiters: [NextHopFinder.Ticket: HopWaiter] = [:]
    /// Which next hops cannot take requests just now.
    var health = HopHealth()

    // Never taken out, only used again, so that their own arrays keep their room.
    var contexts = Slab<ResponseContext>()
    var freeContexts: [UInt32] = []
    /// Answers that leave once the store holds what they say.
    var waitingAnswers = WaitingAnswers()
    /// Written anew for each message.
    var key: [UInt8] = []
    var headers: [UInt8] = []
    var routes: [Slice] = []
    /// A stored request is taken out here before it is forwarded again.
    var request: [UInt8] = []
    var requestIndex = MessageIndex()
    let nothing: [UInt8] = []
    private let pinned = Pinned()

    /// Makes a proxy without state.
    ///
    /// - Shape: `userAliases` has names and the addresses of record that they lead to, as URIs.
    public init(
        domains: ServedDomains,
        layer: consuming TransactionLayer,
        registrar: consuming Registrar,
        clock: ClockAnchor,
        userAliases: [String: String] = [:],
        authenticator: consuming Authenticator? = nil
    ) {
        self.domains = domains
        finder = NextHopFinder(reach: NextHopReach(domains.listeners))
        self.layer = layer
        self.registrar = registrar
        self.clock = clock
        aliases = UserAliases(userAliases, domains)
        self.authenticator = authenticator
        isEnforced = self.authenticator?.isEnforced ?? false
        key.reserveCapacity(256)
        headers.reserveCapacity(2_048)
        routes.reserveCapacity(32)
    }

    /// A sound or faulty message arrived; `index` was made from its bytes.
    public mutating func receive(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) -> Disposition {
        guard let method = index.method else {
            guard index.problem == nil else { return Disposition(drop: .malformed) }
            return receiveResponse(bytes, index, over: flow, now: now, into: &outbox)
        }
        guard index.topVia != nil else { return Disposition(drop: .malformed) }
        if method == .ack { return receiveAcknowledgement(bytes, index, over: flow, now: now, into: &outbox) }
        if method == .options, answerKeepAlive(bytes, index, over: flow, into: &outbox) {
            return Disposition()
        }
        if index.problem == nil, let id = layer.findServer(bytes, index, method: method) {
            layer.receiveRepeat(id, into: &outbox)
            return Disposition(transaction: id, isRetransmission: true)
        }
        // What runs may still be cancelled.
        let mayOpen =
            !layer.isFull || method == .cancel && layer.findServer(bytes, index, method: .invite) != nil
        guard mayOpen else {
            refuseStateless(503, bytes, index, flow, now: now, into: &outbox)
            return Disposition(drop: .overload)
        }
        if let problem = index.problem {
            return refuseMalformed(problem, method, bytes, index, flow, now: now, into: &outbox)
        }
        let id = layer.openServer(
            bytes,
            index,
            method: method,
            from: flow.peer,
            replyTo: replyFlow(bytes, index, flow),
            now: now
        )
        if method == .cancel {
            receiveCancel(id, bytes, index, now: now, into: &outbox)
        } else {
            receiveRequest(id, method, bytes, index, over: flow, now: now, into: &outbox)
        }
        return Disposition(transaction: id)
    }

    /// Lets all due deadlines act.
    public mutating func fire(now: Moment, into outbox: inout Outbox) {
        while let event = layer.nextEvent(now: now, into: &outbox) {
            switch event {
            case .tryingIsDue(let id):
                answerStored(id, 100, now: now, into: &outbox)
            case .clientTimedOut(let branch, let failure):
                branchEnded(branch, failure, code: 408, now: now, into: &outbox)
            case .rangTooLong(let id):
                noteRangTooLong(id)
                layer.cancel(id, now: now, into: &outbox)
            }
        }
        registrar.expire(now: now)
        registrar.subscriptions.expire(now: now)
        bannedUsers.removeEnded(now: now)
        if let deadline = registrar.nextPingDeadline, deadline <= now { sendPings(now: now, into: &outbox) }
        fireSearches(now: now, into: &outbox)
    }

    /// The network refused a message of a transaction.
    public mutating func transportFailed(_ id: TransactionID, now: Moment, into outbox: inout Outbox) {
        guard layer.contains(id) else { return }
        guard id.isClient else {
            responseFailed(id, now: now, into: &outbox)
            return
        }
        let reference = layer.reference(id)
        guard layer.transportFailed(id) else { return }
        let failure = layer.failure(of: id)
        layer.settleClient(id)
        branchEnded(reference, failure, code: 503, now: now, into: &outbox)
    }

    /// When to call `fire`.
    public var nextDeadline: Moment? {
        earlier(
            earlier(earlier(layer.nextDeadline, registrar.nextDeadline), bannedUsers.nextEnd),
            earlier(
                finder.nextDeadline,
                earlier(registrar.subscriptions.nextDeadline, registrar.nextPingDeadline)
            )
        )
    }
}

extension SIPProxy {
    /// An ICMP error says that nothing reaches a peer: every request that waits for its answer fails
    /// (RFC 3261 §18.4).
    public mutating func peerUnreachable(_ peer: SocketAddress, now: Moment, into outbox: inout Outbox) {
        for id in layer.clientsWaiting(for: peer) { transportFailed(id, now: now, into: &outbox) }
        for id in layer.serversAnswering(peer) { responseFailed(id, now: now, into: &outbox) }
    }
}

/// The earlier of two deadlines, either of which may be missing.
private func earlier(_ left: Moment?, _ right: Moment?) -> Moment? {
    guard let left, let right else { return left ?? right }
    return min(left, right)
}
