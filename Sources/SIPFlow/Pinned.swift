import Synchronization

/// A field that pins its owner: a large struct that has one is lent by its address.
///
/// Without it, the compiler copies the whole struct to the stack for every call of a method that only reads it, although
/// nothing else could change it meanwhile; for the proxy these are 1,880 bytes.
///
/// - Cost: one byte.
public struct Pinned: ~Copyable, Sendable {
    // Atomics have an address that the language promises to keep; nobody reads this one.
    private let anchor = Atomic<UInt8>(0)

    /// Makes the field.
    public init() {}
}
