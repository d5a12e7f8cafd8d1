public import SIPFlow

/// The timer values that all machines share (RFC 3261 §17.1.1.1 and table 4).
public struct TransactionTimers: Sendable, Hashable {
    /// The estimated round trip.
    ///
    /// Default 500 ms.
    public var t1: Interval
    /// The longest gap between repeats of non-INVITE requests and INVITE responses.
    ///
    /// Default 4 s.
    public var t2: Interval
    /// How long a message may stay in the network.
    ///
    /// Default 5 s.
    public var t4: Interval
    /// The longest that an INVITE may ring without news (RFC 3261 §16.6 step 11).
    ///
    /// Default 181 s.
    public var timerC: Interval
    /// How long an INVITE may be without a response before a 100 says that it came (RFC 3261 §17.2.1).
    ///
    /// Default 100 ms, where the RFC allows 200; zero when the owner says 100 itself, at once.
    public var trying: Interval

    /// Takes the defaults of RFC 3261 where nothing else is said.
    public init(
        t1: Interval = .milliseconds(500),
        t2: Interval = .seconds(4),
        t4: Interval = .seconds(5),
        timerC: Interval = .seconds(181),
        trying: Interval = .milliseconds(100)
    ) {
        self.t1 = t1
        self.t2 = t2
        self.t4 = t4
        self.timerC = timerC
        self.trying = trying
    }

    /// 64 times T1: timers B, F, H, J, L and M.
    public var giveUp: Interval { t1 * 64 }
    /// Timer D on an unreliable transport: at least 32 s.
    public var d: Interval { max(t1 * 64, .seconds(32)) }
}
