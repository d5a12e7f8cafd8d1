/// The bounds of the registrar.
public struct RegistrarLimits: Sendable, Hashable {
    /// The shortest expiry granted without a 423, in seconds.
    public var minimumExpiry: Int
    /// The expiry when a request names none, in seconds.
    public var defaultExpiry: Int
    /// The longest expiry granted, in seconds.
    public var maximumExpiry: Int
    /// The most contacts an address of record may have; `RegistrarPolicy.overflow` says what then.
    public var contactsPerAOR: Int
    /// The most bindings altogether; one more is refused with 503.
    public var bindingLimit: Int
    /// The most bytes that a binding keeps of its REGISTER.
    public var bytesPerBinding: Int

    /// Takes all bounds; the defaults are those of the configuration.
    public init(
        minimumExpiry: Int = 60,
        defaultExpiry: Int = 3_600,
        maximumExpiry: Int = 7_200,
        contactsPerAOR: Int = 10,
        bindingLimit: Int = 2_000_000,
        bytesPerBinding: Int = 8_192
    ) {
        self.minimumExpiry = minimumExpiry
        self.defaultExpiry = defaultExpiry
        self.maximumExpiry = maximumExpiry
        self.contactsPerAOR = contactsPerAOR
        self.bindingLimit = bindingLimit
        self.bytesPerBinding = bytesPerBinding
    }

    /// The seconds granted for those asked for, nil for none named: maybe fewer, never more.
    func granted(_ asked: Int?) -> Int {
        min(asked ?? max(defaultExpiry, minimumExpiry), maximumExpiry)
    }

    /// True for an interval that is refused with 423 (RFC 3261 §10.3 step 7).
    func isTooBrief(_ asked: Int) -> Bool { asked > 0 && asked < 3_600 && asked < minimumExpiry }
}
