public import SIPFlow

/// Why a received message went no further.
public enum DropReason: UInt8, Sendable, Hashable, CaseIterable {
    /// The bytes are no SIP message, and no answer could be built.
    case malformed
    /// A keep-alive: only line ends, or four zero bytes.
    case keepAlive
    /// A response whose top Via is not ours, or that belongs to no transaction.
    case strayResponse
    /// An ACK that no rule forwards.
    case strayAcknowledgement
    /// A retransmission, or a repeated final response, that its transaction absorbs.
    case absorbed
    /// A full table sheds new work.
    case overload
    /// The network refused to take it.
    case sendFailed
    /// Its source sends more than it may.
    case rateLimit
    /// Its source is banned.
    case banned
    /// It names a scanner.
    case scanner

    /// A few words for people.
    public var text: String {
        switch self {
        case .malformed: "malformed"
        case .keepAlive: "keep-alive"
        case .strayResponse: "stray response"
        case .strayAcknowledgement: "stray ACK"
        case .absorbed: "absorbed"
        case .overload: "overload"
        case .sendFailed: "send failed"
        case .rateLimit: "rate limit"
        case .banned: "banned"
        case .scanner: "scanner"
        }
    }
}

/// One message that the engine received or sent.
///
/// - Shape: a fixed-size record; its bytes lie in the chunk that holds it.
/// - Limits: 65,535 bytes a message.
public struct TraceRecord: Sendable, Hashable {
    /// Which way a message went.
    public enum Direction: UInt8, Sendable, Hashable {
        /// From the network to us.
        case received
        /// From us to the network.
        case sent
    }

    /// Counts every record since the engine's start, from 0, without gaps.
    public var sequence: UInt64
    /// When it was received or handed to the network.
    public var moment: Moment
    /// The number of the transaction that it belongs to; 0 when there is none.
    public var transaction: UInt64
    // Where its bytes begin in the chunk, and how many they are.
    private var start: UInt32
    private var length: UInt32
    /// Between which listener and which peer.
    public var flow: Flow
    /// Which way it went.
    public var direction: Direction
    /// True for a request or response seen or sent before, byte for byte or by its transaction.
    public var isRetransmission: Bool
    /// True when the engine made it itself (100, CANCEL, ACK, 487, …) and did not forward it.
    public var isOwn: Bool
    /// Why it went no further; nil for what was handled.
    public var drop: DropReason?

    /// How many bytes it has.
    public var count: Int { Int(length) }

    /// Where its bytes are in the chunk.
    var range: Range<Int> {
        get { Int(start)..<Int(start) + count }
        set { (start, length) = (UInt32(newValue.lowerBound), UInt32(newValue.count)) }
    }

    /// Describes one message.
    public init(
        sequence: UInt64,
        moment: Moment,
        direction: Direction,
        flow: Flow,
        transaction: UInt64 = 0,
        isRetransmission: Bool = false,
        isOwn: Bool = false,
        drop: DropReason? = nil
    ) {
        self.sequence = sequence
        self.moment = moment
        self.direction = direction
        self.flow = flow
        self.transaction = transaction
        self.isRetransmission = isRetransmission
        self.isOwn = isOwn
        self.drop = drop
        (start, length) = (0, 0)
    }
}
