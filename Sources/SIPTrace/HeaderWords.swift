import SIPSyntax

/// A From or To address in words.
struct AddressText {
    /// The user, or the host when there is none.
    var short: String
    /// `user@host`, or the host alone.
    var long: String

    /// Words an address; one that cannot be read stays as written.
    init(_ address: NameAddress?, first field: HeaderField?, _ bytes: Span<UInt8>) {
        guard let address else {
            short = field.map { bytes.text($0.value) } ?? ""
            long = short
            return
        }
        short = bytes.text(address.uri)
        long = short
        guard let uri = try? URI(bytes, address.uri) else { return }
        guard uri.isSIP else {
            let end = bytes.first(UInt8(ascii: ";"), in: uri.rest) ?? uri.rest.end
            short = bytes.text(Slice(uri.rest.start, end))
            long = short
            return
        }
        let host = bytes.text(uri.host)
        short = uri.user.map { bytes.text($0) } ?? host
        long = uri.user == nil ? host : "\(short)@\(host)"
    }
}

/// A Reason value in words (RFC 3326): `Q.850 16 Normal call clearing`.
func reasonWords(_ bytes: Span<UInt8>, _ value: Slice) -> String {
    let protocolEnd = bytes.first(UInt8(ascii: ";"), in: value) ?? value.end
    let parameters = Slice(protocolEnd, value.end)
    var words = bytes.text(bytes.trimmed(Slice(value.start, protocolEnd)))
    for name: StaticString in ["cause", "text"] {
        guard let part = bytes.parameter(name, in: parameters)?.value else { continue }
        words += " " + bytes.text(bytes.unquoted(part))
    }
    return words
}

/// A value on one line: every fold becomes one space (RFC 3261 §7.3.1).
func unfolded(_ bytes: Span<UInt8>, _ value: Slice) -> String {
    var line: [UInt8] = []
    line.reserveCapacity(value.count)
    var index = value.start
    while index < value.end {
        let byte = bytes[index]
        guard byte == 0x0d || byte == 0x0a else {
            line.append(byte)
            index += 1
            continue
        }
        while index < value.end && isWhite(bytes[index]) { index += 1 }
        while let last = line.last, isWhite(last) { line.removeLast() }
        line.append(0x20)
    }
    return String(decoding: line, as: UTF8.self)
}
