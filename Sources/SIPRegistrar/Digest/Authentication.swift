public import SIPFlow

/// Who may register and call, and how that is proved (RFC 3261 §22, RFC 8760).
///
/// - Shape: without accounts everybody is let in, until the first account is there.
public struct Authentication: Sendable {
    /// The users.
    public var accounts: [Account]
    /// The hash functions that digests are made with.
    public var hashes: HashFunctions
    /// Random bytes that key the nonces, so that nobody else can make one.
    ///
    /// - Limits: 32 and more; made anew for each start.
    public var secret: [UInt8]
    /// The realm of challenges for which no account names one: the first served domain.
    public var home: String
    /// The algorithms that are offered, and taken.
    ///
    /// Default SHA-256 and MD5; clients known to fail at the former are offered MD5 alone.
    public var algorithms = DigestAlgorithm.allCases
    /// How long a nonce is good for.
    ///
    /// Default 5 min.
    public var nonceLife = Interval.seconds(300)
    /// True when clients of RFC 2069, which know no qop, are let in (RFC 7616 §3.4.1).
    ///
    /// Default false. Their nonces serve once.
    public var acceptsAbsentQop = false
    /// True when challenges offer auth-int beside auth.
    ///
    /// Default false, since boxes on the way that rewrite SDP break it. It is understood in any case.
    public var offersIntegrity = false
    /// True when callers whose From is of no served domain must log in too (RFC 3665 §3.3).
    ///
    /// Default false. Their account is the one with the user name of From.
    public var asksStrangers = false

    /// Takes what has no default.
    public init(accounts: [Account], hashes: HashFunctions, secret: [UInt8], home: String) {
        self.accounts = accounts
        self.hashes = hashes
        self.secret = secret
        self.home = home
    }
}
