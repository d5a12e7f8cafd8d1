import SIPFlow
import SIPNextHop
import SIPTransaction

/// What became of the targets of a request, for people.
///
/// - Shape: nothing is written while branches just answer. Once one was silent, could not be reached, rang too long or
///   was passed over, that and what the others then answer stand with the request's transaction.
extension SIPProxy {
    /// A branch ended without a response; one that rang too long had its word then.
    mutating func noteVerdict(_ failure: ClientFailure, _ place: UInt32) {
        switch failure.ending {
        case .none, .rangTooLong, .neverRang: break
        case .silent, .noReply, .noFinal, .unansweredCancel, .transportError:
            addVerdict(of: failure.peer, failure.ending.words, place)
        }
    }

    /// Timer C of a branch ran out.
    mutating func noteRangTooLong(_ id: TransactionID) {
        guard let place = layer.record(id).context else { return }
        let failure = layer.failure(of: id)
        addVerdict(of: failure.peer, failure.ending.words, place)
    }

    /// A target is passed over: it asked for less, or to be left alone for a time.
    ///
    /// - Source: RFC 7339, RFC 3261 §21.5.4.
    mutating func noteLeftAlone(_ peer: SocketAddress, _ place: UInt32) {
        addVerdict(of: peer, "not asked: it wants to be left alone", place)
    }

    /// A branch got a final response, where that says more than the code upstream.
    ///
    /// A 487 tells only that a CANCEL came through.
    mutating func noteAnswer(_ branch: TransactionID, _ code: Int, _ place: UInt32) {
        guard code != 487, contexts[place].hasVerdicts || !contexts[place].searches.isEmpty,
            let peer = peer(of: branch, place)
        else { return }
        var words: [UInt8] = []
        words.append(ascii: "answered ")
        appendDecimal(UInt64(code), to: &words)
        contexts[place].hasVerdicts = true
        layer.addVerdict(contexts[place].server, of: peer, words.span)
    }

    private mutating func addVerdict(of peer: SocketAddress, _ words: StaticString, _ place: UInt32) {
        var text: [UInt8] = []
        text.append(ascii: words)
        contexts[place].hasVerdicts = true
        layer.addVerdict(contexts[place].server, of: peer, text.span)
    }

    /// Where a branch went; the transaction may be over already.
    private func peer(of branch: TransactionID, _ place: UInt32) -> SocketAddress? {
        for search in contexts[place].searches {
            if case .trying(branch, let hop) = search.state { return hop.address }
        }
        return contexts[place].targets.first { $0.branch == branch }?.flow.peer
    }
}
