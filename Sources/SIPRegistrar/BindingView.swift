public import SIPFlow
public import SIPSyntax

/// What the proxy needs of a binding to forward a request to it.
///
/// - Cost: shares the binding's bytes; nothing is copied.
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
    /// True when only the flow reaches the phone.
    ///
    /// It is behind a NAT, has a name that is none, or registered a flow.
    public var isBehindNAT: Bool
    /// A number that the flows of one phone share, which is called over one at a time (RFC 5626 §7).
    ///
    /// 0 for a binding that is no flow.
    public var phone: UInt64
}

/// A place in the list of an address of record's bindings; good until the table next changes.
public struct BindingCursor: Sendable, Hashable {
    var slot: UInt32
}
