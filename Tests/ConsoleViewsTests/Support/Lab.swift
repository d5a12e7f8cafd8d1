import SIPFlow
import SIPReport
import SIPTrace

@testable import ConsoleViews

/// A small imagined network whose engine reports can be made by hand, under a virtual clock.
struct Lab {
    static let epoch = Int64(1_772_436_000) * 1_000_000_000
    static let listeners = [
        Listener(transport: .udp, address: SocketAddress(ip: .v4(0x0a00_0001), port: 5_060)),
        Listener(transport: .udp, address: SocketAddress(ip: .v6(high: 0, low: 1), port: 5_060)),
    ]

    /// The moment of the next thing that happens.
    var now = Moment.zero + .seconds(600)
    private(set) var sequence: UInt64 = 0
    private var chunk = TraceChunk()
    private var registrations: [RegistrationRow] = []
    private var removed: [RemovedRegistration] = []
    private var transactions: [TransactionRow] = []
    private var audit: [AuditEntry] = []
    private var bans: [BanRow] = []
    private var removedBans: [BanSubject] = []
    var counters = EngineCounters()
    var failure: String?
    var store = StoreRow()
    private var heard: [HeardSource] = []
    private var lastBinding: UInt64 = 0

    static func peer(_ host: UInt32, _ port: UInt16 = 5_060) -> Flow {
        Flow(
            transport: .udp,
            listener: ListenerID(0),
            peer: SocketAddress(ip: .v4(0x0a00_0000 + host), port: port)
        )
    }

    /// What changed since the last time, as the engine would say it.
    mutating func report() -> ConsoleEvent {
        counters.bindings += registrations.count
        var report = EngineReport(
            moment: now,
            clock: ClockAnchor(moment: .zero, unixNanoseconds: Self.epoch),
            startedAt: .zero + .seconds(60),
            mode: EngineMode(isLab: true, domains: ["lab.test"]),
            listeners: [
                ListenerRow(listener: Self.listeners[0], failure: failure),
                ListenerRow(listener: Self.listeners[1]),
            ],
            counters: counters
        )
        report.store = store
        report.registrations = registrations
        report.removedRegistrations = removed
        report.transactions = transactions
        report.audit = audit
        report.heard = heard
        report.bans = bans
        report.removedBans = removedBans
        let chunks = chunk.records.isEmpty ? [] : [chunk]
        registrations = []
        removed = []
        transactions = []
        audit = []
        heard = []
        bans = []
        removedBans = []
        chunk = TraceChunk()
        return .update(report, chunks)
    }

    @discardableResult
    mutating func register(
        _ user: String,
        host: UInt32,
        port: UInt16 = 5_060,
        expires: Int = 3_600,
        agent: String = "Yealink SIP-T46S",
        ago: Int = 0,
        refreshes: Int = 0,
        contact: String? = nil,
        reachability: ContactReachability = .unknown,
        rtt: Int? = nil
    ) -> BindingID {
        lastBinding += 1
        let id = BindingID(lastBinding)
        let flow = Self.peer(host, port)
        registrations.append(
            RegistrationRow(
                id: id,
                aor: "\(user)@lab.test",
                contact: contact ?? "sip:\(user)@10.0.0.\(host):\(port)",
                flow: flow,
                registeredAt: now - .seconds(ago + refreshes * 1_800),
                refreshedAt: now - .seconds(ago),
                expiresAt: now - .seconds(ago) + .seconds(expires),
                refreshes: refreshes,
                userAgent: agent,
                callID: "reg-\(user)@10.0.0.\(host)",
                cseq: UInt32(1 + refreshes),
                isBehindNAT: contact != nil,
                reachability: reachability,
                roundTrip: rtt.map { .milliseconds($0) },
                pings: reachability == .unknown ? 0 : 40,
                lostPings: reachability == .dead ? 4 : 0,
                missedPings: reachability == .dead ? 3 : 0,
                answeredAt: reachability == .unknown ? nil : now - .seconds(reachability == .dead ? 95 : 9)
            )
        )
        return id
    }

    mutating func hear(_ peer: SocketAddress) {
        heard.append(HeardSource(peer: peer, moment: now))
    }

    mutating func remove(_ id: BindingID, _ reason: BindingRemoval) {
        removed.append(RemovedRegistration(id: id, reason: reason, moment: now))
    }

    /// Lets seconds of traffic go by, so that rates and shares have something to show.
    mutating func traffic(seconds: Int) -> [ConsoleEvent] {
        now = now - .seconds(seconds)
        var events = [report()]
        for second in 1..<seconds {
            now = now + .seconds(1)
            counters.requests = second * second * 3
            counters.received = second * 60
            counters.sent = second * 70
            counters.responses = [second * 10, second * 40, 0, second * 2, second / 9, 0]
            counters.retransmissions = second
            events.append(report())
        }
        return events
    }

    mutating func add(_ row: RegistrationRow) { registrations.append(row) }

    mutating func add(_ row: TransactionRow) { transactions.append(row) }

    mutating func add(_ entry: AuditEntry) { audit.append(entry) }

    mutating func add(_ row: BanRow) { bans.append(row) }

    mutating func lift(_ subject: BanSubject) { removedBans.append(subject) }

    /// One message on the wire, `after` milliseconds after the one before.
    mutating func pass(
        _ direction: TraceRecord.Direction,
        _ flow: Flow,
        after milliseconds: Int = 1,
        isOwn: Bool = false,
        isRepeat: Bool = false,
        drop: DropReason? = nil,
        _ text: String
    ) {
        now = now + .milliseconds(milliseconds)
        let record = TraceRecord(
            sequence: sequence,
            moment: now,
            direction: direction,
            flow: flow,
            isRetransmission: isRepeat,
            isOwn: isOwn,
            drop: drop
        )
        let bytes = Array(text.utf8)
        chunk.append(record, bytes.span, sequence: sequence)
        sequence += 1
    }
}

/// Writes the messages of one dialog.
struct Script {
    var callID: String
    var from: String
    var to: String
    var cseq = "1 INVITE"

    private func message(
        _ first: String,
        via: String,
        toTag: String?,
        _ more: [String],
        _ body: String
    ) -> String {
        var lines = [first]
        lines += via.split(separator: " ").map { "Via: SIP/2.0/UDP \($0)" }
        lines.append("Max-Forwards: 70")
        lines.append("From: <sip:\(from)@lab.test>;tag=f1")
        lines.append("To: <sip:\(to)@lab.test>" + (toTag.map { ";tag=\($0)" } ?? ""))
        lines.append("Call-ID: \(callID)")
        lines.append("CSeq: \(cseq)")
        lines += more
        lines.append("Content-Length: \(body.utf8.count)")
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    func request(
        _ method: String,
        via: String,
        toTag: String? = nil,
        _ more: [String] = [],
        body: String = ""
    ) -> String {
        message("\(method) sip:\(to)@lab.test SIP/2.0", via: via, toTag: toTag, more, body)
    }

    func response(
        _ line: String,
        via: String,
        toTag: String? = nil,
        _ more: [String] = [],
        body: String = ""
    ) -> String {
        message("SIP/2.0 \(line)", via: via, toTag: toTag, more, body)
    }

    static func session(_ host: Int) -> String {
        [
            "v=0", "o=- 1 1 IN IP4 10.0.0.\(host)", "s=-", "c=IN IP4 10.0.0.\(host)", "t=0 0",
            "m=audio 4000 RTP/AVP 8 0 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:0 PCMU/8000",
            "a=rtpmap:101 telephone-event/8000", "a=sendrecv", "",
        ].joined(separator: "\r\n")
    }
}
