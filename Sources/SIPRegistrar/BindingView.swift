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
    /// True when the contact's address differs from the packet's source: only the flow reaches the phone.
    public var isBehindNAT: Bool
}

/// A place in the list of an address of record's bindings; good until the table next changes.
public struct BindingCursor: Sendable, Hashable {
    var slot: UInt32
}
