public import SIPFlow

/// The server side of one INVITE (RFC 3261 §17.2.1, as amended by RFC 6026 §7.1).
public struct ServerInviteTransaction: ~Copyable {
    private enum State {
        /// Received; provisional responses may have gone.
        ///
        /// `tryingAt` is when a 100 is due; nil once a response went, or where the owner says 100 itself.
        case proceeding(tryingAt: Moment?)
        /// A 2xx went; repeats of the INVITE are absorbed and ACKs pass up until timer L ends.
        case accepted(until: Moment)
        /// A 3xx–6xx went. `resendAt` is nil on a reliable flow (timer G off).
        case completed(resendAt: Moment?, interval: Interval, giveUpAt: Moment)
        /// The ACK came; its repeats are absorbed until timer I ends.
        case confirmed(until: Moment)
        case terminated
    }

    /// What the owner must do after a repeat of the INVITE.
    public enum InviteResult: Sendable, Hashable {
        /// Send the last response again, if there was one.
        case resendResponse
        /// Nothing to do.
        case absorb
    }

    /// What the owner must do after an ACK.
    public enum AcknowledgementResult: Sendable, Hashable {
        /// It ends here.
        case absorb
        /// It acknowledges a 2xx: pass it up.
        case deliver
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
        /// No response came in time: say 100.
        case tryingIsDue
        /// Send the final response again (timer G).
        case resend
        /// The ACK never came (timer H).
        case timedOut
        /// Over (timers I and L).
        case ended
    }

    private let timers: TransactionTimers
    private let isReliable: Bool
    private var state: State

    /// Starts the machine when an INVITE arrives.
    public init(timers: TransactionTimers, isReliable: Bool, now: Moment) {
        self.timers = timers
        self.isReliable = isReliable
        state = .proceeding(tryingAt: timers.trying > .zero ? now + timers.trying : nil)
    }

    /// The INVITE arrived again.
    public mutating func receiveInvite() -> InviteResult {
        switch state {
        case .proceeding, .completed: .resendResponse
        case .accepted, .confirmed, .terminated: .absorb
        }
    }

    /// An ACK arrived.
    public mutating func receiveAcknowledgement(now: Moment) -> AcknowledgementResult {
        switch state {
        case .completed:
            state = isReliable ? .terminated : .confirmed(until: now + timers.t4)
            return .absorb
        case .accepted:
            return .deliver
        case .proceeding, .confirmed, .terminated:
            return .absorb
        }
    }

    /// A response with a status code is about to go.
    public mutating func send(code: Int, now: Moment) -> SendResult {
        switch state {
        case .proceeding:
            if code >= 300 {
                state = .completed(
                    resendAt: isReliable ? nil : now + timers.t1,
                    interval: timers.t1,
                    giveUpAt: now + timers.giveUp
                )
            } else if code >= 200 {
                state = .accepted(until: now + timers.giveUp)
            } else {
                state = .proceeding(tryingAt: nil)
            }
            return .send
        case .accepted:
            return (200...299).contains(code) ? .send : .refuse
        case .completed, .confirmed, .terminated:
            return .refuse
        }
    }

    /// Its next deadline has come, or not yet.
    public mutating func fire(now: Moment) -> DeadlineResult {
        switch state {
        case .proceeding(let tryingAt):
            guard let tryingAt, now >= tryingAt else { return .nothing }
            state = .proceeding(tryingAt: nil)
            return .tryingIsDue
        case .completed(let resendAt, let interval, let giveUpAt):
            if now >= giveUpAt {
                state = .terminated
                return .timedOut
            }
            guard let resendAt, now >= resendAt else { return .nothing }
            let next = min(interval * 2, timers.t2)
            state = .completed(resendAt: resendAt + next, interval: next, giveUpAt: giveUpAt)
            return .resend
        case .accepted(let until), .confirmed(let until):
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
        case .proceeding(let tryingAt): tryingAt
        case .terminated: nil
        case .accepted(let until), .confirmed(let until): until
        case .completed(let resendAt, _, let giveUpAt): earlier(resendAt, giveUpAt)
        }
    }

    /// The state by its name.
    public var name: MachineState {
        switch state {
        case .proceeding: .proceeding
        case .accepted: .accepted
        case .completed: .completed
        case .confirmed: .confirmed
        case .terminated: .terminated
        }
    }

    /// The timers that run; the wait before a 100 has no letter and is none of them.
    public func forEachTimer(_ body: (MachineDeadline) -> Void) {
        switch state {
        case .proceeding, .terminated: break
        case .accepted(let until): body(MachineDeadline(.l, until))
        case .completed(let resendAt, _, let giveUpAt):
            if let resendAt, resendAt < giveUpAt { body(MachineDeadline(.g, resendAt)) }
            body(MachineDeadline(.h, giveUpAt))
        case .confirmed(let until): body(MachineDeadline(.i, until))
        }
    }
}
