import SIPFlow

extension DemoPhone {
    /// What differs from request to request.
    struct RequestParts {
        var method: String
        var uri: String
        var from: String
        var to: String
        var callID: String
        var sequence: Int
        var routes: [String] = []
        /// The branch of the INVITE that a CANCEL or an ACK to a refusal belongs to.
        var branch: String?
    }

    /// `"Anna Berg" <sip:anna@demo.test>`.
    var nameAddress: String { "\"\(identity.name)\" <\(aor)>" }

    /// Where the phone itself is reached.
    var contactURI: String { "sip:\(identity.user)@\(address)" }

    /// A request with all that RFC 3261 §8.1.1 asks for.
    mutating func request(_ parts: RequestParts) -> PhoneMessage {
        var message = PhoneMessage(startLine: "\(parts.method) \(parts.uri) SIP/2.0")
        let branch = parts.branch ?? "z9hG4bK" + random.token()
        message.add("Via", "SIP/2.0/UDP \(address);branch=\(branch);rport")
        for route in parts.routes { message.add("Route", route) }
        message.add("Max-Forwards", "70")
        message.add("From", parts.from)
        message.add("To", parts.to)
        message.add("Call-ID", parts.callID)
        message.add("CSeq", "\(parts.sequence) \(parts.method)")
        if parts.method != "ACK" && parts.method != "CANCEL" && parts.method != "BYE" {
            message.add("Contact", "<\(contactURI)>")
            message.add("Allow", Self.allow)
        }
        message.add("User-Agent", identity.userAgent)
        return message
    }

    /// A response with all that RFC 3261 §8.2.6 asks for.
    func response(_ code: Int, to request: PhoneMessage, tag: String?) -> PhoneMessage {
        var message = PhoneMessage(startLine: "SIP/2.0 \(code) \(Self.reasons[code] ?? "Refused")")
        for via in request.values("Via") { message.add("Via", via) }
        for route in request.values("Record-Route") { message.add("Record-Route", route) }
        message.add("From", request["From"] ?? "")
        let to = request["To"] ?? ""
        let needsTag = code > 100 && parameter("tag", of: to) == nil
        message.add("To", needsTag ? tag.map { "\(to);tag=\($0)" } ?? to : to)
        message.add("Call-ID", request["Call-ID"] ?? "")
        message.add("CSeq", request["CSeq"] ?? "")
        if code < 300 { message.add("Contact", "<\(contactURI)>") }
        if code == 200 || code == 405 { message.add("Allow", Self.allow) }
        message.add("User-Agent", identity.userAgent)
        return message
    }

    /// The session description of an offer or an answer (RFC 4566, RFC 3264).
    mutating func sessionDescription() -> String {
        let types = identity.codecs.map { $0.prefix { $0 != " " } }.joined(separator: " ")
        let port = 10_000 + 2 * Int.random(in: 0..<5_000, using: &random)
        let session = UInt32.random(in: 1...UInt32.max, using: &random)
        var lines = [
            "v=0", "o=\(identity.user) \(session) 1 IN IP4 \(address.ip)", "s=-", "c=IN IP4 \(address.ip)",
            "t=0 0", "m=audio \(port) RTP/AVP \(types) 101",
        ]
        lines += identity.codecs.map { "a=rtpmap:\($0)" }
        lines += ["a=rtpmap:101 telephone-event/8000", "a=ptime:20", "a=sendrecv"]
        return lines.map { $0 + "\r\n" }.joined()
    }

    /// Sends a message, and repeats it until what it waits for takes it away from `repeated`.
    mutating func send(_ message: PhoneMessage, key: String, now: Moment) {
        outbox.append(message.bytes)
        repeated[key] = Repeated(bytes: message.bytes, interval: Self.t1, giveUpAt: now + Self.patience)
        plan(.repeatMessage(key: key), at: now + Self.t1)
    }

    private static let allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, MESSAGE, NOTIFY"

    private static let reasons = [
        100: "Trying", 180: "Ringing", 200: "OK", 405: "Method Not Allowed", 480: "Temporarily Unavailable",
        481: "Call/Transaction Does Not Exist", 486: "Busy Here", 487: "Request Terminated", 603: "Decline",
    ]
}
