public import SIPFlow

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
    /// It made room for a newer one where there was none left.
    case evicted
}

/// The end of a binding, for a report.
public struct BindingEnd: Sendable, Hashable {
    /// The binding's number.
    public var id: UInt64
    /// Why it went.
    public var reason: RemovalReason
    /// When it went.
    public var moment: Moment
}

/// A binding that an operator dropped, with all that is needed to put it back.
public struct RemovedBinding: Sendable {
    let key: [UInt8]
    let binding: Binding

    /// Its number.
    public var id: UInt64 { binding.id }
    /// Its address of record.
    public var aor: String { String(decoding: key, as: UTF8.self) }
    /// Its contact URI.
    public var contact: String { binding.text(.contact) }
}
