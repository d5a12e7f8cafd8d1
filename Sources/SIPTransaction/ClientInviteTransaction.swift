public import SIPFlow

/// The client side of one INVITE (RFC 3261 §17.1.1, RFC 6026 §7.2), with the proxy's Timer C.
public struct ClientInviteTransaction: ~Copyable {
    /// Whether the proxy still wants the call.
    private enum Wish {
        /// It does.
        case call
        /// It does not, but nothing was heard yet: the CANCEL waits for the first provisional (RFC 3261 §9.1).
        case cancelAtProvisional
    }

    private enum State {
        /// Sent, nothing heard. `resendAt` is nil on a reliable flow (timer A off).
        case calling(resendAt: Moment?, interval: Interval, giveUpAt: Moment, wish: Wish)
        /// A provisional came; Timer C limits the ringing (RFC 3261 §16.8).
        case proceeding(ringUntil: Moment)
        /// A provisional came and the CANCEL went; 64·T1 later the branch counts as ended (RFC 3261 §9.1).
        case cancelling(until: Moment)
        /// A 2xx came; later 2xx are passed up until timer M ends.
        case accepted(until: Moment)
        /// A 3xx–6xx came and was acknowledged; repeats get the same ACK until timer D ends.
        case completed(until: Moment)
        case terminated
    }

    /// What the owner must do after a response.
    public enum ResponseResult: Sendable, Hashable {
        /// Pass it up.
        case deliver
        /// Pass it up, then send the CANCEL that waited for it.
        case deliverThenCancel
        /// Send an ACK and pass it up.
        case acknowledge
        /// Send the same ACK again; nothing to pass up.
        case resendAcknowledgement
        /// Nothing to do.
        case absorb
    }

    /// What the owner must do after a wish to cancel.
    public enum CancelResult: Sendable, Hashable {
        /// Send the CANCEL now.
        case send
        /// Wait for the first provisional.
        case wait
        /// Nothing: it is answered, or the CANCEL went already.
        case tooLate
    }

    /// What a deadline asks for.
    public enum DeadlineResult: Sendable, Hashable {
        /// Not yet.
        case nothing
        /// Send the INVITE again (timer A).
        case resend
        /// Nothing was ever heard (timer B): act as on 408.
        case timedOut
        /// It rang too long (timer C): cancel the branch.
        case rangTooLong
        /// The CANCEL brought no final response: act as on 408.
        case cancelTimedOut
        /// Over (timers D and M).
        case ended
    }

    private let timers: TransactionTimers
    private let isReliable: Bool
    private var state: State

    /// Starts the machine at the moment the INVITE is sent.
    public init(timers: TransactionTimers, isReliable: Bool, now: Moment) {
        self.timers = timers
        self.isReliable = isReliable
        state = .calling(
            resendAt: isReliable ? nil : now + timers.t1,
            interval: timers.t1,
            giveUpAt: now + timers.giveUp,
            wish: .call
        )
    }

    /// A response with a status code arrived.
    public mutating func receive(code: Int, now: Moment) -> ResponseResult {
        switch state {
        case .calling(_, _, let giveUpAt, let wish):
            if code >= 200 { return receiveFinal(code: code, now: now) }
            switch wish {
            case .call:
                // Timer C runs since the INVITE was sent; a 100 does not start it anew (RFC 3261 §16.7 step 2).
                let sentAt = giveUpAt - timers.giveUp
                state = .proceeding(ringUntil: (code > 100 ? now : sentAt) + timers.timerC)
                return .deliver
            case .cancelAtProvisional:
                state = .cancelling(until: now + timers.giveUp)
                return .deliverThenCancel
            }
        case .proceeding:
            if code >= 200 { return receiveFinal(code: code, now: now) }
            if code > 100 { state = .proceeding(ringUntil: now + timers.timerC) }
            return .deliver
        case .cancelling:
            return code >= 200 ? receiveFinal(code: code, now: now) : .deliver
        case .accepted:
            return (200...299).contains(code) ? .deliver : .absorb
        case .completed:
            return code >= 300 ? .resendAcknowledgement : .absorb
        case .terminated:
            return .absorb
        }
    }

    /// The proxy no longer wants the call.
    public mutating func cancel(now: Moment) -> CancelResult {
        switch state {
        case .calling(let resendAt, let interval, let giveUpAt, _):
            state = .calling(
                resendAt: resendAt,
                interval: interval,
                giveUpAt: giveUpAt,
                wish: .cancelAtProvisional
            )
            return .wait
        case .proceeding:
            state = .cancelling(until: now + timers.giveUp)
            return .send
        case .cancelling, .accepted, .completed, .terminated:
            return .tooLate
        }
    }

    /// The network refused the INVITE.
    ///
    /// True when the owner must act as on 503.
    public mutating func transportFailed() -> Bool {
        switch state {
        case .calling, .proceeding, .cancelling:
            state = .terminated
            return true
        case .accepted, .completed, .terminated:
            return false
        }
    }

    /// Its next deadline has come, or not yet.
    public mutating func fire(now: Moment) -> DeadlineResult {
        switch state {
        case .calling(let resendAt, let interval, let giveUpAt, let wish):
            if now >= giveUpAt {
                state = .terminated
                return .timedOut
            }
            guard let resendAt, now >= resendAt else { return .nothing }
            let next = interval * 2
            state = .calling(resendAt: resendAt + next, interval: next, giveUpAt: giveUpAt, wish: wish)
            return .resend
        case .proceeding(let ringUntil):
            return now >= ringUntil ? .rangTooLong : .nothing
        case .cancelling(let until):
            guard now >= until else { return .nothing }
            state = .terminated
            return .cancelTimedOut
        case .accepted(let until), .completed(let until):
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
        case .calling(let resendAt, _, let giveUpAt, _): earlier(resendAt, giveUpAt)
        case .proceeding(let ringUntil): ringUntil
        case .cancelling(let until), .accepted(let until), .completed(let until): until
        case .terminated: nil
        }
    }

    /// The state by its name.
    public var name: MachineState {
        switch state {
        case .calling: .calling
        case .proceeding, .cancelling: .proceeding
        case .accepted: .accepted
        case .completed: .completed
        case .terminated: .terminated
        }
    }

    /// The timers that run.
    public func forEachTimer(_ body: (MachineDeadline) -> Void) {
        switch state {
        case .calling(let resendAt, _, let giveUpAt, _):
            if let resendAt, resendAt < giveUpAt { body(MachineDeadline(.a, resendAt)) }
            body(MachineDeadline(.b, giveUpAt))
        case .proceeding(let ringUntil): body(MachineDeadline(.c, ringUntil))
        case .cancelling(let until): body(MachineDeadline(.b, until))
        case .accepted(let until): body(MachineDeadline(.m, until))
        case .completed(let until): body(MachineDeadline(.d, until))
        case .terminated: break
        }
    }

    private mutating func receiveFinal(code: Int, now: Moment) -> ResponseResult {
        if code < 300 {
            state = .accepted(until: now + timers.giveUp)
            return .deliver
        }
        state = isReliable ? .terminated : .completed(until: now + timers.d)
        return .acknowledge
    }
}
