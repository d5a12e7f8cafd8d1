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
    /// More contacts at once than an address of record may have.
    case tooManyContacts(limit: Int)
    /// The address of record is full; in some seconds the first of its bindings ends.
    case noRoom(limit: Int, retryAfter: Int)
    /// The expiry asked for is below the minimum.
    case intervalTooBrief(asked: Int, minimum: Int)
    /// Same Call-ID, and the CSeq does not rise (RFC 3261 §10.3 step 7).
    case sequenceNotAbove(asked: UInt32, stored: UInt32)
    /// The location table is full.
    case tableFull
    /// A Path came, and the phone does not support it (RFC 3327 §5.3).
    case pathNotSupported
    /// More than one contact is a flow (RFC 5626 §6).
    case severalFlows
    /// The proxy next to the phone keeps no flows (RFC 5626 §6).
    case firstHopLacksOutbound
    /// A contact is a GRUU of this domain (RFC 5627 §5.1).
    case contactIsGRUU
    /// A contact names a push notification service that nobody serves here (RFC 8599 §5).
    case pushServiceNotSupported

    /// The status code.
    public var code: Int {
        switch self {
        case .ok: 200
        case .malformedContact, .starNeedsExpiresZero, .contactTooLong, .severalFlows: 400
        case .tooManyContacts, .contactIsGRUU: 403
        case .pathNotSupported: 420
        case .intervalTooBrief: 423
        case .firstHopLacksOutbound: 439
        case .sequenceNotAbove: 500
        case .tableFull, .noRoom: 503
        case .pushServiceNotSupported: 555
        }
    }

    /// The reason phrase; the usual one when nil.
    public var reasonPhrase: String? {
        switch self {
        case .ok, .intervalTooBrief, .tableFull, .firstHopLacksOutbound, .pushServiceNotSupported: nil
        case .malformedContact: "Malformed Contact"
        case .starNeedsExpiresZero: "Contact * Needs Expires 0"
        case .contactTooLong(let limit): "Contact Above \(limit) Bytes"
        case .tooManyContacts(let limit), .noRoom(let limit, _): "More Than \(limit) Contacts"
        case .pathNotSupported: "Path Without Its Support"
        case .severalFlows: "More Than One Contact With reg-id"
        case .contactIsGRUU: "Contact Is a GRUU of This Domain"
        case .sequenceNotAbove(let asked, let stored): "CSeq \(asked) Not Above \(stored)"
        }
    }
}
