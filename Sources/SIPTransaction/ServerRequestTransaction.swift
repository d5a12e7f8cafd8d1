public import SIPFlow

/// The server side of one request other than INVITE and ACK (RFC 3261 §17.2.2).
public struct ServerRequestTransaction: ~Copyable {
    private enum State {
        /// Received, nothing answered. Ends unanswered when its time is over (RFC 4320 §4.2).
        case trying(until: Moment)
        /// A 100 went.
        case proceeding(until: Moment)
        /// A final response went; it is repeated to repeats of the request until timer J ends.
        case completed(until: Moment)
        case terminated
    }

    /// What the owner must do after a repeat of the request.
    public enum RequestResult: Sendable, Hashable {
        /// Send the last response again.
        case resendResponse
        /// Nothing to do.
        case absorb
    }

    /// Whether a response may go.
    public enum SendResult: Sendable, Hashable {
        /// Send it.
        case send
        /// A final response went already.
        case refuse
    }

    /// What a deadline asks for.
    public enum DeadlineResult: Sendable, Hashable {
        /// Not yet.
        case nothing
        /// Over: timer J, or no answer came in time to be of use.
        case ended
    }

    private let timers: TransactionTimers
    private let isReliable: Bool
    private var state: State

    /// Starts the machine when a request arrives.
    public init(timers: TransactionTimers, isReliable: Bool, now: Moment) {
        self.timers = timers
        self.isReliable = isReliable
        state = .trying(until: now + timers.giveUp + timers.t4)
    }

    /// The request arrived again.
    public mutating func receiveRequest() -> RequestResult {
        switch state {
        case .trying, .terminated: .absorb
        case .proceeding, .completed: .resendResponse
        }
    }

    /// A response with a status code is about to go.
    public mutating func send(code: Int, now: Moment) -> SendResult {
        switch state {
        case .trying(let until), .proceeding(let until):
            if code < 200 {
                state = .proceeding(until: until)
            } else {
                state = isReliable ? .terminated : .completed(until: now + timers.giveUp)
            }
            return .send
        case .completed, .terminated:
            return .refuse
        }
    }

    /// Its next deadline has come, or not yet.
    public mutating func fire(now: Moment) -> DeadlineResult {
        switch state {
        case .trying(let until), .proceeding(let until), .completed(let until):
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
        case .trying(let until), .proceeding(let until), .completed(let until): until
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
        case .completed(let until): body(MachineDeadline(.j, until))
        case .trying, .proceeding, .terminated: break
        }
    }
}
