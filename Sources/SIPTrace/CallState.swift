/// Where a call stands, as its caller sees it.
public enum CallState: Sendable, Hashable {
    /// An INVITE was sent; nothing but 100 came back.
    case calling
    /// A provisional response above 100 came back (RFC 3261 §13.2.2.1).
    case ringing
    /// The caller sent CANCEL; no final response yet (RFC 3261 §9).
    case cancelling
    /// Answered with a 2xx, and no BYE yet.
    case talking
    /// Answered, and ended with BYE.
    case ended
    /// Given up by its caller before an answer: CANCEL and 487.
    case cancelled
    /// Sent elsewhere by a 3xx.
    case redirected(code: Int)
    /// Nobody answered in time: 408.
    case noAnswer
    /// Refused, or failed, with this final code.
    case failed(code: Int)

    /// True until the call has an end: a final refusal, or BYE.
    public var isRunning: Bool {
        switch self {
        case .calling, .ringing, .cancelling, .talking: true
        case .ended, .cancelled, .redirected, .noAnswer, .failed: false
        }
    }

    /// The word for it, with the code where one belongs to it: `Ringing`, `Failed 486`.
    public var word: String {
        switch self {
        case .calling: "Calling"
        case .ringing: "Ringing"
        case .cancelling: "Cancelling"
        case .talking: "Talking"
        case .ended: "Ended"
        case .cancelled: "Cancelled"
        case .redirected(let code): "Redirected \(code)"
        case .noAnswer: "No answer"
        case .failed(let code): "Failed \(code)"
        }
    }
}
