/// Where registrations last, as far as the screen shows it.
public struct StoreRow: Sendable, Hashable {
    /// The file; empty when registrations live in memory by choice.
    public var path = ""
    /// Why the engine goes on in memory; nil while all is well.
    public var failure: String?
    /// Bindings that the start brought back.
    public var restored = 0
    /// Bindings that ran out while no engine ran.
    public var expired = 0
    /// Bindings that could not be brought back: no listener of their transport is left, or no room.
    public var dropped = 0

    /// Registrations live in memory, by choice.
    public init() {}
}
