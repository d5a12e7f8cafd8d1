public import SIPFlow

/// The number of a binding; never reused within a process.
public struct BindingID: Sendable, Hashable, Comparable {
    /// Counts from 1.
    public var number: UInt64

    /// Names a binding.
    public init(_ number: UInt64) {
        self.number = number
    }

    /// Orders by age.
    public static func < (left: BindingID, right: BindingID) -> Bool { left.number < right.number }
}

/// What a registration is worth right now.
public enum RegistrationState: String, Sendable, Hashable, CaseIterable {
    /// Refreshed in time.
    case ok
    /// Less than a tenth of its time is left, or less than ten seconds.
    ///
    /// Or it answers pings late, or missed one.
    case late
    /// It missed three pings in a row; it stays registered and is asked on.
    case dead
    /// The contact's address differs from the packet's source.
    case nat
}

/// What OPTIONS pings say of a contact.
public enum ContactReachability: String, Sendable, Hashable, CaseIterable {
    /// It was not asked yet, or pings are off.
    case unknown
    /// It answers in time.
    case prompt
    /// It answers later than after 500 ms, or missed a ping.
    case late
    /// It missed three pings in a row.
    case dead
}

/// Why a binding went away.
public enum BindingRemoval: String, Sendable, Hashable, CaseIterable {
    /// Its time ran out.
    case expired
    /// The phone asked for it (RFC 3261 §10.2.2).
    case unregistered
    /// An operator dropped it.
    case kicked
    /// A newer one of the same phone took its place.
    case replaced
    /// It made room for a newer one where there was none left.
    case evicted
}

/// One binding of an address of record, as people see it.
public struct RegistrationRow: Sendable, Hashable {
    /// The binding.
    public var id: BindingID
    /// The address of record, `user@domain`.
    public var aor: String
    /// The contact URI as registered.
    public var contact: String
    /// The flow the last REGISTER came over.
    public var flow: Flow
    /// When it was made.
    public var registeredAt: Moment
    /// When it was last refreshed.
    public var refreshedAt: Moment
    /// When it ends unless refreshed.
    public var expiresAt: Moment
    /// How often it was refreshed.
    public var refreshes: Int
    /// The phone's User-Agent, empty when it named none.
    public var userAgent: String
    /// The REGISTER's Call-ID.
    public var callID: String
    /// The REGISTER's CSeq number.
    public var cseq: UInt32
    /// The q value in thousandths; nil when none was given.
    public var q: Int?
    /// The Path header field's values, as one list; empty when there was none.
    public var path: String
    /// The `+sip.instance` without quotes; empty when there was none.
    public var instance: String
    /// True when the contact's address differs from the packet's source.
    public var isBehindNAT: Bool
    /// The seconds that the phone asked for; nil when it named none.
    public var asked: Int?
    /// How many bindings of the address of record have its User-Agent; 1 when it named none.
    public var alike: Int
    /// What pings say of it.
    public var reachability: ContactReachability
    /// How long the last answered ping took; nil while none was answered.
    public var roundTrip: Interval?
    /// How many pings were sent to it.
    public var pings: Int
    /// How many of them brought no answer.
    public var lostPings: Int
    /// How many of the newest in a row brought no answer.
    public var missedPings: Int
    /// When it last answered a ping; nil while it never did.
    public var answeredAt: Moment?
    /// True when its REGISTER had a Path and did not say that the phone supports it (RFC 3327 §5.3).
    public var hasUnaskedPath: Bool

    /// Makes a row from all its values.
    public init(
        id: BindingID,
        aor: String,
        contact: String,
        flow: Flow,
        registeredAt: Moment,
        refreshedAt: Moment,
        expiresAt: Moment,
        refreshes: Int = 0,
        userAgent: String = "",
        callID: String = "",
        cseq: UInt32 = 1,
        q: Int? = nil,
        path: String = "",
        instance: String = "",
        isBehindNAT: Bool = false,
        asked: Int? = nil,
        alike: Int = 1,
        reachability: ContactReachability = .unknown,
        roundTrip: Interval? = nil,
        pings: Int = 0,
        lostPings: Int = 0,
        missedPings: Int = 0,
        answeredAt: Moment? = nil,
        hasUnaskedPath: Bool = false
    ) {
        self.id = id
        self.aor = aor
        self.contact = contact
        self.flow = flow
        self.registeredAt = registeredAt
        self.refreshedAt = refreshedAt
        self.expiresAt = expiresAt
        self.refreshes = refreshes
        self.userAgent = userAgent
        self.callID = callID
        self.cseq = cseq
        self.q = q
        self.path = path
        self.instance = instance
        self.isBehindNAT = isBehindNAT
        self.asked = asked
        self.alike = alike
        self.reachability = reachability
        self.roundTrip = roundTrip
        self.pings = pings
        self.lostPings = lostPings
        self.missedPings = missedPings
        self.answeredAt = answeredAt
        self.hasUnaskedPath = hasUnaskedPath
    }

    /// The seconds that were granted at the last refresh.
    public var granted: Int { (expiresAt - refreshedAt).wholeSeconds }

    /// True when so many bindings look like one phone that most of them must be left over.
    public var isPiledUp: Bool { alike > 3 }

    /// The state at a moment.
    public func state(at now: Moment) -> RegistrationState {
        let left = expiresAt - now
        let whole = expiresAt - refreshedAt
        switch reachability {
        case .dead: return .dead
        case .late: return .late
        case .unknown, .prompt: break
        }
        if left < .seconds(10) || left.nanoseconds < whole.nanoseconds / 10 { return .late }
        return isBehindNAT ? .nat : .ok
    }
}

/// A binding that is gone, and why.
public struct RemovedRegistration: Sendable, Hashable {
    /// The binding.
    public var id: BindingID
    /// Why it went.
    public var reason: BindingRemoval
    /// When it went.
    public var moment: Moment

    /// Describes a removal.
    public init(id: BindingID, reason: BindingRemoval, moment: Moment) {
        self.id = id
        self.reason = reason
        self.moment = moment
    }
}
