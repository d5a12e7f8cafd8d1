/// A request method.
///
/// Names are case-sensitive (RFC 3261 §7.1).
public enum Method: UInt8, Sendable, Hashable, CaseIterable {
    /// RFC 3261.
    case invite, ack, bye, cancel, register, options
    /// RFC 3262, 3311, 6086, 3428, 3515, 6665, 3903.
    case prack, update, info, message, refer, subscribe, notify, publish
    /// Any other token; forwarded like the rest.
    case other

    /// The name on the wire; empty for `other`, whose name is in the message.
    public var name: StaticString {
        switch self {
        case .invite: "INVITE"
        case .ack: "ACK"
        case .bye: "BYE"
        case .cancel: "CANCEL"
        case .register: "REGISTER"
        case .options: "OPTIONS"
        case .prack: "PRACK"
        case .update: "UPDATE"
        case .info: "INFO"
        case .message: "MESSAGE"
        case .refer: "REFER"
        case .subscribe: "SUBSCRIBE"
        case .notify: "NOTIFY"
        case .publish: "PUBLISH"
        case .other: ""
        }
    }

    /// The method that a token names.
    public init(_ bytes: Span<UInt8>, _ slice: Slice) {
        let candidates: (Method, Method?)
        switch slice.isEmpty ? 0 : bytes[slice.start] {
        case UInt8(ascii: "I"): candidates = (.invite, .info)
        case UInt8(ascii: "A"): candidates = (.ack, nil)
        case UInt8(ascii: "B"): candidates = (.bye, nil)
        case UInt8(ascii: "C"): candidates = (.cancel, nil)
        case UInt8(ascii: "R"): candidates = (.register, .refer)
        case UInt8(ascii: "O"): candidates = (.options, nil)
        case UInt8(ascii: "P"): candidates = (.prack, .publish)
        case UInt8(ascii: "U"): candidates = (.update, nil)
        case UInt8(ascii: "M"): candidates = (.message, nil)
        case UInt8(ascii: "S"): candidates = (.subscribe, nil)
        case UInt8(ascii: "N"): candidates = (.notify, nil)
        default: candidates = (.other, nil)
        }
        if bytes.equals(slice, candidates.0.name) {
            self = candidates.0
        } else if let second = candidates.1, bytes.equals(slice, second.name) {
            self = second
        } else {
            self = .other
        }
    }
}
