/// A SIP message as a simulated phone writes and reads it: lines of text.
///
/// The phones do not share the engine's parser, so that the demo is a second opinion on what the engine sends.
struct PhoneMessage: Sendable, Hashable {
    /// A header field.
    struct Header: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// The request line or the status line.
    var startLine: String
    /// The header fields, in order, without `Content-Length`.
    var headers: [Header] = []
    /// The body.
    var body = ""

    /// Begins a message.
    init(startLine: String) {
        self.startLine = startLine
    }

    /// Reads a datagram; nil when it is no SIP message.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        // "\r\n" is one Character.
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("SIP/2.0 ") || first.hasSuffix(" SIP/2.0") else {
            return nil
        }
        startLine = String(first)
        let head = lines.dropFirst().prefix { !$0.isEmpty }
        for line in head {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...]
            headers.append(Header(name: trimmed(line[..<colon]), value: trimmed(value)))
        }
        body = lines.dropFirst(head.count + 2).joined(separator: "\r\n")
    }

    /// The datagram.
    var bytes: [UInt8] {
        var text = startLine + "\r\n"
        for header in headers { text += "\(header.name): \(header.value)\r\n" }
        text += "Content-Length: \(body.utf8.count)\r\n\r\n" + body
        return Array(text.utf8)
    }

    /// The method of a request; nil for a response.
    var method: String? {
        startLine.hasPrefix("SIP/2.0 ") ? nil : startLine.split(separator: " ").first.map(String.init)
    }

    /// The status code of a response; nil for a request.
    var code: Int? {
        guard startLine.hasPrefix("SIP/2.0 ") else { return nil }
        return startLine.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    /// The first value of a header field.
    subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// All values of a header field, also those joined by commas.
    func values(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.flatMap { splitAtCommas($0.value) }
    }

    /// Adds a header field.
    mutating func add(_ name: String, _ value: String) {
        headers.append(Header(name: name, value: value))
    }

    /// The number in CSeq.
    var sequence: Int { self["CSeq"]?.split(separator: " ").first.flatMap { Int($0) } ?? 0 }

    /// What names the transaction: the top Via's branch and the CSeq method (RFC 3261 §17.1.3).
    var transaction: String {
        let branch = values("Via").first.flatMap { parameter("branch", of: $0) } ?? ""
        let method = self["CSeq"]?.split(separator: " ").last ?? ""
        return "\(branch) \(method)"
    }
}

/// The value of a parameter of a header field.
func parameter(_ name: String, of value: String) -> String? {
    // Parameters of a URI in angle brackets are not the header field's.
    let outside = value.lastIndex(of: ">").map { value[value.index(after: $0)...] } ?? value[...]
    for part in outside.split(separator: ";").dropFirst(outside.hasPrefix(";") ? 0 : 1) {
        let pair = part.split(separator: "=", maxSplits: 1)
        if let key = pair.first, trimmed(key).lowercased() == name {
            return pair.count > 1 ? trimmed(pair[1]) : ""
        }
    }
    return nil
}

/// The URI of a name-addr or addr-spec.
func uri(in value: String) -> String {
    guard let start = value.firstIndex(of: "<"), let end = value[start...].firstIndex(of: ">") else {
        return trimmed(value.prefix { $0 != ";" })
    }
    return String(value[value.index(after: start)..<end])
}

/// The values of a header field that holds a list: commas count outside quotes and angle brackets.
private func splitAtCommas(_ value: String) -> [String] {
    var parts = [""]
    var isQuoted = false
    var depth = 0
    for character in value {
        switch character {
        case "\"": isQuoted.toggle()
        case "<" where !isQuoted: depth += 1
        case ">" where !isQuoted: depth -= 1
        case "," where !isQuoted && depth == 0:
            parts.append("")
            continue
        default: break
        }
        parts[parts.count - 1].append(character)
    }
    return parts.map { trimmed($0) }
}

private func trimmed(_ text: some StringProtocol) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" }
    let end = start.reversed().drop { $0 == " " || $0 == "\t" }
    return String(end.reversed())
}
