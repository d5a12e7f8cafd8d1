import SIPFlow
import SIPReport
import SIPTrace

/// Seconds with at most three decimals, as durations are written.
func seconds(_ interval: Interval) -> Double { Double(interval.milliseconds) / 1_000 }

/// One binding, as `ctl registrations` prints it.
struct RegistrationJSON: Encodable {
    var id: UInt64
    var aor: String
    var contact: String
    var transport: String
    var source: String
    /// Seconds until it ends.
    var expires: Double
    var registered: String
    var refreshed: String
    var refreshes: Int
    var userAgent: String
    var callID: String
    var cseq: UInt32
    @Nullable var q: Double?
    var path: String
    var instance: String
    var state: String
    /// The seconds that the phone asked for.
    @Nullable var asked: Int?
    /// The seconds that it got at its last refresh.
    var granted: Int
    /// How many bindings of the address of record have this User-Agent.
    var alike: Int
    /// Seconds that the last answered OPTIONS ping took.
    @Nullable var rtt: Double?
    /// OPTIONS pings that were sent.
    var pings: Int
    /// Those of them that brought no answer.
    var lostPings: Int
    /// How many of the newest in a row brought none.
    var missedPings: Int
    /// The last sign of life: a REGISTER, a keep-alive over its flow, or the answer to a ping.
    var lastSeen: String
    /// What is odd about it.
    var marks: [String]

    init(_ row: RegistrationRow, heard: Moment?, twins: CaseTwins, now: Moment, clock: ClockAnchor) {
        id = row.id.number
        aor = row.aor
        contact = row.contact
        transport = row.flow.transport.token
        source = "\(row.flow.peer)"
        expires = seconds(row.expiresAt - now)
        registered = timestamp(unixNanoseconds: clock.unixNanoseconds(at: row.registeredAt))
        refreshed = timestamp(unixNanoseconds: clock.unixNanoseconds(at: row.refreshedAt))
        refreshes = row.refreshes
        userAgent = row.userAgent
        callID = row.callID
        cseq = row.cseq
        q = row.q.map { Double($0) / 1_000 }
        path = row.path
        instance = row.instance
        state = row.state(at: now).rawValue
        asked = row.asked
        granted = row.granted
        alike = row.alike
        rtt = row.roundTrip.map(\.seconds)
        pings = row.pings
        lostPings = row.lostPings
        missedPings = row.missedPings
        let seen = max(row.refreshedAt, heard ?? row.refreshedAt, row.answeredAt ?? row.refreshedAt)
        lastSeen = timestamp(unixNanoseconds: clock.unixNanoseconds(at: seen))
        marks = row.marks(twins).map(\.rawValue)
    }
}

/// One transaction, as `ctl transactions` prints it.
struct TransactionJSON: Encodable {
    struct Target: Encodable {
        var target: String
        var verdict: String
    }

    var id: UInt64
    var role: String
    var method: String
    var state: String
    var branch: String
    var peer: String
    var transport: String
    /// Seconds since it began.
    var age: Double
    /// Seconds until each running timer fires, by its letter.
    var timers: [String: Double]
    var retransmits: Int
    var callID: String
    @Nullable var parent: UInt64?
    @Nullable var code: Int?
    /// Why the request was answered so, what ended it, or what its targets did, in words.
    @Nullable var note: String?
    /// The letter of the timer that ended it.
    @Nullable var endedBy: String?
    /// What became of the places that were tried, in order, where some failed.
    var targets: [Target]
    /// What is odd about it.
    var marks: [String]

    init(_ row: TransactionRow, now: Moment) {
        id = row.id
        role = row.role.rawValue
        method = row.method
        state = row.state.rawValue
        branch = row.branch
        peer = "\(row.flow.peer)"
        transport = row.flow.transport.token
        age = seconds(now - row.startedAt)
        timers = [:]
        for timer in row.timers { timers[timer.name.rawValue] = seconds(timer.deadline - now) }
        retransmits = row.retransmits
        callID = row.callID
        parent = row.parent
        code = row.code == 0 ? nil : row.code
        let tried = row.targets.map { "\($0.target) \($0.verdict)" }.joined(separator: ", then ")
        note = row.note.isEmpty ? (tried.isEmpty ? nil : tried) : row.note
        endedBy = row.endedBy?.rawValue
        targets = row.targets.map { Target(target: $0.target, verdict: $0.verdict) }
        marks = row.hasOldBranch ? ["pre-3261-branch"] : []
    }
}

/// One call, as `ctl calls` prints it.
struct CallJSON: Encodable {
    struct Leg: Encodable {
        var fork: String
        var peer: String
        @Nullable var code: Int?
        var retransmits: Int
    }

    var callID: String
    var from: String
    var to: String
    var state: String
    var started: String
    @Nullable var setupTime: Double?
    var duration: Double
    @Nullable var finalCode: Int?
    var legs: [Leg]
    var retransmits: Int
    var codecs: [String]
    @Nullable var diagnosis: String?
    var messages: Int

    init(_ row: CallRow, now: Moment, clock: ClockAnchor) {
        callID = row.callID
        from = row.fromURI
        to = row.toURI
        state = row.state.word
        started = timestamp(unixNanoseconds: clock.unixNanoseconds(at: row.startedAt))
        setupTime = row.setupTime.map(seconds)
        duration = seconds(row.duration(at: now))
        finalCode = row.finalCode
        legs = row.legs.map {
            Leg(
                fork: $0.fork.letter,
                peer: "\($0.peer)",
                code: Nullable(wrappedValue: $0.code),
                retransmits: $0.retransmissions
            )
        }
        retransmits = row.retransmissions
        codecs = row.codecs
        diagnosis = row.diagnosis
        messages = row.messageCount
    }
}

