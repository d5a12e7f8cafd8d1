import SIPSyntax

/// The hash algorithms that are offered and understood, strongest first (RFC 8760 §2.4).
public enum DigestAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// RFC 7616.
    case sha256 = "SHA-256"
    /// RFC 2617.
    case md5 = "MD5"

    /// How many bytes its hashes have.
    var byteCount: Int {
        switch self {
        case .sha256: 32
        case .md5: 16
        }
    }
}

/// What `algorithm` says: the hash, and whether HA1 is bound to the session (RFC 7616 §3.4.2).
struct DigestVariant: Sendable, Hashable {
    var algorithm: DigestAlgorithm
    var isSession: Bool

    /// Reads a value in any case, quoted or bare; nil for an unknown one.
    init?(_ bytes: Span<UInt8>, _ value: Slice?) {
        guard let value = value.map({ bytes.unquoted($0) }) else {
            self.init(algorithm: .md5, isSession: false)
            return
        }
        if bytes.equals(value, ignoringCase: "MD5") {
            self.init(algorithm: .md5, isSession: false)
        } else if bytes.equals(value, ignoringCase: "SHA-256") {
            self.init(algorithm: .sha256, isSession: false)
        } else if bytes.equals(value, ignoringCase: "MD5-sess") {
            self.init(algorithm: .md5, isSession: true)
        } else if bytes.equals(value, ignoringCase: "SHA-256-sess") {
            self.init(algorithm: .sha256, isSession: true)
        } else {
            return nil
        }
    }

    private init(algorithm: DigestAlgorithm, isSession: Bool) {
        self.algorithm = algorithm
        self.isSession = isSession
    }
}
