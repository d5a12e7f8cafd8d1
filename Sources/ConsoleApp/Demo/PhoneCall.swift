import SIPFlow

/// What a called phone does with a call.
enum AnswerPlan: Sendable, Hashable {
    /// Rings, answers, and hangs up after a time; nil leaves that to the other side.
    case answer(after: Interval, hangUpAfter: Interval?)
    /// Rings for a time, which may be none, and refuses with a code.
    case refuse(code: Int, after: Interval)
    /// Rings until the caller gives up.
    case ring
    /// Does nothing, as a phone without power.
    case silence
}

/// What a calling phone does with its own call.
enum CallerPlan: Sendable, Hashable {
    /// Waits for an answer and hangs up after a time; nil leaves that to the other side.
    case talk(hangUpAfter: Interval?)
    /// Cancels when nobody answered after a time.
    case giveUp(after: Interval)
}

/// One call of a simulated phone: a dialog, or what may become one (RFC 3261 §12).
struct PhoneCall: Sendable {
    /// Where it stands.
    enum State: Sendable, Hashable {
        /// We called, and wait.
        case calling
        /// We are called.
        case ringing
        /// Answered.
        case talking
        /// Over; kept a while for repeats.
        case over
    }

    /// Where it stands.
    var state: State
    /// The INVITE, as sent or received.
    let invite: PhoneMessage
    /// Our From or To, with our tag.
    let local: String
    /// Theirs, with their tag once it is known.
    var remote: String
    /// Where requests inside the dialog are addressed.
    var target: String
    /// The proxies that stay on the way.
    var routes: [String] = []
    /// The CSeq number of our last request.
    var sequence: Int
    /// What we do as the caller; nil when we are called.
    var callerPlan: CallerPlan?
    /// When we hang up after the answer, as the called.
    var hangUpAfter: Interval?
    /// True when a provisional response came, so that CANCEL may be sent (RFC 3261 §9.1).
    var hasProvisional = false
    /// True when the caller wants to cancel.
    var wantsCancel = false
    /// Our ACK to a 2xx, for repeats of it.
    var acknowledgement: [UInt8]?
}
