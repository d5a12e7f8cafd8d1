import SIPFlow
import SIPSyntax

@testable import SIPRegistrar

/// What a phone got back for its REGISTER.
struct Reply: Equatable {
    var answer: RegisterAnswer
    /// The header lines, without their line ends.
    var lines: [String]

    var code: Int { answer.code }
    /// The values of the Contact fields, in order.
    var contacts: [String] { values("Contact") }

    func values(_ name: String) -> [String] {
        lines.filter { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
    }
}

/// A binding as the proxy finds it.
struct Found: Equatable {
    var contact: String
    var q: Int
    var path: String
    var isBehindNAT: Bool
    var flow: Flow
}

/// A registrar under a virtual clock, for phones that are strings.
final class Office {
    private var registrar: Registrar
    private var index = MessageIndex()
    private(set) var now = Moment.zero
    private var lastSequence = 0

    init(
        minimum: Int = 60,
        default defaultExpiry: Int = 3_600,
        maximum: Int = 7_200,
        contacts: Int = 10,
        bindings: Int = 1_000_000,
        bytesPerBinding: Int = 8_192,
        serviceRoute: String = "",
        _ change: (inout RegistrarPolicy) -> Void = { _ in }
    ) {
        var policy = RegistrarPolicy()
        change(&policy)
        let limits = RegistrarLimits(
            minimumExpiry: minimum,
            defaultExpiry: defaultExpiry,
            maximumExpiry: maximum,
            contactsPerAOR: contacts,
            bindingLimit: bindings,
            bytesPerBinding: bytesPerBinding
        )
        registrar = Registrar(
            limits: limits,
            policy: policy,
            seed: 11,
            now: .zero,
            serviceRoute: serviceRoute
        )
    }

    var count: Int { registrar.count }
    var nextDeadline: Moment? { registrar.nextDeadline }
    var hasChanges: Bool { registrar.hasChanges }

    /// A REGISTER arrives; without a CSeq given it gets the next one.
    @discardableResult
    func register(
        _ contacts: String...,
        to aor: String = "sip:alice@example.test",
        from: String? = nil,
        callID: String = "c1",
        cseq: Int? = nil,
        expires: String? = nil,
        source: String = "127.0.0.1:5070",
        extra: [String] = []
    ) -> Reply {
        lastSequence = cseq ?? lastSequence + 1
        var lines = [
            "REGISTER sip:example.test SIP/2.0", "Via: SIP/2.0/UDP \(source);branch=z9hG4bK\(lastSequence)",
            "From: <\(from ?? aor)>;tag=a1", "To: <\(aor)>", "Call-ID: \(callID)",
            "CSeq: \(lastSequence) REGISTER",
        ]
        lines += contacts.map { "Contact: \($0)" }
        if let expires { lines.append("Expires: \(expires)") }
        lines += extra + ["Content-Length: 0", "", ""]
        return receive(lines.joined(separator: "\r\n"), source: source)
    }

    /// A REGISTER as bytes arrives.
    func receive(_ text: String, source: String = "127.0.0.1:5070") -> Reply {
        let bytes = Array(text.utf8)
        var headers: [UInt8] = []
        guard (try? index.parse(bytes.span)) != nil, let to = index.to else {
            return Reply(answer: .malformedContact, lines: ["not a message"])
        }
        let answer = registrar.register(
            bytes.span,
            index,
            aor: key(bytes.span.text(to.uri)).span,
            flow: flow(source),
            now: now,
            clock: Self.clock,
            headers: &headers
        )
        let lines = headers.span.text(Slice(0, headers.count)).components(separatedBy: "\r\n")
        return Reply(answer: answer, lines: lines)
    }

    /// The key of an address of record, as the core makes it.
    func key(_ aor: String) -> [UInt8] {
        let bytes = Array(aor.utf8)
        var key: [UInt8] = []
        if let uri = try? URI(bytes.span, Slice(0, bytes.count)) {
            uri.appendAddressOfRecord(bytes.span, to: &key)
        }
        return key
    }

