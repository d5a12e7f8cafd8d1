/// The number of a transaction; never reused within a process.
///
/// - Shape: the slot's generation in the high half, the slot and the kind of machine in the low half.
public struct TransactionID: Sendable, Hashable {
    /// Which of the four machines it is.
    public enum Kind: UInt8, Sendable, Hashable {
        /// RFC 3261 §17.2.1.
        case serverInvite
        /// RFC 3261 §17.2.2.
        case serverRequest
        /// RFC 3261 §17.1.1.
        case clientInvite
        /// RFC 3261 §17.1.2.
        case clientRequest
    }

    /// The whole number; 0 names no transaction.
    public let number: UInt64

    /// No transaction.
    public static let none = TransactionID(number: 0)

    /// The transaction with a number.
    public init(number: UInt64) {
        self.number = number
    }

    init(_ kind: Kind, slot: UInt32, generation: UInt32) {
        number = UInt64(generation) << 32 | UInt64(slot) << 2 | UInt64(kind.rawValue)
    }

    /// Which machine it is.
    public var kind: Kind {
        switch number & 3 {
        case 0: .serverInvite
        case 1: .serverRequest
        case 2: .clientInvite
        case _: .clientRequest
        }
    }

    /// True for the two kinds that send a request.
    public var isClient: Bool { number & 2 != 0 }

    var slot: UInt32 { UInt32(truncatingIfNeeded: number) >> 2 }
    var generation: UInt32 { UInt32(truncatingIfNeeded: number >> 32) }
    /// The place on the timer wheel: one for each slot of each kind.
    var timer: UInt32 { UInt32(truncatingIfNeeded: number) }
}
