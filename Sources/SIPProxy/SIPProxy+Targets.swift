import SIPFlow
import SIPNextHop
import SIPRegistrar
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// Adds a binding to the targets of a context, unless nothing can be sent there.
    mutating func addTarget(_ binding: BindingCursor, _ place: UInt32, over flow: Flow) {
        if registrar.isSilent(binding) { return }
        let view = registrar.binding(binding)
        let bytes = view.bytes
        // A sips contact must not be called in the clear, and no other scheme can be called at all.
        guard let uri = try? URI(bytes.span, view.contact), uri.scheme == .sip else { return }
        let path =
            view.path.isEmpty ? StoredBytes.none : layer.store.add(bytes.span.extracting(view.path.range))
        let hop = view.isBehindNAT ? nil : view.path.isEmpty ? uri : firstRoute(bytes.span, view.path)
        let next = hop.flatMap { destination(bytes.span, $0, over: flow) }
        contexts[place].targets.append(
            Target(
                uri: storeURI(bytes.span, uri),
                path: path,
                flow: next?.flow ?? view.flow,
                q: view.q,
                phone: view.phone,
                isHeld: isPhoneKnown(view.phone, place),
                // Deviation: a name that DNS does not know is no reason to forget where the phone was heard.
                name: addName(NamedHop(next, isRoute: true, fallback: view.flow), place)
            )
        )
    }

    func firstRoute(_ bytes: Span<UInt8>, _ path: Slice) -> URI? {
        var cursor = ValueCursor(path)
        return cursor.next(bytes).flatMap { routeURI(bytes, $0) }
    }

    /// Keeps a URI as a Request-URI: without its headers and method parameter (RFC 3261 §16.6 step 2).
    ///
    /// With `dropsAddress` also without port, maddr and transport (§16.4).
    mutating func storeURI(_ bytes: Span<UInt8>, _ uri: URI, dropsAddress: Bool = false) -> StoredBytes {
        guard uri.isSIP else { return layer.store.add(bytes.extracting(uri.whole.range)) }
        guard dropsAddress || bytes.parameter("method", in: uri.parameters) != nil else {
            return layer.store.add(bytes.extracting(uri.whole.start..<uri.parameters.end))
        }
        var text: [UInt8] = []
        let end = dropsAddress ? uri.host.end : uri.parameters.start
        text.append(copying: bytes.extracting(uri.whole.start..<end))
        var cursor = ParameterCursor(uri.parameters)
        while let parameter = cursor.next(bytes) {
            if bytes.equals(parameter.name, ignoringCase: "method") { continue }
            if dropsAddress
                && (bytes.equals(parameter.name, ignoringCase: "maddr")
                    || bytes.equals(parameter.name, ignoringCase: "transport"))
            {
                continue
            }
            text.append(UInt8(ascii: ";"))
            text.append(copying: bytes.extracting(parameter.whole.range))
        }
        return layer.store.add(text.span)
    }

    /// True when From names an address of record that is registered from the very same source.
    mutating func isRegistered(_ bytes: Span<UInt8>, _ index: MessageIndex, _ flow: Flow, now: Moment) -> Bool
    {
        guard let from = index.from, let uri = try? URI(bytes, from.uri), serves(bytes, uri) else {
            return false
        }
        key.removeAll(keepingCapacity: true)
        domains.appendKey(bytes, uri, to: &key)
        var cursor = registrar.firstBinding(of: key.span, now: now)
        while let binding = cursor {
            if registrar.binding(binding).flow.peer == flow.peer { return true }
            cursor = registrar.nextBinding(after: binding, now: now)
        }
        return false
    }

    /// Forwards a request to the targets of the highest q, in parallel (RFC 3261 §16.6).
    mutating func startTargets(
        _ place: UInt32,
        _ route: RouteDecision,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) {
        // While nothing is pending, no hop took it: the next group's turn has come.
        repeat {
            let end = endOfGroup(place, index)
            guard contexts[place].nextTarget < end else { return }
            while contexts[place].nextTarget < end {
                let number = contexts[place].nextTarget
                contexts[place].nextTarget += 1
                start(number, place, route, bytes, index, now: now, into: &outbox)
            }
        } while contexts[place].pending == 0
    }

    /// Sends a request to one target, or begins the search for its next hop.
    private mutating func start(
        _ number: Int,
        _ place: UInt32,
        _ route: RouteDecision,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) {
        let target = contexts[place].targets[number]
        guard !target.isHeld, !layer.isFull else { return }
        if let name = target.name {
            startNamed(place, name, route, bytes, index, now: now, into: &outbox)
        } else if isHeldBack(target.flow, route.method, index, now: now) {
            return
        } else if !health.isEmpty, isShut(target.flow, index, now: now) {
            noteFailure(place, 503)
            noteLeftAlone(target.flow.peer, place)
        } else {
            contexts[place].targets[number].branch =
                send(to: target, place, route, bytes, index, now: now, into: &outbox)
        }
    }

    /// Starts the next group from the stored request, some time after it came.
    mutating func startStoredTargets(_ place: UInt32, now: Moment, into outbox: inout Outbox) {
        resume(place, search: nil, now: now, into: &outbox)
    }

    /// Goes on with the stored request: to the next hop of a search, or to the next group of targets.
    mutating func resume(_ place: UInt32, search: Int?, now: Moment, into outbox: inout Outbox) {
        let server = contexts[place].server
        guard layer.contains(server), takeRequest(of: server) else { return }
        var stored: [UInt8] = []
        swap(&stored, &request)
        let index = requestIndex
        defer { swap(&stored, &request) }
        guard case .request(let method, _, let slice) = index.startLine,
            let uri = try? URI(stored.span, slice)
        else {
            return
        }
        var flow = layer.record(server).flow
        flow.peer = layer.record(server).source
        var route = takeRoutes(stored.span, index, uri, method, over: flow)
        route.loopHash = contexts[place].loopHash
        route.hops = hopsLeft(stored.span, index) ?? 0
        if let search {
            tryNextHop(place, search, route, stored.span, index, now: now, into: &outbox)
        } else {
            startTargets(place, route, stored.span, index, now: now, into: &outbox)
        }
    }

    /// Forwards a request to one target: the narrow place where a message leaves validation for the wire.
    mutating func send(
        to target: Target,
        _ place: UInt32,
        _ route: RouteDecision,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) -> TransactionID {
        let fork = contexts[place].branches.count
        let id = layer.openClient(
            bytes,
            index,
            method: route.method,
            loopHash: route.loopHash,
            parent: contexts[place].server,
            context: place,
            fork: fork,
            to: target.flow,
            now: now
        )
        let plan = ForwardPlan(
            branch: Branch(transaction: id, loopHash: route.loopHash),
            sending: domains.marks[target.flow.listener.index],
            receiving: domains.marks[route.flow.listener.index],
            source: route.flow.peer,
            routeToken: formsDialog(route.method) ? domains.routeToken(bytes, callID: index.callID) : nil,
            hops: route.hops,
            replacesRoutes: route.hasChanged,
            consumed: consumedCredentials(bytes, index),
            breadth: target.breadth,
            hearsLoad: options.controlsOverload
        )
        append(bytes, index, plan: plan, target: target, route, into: &outbox)
        layer.start(id, isOwn: false, into: &outbox)
        contexts[place].branches.append(id)
        contexts[place].breadths.append(target.breadth)
        contexts[place].pending += 1
        return id
    }

    /// Writes the forwarded request; a strict router gets the route as RFC 2543 had it (§16.6 step 6).
    func append(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        plan: ForwardPlan,
        target: Target,
        _ route: RouteDecision,
        into outbox: inout Outbox
    ) {
        var plan = plan
        if target.path.isNone, let first = routes.first, let strict = routeURI(bytes, first),
            !strict.isLooseRouter(bytes)
        {
            plan.replacesRoutes = true
            let rest = Array(routes.dropFirst())
            layer.store.read(target.uri) { uri in
                appendForwardedRequest(
                    bytes,
                    index,
                    plan: plan,
                    uri: bytes.extracting(strict.whole.range),
                    path: nothing.span,
                    routes: rest,
                    lastRoute: uri,
                    into: &outbox.bytes
                )
            }
            return
        }
        layer.store.read(target.uri) { uri in
            layer.store.read(target.path) { path in
                appendForwardedRequest(
                    bytes,
                    index,
                    plan: plan,
                    uri: uri,
                    path: path,
                    routes: plan.replacesRoutes ? routes : [],
                    lastRoute: nothing.span,
                    into: &outbox.bytes
                )
            }
        }
    }

    /// True for the methods that may form a dialog, whose later requests shall come through us.
    private func formsDialog(_ method: Method) -> Bool {
        switch method {
        case .invite, .subscribe, .notify, .refer: true
        case .ack, .bye, .cancel, .register, .options, .prack, .update, .info, .message, .publish, .other:
            false
        }
    }
}
