import SIPFlow
import SIPRegistrar
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// Puts the bindings that a Request-URI of ours stands for into a context; false when it names nobody.
    ///
    /// - Shape: those of an address of record highest q first, those of a GRUU the one refreshed last first. `key`
    ///   then holds the address of record.
    mutating func gatherTargets(
        _ place: UInt32,
        _ bytes: Span<UInt8>,
        _ uri: URI,
        over flow: Flow,
        now: Moment
    ) -> Bool {
        key.removeAll(keepingCapacity: true)
        domains.appendKey(bytes, uri, to: &key)
        if registrar.hasGRUU, uri.isSIP, bytes.parameter("gr", in: uri.parameters) != nil {
            return gatherInstance(place, bytes, uri, over: flow, now: now)
        }
        if let aor = aliases[key] { key = aor }
        var cursor = registrar.firstBinding(of: key.span, now: now)
        while let binding = cursor {
            cursor = registrar.nextBinding(after: binding, now: now)
            addTarget(binding, place, over: flow)
        }
        return registrar.hasAddressOfRecord(key.span)
    }

    /// Puts the bindings of a GRUU's instance into a context.
    ///
    /// One of them is tried, the others when it fails.
    private mutating func gatherInstance(
        _ place: UInt32,
        _ bytes: Span<UInt8>,
        _ uri: URI,
        over flow: Flow,
        now: Moment
    ) -> Bool {
        guard let bindings = registrar.bindings(ofGRUU: uri, bytes, aor: key.span, now: now) else {
            return false
        }
        let first = contexts[place].targets.count
        for binding in bindings { addTarget(binding, place, over: flow) }
        for number in contexts[place].targets.indices.dropFirst(first) {
            contexts[place].targets[number].phone = 1
            contexts[place].targets[number].isHeld = number > first
        }
        return true
    }

    /// True when a context has a flow of a phone already; the phone rings once (RFC 5626 §7).
    func isPhoneKnown(_ phone: UInt64, _ place: UInt32) -> Bool {
        phone != 0 && contexts[place].targets.contains { $0.phone == phone }
    }

    /// Sends a request over another flow of the phone whose flow failed (RFC 5626 §7).
    ///
    /// False when there is none. The flow becomes a group of its own, ahead of the targets that still wait.
    mutating func startOtherFlow(
        instead branch: TransactionID,
        _ place: UInt32,
        now: Moment,
        into outbox: inout Outbox
    ) -> Bool {
        let targets = contexts[place].targets
        guard contexts[place].isSearching,
            let failed = targets.firstIndex(where: { $0.branch == branch && $0.phone != 0 }),
            let other = targets.firstIndex(where: { $0.isHeld && $0.phone == targets[failed].phone })
        else { return false }
        var target = contexts[place].targets.remove(at: other)
        target.isHeld = false
        target.q = 1_001
        if other < contexts[place].nextTarget { contexts[place].nextTarget -= 1 }
        contexts[place].targets.insert(target, at: contexts[place].nextTarget)
        startStoredTargets(place, now: now, into: &outbox)
        return true
    }
}
