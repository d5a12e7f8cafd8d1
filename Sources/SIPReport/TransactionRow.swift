public import SIPFlow

/// The side of a transaction that we play (RFC 3261 §17).
public enum TransactionRole: String, Sendable, Hashable, CaseIterable {
    /// We received the request.
    case server
    /// We sent the request.
    case client
}

/// The states of the four machines by their names in RFC 3261 §17 and RFC 6026.
public enum TransactionState: String, Sendable, Hashable, CaseIterable {
    /// Client INVITE, nothing heard.
    case calling = "Calling"
    /// Non-INVITE, nothing heard or answered.
    case trying = "Trying"
    /// A provisional response came or went.
    case proceeding = "Proceeding"
    /// A 2xx to an INVITE came or went (RFC 6026).
    case accepted = "Accepted"
    /// A final response came or went.
    case completed = "Completed"
    /// Server INVITE: the ACK to a failure came.
    case confirmed = "Confirmed"
    /// Over.
    case terminated = "Terminated"
}

/// The timers of RFC 3261 §17 (A to K), RFC 6026 (L and M) and Timer C of §16.6.
public enum TimerName: String, Sendable, Hashable, CaseIterable {
    /// Timer A.
    case a = "A"
    /// Timer B.
    case b = "B"
    /// Timer C.
    case c = "C"
    /// Timer D.
    case d = "D"
    /// Timer E.
    case e = "E"
    /// Timer F.
    case f = "F"
    /// Timer G.
    case g = "G"
    /// Timer H.
    case h = "H"
    /// Timer I.
    case i = "I"
    /// Timer J.
    case j = "J"
    /// Timer K.
    case k = "K"
    /// Timer L.
    case l = "L"
    /// Timer M.
    case m = "M"
}

/// A timer that runs, and when it fires.
public struct RunningTimer: Sendable, Hashable {
    /// Which one.
    public var name: TimerName
    /// When it fires.
    public var deadline: Moment

    /// Describes a running timer.
    public init(name: TimerName, deadline: Moment) {
        self.name = name
        self.deadline = deadline
    }
}

/// A place that a request was sent to, and what it did.
public struct TargetVerdict: Sendable, Hashable {
    /// Address and port.
    public var target: String
    /// A few words, such as `no reply at all (timer B)`.
    public var verdict: String

    /// Pairs a place with a verdict.
    public init(target: String, verdict: String) {
        self.target = target
        self.verdict = verdict
    }
}

/// One transaction, as people see it.
public struct TransactionRow: Sendable, Hashable {
    /// Its number, the one on trace records; never reused within a process.
    public var id: UInt64
    /// Our side.
    public var role: TransactionRole
    /// The request's method.
    public var method: String
    /// Its state.
    public var state: TransactionState
    /// The top Via's branch.
    public var branch: String
    /// The other side.
    public var flow: Flow
    /// When it began.
    public var startedAt: Moment
    /// The timers that run, soonest first.
    public var timers: [RunningTimer]
    /// How often we repeated, or were sent again, its request or response.
    public var retransmits: Int
    /// The request's Call-ID.
    public var callID: String
    /// The server transaction whose request this one forwards; nil for a server's, and for our own.
    public var parent: UInt64?
    /// The place among its parent's branches, from 0 (fork a, b, c …).
    public var fork: Int
    /// The last status code that came or went, 0 when none did.
    public var code: Int
    /// Why its request was answered so, or what ended it, in words; empty where the code says it all.
    ///
    /// They may quote the sender, byte for byte.
    public var note: String
    /// Client: the timer that ended it, or made the proxy cancel it; nil when a response came in time.
    public var endedBy: TimerName?
    /// Server: what became of the places that were tried, in order; empty where all just answered.
    public var targets: [TargetVerdict]
    /// When it ended; nil while it runs.
    public var endedAt: Moment?

    /// True when the request's top Via has a branch of RFC 2543, or none.
    ///
    /// It was matched by the older rule (RFC 3261 §17.2.3).
    public var hasOldBranch: Bool { role == .server && branch.isEmpty }

    /// Makes a row from all its values.
    public init(
        id: UInt64,
        role: TransactionRole,
        method: String,
        state: TransactionState,
        branch: String,
        flow: Flow,
        startedAt: Moment,
        timers: [RunningTimer] = [],
        retransmits: Int = 0,
        callID: String,
        parent: UInt64? = nil,
        fork: Int = 0,
        code: Int = 0,
        note: String = "",
        endedBy: TimerName? = nil,
        targets: [TargetVerdict] = [],
        endedAt: Moment? = nil
    ) {
        self.id = id
        self.role = role
        self.method = method
        self.state = state
        self.branch = branch
        self.flow = flow
        self.startedAt = startedAt
        self.timers = timers
        self.retransmits = retransmits
        self.callID = callID
        self.parent = parent
        self.fork = fork
        self.code = code
        self.note = note
        self.endedBy = endedBy
        self.targets = targets
        self.endedAt = endedAt
    }
}