/// One message, as `ctl messages` prints it.
struct MessageJSON: Encodable {
    var sequence: UInt64
    var time: String
    var direction: String
    var source: String
    var destination: String
    var transport: String
    var startLine: String
    @Nullable var callID: String?
    @Nullable var cseq: String?
    @Nullable var transaction: UInt64?
    var retransmit: Bool
    /// True for what the engine made itself, and did not forward.
    var own: Bool
    @Nullable var drop: String?
    var raw: String

    init(_ row: MessageRow, raw: [UInt8], listeners: [ListenerRow], clock: ClockAnchor) {
        let index = row.flow.listener.index
        let own = listeners.indices.contains(index) ? "\(listeners[index].listener.address)" : ""
        let peer = "\(row.flow.peer)"
        let isReceived = row.direction == .received
        sequence = row.sequence
        time = timestamp(unixNanoseconds: clock.unixNanoseconds(at: row.moment))
        direction = isReceived ? "received" : "sent"
        source = isReceived ? peer : own
        destination = isReceived ? own : peer
        transport = row.flow.transport.token
        startLine = row.summary
        callID = row.callID
        cseq = row.sequenceNumber.map { "\($0) \(row.sequenceMethod)" }
        transaction = row.transaction == 0 ? nil : row.transaction
        retransmit = row.isRetransmission
        self.own = row.isOwn
        drop = row.drop?.text
        self.raw = String(decoding: raw, as: UTF8.self)
    }
}

/// One act of an operator, as the audit log keeps it and `ctl kick` prints it.
struct AuditJSON: Encodable {
    var number: UInt64
    var time: String
    var actor: String
    var act: String
    var targets: [String]
    var reason: String

    init(_ entry: AuditEntry) {
        number = entry.number
        time = timestamp(unixNanoseconds: entry.unixNanoseconds)
        actor = entry.actor
        act = entry.act
        targets = entry.targets
        reason = entry.reason
    }
}

/// Who is refused, as `ctl bans` prints it.
struct BanJSON: Encodable {
    var subject: String
    /// `source` or `aor`.
    var kind: String
    /// `ban`, `rate limit` or `scanner`.
    var cause: String
    var since: String
    @Nullable var until: String?
    /// Seconds until it is let in again.
    @Nullable var remaining: Double?
    @Nullable var lastRefusal: String?
    var refused: Int
    var reason: String
    var actor: String

    init(_ row: BanRow, now: Moment, clock: ClockAnchor) {
        subject = row.subject.text
        kind =
            switch row.subject {
            case .source: "source"
            case .aor: "aor"
            }
        cause = row.cause.rawValue
        since = timestamp(unixNanoseconds: clock.unixNanoseconds(at: row.since))
        until = row.until.map { timestamp(unixNanoseconds: clock.unixNanoseconds(at: $0)) }
        remaining = row.until.map { seconds($0 - now) }
        lastRefusal = row.lastRefusal.map { timestamp(unixNanoseconds: clock.unixNanoseconds(at: $0)) }
        refused = row.refused
        reason = row.reason
        actor = row.actor
    }
}

/// The engine as a whole, as `ctl stats` prints it.
struct StatsJSON: Encodable {
    struct ListenerState: Encodable {
        var transport: String
        var address: String
        @Nullable var failure: String?
    }

    /// Where registrations last.
    struct Store: Encodable {
        @Nullable var path: String?
        @Nullable var failure: String?
        var restored: Int
        var expired: Int
        var dropped: Int

        init(_ row: StoreRow) {
            _path = Nullable(wrappedValue: row.path.isEmpty ? nil : row.path)
            _failure = Nullable(wrappedValue: row.failure)
            restored = row.restored
            expired = row.expired
            dropped = row.dropped
        }
    }

    var started: String
    var uptime: Double
    var labMode: Bool
    var domains: [String]
    var listeners: [ListenerState]
    var store: Store
    var received: Int
    var sent: Int
    var requests: Int
    var invites: Int
    var registers: Int
    var options: Int
    var responses: [String: Int]
    var retransmissions: Int
    var drops: [String: Int]
    var dropped: Int
    var failedLogins: Int
    var limitedLogins: Int
    var registrations: Int
    var transactions: Int

    init(_ report: EngineReport) {
        let counters = report.counters
        started = timestamp(unixNanoseconds: report.clock.unixNanoseconds(at: report.startedAt))
        uptime = seconds(report.moment - report.startedAt)
        labMode = report.mode.isLab
        domains = report.mode.domains
        listeners = report.listeners.map {
            ListenerState(
                transport: $0.listener.transport.token,
                address: "\($0.listener.address)",
                failure: Nullable(wrappedValue: $0.failure)
            )
        }
        store = Store(report.store)
        received = counters.received
        sent = counters.sent
        requests = counters.requests
        invites = counters.invites
        registers = counters.registers
        options = counters.options
        responses = [:]
        for (index, count) in counters.responses.enumerated() { responses["\(index + 1)xx"] = count }
        retransmissions = counters.retransmissions
        drops = counters.drops
        dropped = counters.dropped
        failedLogins = counters.failedLogins
        limitedLogins = counters.limitedLogins
        registrations = counters.bindings
        transactions = counters.transactions
    }
}
