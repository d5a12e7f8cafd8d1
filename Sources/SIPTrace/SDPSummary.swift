/// A session description in words (RFC 8866, RFC 3264).
///
/// - Shape: what cannot be read is left out; nothing is invented for it.
public struct SDPSummary: Sendable, Hashable {
    /// Whether media flows, and which way, as its writer sees it.
    public enum MediaDirection: String, Sendable, Hashable, CaseIterable {
        /// Both ways; also when nothing is written.
        case both = "sendrecv"
        /// The writer only sends: hold.
        case sendOnly = "sendonly"
        /// The writer only receives.
        case receiveOnly = "recvonly"
        /// Neither way.
        case none = "inactive"
    }

    /// One m-line with its attributes.
    public struct Media: Sendable, Hashable {
        /// `audio`, `video`, `image`, …, as written.
        public var kind: String
        /// The port; 0 for a rejected or switched off stream.
        public var port: Int
        /// The profile: `RTP/AVP`, `UDP/TLS/RTP/SAVPF`, …, as written.
        public var profile: String
        /// The codecs by name, best first; a number that nothing names stays a number.
        public var codecs: [String]
        /// Which way it flows.
        public var direction: MediaDirection
        /// Milliseconds of sound in a packet, when written.
        public var packetTime: Int?
        /// Where the writer wants it: the address of its own c-line, else the session's.
        public var address: String?
    }

    /// Who wrote it, from the o-line: user name and address.
    public var origin: String?
    /// The session number and version of the o-line; a higher version is a changed description.
    public var version: String?
    /// The session's c-line address.
    public var address: String?
    /// The streams in order.
    public var media: [Media]
}
