/// The bounds of the reg event package.
public struct SubscriptionLimits: Sendable, Hashable {
    /// The shortest subscription granted without a 423, in seconds.
    public var minimumExpiry: Int
    /// The time granted when none is asked for, in seconds (RFC 3680 §4.4).
    public var defaultExpiry: Int
    /// The longest subscription granted, in seconds; longer wishes are shortened.
    public var maximumExpiry: Int
    /// The most subscriptions altogether; one more is refused with 503.
    public var count: Int
    /// The most subscriptions to one address of record; one more is refused with 503.
    public var perAOR: Int

    /// Takes all bounds.
    public init(
        minimumExpiry: Int = 60,
        defaultExpiry: Int = 3_761,
        maximumExpiry: Int = 7_200,
        count: Int = 20_000,
        perAOR: Int = 50
    ) {
        self.minimumExpiry = minimumExpiry
        self.defaultExpiry = defaultExpiry
        self.maximumExpiry = maximumExpiry
        self.count = count
        self.perAOR = perAOR
    }

    /// The seconds granted for those asked for: maybe fewer, never more (RFC 6665 §4.2.1.1).
    public func granted(_ asked: Int?) -> Int { min(asked ?? defaultExpiry, maximumExpiry) }

    /// True for a time that is refused with 423: below the minimum and an hour (RFC 6665 §4.2.1.1).
    public func isTooBrief(_ asked: Int) -> Bool { asked > 0 && asked < 3_600 && asked < minimumExpiry }
}
