/// The proxy's rules that may be chosen.
public struct ProxyOptions: Sendable, Hashable {
    /// The most branches that a request may have at a time, here and downstream; 0 for no limit.
    public var maximumBreadth = 60
    /// True when the contacts of a 3xx are tried here (RFC 3261 §16.7 step 4).
    public var followsRedirects = false
    /// True when load is told and heard in Via (RFC 7339).
    public var controlsOverload = false

    /// The defaults.
    public init() {}
}
