import SIPFlow
import SIPNextHop
import SIPSyntax

/// Where a URI leads.
enum Destination {
    /// To a numeric address.
    case flow(Flow)
    /// To a host whose addresses are yet to be found.
    case name(NextHopQuery)

    /// The flow, where no name stands before it.
    var flow: Flow? {
        switch self {
        case .flow(let flow): flow
        case .name: nil
        }
    }
}

extension SIPProxy {
    /// The next hop: the first Route value, else the Request-URI (RFC 3261 §16.6 step 7).
    func nextHop(_ bytes: Span<UInt8>, _ route: RouteDecision) -> Destination? {
        guard let first = routes.first else {
            return destination(bytes, route.uri, dropsAddress: route.dropsAddress, over: route.flow)
        }
        return routeURI(bytes, first).flatMap { destination(bytes, $0, over: route.flow) }
    }

    /// Where a URI leads; nil where nothing is spoken that is spoken here.
    ///
    /// Sips goes nowhere without TLS. With `dropsAddress` port, maddr and transport do not count (RFC 3261 §16.4).
    func destination(
        _ bytes: Span<UInt8>,
        _ uri: URI,
        dropsAddress: Bool = false,
        over flow: Flow
    ) -> Destination? {
        guard uri.scheme == .sip else { return nil }
        let parameters = dropsAddress ? Slice(uri.parameters.end, uri.parameters.end) : uri.parameters
        let port = dropsAddress ? nil : uri.port
        let transport = bytes.parameter("transport", in: parameters)?.value
        let host = bytes.parameter("maddr", in: parameters)?.value ?? uri.host
        guard let ip = IPAddress(bytes.extracting(host.range)) else {
            return name(bytes, host, port: port, transport: transport).map { .name($0) }
        }
        guard let listener = domains.listener(for: ip, preferring: flow.listener) else { return nil }
        if let transport, transportKind(bytes, transport) != .udp { return nil }
        let peer = SocketAddress(ip: ip, port: port ?? TransportKind.udp.defaultPort)
        return .flow(Flow(transport: .udp, listener: listener, peer: peer))
    }

    private func name(
        _ bytes: Span<UInt8>,
        _ host: Slice,
        port: UInt16?,
        transport word: Slice?
    ) -> NextHopQuery? {
        let transport = word.flatMap { transportKind(bytes, $0) }
        guard word == nil || transport.map(finder.reach.speaks) ?? false else { return nil }
        return NextHopQuery(host: bytes.text(host), port: port, transport: transport)
    }
}
