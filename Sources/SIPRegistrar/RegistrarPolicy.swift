/// What the registrar does where the RFCs leave it a choice.
///
/// - Shape: the defaults are those of RFC 3261 alone; extensions that bind a phone to more are off.
public struct RegistrarPolicy: Sendable, Hashable {
    /// What happens to one contact more than an address of record may have.
    public enum Overflow: String, Sendable, Hashable, CaseIterable {
        /// The REGISTER is refused with 503, and those there stay.
        case refuse
        /// The one that was refreshed longest ago makes room.
        case replace
    }

    /// What happens to one contact more than an address of record may have.
    public var overflow = Overflow.refuse
    /// True when a contact replaces one of the same User-Agent and source address.
    ///
    /// Only where neither has a `+sip.instance`. Off by default: two phones of one model behind one router would
    /// be one.
    public var replacesSamePhone = false
    /// True when the 200 lists the contacts of the request only.
    ///
    /// For phones that read another's as their own.
    public var listsOnlyOwn = false
    /// True when a Path from a phone that does not support it is refused with 420 (RFC 3327 §5.3).
    public var requiresPathSupport = false
    /// True when flows are kept by `+sip.instance` and `reg-id` (RFC 5626 §6).
    ///
    /// Off by default: the 439 that it asks for, at a first hop without `ob`, locks phones out for good that do
    /// not try again without it.
    public var takesOutbound = false
    /// What temporary GRUUs are made with; nil, the default, when none are handed out (RFC 5627).
    ///
    /// Off by default: phones use a GRUU as their Contact, and then every proxy between must be able to route it.
    public var gruuKey: GRUUKey?
    /// The push notification services that something beside us serves, as `apns` (RFC 8599).
    ///
    /// By default none.
    public var pushServices: [String] = []

    /// Takes the defaults.
    public init() {}
}
