public import SIPFlow

/// The place of a forwarded INVITE among those of one call: 0 is a, 1 is b.
public struct Fork: Sendable, Hashable, Comparable {
    /// Counts from zero.
    public var index: Int

    /// Names a fork by its place.
    public init(_ index: Int) {
        self.index = index
    }

    /// `a` to `z`, then `a1`, `b1` and on.
    public var letter: String {
        let letter = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(index % 26)))
        return index < 26 ? letter : letter + String(index / 26)
    }

    /// Orders by place.
    public static func < (left: Fork, right: Fork) -> Bool { left.index < right.index }
}

/// One forwarded INVITE of a call and what came back on it.
public struct CallLeg: Sendable, Hashable {
    /// Its letter, as in the ladder.
    public var fork: Fork
    /// Where it went.
    public var peer: SocketAddress
    /// The newest status code that came back; nil when nothing did.
    public var code: Int?
    /// The reason phrase of that response, as received.
    public var reason: String
    /// How often the INVITE was sent again.
    public var retransmissions: Int
    /// True once a CANCEL was sent on it.
    public var isCancelled: Bool

    /// A few words: `180 Ringing`, `no answer, 2 rtx`.
    public var text: String {
        if let code { return reason.isEmpty ? String(code) : "\(code) \(reason)" }
        return retransmissions == 0 ? "no answer" : "no answer, \(retransmissions) rtx"
    }
}

/// One call: everything with one Call-ID that began with an INVITE.
///
/// - Shape: texts come from the network and are not escaped; moments are those of the records.
public struct CallRow: Sendable, Hashable, Identifiable {
    /// The Call-ID.
    public var callID: String
    /// Who calls: the user of the From URI, or its host when it has none.
    public var from: String
    /// Who is called: the user of the To URI, or its host when it has none.
    public var to: String
    /// The From URI as `user@host`.
    public var fromURI: String
    /// The To URI as `user@host`.
    public var toURI: String
    /// Where it stands.
    public var state: CallState
    /// When its first INVITE was seen.
    public var startedAt: Moment
    /// From the first INVITE to the first provisional response above 100: the post dial delay.
    public var setupTime: Interval?
    /// When its first 2xx was seen.
    public var answeredAt: Moment?
    /// When its final refusal, or its BYE, was seen.
    public var endedAt: Moment?
    /// The final code that its caller got.
    public var finalCode: Int?
    /// The reason phrase, and the text of a Reason header field where one was seen (RFC 3326).
    public var finalReason: String
    /// The forwarded INVITEs, in order; those of the newest attempt when the caller tried again.
    public var legs: [CallLeg]
    /// How many messages of it were repeats.
    public var retransmissions: Int
    /// The codecs of the SDP answer, best first, without repeats.
    public var codecs: [String]
    /// How many messages it has, repeats included.
    public var messageCount: Int
    /// The sequence number of its first message.
    public var firstSequence: UInt64
    /// The sequence number of its newest message.
    public var lastSequence: UInt64
    /// What is wrong, in a few words; nil when nothing is.
    public var diagnosis: String?

    /// The Call-ID.
    public var id: String { callID }

    /// How long it has been talking, or how long it tried when it was never answered.
    public func duration(at now: Moment) -> Interval {
        (endedAt ?? now) - (answeredAt ?? startedAt)
    }
}
