public import SIPFlow

/// The engine's counters since its start.
public struct EngineCounters: Sendable, Hashable {
    /// Messages received, keep-alives included.
    public var received = 0
    /// Messages sent.
    public var sent = 0
    /// Requests received, by the names of the columns in the header.
    public var requests = 0
    /// INVITE requests received.
    public var invites = 0
    /// REGISTER requests received.
    public var registers = 0
    /// OPTIONS requests received.
    public var options = 0
    /// Final and provisional responses sent, by class: index 0 for 1xx to 5 for 6xx.
    public var responses: [Int] = [0, 0, 0, 0, 0, 0]
    /// Retransmissions received or sent.
    public var retransmissions = 0
    /// Messages that went no further, by the words of their reason.
    public var drops: [String: Int] = [:]
    /// Requests whose digest was wrong.
    public var failedLogins = 0
    /// Requests whose credentials were not looked at, since their source had too many failures.
    public var limitedLogins = 0
    /// Live bindings.
    public var bindings = 0
    /// Live transactions.
    public var transactions = 0

    /// All zero.
    public init() {}

    /// Messages that went no further for a reason other than keep-alive or absorption.
    public var dropped: Int {
        drops.reduce(0) { sum, entry in
            entry.key == "keep-alive" || entry.key == "absorbed" ? sum : sum + entry.value
        }
    }
}

/// One listener and how it does.
public struct ListenerRow: Sendable, Hashable {
    /// The listener.
    public var listener: Listener
    /// Why it does not listen; nil when it does.
    public var failure: String?

    /// Describes a listener.
    public init(listener: Listener, failure: String? = nil) {
        self.listener = listener
        self.failure = failure
    }
}

/// How the engine was started, as far as the screen shows it.
public struct EngineMode: Sendable, Hashable {
    /// True when anybody may register since no accounts are configured: LAB MODE.
    public var isLab: Bool
    /// The domains served.
    public var domains: [String]

    /// Describes how the engine was started.
    public init(isLab: Bool, domains: [String]) {
        self.isLab = isLab
        self.domains = domains
    }
}

/// A source that keeps its path to us open.
public struct HeardSource: Sendable, Hashable {
    /// The source.
    public var peer: SocketAddress
    /// When its last keep-alive came.
    public var moment: Moment

    /// Describes a keep-alive.
    public init(peer: SocketAddress, moment: Moment) {
        self.peer = peer
        self.moment = moment
    }
}

/// What changed in the engine since the reader's last report.
///
/// - Shape: immutable; changes first, whole tables never. The reader keeps the tables.
/// - Limits: at most 2,000 changed bindings and as many transactions a report; the rest follows in the next.
public struct EngineReport: Sendable {
    /// When it was made.
    public var moment: Moment
    /// Ties moments to dates.
    public var clock: ClockAnchor
    /// When the engine started.
    public var startedAt: Moment
    /// How it was started.
    public var mode: EngineMode
    /// The listeners, in the order of `ListenerID`.
    public var listeners: [ListenerRow]
    /// The counters.
    public var counters: EngineCounters
    /// Where registrations last.
    public var store = StoreRow()
    /// New and changed bindings.
    public var registrations: [RegistrationRow]
    /// Bindings that are gone.
    public var removedRegistrations: [RemovedRegistration]
    /// New and changed transactions; an ended one comes a last time with `endedAt` set.
    public var transactions: [TransactionRow]
    /// Who is refused, as far as it is new or has changed.
    public var bans: [BanRow]
    /// Sources whose keep-alives were heard, and when last.
    public var heard: [HeardSource] = []
    /// Who is refused no more.
    public var removedBans: [BanSubject]
    /// New audit entries.
    public var audit: [AuditEntry]
    /// True when rows were held back for the next report.
    public var hasMore: Bool

    /// Makes a report without changes.
    public init(
        moment: Moment,
        clock: ClockAnchor,
        startedAt: Moment,
        mode: EngineMode,
        listeners: [ListenerRow],
        counters: EngineCounters
    ) {
        self.moment = moment
        self.clock = clock
        self.startedAt = startedAt
        self.mode = mode
        self.listeners = listeners
        self.counters = counters
        registrations = []
        removedRegistrations = []
        transactions = []
        bans = []
        removedBans = []
        audit = []
        hasMore = false
    }
}
