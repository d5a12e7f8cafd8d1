public import SIPFlow
public import SIPSyntax

/// Whose challenge it is (RFC 3261 §22.2, §22.3).
public enum DigestRole: Sendable, Hashable {
    /// 401, WWW-Authenticate and Authorization.
    case registrar
    /// 407, Proxy-Authenticate and Proxy-Authorization.
    case proxy

    /// The status code of a challenge.
    public var code: Int {
        switch self {
        case .registrar: 401
        case .proxy: 407
        }
    }

    /// The header field that answers a challenge.
    public var credentials: HeaderID {
        switch self {
        case .registrar: .authorization
        case .proxy: .proxyAuthorization
        }
    }
}

/// What became of a request's credentials; slices are of the request.
public enum DigestVerdict: Sendable, Hashable {
    /// The user is who he says, and the address of record is his.
    case granted(user: Slice)
    /// There are none for us.
    case noCredentials
    /// There are some, for another realm.
    case realmDiffers(Slice)
    /// Nobody has that name in our realm.
    case unknownUser(Slice)
    /// The digest is not that of his password.
    case wrongPassword(user: Slice)
    /// The digest is right, the nonce is too old; without an age it is of an earlier start.
    case staleNonce(age: Interval?)
    /// The digest is right, and the nonce was used with this count before, or with a higher one.
    case replay(count: UInt32)
    /// The digest is right, for another URI than the request's.
    case uriDiffers(Slice)
    /// The digest is right, and the address of record is somebody else's.
    case notHisAddress(user: Slice)
    /// An algorithm that was not offered.
    case unsupportedAlgorithm(Slice)
    /// No qop, from a client as old as RFC 2069.
    case absentQop
    /// Credentials that do not follow the grammar.
    case malformed
    /// The source had too many failures; its credentials were not looked at.
    case tooManyFailures

    /// What a verdict means for the request.
    public enum Consequence: Sendable, Hashable {
        /// It goes on.
        case letIn
        /// It is answered with a challenge.
        case challenge(isStale: Bool)
        /// It is answered with a status code.
        case refuse(code: Int)
    }

    /// What happens to the request; unknown users and wrong passwords look the same.
    public var consequence: Consequence {
        switch self {
        case .granted: .letIn
        case .noCredentials, .realmDiffers, .unknownUser, .wrongPassword, .unsupportedAlgorithm, .absentQop:
            .challenge(isStale: false)
        case .staleNonce, .replay: .challenge(isStale: true)
        case .uriDiffers, .malformed: .refuse(code: 400)
        case .notHisAddress, .tooManyFailures: .refuse(code: 403)
        }
    }
}

extension DigestVerdict {
    /// Appends a few words for people; they go on no wire.
    ///
    /// - Shape: what is quoted of the request is cut after 64 bytes, and may hold any byte.
    public func appendWords(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
        func quote(_ slice: Slice) {
            let inner = bytes.unquoted(slice)
            output.append(copying: bytes.extracting(inner.start..<min(inner.end, inner.start + 64)))
        }
        switch self {
        case .granted(let user):
            output.append(ascii: "granted to ")
            quote(user)
        case .noCredentials: output.append(ascii: "challenged: no credentials yet")
        case .realmDiffers(let realm):
            output.append(ascii: "realm differs: the credentials are for ")
            quote(realm)
        case .unknownUser(let user):
            output.append(ascii: "unknown user ")
            quote(user)
        case .wrongPassword(let user):
            output.append(ascii: "wrong password of ")
            quote(user)
        case .staleNonce(let age):
            output.append(ascii: "stale nonce: ")
            if let age {
                appendDecimal(UInt64(max(0, age.wholeSeconds)), to: &output)
                output.append(ascii: " s old")
            } else {
                output.append(ascii: "made before this start")
            }
        case .replay(let count):
            output.append(ascii: "replay: ")
            if count == .max {
                output.append(ascii: "the nonce was used before")
            } else {
                output.append(ascii: "nonce count ")
                appendDecimal(UInt64(count), to: &output)
                output.append(ascii: " was used before")
            }
        case .uriDiffers(let uri):
            output.append(ascii: "uri differs: the digest is for ")
            quote(uri)
        case .notHisAddress(let user):
            output.append(ascii: "not his AOR: the digest is of ")
            quote(user)
        case .unsupportedAlgorithm(let name):
            output.append(ascii: "unsupported algorithm ")
            quote(name)
        case .absentQop: output.append(ascii: "no qop, as before RFC 2617")
        case .malformed: output.append(ascii: "malformed credentials")
        case .tooManyFailures: output.append(ascii: "too many failed logins from this source")
        }
    }
}
