/// One Authorization or Proxy-Authorization field of the Digest scheme (RFC 3261 §25.1, RFC 7616 §3.4).
///
/// - Shape: slices of the message, as written: quotes and escapes are still there, since phones quote what should be
///   bare and the other way round. `appendUnquoted` and `equalsUnquoted` see through both.
public struct DigestCredentials: Sendable, Hashable {
    /// Who wants in.
    public var username: Slice
    /// True when the name came as `username*`, percent-encoded UTF-8 (RFC 5987 §3.2).
    public var hasEncodedUsername: Bool
    /// The realm of the challenge that is answered.
    public var realm: Slice
    /// The nonce of that challenge.
    public var nonce: Slice
    /// The URI that the digest was made with.
    public var uri: Slice
    /// The digest itself.
    public var response: Slice
    /// The algorithm; nil stands for MD5.
    public var algorithm: Slice?
    /// The quality of protection; nil for a client of RFC 2069.
    public var qop: Slice?
    /// How often the client used the nonce, as written.
    public var nonceCount: Slice?
    /// The client's own nonce.
    public var clientNonce: Slice?
    /// What the challenge wanted back.
    public var opaque: Slice?

    /// Reads the value of one header field; nil when it is of another scheme.
    ///
    /// - Errors: a parameter without a value, a name twice, a quote that does not end, or one of user name, realm,
    ///   nonce, uri and response not there.
    public init?(_ bytes: Span<UInt8>, _ value: Slice) throws(SyntaxError) {
        var schemeEnd = value.start
        while schemeEnd < value.end && !isWhite(bytes[schemeEnd]) { schemeEnd += 1 }
        guard bytes.equals(Slice(value.start, schemeEnd), ignoringCase: "Digest") else { return nil }
        var fields = Fields()
        var cursor = ValueCursor(Slice(schemeEnd, value.end))
        while let parameter = cursor.next(bytes) { try fields.read(bytes, parameter) }
        guard let username = fields.username ?? fields.encodedUsername, let realm = fields.realm,
            let nonce = fields.nonce, let uri = fields.uri, let response = fields.response,
            fields.username == nil || fields.encodedUsername == nil
        else { throw SyntaxError(.malformedCredentials, at: value.start) }
        self.username = username
        hasEncodedUsername = fields.username == nil
        self.realm = realm
        self.nonce = nonce
        self.uri = uri
        self.response = response
        algorithm = fields.algorithm
        qop = fields.qop
        nonceCount = fields.nonceCount
        clientNonce = fields.clientNonce
        opaque = fields.opaque
    }

    /// Appends the user name as it goes into the digest; false when it is not what its form promises.
    public func appendUsername(_ bytes: Span<UInt8>, to output: inout [UInt8]) -> Bool {
        guard hasEncodedUsername else {
            bytes.appendUnquoted(username, to: &output)
            return true
        }
        guard let first = bytes.first(UInt8(ascii: "'"), in: username),
            let second = bytes.first(UInt8(ascii: "'"), in: Slice(first + 1, username.end)),
            bytes.equals(Slice(username.start, first), ignoringCase: "UTF-8")
        else { return false }
        var offset = second + 1
        while offset < username.end {
            if bytes[offset] == UInt8(ascii: "%") {
                guard let byte = escapedByte(bytes, offset, username.end) else { return false }
                output.append(byte)
                offset += 3
            } else {
                output.append(bytes[offset])
                offset += 1
            }
        }
        return true
    }

    /// The fields while they are being read.
    private struct Fields {
        var username: Slice?
        var encodedUsername: Slice?
        var realm: Slice?
        var nonce: Slice?
        var uri: Slice?
        var response: Slice?
        var algorithm: Slice?
        var qop: Slice?
        var nonceCount: Slice?
        var clientNonce: Slice?
        var opaque: Slice?

        /// Reads one `name=value`; names that are not of RFC 7616 mean nothing.
        mutating func read(_ bytes: Span<UInt8>, _ parameter: Slice) throws(SyntaxError) {
            guard let equals = bytes.first(UInt8(ascii: "="), in: parameter) else {
                throw SyntaxError(.malformedCredentials, at: parameter.start)
            }
            let name = bytes.trimmed(Slice(parameter.start, equals))
            let value = bytes.trimmed(Slice(equals + 1, parameter.end))
            guard !name.isEmpty, name.range.allSatisfy({ isTokenByte(bytes[$0]) }),
                bytes.isWholeValue(value)
            else { throw SyntaxError(.malformedCredentials, at: parameter.start) }
            if bytes.equals(name, ignoringCase: "username") {
                try Self.keep(value, in: &username)
            } else if bytes.equals(name, ignoringCase: "username*") {
                try Self.keep(value, in: &encodedUsername)
            } else if bytes.equals(name, ignoringCase: "realm") {
                try Self.keep(value, in: &realm)
            } else if bytes.equals(name, ignoringCase: "nonce") {
                try Self.keep(value, in: &nonce)
            } else if bytes.equals(name, ignoringCase: "uri") {
                try Self.keep(value, in: &uri)
            } else if bytes.equals(name, ignoringCase: "response") {
                try Self.keep(value, in: &response)
            } else if bytes.equals(name, ignoringCase: "algorithm") {
                try Self.keep(value, in: &algorithm)
            } else if bytes.equals(name, ignoringCase: "qop") {
                try Self.keep(value, in: &qop)
            } else if bytes.equals(name, ignoringCase: "nc") {
                try Self.keep(value, in: &nonceCount)
            } else if bytes.equals(name, ignoringCase: "cnonce") {
                try Self.keep(value, in: &clientNonce)
            } else if bytes.equals(name, ignoringCase: "opaque") {
                try Self.keep(value, in: &opaque)
            }
        }

        private static func keep(_ value: Slice, in place: inout Slice?) throws(SyntaxError) {
            guard place == nil else { throw SyntaxError(.malformedCredentials, at: value.start) }
            place = value
        }
    }
}
