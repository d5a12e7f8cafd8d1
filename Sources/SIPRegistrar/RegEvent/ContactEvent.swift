/// What happened to a contact, in the words of the reg event package (RFC 3680 §5.1).
public enum ContactEvent: Sendable, Hashable {
    /// A REGISTER made it.
    case registered
    /// An operator made it: an undone kick.
    case created
    /// A REGISTER lets it live on.
    case refreshed
    /// A REGISTER makes it end sooner than it stood.
    case shortened
    /// Its time ran out.
    case expired
    /// The phone asked for its end, or registered from another place.
    case unregistered
    /// An operator removed it; the phone shall register again.
    case deactivated
    /// An operator removed it; the phone shall register again after so many seconds.
    case probation(retryAfter: Int)
    /// An operator removed it; the phone shall not come back by itself.
    case rejected

    /// True for what leaves the contact bound.
    var isActive: Bool {
        switch self {
        case .registered, .created, .refreshed, .shortened: true
        case .expired, .unregistered, .deactivated, .probation, .rejected: false
        }
    }

    /// True for what an operator did: watchers hear of it without delay.
    var isAdministrative: Bool {
        switch self {
        case .created, .deactivated, .probation, .rejected: true
        case .registered, .refreshed, .shortened, .expired, .unregistered: false
        }
    }

    /// True for the first that can be heard of a contact.
    var isBeginning: Bool {
        switch self {
        case .registered, .created: true
        case .refreshed, .shortened, .expired, .unregistered, .deactivated, .probation, .rejected: false
        }
    }

    /// The word in the document.
    var word: StaticString {
        switch self {
        case .registered: "registered"
        case .created: "created"
        case .refreshed: "refreshed"
        case .shortened: "shortened"
        case .expired: "expired"
        case .unregistered: "unregistered"
        case .deactivated: "deactivated"
        case .probation: "probation"
        case .rejected: "rejected"
        }
    }
}

/// What watchers hear of a contact that an operator removes.
public struct Dismissal: Sendable, Hashable {
    /// What the phone shall do.
    public var event: ContactEvent
    /// Why, in the operator's words; may be empty.
    public var words: String

    /// Describes a removal; by default the phone shall register again.
    public init(_ event: ContactEvent = .deactivated, words: String = "") {
        self.event = event
        self.words = words
    }
}

/// One contact as a document tells it: what happened, and the binding at that time.
struct ContactReport: Sendable {
    var event: ContactEvent
    var binding: Binding
    /// An operator's words.
    var words = ""
}
