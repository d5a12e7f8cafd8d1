public import SIPFlow
public import SIPNextHop
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// True when questions wait for name servers.
    public var hasQuestions: Bool { finder.hasQuestions }

    /// Takes the questions for name servers.
    public mutating func takeQuestions() -> [DNSQuestion] { finder.takeQuestions() }

    /// A name server answered, or did not; whatever waited for it goes on.
    public mutating func resolved(
        _ question: DNSQuestion,
        _ answer: DNSAnswer,
        now: Moment,
        into outbox: inout Outbox
    ) {
        settle(finder.receive(answer, to: question, now: now), now: now, into: &outbox)
    }

    /// Ends the searches that no name server answered in time.
    mutating func fireSearches(now: Moment, into outbox: inout Outbox) {
        guard let deadline = finder.nextDeadline, deadline <= now else { return }
        settle(finder.fire(now: now), now: now, into: &outbox)
    }

    private mutating func settle(
        _ finished: [NextHopFinder.Finished],
        now: Moment,
        into outbox: inout Outbox
    ) {
        for search in finished {
            guard let waiter = waiters.removeValue(forKey: search.ticket) else { continue }
            switch waiter {
            case .target(let place, let position):
                contexts[place].pending -= 1
                take(search.result, place, position, now: now)
                resume(place, search: position, now: now, into: &outbox)
                goOn(place, now: now, into: &outbox)
            case .acknowledgement(let stored, let flow):
                acknowledge(stored, over: flow, search.result, now: now, into: &outbox)
            case .response(let id, let failed):
                redirectResponse(id, search.result, failed: failed, into: &outbox)
            }
        }
    }

    /// Keeps a target's name in its context; nil for a target that has none.
    mutating func addName(_ name: NamedHop?, _ place: UInt32) -> Int? {
        guard let name else { return nil }
        contexts[place].names.append(name)
        return contexts[place].names.count - 1
    }

    /// Begins a target by name: sent at once when its hops are known.
    mutating func startNamed(
        _ place: UInt32,
        _ name: Int,
        _ route: RouteDecision,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) {
        let query = contexts[place].names[name].query
        let position = contexts[place].searches.count
        contexts[place].searches.append(HopSearch(name: name))
        switch finder.find(query, seed: drawingSeed(bytes, index), now: now) {
        case .waits(let ticket):
            waiters[ticket] = .target(context: place, search: position)
            contexts[place].searches[position].state = .waiting(ticket)
            contexts[place].pending += 1
        case .done(let result):
            take(result, place, position, now: now)
            tryNextHop(place, position, route, bytes, index, now: now, into: &outbox)
        }
    }

    /// What decides the draw by weight: the same for all requests of a call, so that they go the same way.
    func drawingSeed(_ bytes: Span<UInt8>, _ index: MessageIndex) -> UInt64 {
        layer.keyedHash.hash(bytes.extracting(index.callID.range), salt: 0x7372)
    }

    /// Takes what a search found, or notes why it found nothing.
    ///
    /// - Shape: of a Request-URI's own host that is nowhere: 404, "the user does not exist at the domain" (RFC 3261
    ///   §21.4.4); of a Route's 502. Name servers that are silent: 504 (§21.5.5), that fail: 500.
    private mutating func take(_ result: NextHopResult, _ place: UInt32, _ search: Int, now: Moment) {
        contexts[place].searches[search].state = .over
        switch result {
        case .found(let hops):
            contexts[place].searches[search].hops = health.ordered(hops, now: now)[...]
        case .failed(let failure):
            let named = contexts[place].names[contexts[place].searches[search].name]
            if let flow = named.fallback {
                let hop = NextHop(transport: flow.transport, address: flow.peer)
                contexts[place].searches[search].hops = [hop]
                return
            }
            let code =
                switch failure.reason {
                case .noSuchName, .noAddress, .notOffered: named.isRoute ? 502 : 404
                case .serverFailed, .overloaded: 500
                case .timedOut: 504
                }
            noteFailure(place, code, reason: failure.text)
        }
    }

    /// Sends a request to the next hop of a search that takes it, as a new client transaction.
    mutating func tryNextHop(
        _ place: UInt32,
        _ search: Int,
        _ route: RouteDecision,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) {
        let name = contexts[place].searches[search].name
        guard let number = contexts[place].targets.firstIndex(where: { $0.name == name }) else { return }
        var target = contexts[place].targets[number]
        while let hop = contexts[place].searches[search].hops.popFirst() {
            guard !layer.isFull else { break }
            guard let next = self.flow(to: hop, preferring: target.flow.listener) else { continue }
            if isHeldBack(next, route.method, index, now: now)
                || !health.isEmpty && isShut(next, index, now: now)
            {
                noteFailure(place, 503)
                noteLeftAlone(next.peer, place)
                continue
            }
            target.flow = next
            let branch =
                send(to: target, place, route, bytes, index, now: now, into: &outbox)
            contexts[place].targets[number].branch = branch
            contexts[place].searches[search].state = .trying(branch, at: hop)
            return
        }
        contexts[place].searches[search].state = .over
        if contexts[place].bestCode == 0 { noteFailure(place, 503) }
    }

    /// The flow to a hop; nil when no listener reaches it.
    func flow(to hop: NextHop, preferring listener: ListenerID) -> Flow? {
        domains.listener(for: hop.address.ip, preferring: listener).map {
            Flow(transport: hop.transport, listener: $0, peer: hop.address)
        }
    }

    /// Stops what still waits for name servers; those targets are no longer pending.
    mutating func stopSearches(_ place: UInt32) {
        for position in contexts[place].searches.indices {
            guard let ticket = contexts[place].searches[position].ticket else { continue }
            finder.forget(ticket)
            waiters[ticket] = nil
            contexts[place].searches[position].state = .over
            contexts[place].pending -= 1
        }
    }
}
