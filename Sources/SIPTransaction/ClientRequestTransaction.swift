public import SIPFlow

/// The client side of one request other than INVITE (RFC 3261 §17.1.2).
public struct ClientRequestTransaction: ~Copyable {
    private enum State {
        /// Sent, nothing heard. `resendAt` is nil on a reliable flow (timer E off).
        case trying(resendAt: Moment?, interval: Interval, giveUpAt: Moment)
        /// A provisional came; repeats go on every T2.
        case proceeding(resendAt: Moment?, giveUpAt: Moment)
        /// A final response came; repeats of it are absorbed until timer K ends.
        case completed(until: Moment)
        case terminated
    }

    /// What the owner must do after a response.
    public enum ResponseResult: Sendable, Hashable {
        /// Pass it up.
        case deliver
        /// Nothing to do.
        case absorb
    }

    /// What a deadline asks for.
    public enum DeadlineResult: Sendable, Hashable {
        /// Not yet.
        case nothing
        /// Send the request again (timer E).
        case resend
        /// No final response came (timer F).
        case timedOut
        /// Over (timer K).
        case ended
    }

    private let timers: TransactionTimers
    private let isReliable: Bool
    private var state: State

    /// Starts the machine at the moment the request is sent.
    public init(timers: TransactionTimers, isReliable: Bool, now: Moment) {
        self.timers = timers
        self.isReliable = isReliable
        state = .trying(
            resendAt: isReliable ? nil : now + timers.t1,
            interval: timers.t1,
            giveUpAt: now + timers.giveUp
        )
    }

    /// A response with a status code arrived.
    public mutating func receive(code: Int, now: Moment) -> ResponseResult {
        switch state {
        case .trying(_, _, let giveUpAt):
            if code >= 200 { return receiveFinal(now: now) }
            state = .proceeding(resendAt: isReliable ? nil : now + timers.t2, giveUpAt: giveUpAt)
            return .deliver
        case .proceeding:
            return code >= 200 ? receiveFinal(now: now) : .deliver
        case .completed, .terminated:
            return .absorb
        }
    }

    /// The network refused the request.
    ///
    /// True when the owner must act as on 503.
    public mutating func transportFailed() -> Bool {
        switch state {
        case .trying, .proceeding:
            state = .terminated
            return true
        case .completed, .terminated:
            return false
        }
    }

    /// Its next deadline has come, or not yet.
    public mutating func fire(now: Moment) -> DeadlineResult {
        switch state {
        case .trying(let resendAt, let interval, let giveUpAt):
            if now >= giveUpAt { return timeOut() }
            guard let resendAt, now >= resendAt else { return .nothing }
            let next = min(interval * 2, timers.t2)
            state = .trying(resendAt: resendAt + next, interval: next, giveUpAt: giveUpAt)
            return .resend
        case .proceeding(let resendAt, let giveUpAt):
            if now >= giveUpAt { return timeOut() }
            guard let resendAt, now >= resendAt else { return .nothing }
            state = .proceeding(resendAt: resendAt + timers.t2, giveUpAt: giveUpAt)
            return .resend
        case .completed(let until):
            guard now >= until else { return .nothing }
            state = .terminated
            return .ended
        case .terminated:
            return .ended
        }
    }

    /// When to call `fire`.
    public var nextDeadline: Moment? {
        switch state {
        case .trying(let resendAt, _, let giveUpAt): earlier(resendAt, giveUpAt)
        case .proceeding(let resendAt, let giveUpAt): earlier(resendAt, giveUpAt)
        case .completed(let until): until
        case .terminated: nil
        }
    }

    /// The state by its name.
    public var name: MachineState {
        switch state {
        case .trying: .trying
        case .proceeding: .proceeding
        case .completed: .completed
        case .terminated: .terminated
        }
    }

    /// The timers that run.
    public func forEachTimer(_ body: (MachineDeadline) -> Void) {
        switch state {
        case .trying(let resendAt, _, let giveUpAt), .proceeding(let resendAt, let giveUpAt):
            if let resendAt, resendAt < giveUpAt { body(MachineDeadline(.e, resendAt)) }
            body(MachineDeadline(.f, giveUpAt))
        case .completed(let until): body(MachineDeadline(.k, until))
        case .terminated: break
        }
    }

    private mutating func receiveFinal(now: Moment) -> ResponseResult {
        state = isReliable ? .terminated : .completed(until: now + timers.t4)
        return .deliver
    }

    private mutating func timeOut() -> DeadlineResult {
        state = .terminated
        return .timedOut
    }
}
