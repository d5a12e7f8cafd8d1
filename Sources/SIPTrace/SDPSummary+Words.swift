extension SDPSummary {
    /// What each part says, one short sentence a line.
    public var sentences: [String] {
        var lines: [String] = []
        if let origin { lines.append(version.map { "from \(origin), session \($0)" } ?? "from \(origin)") }
        if media.isEmpty { lines.append("no media") }
        return lines + media.map(\.sentence)
    }

    /// The codecs of sound and video that carry media, best first, without repeats.
    var audibleCodecs: [String] {
        var codecs: [String] = []
        for stream in media where stream.port != 0 {
            for codec in stream.codecs where !isHelper(codec) && !codecs.contains(codec) {
                codecs.append(codec)
            }
        }
        return codecs
    }

    /// A few words for a ladder: `SDP PCMA,PCMU sendrecv`, `SDP G722 sendonly +video`.
    var tag: String {
        guard let first = media.first else { return "SDP no media" }
        let codecs = first.codecs.filter { !isHelper($0) }.prefix(3).joined(separator: ",")
        var words = ["SDP"]
        if !codecs.isEmpty { words.append(codecs) }
        words.append(first.port == 0 ? "off" : first.direction.rawValue)
        words += media.dropFirst().map { $0.port == 0 ? "-\($0.kind)" : "+\($0.kind)" }
        return words.joined(separator: " ")
    }

    /// True for what accompanies a codec: tones, comfort noise, repair.
    private func isHelper(_ codec: String) -> Bool {
        let name = codec.split(separator: "/").first.map { $0.lowercased() } ?? ""
        return ["telephone-event", "cn", "red", "rtx", "ulpfec", "flexfec-03"].contains(name)
    }
}

extension SDPSummary.Media {
    /// `audio PCMA, PCMU to 10.0.0.21:4000, sendrecv, 20 ms`.
    public var sentence: String {
        var words = codecs.isEmpty ? kind : "\(kind) \(codecs.joined(separator: ", "))"
        if port == 0 { return "\(words): off" }
        words +=
            address.map { $0.contains(":") ? " to [\($0)]:\(port)" : " to \($0):\(port)" }
            ?? " to port \(port)"
        words += ", \(direction.rawValue)"
        if let packetTime { words += ", \(packetTime) ms" }
        return profile == "RTP/AVP" ? words : "\(words), \(profile)"
    }
}
