/// A message taken apart for a reader; unreadable parts stay as they are.
///
/// - Shape: texts come from the network and are not escaped; ranges are offsets into `raw`.
public struct DecodedMessage: Sendable, Hashable {
    /// One header field.
    public struct Header: Sendable, Hashable {
        /// The long name in its usual spelling; as written when it is not a known one.
        public var name: String
        /// The value on one line: folds become one space.
        public var value: String
        /// The whole field with its line ends.
        public var line: Range<Int>
        /// The value without white space at its ends.
        public var valueRange: Range<Int>
        /// True for a field that explains the call: addresses, routing, sequence, log-in, reasons.
        public var isKey: Bool
        /// True when the message before of the same call has it otherwise, or not at all.
        public var isChanged: Bool
    }

    /// The body, as far as it can be read.
    public enum Body: Sendable, Hashable {
        /// There is none.
        case none
        /// A session description.
        case sdp(SDPSummary)
        /// Text of some type.
        case text(type: String)
        /// Anything else.
        case binary(type: String)
    }

    /// The row that it has in a list.
    public var row: MessageRow
    /// The first line.
    public var startLine: String
    /// Where the first line is.
    public var startLineRange: Range<Int>
    /// The header fields in order.
    public var headers: [Header]
    /// What the body is.
    public var body: Body
    /// Where the body is; bytes beyond Content-Length follow it.
    public var bodyRange: Range<Int>
    /// The first fault, in words; nil for a sound message.
    public var problem: String?
    /// Why a response of ours went where it went; nil for any other message.
    public var replyRule: ReplyRule?
    /// The message before of the same call, which `isChanged` compares with; nil for the first.
    public var previous: UInt64?
    /// The exact bytes.
    public var raw: [UInt8]

    /// The first value of a header field, by its long name; upper and lower case alike.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
