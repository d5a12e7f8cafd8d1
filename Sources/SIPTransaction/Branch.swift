import SIPFlow
public import SIPSyntax

/// A branch of ours: it names its client transaction, so that a response finds it without a table.
///
/// - Shape: `z9hG4bK`, 16 hexadecimal digits of the transaction's number, 16 of a keyed hash. The hash covers what
///   routes the request, so that a request that comes back unchanged shows a loop (RFC 5393 §4.2).
public struct Branch: Sendable, Hashable {
    /// The client transaction; 0 for a request forwarded statelessly.
    public var transaction: TransactionID
    /// The keyed hash over the request's routing fields.
    public var loopHash: UInt64

    /// Pairs a transaction with its hash.
    public init(transaction: TransactionID, loopHash: UInt64) {
        self.transaction = transaction
        self.loopHash = loopHash
    }

    /// Reads a branch; nil for one that is not ours.
    public init?(_ bytes: Span<UInt8>, _ slice: Slice) {
        guard slice.count == 39, bytes.equals(Slice(slice.start, slice.start + 7), ignoringCase: "z9hG4bK"),
            let number = bytes.hexadecimal(Slice(slice.start + 7, slice.start + 23)),
            let hash = bytes.hexadecimal(Slice(slice.start + 23, slice.end))
        else { return nil }
        transaction = TransactionID(number: number)
        loopHash = hash
    }

    /// Appends the branch as text.
    public func append(to bytes: inout [UInt8]) {
        bytes.append(ascii: "z9hG4bK")
        appendHexadecimal(transaction.number, to: &bytes)
        appendHexadecimal(loopHash, to: &bytes)
    }
}
