import SIPFlow

/// Everything with one Call-ID.
struct Conversation: Sendable {
    /// Originals remembered for finding their repeats.
    private static let originalLimit = 64

    private struct Original: Sendable {
        var content: UInt64
        var identity: UInt64
        var sequence: UInt64
    }

    let callID: String
    /// Its messages, some of which may no longer be kept.
    private(set) var sequences: [UInt64] = []
    /// How many of its messages are kept.
    private(set) var kept = 0
    /// How many messages it ever had.
    private(set) var count = 0
    /// The call, when it has an INVITE.
    var call: CallProgress?
    private var originals: [Original] = []
    private var pruneAt = 64

    init(callID: String) {
        self.callID = callID
    }

    /// True for a call that has no end yet.
    var isRunning: Bool { call?.row.state.isRunning ?? false }

    /// The sequence number of the message that a new one repeats.
    ///
    /// - Shape: byte for byte on the same hop; for one that the engine calls a repeat, by its transaction.
    func original(of entry: MessageEntry, identity: UInt64, isBytewise: (UInt64) -> Bool) -> UInt64? {
        for original in originals.reversed() {
            if original.content == entry.content && isBytewise(original.sequence) { return original.sequence }
            if entry.isRepeat && original.identity == identity { return original.sequence }
        }
        return nil
    }

    /// Counts a new message in.
    mutating func append(
        _ sequence: UInt64,
        _ entry: MessageEntry,
        identity: UInt64,
        isKept: (UInt64) -> Bool
    ) {
        if sequences.count >= pruneAt {
            sequences.removeAll { !isKept($0) }
            pruneAt = max(64, sequences.count * 2)
        }
        sequences.append(sequence)
        kept += 1
        count += 1
        guard !entry.isRepeat else { return }
        if originals.count == Self.originalLimit { originals.removeFirst(Self.originalLimit / 2) }
        originals.append(Original(content: entry.content, identity: identity, sequence: sequence))
    }

    /// Counts a message out that is no longer kept.
    mutating func forgetOne() {
        kept -= 1
    }
}
