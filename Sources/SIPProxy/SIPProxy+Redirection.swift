import SIPFlow
import SIPRegistrar
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// The most targets of a request once a 3xx has added some.
    private static let targetLimit = 30

    /// A branch got a 3xx: its contacts become targets, and what cannot be one stays for the caller to try.
    ///
    /// - Shape: a contact of ours stands for its bindings. Nothing is tried twice, and a sips contact is never tried
    ///   in the clear. The branch's own end is settled by the caller.
    /// - Source: RFC 3261 §16.7 step 4, §16.5.
    mutating func redirect(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ code: Int,
        _ place: UInt32,
        now: Moment,
        into outbox: inout Outbox
    ) {
        let server = contexts[place].server
        guard contexts[place].isOwn, contexts[place].isSearching, layer.contains(server) else {
            keepBest(bytes, index, code, place)
            return
        }
        var flow = layer.record(server).flow
        flow.peer = layer.record(server).source
        let known = contexts[place].targets.count
        var kept: [Slice] = []
        var taken = 0
        for value in contacts(bytes, index) {
            if take(bytes, contact: value, place, over: flow, now: now) {
                taken += 1
            } else {
                kept.append(value)
            }
        }
        let added = moveAdded(place, since: known)
        if taken == 0 {
            keepBest(bytes, index, code, place)
        } else if !kept.isEmpty {
            keepRest(bytes, index, code, place, contacts: kept)
        }
        if added > 0 { startStoredTargets(place, now: now, into: &outbox) }
    }

    private func contacts(_ bytes: Span<UInt8>, _ index: MessageIndex) -> [Slice] {
        var values: [Slice] = []
        for field in index.fields where field.id == .contact {
            var cursor = ValueCursor(field.value)
            while let value = cursor.next(bytes) { values.append(value) }
        }
        return values
    }

    /// Makes targets of a contact; false for one that must be left to the caller.
    private mutating func take(
        _ bytes: Span<UInt8>,
        contact: Slice,
        _ place: UInt32,
        over flow: Flow,
        now: Moment
    ) -> Bool {
        guard let address = try? NameAddress(bytes, contact), let uri = try? URI(bytes, address.uri),
            uri.scheme == .sip, contexts[place].targets.count < Self.targetLimit
        else { return false }
        if serves(bytes, uri) {
            guard let user = uri.user, !user.isEmpty else { return false }
            _ = gatherTargets(place, bytes, uri, over: flow, now: now)
            return true
        }
        guard let next = destination(bytes, uri, over: flow) else { return false }
        let q = bytes.parameter("q", in: address.parameters)?.value.flatMap { thousandths(bytes, $0) }
        contexts[place].targets.append(
            Target(
                uri: storeURI(bytes, uri),
                path: .none,
                flow: next.flow ?? flow,
                q: Int(q ?? 1_000),
                name: addName(NamedHop(next, isRoute: true), place)
            )
        )
        return true
    }

    /// Puts new targets before those that wait, highest q first; gives back how many are really new.
    private mutating func moveAdded(_ place: UInt32, since known: Int) -> Int {
        var added: [Target] = []
        while contexts[place].targets.count > known {
            var target = contexts[place].targets.remove(at: known)
            if isKnown(target, place) || added.contains(where: { isSame($0, target) }) {
                layer.store.remove(&target.uri)
                layer.store.remove(&target.path)
            } else {
                target.isRedirected = true
                added.append(target)
            }
        }
        added.sort { $0.q > $1.q }
        contexts[place].targets.insert(contentsOf: added, at: contexts[place].nextTarget)
        return added.count
    }

    private func isKnown(_ target: Target, _ place: UInt32) -> Bool {
        contexts[place].targets.contains { isSame($0, target) }
    }

    /// True when two targets are equal as URIs (RFC 3261 §19.1.4).
    private func isSame(_ left: Target, _ right: Target) -> Bool {
        layer.store.read(left.uri) { leftBytes in
            layer.store.read(right.uri) { rightBytes in
                guard let left = try? URI(leftBytes, Slice(0, leftBytes.count)),
                    let right = try? URI(rightBytes, Slice(0, rightBytes.count))
                else { return false }
                return left.isEquivalent(leftBytes, to: right, rightBytes)
            }
        }
    }

    /// Keeps a 3xx with only the contacts that were not tried.
    private mutating func keepRest(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ code: Int,
        _ place: UInt32,
        contacts: [Slice]
    ) {
        var text: [UInt8] = []
        text.append(copying: bytes.extracting(index.startLineSlice.range))
        text.append(ascii: "\r\n")
        let first = index.first(.contact)
        for field in index.fields {
            guard field.id == .contact else {
                appendLine(bytes, field, to: &text)
                continue
            }
            guard field == first else { continue }
            for contact in contacts {
                text.append(ascii: "Contact: ")
                text.append(copying: bytes.extracting(contact.range))
                text.append(ascii: "\r\n")
            }
        }
        text.append(ascii: "\r\n")
        text.append(copying: bytes.extracting(index.body.range))
        keepBest(text.span, index, code, place)
    }
}
