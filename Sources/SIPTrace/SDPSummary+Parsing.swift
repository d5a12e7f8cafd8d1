import SIPSyntax

extension SDPSummary {
    /// Reads the body of a message that says it is SDP; nil for any other.
    init?(_ index: MessageIndex, _ bytes: Span<UInt8>) {
        guard !index.body.isEmpty, let type = index.first(.contentType) else { return nil }
        let end = bytes.first(UInt8(ascii: ";"), in: type.value) ?? type.value.end
        let name = bytes.trimmed(Slice(type.value.start, end))
        guard bytes.equals(name, ignoringCase: "application/sdp") else { return nil }
        self.init(bytes.extracting(index.body.range))
    }

    /// Reads a session description (RFC 8866 §5); lines that make no sense are passed over.
    public init(_ bytes: Span<UInt8>) {
        media = []
        var sessionDirection: MediaDirection?
        var reader = MediaReader()
        var start = 0
        while start < bytes.count {
            let end = bytes.first(0x0a, in: Slice(start, bytes.count)) ?? bytes.count
            let line = bytes.trimmed(Slice(start, end))
            start = end + 1
            guard line.count >= 2, bytes[line.start + 1] == UInt8(ascii: "=") else { continue }
            let value = bytes.text(Slice(line.start + 2, line.end))
            switch bytes[line.start] {
            case UInt8(ascii: "o"): readOrigin(value)
            case UInt8(ascii: "m"):
                if let finished = reader.begin(value) { media.append(finished) }
            case UInt8(ascii: "c"):
                let place = value.split(separator: " ").last.map(String.init)
                if reader.isOpen { reader.media?.address = place } else { address = place }
            case UInt8(ascii: "a"):
                if reader.isOpen {
                    reader.readAttribute(value)
                } else if let direction = MediaDirection(rawValue: value) {
                    sessionDirection = direction
                }
            default: break
            }
        }
        if let finished = reader.finish() { media.append(finished) }
        for place in media.indices {
            media[place].address = media[place].address ?? address
        }
        for (place, isWritten) in reader.writtenDirections.enumerated() where !isWritten {
            media[place].direction = sessionDirection ?? .both
        }
    }

    private mutating func readOrigin(_ value: String) {
        let words = value.split(separator: " ")
        guard words.count >= 6 else { return }
        origin = words[0] == "-" ? String(words[5]) : "\(words[0]) at \(words[5])"
        version = "\(words[1]) v\(words[2])"
    }
}

/// Collects one m-line with what follows it.
private struct MediaReader {
    var media: SDPSummary.Media?
    /// For each m-line so far, whether it has a direction of its own.
    private(set) var writtenDirections: [Bool] = []
    private var payloads: [Substring] = []
    private var names: [String: String] = [:]

    var isOpen: Bool { media != nil }

    /// Begins an m-line; gives the one before.
    mutating func begin(_ value: String) -> SDPSummary.Media? {
        let words = value.split(separator: " ")
        guard words.count >= 3 else { return nil }
        let finished = finish()
        media = SDPSummary.Media(
            kind: String(words[0]),
            port: Int(words[1].prefix { $0 != "/" }) ?? 0,
            profile: String(words[2]),
            codecs: [],
            direction: .both,
            packetTime: nil,
            address: nil
        )
        payloads = Array(words[3...])
        names = [:]
        writtenDirections.append(false)
        return finished
    }

    mutating func readAttribute(_ value: String) {
        if let direction = SDPSummary.MediaDirection(rawValue: value) {
            media?.direction = direction
            writtenDirections[writtenDirections.count - 1] = true
        } else if value.hasPrefix("rtpmap:") {
            let words = value.dropFirst("rtpmap:".count).split(separator: " ")
            guard words.count >= 2 else { return }
            names[String(words[0])] = codecName(words[1])
        } else if value.hasPrefix("ptime:") {
            media?.packetTime = Int(value.dropFirst("ptime:".count))
        }
    }

    /// Closes the m-line and names its codecs.
    mutating func finish() -> SDPSummary.Media? {
        guard var finished = media else { return nil }
        media = nil
        finished.codecs = payloads.map { payload in
            names[String(payload)] ?? Int(payload).flatMap(staticCodec) ?? String(payload)
        }
        return finished
    }
}

/// `PCMA/8000` as `PCMA`; a clock rate that is not the usual one of telephony stays: `L16/44100`.
private func codecName(_ encoding: Substring) -> String {
    let parts = encoding.split(separator: "/")
    guard let name = parts.first else { return String(encoding) }
    let rate = parts.dropFirst().first
    switch (name.uppercased(), rate) {
    case (_, nil), (_, "8000"), (_, "90000"), ("OPUS", _): return String(name)
    case (_, .some(let rate)): return "\(name)/\(rate)"
    }
}

/// The codec of a payload number that needs no rtpmap (RFC 3551 §6).
private func staticCodec(_ payload: Int) -> String? {
    switch payload {
    case 0: "PCMU"
    case 3: "GSM"
    case 4: "G723"
    case 5, 6, 16, 17: "DVI4"
    case 7: "LPC"
    case 8: "PCMA"
    case 9: "G722"
    case 10, 11: "L16"
    case 12: "QCELP"
    case 13: "CN"
    case 14: "MPA"
    case 15: "G728"
    case 18: "G729"
    case 26: "JPEG"
    case 31: "H261"
    case 32: "MPV"
    case 33: "MP2T"
    case 34: "H263"
    default: nil
    }
}
