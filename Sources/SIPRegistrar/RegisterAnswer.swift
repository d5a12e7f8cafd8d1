/// How the registrar answers a REGISTER.
///
/// - Shape: one case for each outcome of RFC 3261 §10.3, with what a person wants to know of it.
public enum RegisterAnswer: Sendable, Hashable {
    /// The bindings are as asked, or were only asked for.
    case ok
    /// A Contact, or its q or URI, does not follow the grammar.
    case malformedContact
    /// `Contact: *` came with another Contact, or without `Expires: 0`.
    case starNeedsExpiresZero
    /// More bytes than a binding may keep.
    case contactTooLong(limit: Int)
    /// More contacts than an address of record may have.
    case tooManyContacts(limit: Int)
    /// The expiry asked for is below the minimum.
    case intervalTooBrief(asked: Int, minimum: Int)
    /// Same Call-ID, and the CSeq does not rise (RFC 3261 §10.3 step 7).
    case sequenceNotAbove(asked: UInt32, stored: UInt32)
    /// The location table is full.
    case tableFull

    /// The status code.
    public var code: Int {
        switch self {
        case .ok: 200
        case .malformedContact, .starNeedsExpiresZero, .contactTooLong: 400
        case .tooManyContacts: 403
        case .intervalTooBrief: 423
        case .sequenceNotAbove: 500
        case .tableFull: 503
        }
    }

    /// The reason phrase; the usual one when nil.
    public var reasonPhrase: String? {
        switch self {
        case .ok, .intervalTooBrief, .tableFull: nil
        case .malformedContact: "Malformed Contact"
        case .starNeedsExpiresZero: "Contact * Needs Expires 0"
        case .contactTooLong(let limit): "Contact Above \(limit) Bytes"
        case .tooManyContacts(let limit): "More Than \(limit) Contacts"
        case .sequenceNotAbove(let asked, let stored): "CSeq \(asked) Not Above \(stored)"
        }
    }
}
