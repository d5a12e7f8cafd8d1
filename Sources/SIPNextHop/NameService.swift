public import SIPFlow

/// Which name servers are asked, and how patiently.
public struct NameService: Sendable, Hashable {
    /// The servers; when there are none, those of the system.
    public var servers: [SocketAddress] = []
    /// How long the first try of a question waits; each further round waits twice as long.
    ///
    /// Default 2 s.
    public var timeout = Interval.seconds(2)
    /// How often each server is asked.
    ///
    /// Default 2.
    public var tries = 2

    /// The system's servers, the default patience.
    public init() {}
}
