/// The bounds of the registrar.
public struct RegistrarLimits: Sendable, Hashable {
    /// The shortest expiry granted without a 423, in seconds.
    public var minimumExpiry: Int
    /// The expiry when a request names none, in seconds.
    public var defaultExpiry: Int
    /// The longest expiry granted, in seconds.
    public var maximumExpiry: Int
    /// The most contacts an address of record may have.
    public var contactsPerAOR: Int
    /// The most bindings altogether.
    public var bindingLimit: Int

    /// Takes all bounds; the defaults are those of the configuration.
    public init(
        minimumExpiry: Int = 60,
        defaultExpiry: Int = 3_600,
        maximumExpiry: Int = 7_200,
        contactsPerAOR: Int = 10,
        bindingLimit: Int = 2_000_000
    ) {
        self.minimumExpiry = minimumExpiry
        self.defaultExpiry = defaultExpiry
        self.maximumExpiry = maximumExpiry
        self.contactsPerAOR = contactsPerAOR
        self.bindingLimit = bindingLimit
    }
}
