import SIPFlow
import SIPNextHop
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// An ACK arrived: it ends at its INVITE, or goes on statelessly (RFC 3261 §16.6, §17.2.1).
    mutating func receiveAcknowledgement(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        result: NextHopResult? = nil,
        now: Moment,
        into outbox: inout Outbox
    ) -> Disposition {
        guard index.problem == nil else { return Disposition(drop: .malformed) }
        if let id = layer.findServer(bytes, index, method: .invite), id.kind == .serverInvite {
            switch layer.receiveAcknowledgement(id, now: now) {
            case .absorb: return Disposition(transaction: id)
            case .deliver: break
            }
        }
        // An answer of ours that kept no transaction, or outlived it, carried this tag.
        if let tag = index.toTag, bytes.hexadecimal(tag) == toTag(bytes, index) {
            return Disposition(drop: .absorbed)
        }
        guard case .request(_, _, let slice) = index.startLine, let uri = try? URI(bytes, slice) else {
            return Disposition(drop: .malformed)
        }
        // As for other requests, nothing that asks for sips goes on in the clear.
        guard uri.scheme == .sip || uri.scheme == .tel, let hops = hopsLeft(bytes, index) else {
            return Disposition(drop: .strayAcknowledgement)
        }
        var route = takeRoutes(bytes, index, uri, .ack, over: flow)
        route.loopHash = loopHash(bytes, index)
        route.hops = hops
        guard !hasLoop(bytes, index, route.loopHash) else { return Disposition(drop: .strayAcknowledgement) }
        guard let found = acknowledgementTarget(bytes, index, route, now: now) else {
            return Disposition(drop: .strayAcknowledgement)
        }
        var target = found.target
        defer {
            layer.store.remove(&target.uri)
            layer.store.remove(&target.path)
        }
        if let name = found.name {
            switch acknowledgementHop(name, result, bytes, index, over: flow, now: now) {
            case .flow(let next): target.flow = next
            case .waits: return Disposition()
            case .none: return Disposition(drop: .strayAcknowledgement)
            }
        }
        let branchHash = bytes.extracting((index.topVia?.whole ?? Slice(0, 0)).range)
        let plan = ForwardPlan(
            branch: Branch(
                transaction: TransactionID(number: layer.keyedHash.hash(branchHash) & ~3),
                loopHash: route.loopHash
            ),
            sending: domains.marks[target.flow.listener.index],
            receiving: domains.marks[flow.listener.index],
            source: flow.peer,
            routeToken: nil,
            hops: route.hops,
            replacesRoutes: route.hasChanged,
            consumed: consumedCredentials(bytes, index)
        )
        append(bytes, index, plan: plan, target: target, route, into: &outbox)
        outbox.finish(to: target.flow)
        return Disposition()
    }

    /// Where an ACK to a 2xx goes: along its route, or to the one binding of its address of record.
    private mutating func acknowledgementTarget(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ route: RouteDecision,
        now: Moment
    ) -> (target: Target, name: NamedHop?)? {
        if !isOwn(bytes, route) {
            guard route.isTrusted || isRegistered(bytes, index, route.flow, now: now) else { return nil }
            guard let next = nextHop(bytes, route) else { return nil }
            let target = Target(
                uri: storeURI(bytes, route.uri, dropsAddress: route.dropsAddress),
                path: .none,
                flow: next.flow ?? route.flow,
                q: 1_000
            )
            return (target, NamedHop(next, isRoute: !routes.isEmpty))
        }
        let place = openContext(server: .none, isInvite: false)
        _ = gatherTargets(place, bytes, route.uri, over: route.flow, now: now)
        defer { closeContext(place) }
        guard let target = contexts[place].targets.first else { return nil }
        contexts[place].targets.removeFirst()
        return (target, target.name.map { contexts[place].names[$0] })
    }
}
