import SIPFlow
import SIPRegistrar
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// A new request, no ACK and no CANCEL: checked in the order of RFC 3261 §16.3, then routed.
    mutating func receiveRequest(
        _ id: TransactionID,
        _ method: Method,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) {
        guard case .request(_, _, let uriSlice) = index.startLine else { return }
        let uri: URI
        do {
            uri = try URI(bytes, uriSlice)
        } catch {
            answer(id, 400, reason: error.text, bytes, index, now: now, into: &outbox)
            return
        }
        guard uri.headers.isEmpty, !uri.repeatsParameter(bytes) else {
            answer(id, 400, reason: "Malformed Request-URI", bytes, index, now: now, into: &outbox)
            return
        }
        // Without TLS a sips request cannot be served, and it must not be sent on in the clear.
        guard uri.scheme == .sip || uri.scheme == .tel && domains.takesTelephoneNumbers else {
            answer(id, 416, bytes, index, now: now, into: &outbox)
            return
        }
        guard let hops = hopsLeft(bytes, index) else {
            // For a user it would hide how far the user is from who traces the route.
            if method == .options && uri.isSIP && uri.user == nil && serves(bytes, uri) {
                answerOwn(id, method, bytes, index, now: now, into: &outbox)
            } else {
                noteNoHops(id, bytes, index)
                answer(id, 483, bytes, index, now: now, into: &outbox)
            }
            return
        }
        let loopHash = loopHash(bytes, index)
        if hasLoop(bytes, index, loopHash) {
            noteLoop(id, loopHash, bytes, index)
            answer(id, 482, bytes, index, now: now, into: &outbox)
            return
        }
        if index.has(.proxyRequire), appendUnsupported(bytes, index, .proxyRequire) {
            answer(id, 420, bytes, index, now: now, into: &outbox)
            return
        }
        var route = takeRoutes(bytes, index, uri, method, over: flow)
        route.loopHash = loopHash
        route.hops = hops
        if let first = routes.first, routeURI(bytes, first) == nil {
            answer(id, 400, reason: "Malformed Route", bytes, index, now: now, into: &outbox)
            return
        }
        if isEnforced,
            !isAdmitted(id, &route, bytes, index, now: now, into: &outbox)
        {
            return
        }
        if !bannedUsers.isEmpty, isFromBanned(id, method, bytes, index, now: now, into: &outbox) { return }
        if isOwn(bytes, route) {
            receiveOwn(id, route, bytes, index, now: now, into: &outbox)
        } else {
            relay(id, route, bytes, index, now: now, into: &outbox)
        }
    }

    /// A request for a served domain: answered here, or for the targets of its address of record.
    private mutating func receiveOwn(
        _ id: TransactionID,
        _ route: RouteDecision,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) {
        if route.method == .register {
            register(id, bytes, index, over: route.flow, now: now, into: &outbox)
        } else if route.method == .subscribe,
            receiveSubscribe(id, route.uri, bytes, index, over: route.flow, now: now, into: &outbox)
        {
            return
        } else if route.uri.isSIP && (route.uri.user ?? Slice(0, 0)).isEmpty {
            answerOwn(id, route.method, bytes, index, now: now, into: &outbox)
        } else {
            let place = openContext(server: id, isInvite: route.method == .invite)
            contexts[place].loopHash = route.loopHash
            contexts[place].isOwn = true
            let isKnown = gatherTargets(place, bytes, route.uri, over: route.flow, now: now)
            guard !contexts[place].targets.isEmpty else {
                closeContext(place)
                answer(id, isKnown ? 480 : 404, bytes, index, now: now, into: &outbox)
                return
            }
            begin(place, id, route, bytes, index, now: now, into: &outbox)
        }
    }

    /// A request for elsewhere: only in a dialog that goes through us, or from a registered phone.
    private mutating func relay(
        _ id: TransactionID,
        _ route: RouteDecision,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) {
        guard route.isTrusted || route.isAuthenticated || isRegistered(bytes, index, route.flow, now: now)
        else {
            note(id, "neither for a domain served here nor from one of its users")
            answer(id, 403, reason: "Relaying Refused", bytes, index, now: now, into: &outbox)
            return
        }
        guard let next = nextHop(bytes, route) else {
            answer(id, 502, reason: "No Way to the Next Hop", bytes, index, now: now, into: &outbox)
            return
        }
        let place = openContext(server: id, isInvite: route.method == .invite)
        contexts[place].loopHash = route.loopHash
        contexts[place].targets.append(
            Target(
                uri: storeURI(bytes, route.uri, dropsAddress: route.dropsAddress),
                path: .none,
                flow: next.flow ?? route.flow,
                q: 1_000,
                name: addName(NamedHop(next, isRoute: !routes.isEmpty), place)
            )
        )
        begin(place, id, route, bytes, index, now: now, into: &outbox)
    }

    /// Sends a request to its first targets, after the 100 to an INVITE where that is not to wait.
    private mutating func begin(
        _ place: UInt32,
        _ id: TransactionID,
        _ route: RouteDecision,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) {
        contexts[place].breadth = breadthAllowed(bytes, index)
        guard contexts[place].breadth != 0 else {
            closeContext(place)
            answer(id, 440, bytes, index, now: now, into: &outbox)
            return
        }
        if route.method == .invite && layer.timers.trying == .zero {
            headers.removeAll(keepingCapacity: true)
            answer(id, 100, bytes, index, now: now, into: &outbox)
        }
        startTargets(place, route, bytes, index, now: now, into: &outbox)
        guard contexts[place].pending == 0 else { return }
        if contexts[place].bestCode != 0 {
            finish(place, now: now, into: &outbox)
        } else {
            closeContext(place)
            answer(id, 503, bytes, index, now: now, into: &outbox)
        }
    }

    /// Answers a request that is for the server itself.
    private mutating func answerOwn(
        _ id: TransactionID,
        _ method: Method,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) {
        headers.removeAll(keepingCapacity: true)
        guard method == .options else {
            answer(id, 404, bytes, index, now: now, into: &outbox)
            return
        }
        if index.has(.require), appendUnsupported(bytes, index, .require) {
            answer(id, 420, bytes, index, now: now, into: &outbox)
            return
        }
        appendCapabilities()
        answer(id, 200, bytes, index, now: now, into: &outbox)
    }

    /// Answers the plain OPTIONS that phones and monitors ask the server with, and keeps nothing of it.
    ///
    /// - Shape: as a stateless server does (RFC 3261 §8.2.7): a repeat is answered anew, with the same To tag. False
    ///   for one that needs the checks of RFC 3261 §16.3; it takes the way of every request.
    mutating func answerKeepAlive(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        into outbox: inout Outbox
    ) -> Bool {
        guard index.problem == nil, !index.has(.route), !index.has(.require), !index.has(.proxyRequire),
            case .request(_, _, let slice) = index.startLine, let uri = try? URI(bytes, slice),
            uri.scheme == .sip, uri.user == nil, uri.headers.isEmpty, uri.parameters.isEmpty,
            serves(bytes, uri)
        else { return false }
        headers.removeAll(keepingCapacity: true)
        appendCapabilities()
        appendResponse(
            OwnResponse(code: 200, toTag: toTag(bytes, index)),
            to: bytes,
            index,
            source: flow.peer,
            headers: headers.span,
            into: &outbox.bytes
        )
        headers.removeAll(keepingCapacity: true)
        outbox.finish(to: replyFlow(bytes, index, flow), isOwn: true)
        return true
    }

    /// Appends what this element understands (RFC 3261 §11.2).
    private mutating func appendCapabilities() {
        headers.append(
            ascii: "Allow: INVITE, ACK, BYE, CANCEL, REGISTER, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, "
        )
        headers.append(ascii: "REFER, SUBSCRIBE, NOTIFY, PUBLISH\r\nAccept: */*\r\nSupported: path")
        if registrar.takesOutbound { headers.append(ascii: ", outbound") }
        if registrar.hasGRUU { headers.append(ascii: ", gruu") }
        headers.append(ascii: "\r\nAllow-Events: reg\r\n")
    }

    private mutating func register(
        _ id: TransactionID,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) {
        headers.removeAll(keepingCapacity: true)
        if index.has(.require), appendUnsupported(bytes, index, .require) {
            answer(id, 420, bytes, index, now: now, into: &outbox)
            return
        }
        headers.removeAll(keepingCapacity: true)
        guard let to = index.to, let aor = try? URI(bytes, to.uri) else {
            answer(id, 400, reason: "Malformed To", bytes, index, now: now, into: &outbox)
            return
        }
        if isEnforced,
            !isGranted(id, .registrar, aor, bytes, index, over: flow, now: now, into: &outbox)
        {
            return
        }
        guard domains.servesAddressOfRecord(bytes, aor), let user = aor.user, !user.isEmpty else {
            answer(id, 404, bytes, index, now: now, into: &outbox)
            return
        }
        // Taken out and put back, so that the arrays keep their room while the registrar reads and writes them.
        var aorKey: [UInt8] = []
        swap(&aorKey, &key)
        aorKey.removeAll(keepingCapacity: true)
        domains.appendKey(bytes, aor, to: &aorKey)
        if aliases.contains(aorKey) {
            swap(&aorKey, &key)
            answer(id, 404, reason: "An Alias Cannot Register", bytes, index, now: now, into: &outbox)
            return
        }
        if !bannedUsers.isEmpty, refusesBanned(id, aorKey, bytes, index, now: now, into: &outbox) {
            swap(&aorKey, &key)
            return
        }
        let result = registrar.register(
            bytes,
            index,
            aor: aorKey.span,
            flow: flow,
            now: now,
            clock: clock,
            headers: &headers
        )
        swap(&aorKey, &key)
        if result == .ok, registrar.hasUnstored, index.has(.contact) {
            holdAnswer(id, bytes, index, into: &outbox)
        } else {
            if result != .ok, let words = result.reasonPhrase {
                let text = Array(words.utf8)
                layer.note(id, text.span)
            }
            answer(id, result.code, reason: result.reasonPhrase, bytes, index, now: now, into: &outbox)
        }
    }

    /// Appends an Unsupported field for a Require or Proxy-Require field; false when we know all it names.
    mutating func appendUnsupported(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ id: HeaderID
    ) -> Bool {
        headers.removeAll(keepingCapacity: true)
        var field = index.first(id)
        var isFirst = true
        while let present = field {
            var cursor = ValueCursor(present.value)
            while let tag = cursor.next(bytes) {
                if id == .require && isSupported(bytes, tag) { continue }
                headers.append(ascii: isFirst ? "Unsupported: " : ", ")
                headers.append(copying: bytes.extracting(tag.range))
                isFirst = false
            }
            field = index.next(after: present)
        }
        if !isFirst { headers.append(ascii: "\r\n") }
        return !isFirst
    }

    /// True for the option tags of what this element itself does.
    private func isSupported(_ bytes: Span<UInt8>, _ tag: Slice) -> Bool {
        bytes.equals(tag, ignoringCase: "path")
            || registrar.takesOutbound && bytes.equals(tag, ignoringCase: "outbound")
            || registrar.hasGRUU && bytes.equals(tag, ignoringCase: "gruu")
    }
}
