public import SIPFlow
public import SIPSyntax

/// One contact of an address of record (RFC 3261 §10).
///
/// - Shape: its texts stand one after the other in one array, which a refresh writes anew in place.
struct Binding {
    var id: UInt64
    /// The slot of its address of record.
    var aor: UInt32
    /// The next binding of the same address of record, lower in rank; `UInt32.max` at the end.
    var next = UInt32.max
    var bytes: [UInt8] = []
    /// The contact URI.
    var contact = Slice(0, 0)
    /// The contact's parameters without expires, each with its semicolon.
    var parameters = Slice(0, 0)
    /// The Path values as one list; empty when there were none.
    var path = Slice(0, 0)
    var callID = Slice(0, 0)
    var userAgent = Slice(0, 0)
    /// The `+sip.instance` without quotes; empty when there was none.
    var instance = Slice(0, 0)
    var cseq: UInt32 = 0
    /// The q value in thousandths; nil when none was given.
    var q: Int?
    var flow: Flow
    var registeredAt: Moment
    var refreshedAt: Moment
    var expiresAt: Moment
    var refreshes = 0
    var isBehindNAT = false
    var isDirty = false

    /// The q that it is tried with: a missing one counts as 1 (RFC 3261 gives no default).
    var rank: Int { q ?? 1_000 }
}

/// What the proxy needs of a binding to forward a request to it.
public struct BindingView: Sendable {
    /// The bytes that the slices point into.
    public var bytes: [UInt8]
    /// The contact URI.
    public var contact: Slice
    /// The Path values as one list; empty when there were none (RFC 3327 §5.4).
    public var path: Slice
    /// The flow that the last REGISTER came over.
    public var flow: Flow
    /// The q value in thousandths, 1,000 when none was given.
    public var q: Int
    /// True when the contact's address differs from the packet's source, so that only the flow reaches the phone.
    public var isBehindNAT: Bool
}

/// A place in the list of an address of record's bindings.
public struct BindingCursor: Sendable, Hashable {
    var slot: UInt32
}

/// Why a binding went away.
public enum RemovalReason: Sendable, Hashable {
    /// Its time ran out.
    case expired
    /// The phone asked for it.
    case unregistered
    /// An operator dropped it.
    case kicked
    /// A newer one of the same phone took its place.
    case replaced
}

/// A binding that was taken out, with all that is needed to put it back.
public struct RemovedBinding: Sendable {
    /// Its number.
    public var id: UInt64
    /// Its address of record.
    public var aor: String
    /// Its contact URI.
    public var contact: String
    /// Why it went.
    public var reason: RemovalReason
    /// When it went.
    public var moment: Moment
    var binding: Binding
}

/// One binding for a report: plain values with text.
public struct BindingSnapshot: Sendable, Hashable {
    /// Its number.
    public var id: UInt64
    /// Its address of record.
    public var aor: String
    /// Its contact URI.
    public var contact: String
    /// The flow that the last REGISTER came over.
    public var flow: Flow
    /// When it was made.
    public var registeredAt: Moment
    /// When it was last refreshed.
    public var refreshedAt: Moment
    /// When it ends.
    public var expiresAt: Moment
    /// How often it was refreshed.
    public var refreshes: Int
    /// The phone's User-Agent.
    public var userAgent: String
    /// The REGISTER's Call-ID.
    public var callID: String
    /// The REGISTER's CSeq number.
    public var cseq: UInt32
    /// The q value in thousandths.
    public var q: Int?
    /// The Path values as one list.
    public var path: String
    /// The `+sip.instance`.
    public var instance: String
    /// True when the contact's address differs from the packet's source.
    public var isBehindNAT: Bool
}
