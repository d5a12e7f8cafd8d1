public import SIPFlow

/// What sort of message it is; responses by their class (RFC 3261 §7.2).
public enum MessageKind: UInt8, Sendable, Hashable, CaseIterable {
    /// A request.
    case request
    /// 1xx.
    case provisional
    /// 2xx.
    case success
    /// 3xx.
    case redirect
    /// 4xx.
    case clientError
    /// 5xx.
    case serverError
    /// 6xx.
    case globalError
    /// No SIP message: a keep-alive, or bytes without a readable first line.
    case unreadable

    /// The kind of a response.
    init(code: Int) {
        switch code / 100 {
        case 1: self = .provisional
        case 2: self = .success
        case 3: self = .redirect
        case 4: self = .clientError
        case 5: self = .serverError
        case 6: self = .globalError
        default: self = .unreadable
        }
    }
}

/// One message in a list, without its header fields.
///
/// - Shape: texts come from the network and are not escaped.
public struct MessageRow: Sendable, Hashable, Identifiable {
    /// Counts every message since the engine's start.
    public var sequence: UInt64
    /// When it was received or handed to the network.
    public var moment: Moment
    /// Which way it went.
    public var direction: TraceRecord.Direction
    /// Between which listener and which peer.
    public var flow: Flow
    /// Its size in bytes.
    public var size: Int
    /// What sort it is.
    public var kind: MessageKind
    /// The first line: `INVITE sip:bob@example.com`, `180 Ringing`; the first bytes when it is unreadable.
    public var summary: String
    /// The method of a request; nil for a response.
    public var method: String?
    /// The status code of a response; nil for a request.
    public var code: Int?
    /// The Call-ID; nil when it has none.
    public var callID: String?
    /// The CSeq number; nil when it has none.
    public var sequenceNumber: UInt32?
    /// The CSeq method: what a response answers; empty when it has none.
    public var sequenceMethod: String
    /// The number of its transaction; 0 when there is none.
    public var transaction: UInt64
    /// True for a repeat.
    public var isRetransmission: Bool
    /// True when the engine made it itself.
    public var isOwn: Bool
    /// Why it went no further; nil for what was handled.
    public var drop: DropReason?

    /// The sequence number.
    public var id: UInt64 { sequence }
}
