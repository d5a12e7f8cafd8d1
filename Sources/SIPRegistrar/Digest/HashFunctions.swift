/// The hash functions that digests are made with, given to the pure parts from outside.
///
/// - Shape: each maps bytes to a hash: 16 bytes by MD5, 32 by SHA-256. Used once or twice an authenticated request.
public struct HashFunctions: Sendable {
    /// MD5 (RFC 1321).
    public var md5: @Sendable (Span<UInt8>) -> [UInt8]
    /// SHA-256 (RFC 6234).
    public var sha256: @Sendable (Span<UInt8>) -> [UInt8]

    /// Makes a set of functions.
    public init(
        md5: @escaping @Sendable (Span<UInt8>) -> [UInt8],
        sha256: @escaping @Sendable (Span<UInt8>) -> [UInt8]
    ) {
        self.md5 = md5
        self.sha256 = sha256
    }
}
