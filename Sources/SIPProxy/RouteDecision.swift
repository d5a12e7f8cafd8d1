import SIPFlow
import SIPSyntax
import SIPTransaction

/// What is left of a request's route once our own part is taken off (RFC 3261 §16.4).
struct RouteDecision {
    /// The request's method.
    var method: Method
    /// The flow that it came over.
    var flow: Flow
    /// The Request-URI to go on with.
    var uri: URI
    /// True when the Route fields must be written anew.
    var hasChanged = false
    /// True when a Route value of ours proves that the dialog was set up through us.
    var isTrusted = false
    /// True when the sender proved who he is.
    var isAuthenticated = false
    /// The loop hash of the request as received.
    var loopHash: UInt64 = 0
    /// True when the Request-URI has a maddr that names us: it is left out, with port and transport.
    var dropsAddress = false
    /// The hops that are left.
    var hops: UInt32 = 70
}

extension SIPProxy {
    /// Takes our own values off the top of the route and puts the rest into `routes`.
    ///
    /// - Shape: a Request-URI that is one of our Record-Route values comes from a strict router: the last Route value
    ///   takes its place (RFC 3261 §16.4). Both values of a double Record-Route go (RFC 5658 §5).
    mutating func takeRoutes(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ uri: URI,
        _ method: Method,
        over flow: Flow
    ) -> RouteDecision {
        var decision = RouteDecision(method: method, flow: flow, uri: uri)
        if let address = bytes.parameter("maddr", in: uri.parameters)?.value {
            decision.dropsAddress = domains.serves(bytes, host: address, port: uri.port)
        }
        routes.removeAll(keepingCapacity: true)
        var field = index.first(.route)
        while let present = field {
            var cursor = ValueCursor(present.value)
            while let value = cursor.next(bytes) { routes.append(value) }
            field = index.next(after: present)
        }
        guard !routes.isEmpty else { return decision }
        if uri.isLooseRouter(bytes), serves(bytes, uri), let last = routes.last,
            let target = routeURI(bytes, last)
        {
            decision.uri = target
            decision.hasChanged = true
            decision.isTrusted = isProof(bytes, index, uri)
            routes.removeLast()
        }
        var own = 0
        while own < routes.count, let value = routeURI(bytes, routes[own]), serves(bytes, value) {
            if isProof(bytes, index, value) { decision.isTrusted = true }
            own += 1
        }
        if own > 0 {
            routes.removeFirst(own)
            decision.hasChanged = true
        }
        return decision
    }

    /// True when a Route value proves that the request belongs to a dialog set up through us.
    ///
    /// A request without a To tag is in no dialog: whoever saw a Record-Route value of ours cannot begin others by it.
    private func isProof(_ bytes: Span<UInt8>, _ index: MessageIndex, _ route: URI) -> Bool {
        index.toTag != nil && domains.isTrusted(bytes, route: route, callID: index.callID)
    }

    /// The Max-Forwards value to go on with: one less, or 70 when there is none; nil when no hop is left.
    func hopsLeft(_ bytes: Span<UInt8>, _ index: MessageIndex) -> UInt32? {
        guard let field = index.first(.maxForwards), let hops = bytes.number(field.value) else { return 70 }
        return hops == 0 ? nil : hops - 1
    }

    /// True when nothing of the route is left and the Request-URI is ours (RFC 3261 §16.5).
    ///
    /// A maddr that is not ours makes it somebody else's.
    func isOwn(_ bytes: Span<UInt8>, _ route: RouteDecision) -> Bool {
        guard routes.isEmpty, serves(bytes, route.uri) else { return false }
        return route.dropsAddress || bytes.parameter("maddr", in: route.uri.parameters) == nil
    }

    /// True when a URI's host and port are ours.
    func serves(_ bytes: Span<UInt8>, _ uri: URI) -> Bool {
        switch uri.scheme {
        case .sip, .sips: domains.serves(bytes, uri)
        case .tel: true
        case .other: false
        }
    }

    /// The URI of a Route value.
    func routeURI(_ bytes: Span<UInt8>, _ value: Slice) -> URI? {
        guard let address = try? NameAddress(bytes, value) else { return nil }
        return try? URI(bytes, address.uri)
    }

    /// A keyed hash over what routes a request (RFC 5393 §4.2).
    mutating func loopHash(_ bytes: Span<UInt8>, _ index: MessageIndex) -> UInt64 {
        let hash = layer.keyedHash
        guard case .request(_, _, let uri) = index.startLine else { return 0 }
        var value = hash.hash(bytes.extracting(uri.range), salt: UInt64(index.cseq?.number ?? 0))
        value = hash.combine(value, hash.hash(bytes.extracting(index.callID.range)))
        if let tag = index.fromTag { value = hash.combine(value, hash.hash(bytes.extracting(tag.range))) }
        if let tag = index.toTag { value = hash.combine(value, hash.hash(bytes.extracting(tag.range))) }
        var field = index.first(.route)
        while let present = field {
            value = hash.combine(value, hash.hash(bytes.extracting(present.value.range)))
            field = index.next(after: present)
        }
        return value
    }

    /// True when a Via of ours carries the same loop hash: the request came back unchanged.
    func hasLoop(_ bytes: Span<UInt8>, _ index: MessageIndex, _ loopHash: UInt64) -> Bool {
        var isTop = true
        var field = index.first(.via)
        while let present = field {
            var cursor = ValueCursor(present.value)
            while let value = cursor.next(bytes) {
                let via = isTop ? index.topVia : value.count > 39 ? try? Via(bytes, value) : nil
                isTop = false
                if let branch = via?.branch, Branch(bytes, branch)?.loopHash == loopHash { return true }
            }
            field = index.next(after: present)
        }
        return false
    }
}
