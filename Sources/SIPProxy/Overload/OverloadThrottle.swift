import SIPFlow

/// Sends less to next hops that ask for less (RFC 7339 §5, the loss-based algorithm of §7).
///
/// - Shape: a pure machine. Of a hundred requests as many are held back as the hop asks for, evenly spread. Those of
///   a dialog, ACK and CANCEL always go, and others are held back in their stead.
/// - Limits: 1,000 hops; more are not throttled.
struct OverloadThrottle {
    /// One next hop that asked for less.
    private struct Hop {
        var loss: Int
        var until: Moment
        var sequence: OverloadSequence
        /// Hundredths of requests that are still to be held back.
        var debt = 0
    }

    private static let hopLimit = 1_000
    /// What may be held back later for requests that had to go.
    private static let debtLimit = 1_000

    private var hops: [SocketAddress: Hop] = [:]

    /// True when nobody asked for anything.
    var isEmpty: Bool { hops.isEmpty }

    /// A hop told its load; what is older than what it told before is not heard.
    mutating func receive(_ feedback: OverloadFeedback, from peer: SocketAddress, now: Moment) {
        if let known = hops[peer] {
            guard feedback.sequence > known.sequence else { return }
        } else {
            guard feedback.loss > 0, feedback.validity > .zero else { return }
            if hops.count >= Self.hopLimit { hops = hops.filter { $0.value.until > now } }
            guard hops.count < Self.hopLimit else { return }
        }
        hops[peer] = Hop(
            loss: feedback.loss,
            until: now + feedback.validity,
            sequence: feedback.sequence,
            debt: hops[peer]?.debt ?? 0
        )
    }

    /// True when the next request for a hop is to be held back.
    mutating func holdsBack(from peer: SocketAddress, mustGo: Bool, now: Moment) -> Bool {
        guard var hop = hops[peer] else { return false }
        guard hop.until > now, hop.loss > 0 else {
            // The number is kept for a while: a response on its way may still carry an older one.
            if hop.until + .seconds(32) < now { hops[peer] = nil }
            return false
        }
        hop.debt = min(hop.debt + hop.loss, Self.debtLimit)
        let holdsBack = !mustGo && hop.debt >= 100
        if holdsBack { hop.debt -= 100 }
        hops[peer] = hop
        return holdsBack
    }
}
