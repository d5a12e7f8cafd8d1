public import SIPFlow

/// One server of a service (RFC 2782).
public struct ServiceRecord: Sendable, Hashable {
    /// Lower ones are tried first.
    public var priority: UInt16
    /// The share among those of equal priority.
    public var weight: UInt16
    /// The port.
    public var port: UInt16
    /// The server's name; empty when the service is decidedly not offered.
    public var target: String

    /// Describes a server.
    public init(priority: UInt16, weight: UInt16, port: UInt16, target: String) {
        self.priority = priority
        self.weight = weight
        self.port = port
        self.target = target
    }
}

/// One service of a domain (RFC 3403 §4.1).
public struct NamingPointer: Sendable, Hashable {
    /// Lower ones must be tried first.
    public var order: UInt16
    /// Of one order, lower ones should be tried first.
    public var preference: UInt16
    /// `s` when the replacement has SRV records, `a` when it has addresses; lower case.
    public var flags: String
    /// As `SIP+D2U`, in upper case.
    public var service: String
    /// The name to go on with.
    public var replacement: String

    /// Describes a service.
    public init(order: UInt16, preference: UInt16, flags: String, service: String, replacement: String) {
        self.order = order
        self.preference = preference
        self.flags = flags
        self.service = service
        self.replacement = replacement
    }
}

/// One record of an answer.
public enum DNSRecord: Sendable, Hashable {
    /// Of A and AAAA.
    case address(IPAddress)
    /// Of SRV.
    case service(ServiceRecord)
    /// Of NAPTR.
    case pointer(NamingPointer)
}

/// What became of a question.
public struct DNSAnswer: Sendable, Hashable {
    /// What the name server said, if anything.
    public enum Outcome: Sendable, Hashable {
        /// At least one record.
        case records([DNSRecord])
        /// The name exists, but has no such record.
        case noData
        /// There is no such name (NXDOMAIN).
        case noSuchName
        /// The name server refused, failed (SERVFAIL), or answered nonsense.
        case serverFailed
        /// No name server answered.
        case timedOut
    }

    /// What was said.
    public var outcome: Outcome
    /// How long it holds, as its zone says; nil when nothing was said of that.
    public var timeToLive: Interval?

    /// Describes an answer.
    public init(_ outcome: Outcome, timeToLive: Interval? = nil) {
        self.outcome = outcome
        self.timeToLive = timeToLive
    }

    /// The records, none when there are none.
    var records: [DNSRecord] {
        switch outcome {
        case .records(let records): records
        case .noData, .noSuchName, .serverFailed, .timedOut: []
        }
    }
}
