/// A user who may register and call: his name, his realm, and what proves his password (RFC 7616).
///
/// - Shape: the password itself is never kept, only HA1 = H(user ":" realm ":" password), once a hash function.
public struct Account: Sendable, Hashable {
    /// The user part of his address of record, unescaped.
    public var user: String
    /// The realm of the challenges that he answers.
    public var realm: String
    /// HA1 by MD5: 16 bytes.
    public var md5: [UInt8]
    /// HA1 by SHA-256: 32 bytes.
    public var sha256: [UInt8]

    /// Makes an account of values that a store or a users file holds.
    public init(user: String, realm: String, md5: [UInt8], sha256: [UInt8]) {
        self.user = user
        self.realm = realm
        self.md5 = md5
        self.sha256 = sha256
    }
}
