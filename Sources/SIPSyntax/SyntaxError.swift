/// What is wrong with a message, and where.
public struct SyntaxError: Error, Sendable, Hashable {
    /// The kinds of fault.
    public enum Reason: Sendable, Hashable {
        /// No bytes but line ends.
        case empty
        /// No start line of SIP.
        case notSIP
        /// A start line that does not follow the grammar.
        case malformedStartLine
        /// A Request-URI that does not follow the grammar.
        case malformedRequestURI
        /// A version other than SIP/2.0.
        case unsupportedVersion
        /// A status code outside 100 to 699.
        case statusOutOfRange
        /// A header line without a name or a colon.
        case malformedHeader
        /// No empty line after the header fields.
        case unterminatedHeaders
        /// More header fields than the limit.
        case tooManyHeaders
        /// A mandatory header field is not there.
        case missingHeader(HeaderID)
        /// A single header field is there twice.
        case duplicateHeader(HeaderID)
        /// A value that does not follow its grammar.
        case malformedValue(HeaderID)
        /// The CSeq method differs from the request's.
        case sequenceMethodMismatch
        /// Fewer body bytes than Content-Length says.
        case bodyTooShort
        /// A URI that does not follow the grammar.
        case malformedURI
        /// A quoted string without its end.
        case unterminatedQuote
        /// Digest credentials that do not follow the grammar.
        case malformedCredentials
    }

    /// The kind of fault.
    public var reason: Reason
    /// Where, in bytes from the start of the message.
    public var offset: Int

    /// Describes a fault.
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// A few words for people, fit for a reason phrase.
    public var text: String {
        switch reason {
        case .empty: "Empty Message"
        case .notSIP: "Not SIP"
        case .malformedStartLine: "Malformed Request-Line"
        case .malformedRequestURI: "Malformed Request-URI"
        case .unsupportedVersion: "Version Not Supported"
        case .statusOutOfRange: "Status Code Out of Range"
        case .malformedHeader: "Malformed Header Field"
        case .unterminatedHeaders: "Header Fields End Without an Empty Line"
        case .tooManyHeaders: "Too Many Header Fields"
        case .missingHeader(let id): "Missing \(id.name)"
        case .duplicateHeader(let id): "Duplicate \(id.name)"
        case .malformedValue(let id): "Malformed \(id.name)"
        case .sequenceMethodMismatch: "CSeq Method Does Not Match Request Method"
        case .bodyTooShort: "Body Shorter Than Content-Length"
        case .malformedURI: "Malformed URI"
        case .unterminatedQuote: "Unterminated Quote"
        case .malformedCredentials: "Malformed Credentials"
        }
    }
}