    func flow(_ source: String) -> Flow {
        let peer = SocketAddress(source, defaultPort: 5_060) ?? SocketAddress(ip: .v4(0), port: 0)
        return Flow(transport: .udp, listener: ListenerID(0), peer: peer)
    }

    /// Time passes; bindings expire only when `expire` is called.
    func wait(seconds: Int) { now = now + .seconds(seconds) }
    func wait(milliseconds: Int) { now = now + .milliseconds(milliseconds) }
    func expire() { registrar.expire(now: now) }

    /// Jumps to the next deadline and fires it; false when there is none.
    func expireNext() -> Bool {
        guard let deadline = registrar.nextDeadline else { return false }
        now = max(now, deadline)
        registrar.expire(now: now)
        return true
    }

    /// The bindings that the proxy finds for an address of record, in its order.
    func lookUp(_ aor: String = "sip:alice@example.test") -> [Found] {
        let key = key(aor)
        var found: [Found] = []
        var cursor = registrar.firstBinding(of: key.span, now: now)
        while let place = cursor {
            let view = registrar.binding(place)
            found.append(
                Found(
                    contact: view.bytes.span.text(view.contact),
                    q: view.q,
                    path: view.bytes.span.text(view.path),
                    isBehindNAT: view.isBehindNAT,
                    flow: view.flow
                )
            )
            cursor = registrar.nextBinding(after: place, now: now)
        }
        return found
    }

    /// The contact URIs that the proxy finds, in its order.
    func targets(_ aor: String = "sip:alice@example.test") -> [String] { lookUp(aor).map(\.contact) }

    /// The contact URIs that a GRUU reaches, in the order in which they are tried; nil for what is no GRUU.
    func targets(ofGRUU text: String) -> [String]? {
        let bytes = Array(text.utf8)
        guard let uri = try? URI(bytes.span, Slice(0, bytes.count)) else { return nil }
        return registrar.bindings(ofGRUU: uri, bytes.span, aor: key(text).span, now: now)?.map { place in
            let view = registrar.binding(place)
            return view.bytes.span.text(view.contact)
        }
    }

    func isKnown(_ aor: String) -> Bool { registrar.hasAddressOfRecord(key(aor).span) }

    func track() { registrar.track() }
    func changes(limit: Int = 1_000) -> (changed: [BindingSnapshot], removed: [BindingEnd], hasMore: Bool) {
        registrar.takeChanges(limit: limit)
    }
    func snapshots() -> [BindingSnapshot] { registrar.snapshotAll() }

    func kick(binding id: UInt64) -> [RemovedBinding] { registrar.remove(binding: id, now: now) }
    func kick(contact: String, of aor: String) -> [RemovedBinding] {
        registrar.remove(contact: contact, of: aor, now: now)
    }
    func kick(aor: String) -> [RemovedBinding] { registrar.remove(aor: aor, now: now) }
    func restore(_ removed: [RemovedBinding]) -> [RemovedBinding] { registrar.restore(removed, now: now) }

    /// The program ends and begins again with what this store held; the same policy, an empty table before.
    func restart(with stored: [StoredBinding]) {
        registrar = Registrar(limits: registrar.limits, policy: registrar.policy, seed: 12, now: now)
        _ = registrar.restore(stored, listeners: [listener], now: now, clock: Self.clock)
    }

    /// What a store would hold of the changes since the last time.
    func storedBatch() -> [StoredBinding] {
        let batch = registrar.takeBatch(listeners: [listener], clock: Self.clock)
        registrar.batchStored()
        return batch.kept
    }

    private static let clock = ClockAnchor(moment: .zero, unixNanoseconds: 1_289_690_940_000_000_000)
    private var listener: Listener {
        Listener(transport: .udp, address: SocketAddress(ip: .v4(0x7f00_0001), port: 5_060))
    }
}

extension String {
    /// The parts between separators; an empty last part is left out.
    func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return rest.isEmpty ? parts : parts + [String(rest)]
    }
}
