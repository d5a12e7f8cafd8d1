public import SIPFlow
public import SIPNextHop
public import SIPRegistrar

/// How the registrar and proxy behave.
///
/// - Shape: values only; the defaults serve a lab on loopback.
public struct CoreConfiguration: Sendable, Hashable {
    /// The listeners, in the order of `ListenerID`.
    public var listeners: [Listener]
    /// The domains served, in lower case.
    ///
    /// A request for a listener's own address is served too.
    public var domains: [String]
    /// Other names of this element, in lower case; they count as the first domain.
    public var aliases: [String] = []
    /// Other names of users: each name, and the address of record that it leads to, both as URIs.
    public var userAliases: [String: String] = [:]
    /// True when users are found whatever the case of their names; RFC 3261 §19.1.4 tells Bob from bob.
    ///
    /// Default false.
    public var ignoresUserCase = false
    /// True when `tel:` numbers are looked up as users of the first domain; else they are refused with 416.
    ///
    /// Default true.
    public var takesTelephoneNumbers = true
    /// What the registrar does where the RFCs leave it a choice.
    public var registrarPolicy = RegistrarPolicy()
    /// The shortest expiry granted without a 423, in seconds (RFC 3261 §10.3 step 7).
    ///
    /// Default 60.
    public var minimumExpiry = 60
    /// The expiry when a request names none, in seconds (RFC 3261 §10.2.1.1).
    ///
    /// Default 3,600.
    public var defaultExpiry = 3_600
    /// The longest expiry granted, in seconds; longer wishes are shortened.
    ///
    /// Default 7,200.
    public var maximumExpiry = 7_200
    /// The route that phones get for their own requests (RFC 3608), as `<sip:10.0.0.1;lr>`.
    ///
    /// Default empty: none is given.
    public var serviceRoute = ""
    /// The most contacts an address of record may have.
    ///
    /// Default 10.
    public var contactsPerAOR = 10
    /// The most bindings altogether.
    ///
    /// Default 2,000,000.
    public var bindingLimit = 2_000_000
    /// The most live transactions; more are shed with 503.
    ///
    /// Default 400,000.
    public var transactionLimit = 400_000
    /// What one source may do.
    public var sources = SourceLimits()
    /// The most branches that a request may have at a time, here and downstream (RFC 5393 §5.3).
    ///
    /// Default 60; 0 for no limit.
    public var maximumBreadth = 60
    /// True when the contacts of a 3xx are tried here, and not given to the caller (RFC 3261 §16.7 step 4).
    ///
    /// Default false.
    public var followsRedirects = false
    /// True when load is told to senders, and heard from next hops, in Via (RFC 7339).
    ///
    /// Default false.
    public var controlsOverload = false
    /// Timer T1 (RFC 3261 §17.1.1.1).
    ///
    /// Default 500 ms.
    public var t1 = Interval.milliseconds(500)
    /// Timer T2.
    ///
    /// Default 4 s.
    public var t2 = Interval.seconds(4)
    /// Timer T4.
    ///
    /// Default 5 s.
    public var t4 = Interval.seconds(5)
    /// Timer C (RFC 3261 §16.6 step 11).
    ///
    /// Default 181 s.
    public var timerC = Interval.seconds(181)
    /// How long an INVITE may be without a response before a 100 says that it came (RFC 3261 §17.2.1).
    ///
    /// Default 100 ms; zero: at once.
    public var trying = Interval.milliseconds(100)
    /// How often each registered contact is asked with OPTIONS whether it is there.
    ///
    /// Default nil: never.
    public var pingInterval: Interval?
    /// The name servers that host names are looked up with.
    public var nameService = NameService()
    /// The byte budget of the trace ring.
    ///
    /// Default 64 MiB.
    public var traceBudget = 64 << 20

    /// A configuration for some listeners and domains, all else at its default.
    public init(listeners: [Listener], domains: [String]) {
        self.listeners = listeners
        self.domains = domains
    }
}
