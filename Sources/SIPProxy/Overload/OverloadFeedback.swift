import SIPFlow
import SIPSyntax

/// What a server says of its load in our own Via of its response (RFC 7339 §4).
struct OverloadFeedback: Equatable {
    /// How long a value holds that names no time.
    static let usualValidity = Interval.milliseconds(500)

    /// The share of requests that shall not be sent, in percent.
    var loss: Int
    /// For how long; zero ends it.
    var validity: Interval
    /// What orders it among others of the same server.
    var sequence: OverloadSequence

    /// Reads the parameters of a Via value; nil when they say nothing of the loss-based algorithm.
    init?(_ bytes: Span<UInt8>, _ via: Via) {
        guard let loss = bytes.parameter("oc", in: via.parameters)?.value.flatMap({ bytes.number($0) }),
            loss <= 100
        else { return nil }
        if let algorithm = bytes.parameter("oc-algo", in: via.parameters)?.value {
            guard bytes.equals(bytes.unquoted(algorithm), ignoringCase: "loss") else { return nil }
        }
        self.loss = Int(loss)
        validity = Self.usualValidity
        if let text = bytes.parameter("oc-validity", in: via.parameters)?.value {
            guard let milliseconds = bytes.number(text) else { return nil }
            validity = .milliseconds(Int(milliseconds))
        }
        sequence = OverloadSequence()
        if let text = bytes.parameter("oc-seq", in: via.parameters)?.value {
            guard let sequence = OverloadSequence(bytes, text) else { return nil }
            self.sequence = sequence
        }
    }
}

/// A number with a fraction, as `1282321615.782`.
struct OverloadSequence: Comparable {
    private var whole: UInt32 = 0
    private var billionths: UInt32 = 0

    init() {}

    /// Reads at most nine decimals; nil for anything but digits around one point.
    init?(_ bytes: Span<UInt8>, _ text: Slice) {
        let point = bytes.first(UInt8(ascii: "."), in: text) ?? text.end
        guard let whole = bytes.number(Slice(text.start, point)) else { return nil }
        self.whole = whole
        guard point < text.end else { return }
        let decimals = Slice(point + 1, min(text.end, point + 10))
        guard var value = bytes.number(decimals) else { return nil }
        for _ in decimals.count..<9 { value *= 10 }
        billionths = value
    }

    static func < (left: OverloadSequence, right: OverloadSequence) -> Bool {
        (left.whole, left.billionths) < (right.whole, right.billionths)
    }
}
