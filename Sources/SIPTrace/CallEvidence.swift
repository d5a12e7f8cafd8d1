import SIPFlow

/// What the diagnosis of a call rests on, beside its row.
struct CallEvidence: Sendable {
    /// The caller sent CANCEL before a final response.
    var isCancelled = false
    /// A 2xx came after that CANCEL.
    var isAnsweredLate = false
    /// The final response was made by the engine, not by a phone.
    var isOwnAnswer = false
    /// The caller sent ACK for a 2xx.
    var isAcknowledged = false
    /// How often a 2xx was sent to the caller again.
    var repeatedAnswers = 0

    /// What is wrong, in a few words; nil when nothing is known to be.
    func diagnosis(of call: CallRow) -> String? {
        if isAnsweredLate { return "answered while being cancelled" }
        switch call.state {
        case .calling, .ringing, .cancelling:
            guard let leg = call.legs.first(where: { $0.code == nil && $0.retransmissions >= 2 }) else {
                return nil
            }
            return call.legs.count == 1 ? leg.text : "fork \(leg.fork.letter): \(leg.text)"
        case .talking, .ended:
            guard !isAcknowledged, repeatedAnswers >= 2 else { return nil }
            return "no ACK after \(repeatedAnswers + 1) answers"
        case .cancelled: return "cancelled by caller"
        case .redirected: return nil
        case .noAnswer: return unanswered(call)
        case .failed(let code): return refusal(code, call)
        }
    }

    private func unanswered(_ call: CallRow) -> String {
        let silent = call.legs.filter { $0.code == nil }
        if let leg = silent.first, silent.count == call.legs.count { return leg.text }
        guard let setup = call.setupTime, let end = call.endedAt else { return "no answer" }
        return "rang \((end - call.startedAt - setup).wholeSeconds) s, no answer"
    }

    private func refusal(_ code: Int, _ call: CallRow) -> String? {
        switch code {
        case 401, 407: "log-in asked, no new INVITE"
        case 403: "not allowed"
        case 404 where isOwnAnswer && call.legs.isEmpty: "not registered"
        case 404: "no such user"
        case 480 where isOwnAnswer && call.legs.isEmpty: "not registered"
        case 480: "not available now"
        case 482: "loop"
        case 483: "too many hops"
        case 486, 600: "busy"
        case 487: "ended before an answer, not by the caller"
        case 488, 606: "no common media"
        case 603: "declined"
        default: nil
        }
    }
}
