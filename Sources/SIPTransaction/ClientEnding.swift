public import SIPFlow

/// What ended a client transaction, or made the proxy give it up, where no response did.
public enum ClientEnding: UInt8, Sendable, Hashable, CaseIterable {
    /// Nothing yet, or a response.
    case none
    /// Timer B: the INVITE brought nothing, not even 100.
    case silent
    /// Timer C: it rang, and nobody picked up.
    case rangTooLong
    /// Timer C: 100 came, and no ringing.
    case neverRang
    /// Timer F: the request brought nothing.
    case noReply
    /// Timer F: provisional responses came, and no final one.
    case noFinal
    /// The CANCEL brought no final response in 64·T1 (RFC 3261 §9.1).
    case unansweredCancel
    /// The network refused the request.
    case transportError

    /// The timer that ended it; nil when none did.
    public var timer: MachineTimer? {
        switch self {
        case .silent: .b
        case .rangTooLong, .neverRang: .c
        case .noReply, .noFinal: .f
        case .none, .unansweredCancel, .transportError: nil
        }
    }

    /// A few words for people.
    public var words: StaticString {
        switch self {
        case .none: ""
        case .silent: "no reply at all (timer B)"
        case .rangTooLong: "rang, nobody picked up (timer C)"
        case .neverRang: "said 100 and never rang (timer C)"
        case .noReply: "no reply at all (timer F)"
        case .noFinal: "no final response (timer F)"
        case .unansweredCancel: "no final response to its CANCEL (64*T1)"
        case .transportError: "not reachable (transport error)"
        }
    }
}

/// A client transaction that no response ended: where its request went, and what ended it.
public struct ClientFailure: Sendable, Hashable {
    /// Where the request went.
    public var peer: SocketAddress
    /// What ended it.
    public var ending: ClientEnding
}

extension TransactionLayer {
    /// What ended a live client transaction, as far as it is known.
    public func failure(of id: TransactionID) -> ClientFailure {
        let record = record(id)
        return ClientFailure(peer: record.flow.peer, ending: record.ending)
    }

    /// Notes what ended a client transaction; the first cause counts.
    mutating func noteEnding(_ id: TransactionID, _ ending: ClientEnding) {
        change(id) { if $0.ending == .none { $0.ending = ending } }
    }
}
