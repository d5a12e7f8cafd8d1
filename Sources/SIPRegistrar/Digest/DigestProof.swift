import SIPSyntax

/// Credentials that can be checked: their algorithm and their quality of protection are known ones.
struct DigestProof: Sendable, Hashable {
    /// What the digest covers beside the password (RFC 7616 §3.4.3).
    enum Protection: Sendable, Hashable {
        /// No qop: the method and the URI, without a nonce count.
        case absent
        /// The method and the URI.
        case auth(count: UInt32)
        /// The body too.
        case authInt(count: UInt32)
    }

    var credentials: DigestCredentials
    var variant: DigestVariant
    var protection: Protection

    /// Why credentials for our realm cannot be checked.
    enum Fault: Error {
        case unsupportedAlgorithm(Slice)
        case malformed
    }

    /// Completes credentials.
    init(
        _ bytes: Span<UInt8>,
        _ credentials: DigestCredentials,
        _ known: [DigestAlgorithm]
    ) throws(Fault) {
        self.credentials = credentials
        guard let variant = DigestVariant(bytes, credentials.algorithm), known.contains(variant.algorithm)
        else {
            throw .unsupportedAlgorithm(credentials.algorithm ?? Slice(0, 0))
        }
        self.variant = variant
        guard let qop = credentials.qop.map({ bytes.unquoted($0) }) else {
            guard !variant.isSession || credentials.clientNonce != nil else { throw .malformed }
            protection = .absent
            return
        }
        guard credentials.clientNonce != nil, let field = credentials.nonceCount,
            let count = hexadecimalCount(bytes, bytes.unquoted(field))
        else { throw .malformed }
        if bytes.equals(qop, ignoringCase: "auth") {
            protection = .auth(count: count)
        } else if bytes.equals(qop, ignoringCase: "auth-int") {
            protection = .authInt(count: count)
        } else {
            throw .malformed
        }
    }

    /// The nonce count; a nonce that is used without one is used up.
    var count: UInt32 {
        switch protection {
        case .absent: .max
        case .auth(let count), .authInt(let count): count
        }
    }
}

/// The number of at most eight hexadecimal digits; nil for anything else.
private func hexadecimalCount(_ bytes: Span<UInt8>, _ value: Slice) -> UInt32? {
    guard (1...8).contains(value.count) else { return nil }
    var count: UInt32 = 0
    for index in value.range {
        guard let digit = hexadecimalDigit(bytes[index]) else { return nil }
        count = count << 4 | UInt32(digit)
    }
    return count
}
