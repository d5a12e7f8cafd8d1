public import SIPFlow

/// The messages of some calls between their endpoints, in the order in which they passed.
///
/// - Shape: the columns in order of appearance, our own after the first; no columns when there are no messages.
public struct Ladder: Sendable, Hashable {
    /// The endpoints.
    public var columns: [LadderColumn]
    /// The messages and the silences between them; messages by ascending sequence number.
    public var rows: [LadderRow]
    /// How many forwarded INVITEs carry a letter; 0 when no call forked.
    public var forkCount: Int
    /// How many messages of these calls are no longer kept.
    public var missing: Int

    /// The place of our own column.
    public var ownColumn: Int? { columns.firstIndex(where: \.isOwn) }
}

/// One endpoint of a ladder.
public struct LadderColumn: Sendable, Hashable {
    /// The endpoint's address, with port 0 in a ladder by hosts; nil for our own side.
    public var address: SocketAddress?
    /// `10.0.0.21:5062`, `10.0.0.21` in a ladder by hosts, or `sipglass`.
    public var name: String

    /// True for our own side.
    public var isOwn: Bool { address == nil }
}

/// One line of a ladder.
public enum LadderRow: Sendable, Hashable {
    /// A message.
    case message(LadderMessage)
    /// Nothing passed for more than two seconds.
    case idle(Interval)

    /// The message; nil for a silence.
    public var message: LadderMessage? {
        switch self {
        case .message(let message): message
        case .idle: nil
        }
    }
}

/// One message in a ladder, with its repeats when they are folded.
public struct LadderMessage: Sendable, Hashable, Identifiable {
    /// The sequence number.
    public var sequence: UInt64
    /// The sequence number of the newest folded repeat; its own when there is none.
    public var lastSequence: UInt64
    /// When it passed.
    public var moment: Moment
    /// Since the message in the row above; nil in the first row.
    public var delta: Interval?
    /// The column that it leaves.
    public var from: Int
    /// The column that it reaches; the same as `from` for what we sent to ourselves.
    public var to: Int
    /// `INVITE`, `180 Ringing`.
    public var label: String
    /// The CSeq method: for a response, what it answers; empty when it has none.
    public var method: String
    /// What sort it is.
    public var kind: MessageKind
    /// How many repeats are folded into this row; 0 in an unfolded ladder.
    public var retransmissions: Int
    /// Which repeat this row is, counted from 1; nil for an original.
    public var repetition: Int?
    /// True when the engine made it itself.
    public var isOwn: Bool
    /// The forwarded INVITE that it belongs to; nil when the call did not fork.
    public var fork: Fork?
    /// What it carries, in a few words each: `SDP PCMA sendrecv`, `digest`.
    public var tags: [String]
    /// Why it went no further; nil for what was handled.
    public var drop: DropReason?
    /// Which of the asked Call-IDs it belongs to.
    public var call: Int

    /// The sequence number.
    public var id: UInt64 { sequence }
    /// True for a request.
    public var isRequest: Bool { kind == .request }
}
