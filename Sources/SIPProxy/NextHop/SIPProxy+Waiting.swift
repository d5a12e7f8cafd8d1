import SIPFlow
import SIPNextHop
import SIPSyntax
import SIPTransaction

/// Where an ACK to a host name goes.
enum AcknowledgementHop {
    /// Over this flow, now.
    case flow(Flow)
    /// Later: name servers are asked.
    case waits
    /// Nowhere.
    case none
}

extension SIPProxy {
    /// Finds the way of an ACK by name; one that must wait is kept, since nobody would send it again.
    mutating func acknowledgementHop(
        _ name: NamedHop,
        _ given: NextHopResult?,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        now: Moment
    ) -> AcknowledgementHop {
        let result: NextHopResult
        if let given {
            result = given
        } else {
            switch finder.find(name.query, seed: drawingSeed(bytes, index), now: now) {
            case .done(let known): result = known
            case .waits(let ticket):
                waiters[ticket] = .acknowledgement(layer.store.add(bytes), flow)
                return .waits
            }
        }
        switch result {
        case .found(let hops):
            for hop in health.ordered(hops, now: now) {
                if let next = self.flow(to: hop, preferring: flow.listener) { return .flow(next) }
            }
            return .none
        case .failed:
            return name.fallback.map { .flow($0) } ?? .none
        }
    }

    /// Forwards an ACK whose way was found.
    mutating func acknowledge(
        _ message: StoredBytes,
        over flow: Flow,
        _ result: NextHopResult,
        now: Moment,
        into outbox: inout Outbox
    ) {
        var message = message
        let isThere = take(message)
        layer.store.remove(&message)
        guard isThere else { return }
        let index = requestIndex
        var stored: [UInt8] = []
        swap(&stored, &request)
        _ = receiveAcknowledgement(
            stored.span,
            index,
            over: flow,
            result: result,
            now: now,
            into: &outbox
        )
        swap(&stored, &request)
    }

    /// A response could not be sent: it goes where the client's Via says it listens (RFC 3263 §5).
    ///
    /// - Shape: a numeric sent-by is tried once. A name with a port has addresses, one without has SRV; its places
    ///   are tried in order, each when the one before fails.
    mutating func responseFailed(_ id: TransactionID, now: Moment, into outbox: inout Outbox) {
        guard layer.contains(id), take(layer.messageWithVia(id)), let via = requestIndex.topVia else {
            return
        }
        let record = layer.record(id)
        let host = request.span.text(via.host)
        let seed = drawingSeed(request.span, requestIndex)
        if let ip = IPAddress(host) {
            let port = via.port ?? record.flow.transport.defaultPort
            let address = SocketAddress(ip: ip, port: port)
            let hop = NextHop(transport: record.flow.transport, address: address)
            redirectResponse(id, .found([hop]), failed: record.flow.peer, into: &outbox)
            return
        }
        let query = NextHopQuery(host: host, port: via.port, transport: record.flow.transport)
        switch finder.find(query, seed: seed, now: now) {
        case .done(let result): redirectResponse(id, result, failed: record.flow.peer, into: &outbox)
        case .waits(let ticket): waiters[ticket] = .response(id, failed: record.flow.peer)
        }
    }

    /// Sends a response to the place after the one that failed, or to the first.
    mutating func redirectResponse(
        _ id: TransactionID,
        _ result: NextHopResult,
        failed: SocketAddress,
        into outbox: inout Outbox
    ) {
        guard layer.contains(id), case .found(let hops) = result else { return }
        let next = hops.firstIndex { $0.address == failed }.map { $0 + 1 } ?? 0
        guard next < hops.count, layer.record(id).flow.peer == failed,
            let flow = flow(to: hops[next], preferring: layer.record(id).flow.listener)
        else { return }
        layer.redirectResponses(id, to: flow, into: &outbox)
    }
}
