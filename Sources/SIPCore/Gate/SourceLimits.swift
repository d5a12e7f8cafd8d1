public import SIPFlow

/// What one source may do before anything is kept for it.
///
/// - Shape: a source is an IPv4 address, or the /64 network of an IPv6 address, since one host has all of that.
public struct SourceLimits: Sendable, Hashable {
    /// What becomes of the requests of programs that search for open servers.
    public enum ScannerPolicy: String, Sendable, Hashable, CaseIterable {
        /// They are counted, and get no answer that would say that somebody is here.
        case drop
        /// They are treated like all others.
        case answer
    }

    /// The requests a second that a source may go on sending; 0 for no limit.
    ///
    /// Default 400: more than 100 calls a second.
    public var rate = 400
    /// The requests that a source may send at once, over its rate.
    ///
    /// Default 1,000: an office of that many phones that comes back after a power cut.
    public var burst = 1_000
    /// Sources that the rate does not bind: trunks, other proxies, load generators.
    public var trusted: [IPAddress] = []
    /// True when this machine's own programs are bound too.
    ///
    /// Default false: a lab on loopback is nobody's victim.
    public var includesLoopback = false
    /// What becomes of scanners.
    public var scanners = ScannerPolicy.drop

    /// The defaults.
    public init() {}
}
