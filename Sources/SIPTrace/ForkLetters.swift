import SIPSyntax

/// Which messages of a call belong to which forwarded INVITE.
///
/// - Shape: letters only where one INVITE was forwarded to several; a second try of the caller begins at a again.
/// - Source: RFC 3261 §16.6 step 8 for the branch, §12.1 for the tags.
struct ForkLetters {
    /// The most letters that one INVITE has.
    private(set) var count = 0
    private var branches: [UInt64: Fork] = [:]
    private var tags: [UInt64: Fork] = [:]
    private var direction: TraceRecord.Direction?

    /// Reads the messages of one Call-ID, in order.
    init(_ hops: [TracedHop]) {
        direction = hops.first { $0.entry.isInitialInvite }?.record.direction
        readInvites(hops)
        guard count > 0 else { return }
        for hop in hops {
            let fork = branches[hop.entry.branch]
            if let fork, hop.entry.kind != .request, hop.entry.method == .invite, hop.entry.toTag != 0 {
                tags[hop.entry.toTag] = fork
            } else if fork == nil, hop.entry.kind == .request, let fork = dialogFork(hop) {
                branches[hop.entry.branch] = fork
            }
        }
    }

    /// The letter of a message; nil for the caller's side, and in a call without forks.
    func fork(of hop: TracedHop) -> Fork? {
        count == 0 ? nil : branches[hop.entry.branch]
    }

    private mutating func readInvites(_ hops: [TracedHop]) {
        var forwarded: [UInt32: [UInt64]] = [:]
        for hop in hops
        where hop.entry.isInitialInvite && !hop.entry.isRepeat && hop.record.direction != direction {
            forwarded[hop.entry.number, default: []].append(hop.entry.branch)
        }
        for list in forwarded.values where list.count > 1 {
            count = max(count, list.count)
            for (place, branch) in list.enumerated() { branches[branch] = Fork(place) }
        }
    }

    /// The fork whose dialog a request is in: sent to it, or received from it.
    private func dialogFork(_ hop: TracedHop) -> Fork? {
        hop.record.direction == direction ? tags[hop.entry.fromTag] : tags[hop.entry.toTag]
    }
}
