import SIPFlow
import SIPSyntax

/// The state of a registration as a whole (RFC 3680 §5.1).
enum RegistrationPhase {
    /// Nothing is bound, and nothing just was.
    case initial
    case active
    /// The last contact has just gone.
    case terminated

    var word: StaticString {
        switch self {
        case .initial: "init"
        case .active: "active"
        case .terminated: "terminated"
        }
    }
}

/// The most bytes of a partial document, so that a NOTIFY stays below 1,300 (RFC 3261 §18.1.1).
let partialBodyLimit = 850

/// Appends what stands before the contacts of a document.
func appendRegInfoStart(
    version: UInt32,
    isFull: Bool,
    aor: [UInt8],
    id: UInt64,
    _ phase: RegistrationPhase,
    to output: inout [UInt8]
) {
    output.append(
        ascii: "<?xml version=\"1.0\"?>\n<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\""
    )
    appendDecimal(UInt64(version), to: &output)
    output.append(ascii: "\" state=\"")
    output.append(ascii: isFull ? "full" : "partial")
    output.append(ascii: "\">\n<registration aor=\"")
    appendURI(of: aor, to: &output)
    output.append(ascii: "\" id=\"")
    appendHexadecimal(id, to: &output)
    output.append(ascii: "\" state=\"")
    output.append(ascii: phase.word)
    output.append(ascii: "\">\n")
}

/// Appends one contact.
///
/// - Shape: `unknown-param` for every parameter but q and expires, values as they stood, quotes included.
func appendContact(_ report: ContactReport, now: Moment, to output: inout [UInt8]) {
    let binding = report.binding
    output.append(ascii: "<contact id=\"")
    appendDecimal(binding.id, to: &output)
    output.append(
        ascii: report.event.isActive ? "\" state=\"active\" event=\"" : "\" state=\"terminated\" event=\""
    )
    output.append(ascii: report.event.word)
    appendNumber("\" duration-registered=\"", seconds(now - binding.registeredAt), to: &output)
    if report.event.isActive {
        appendNumber("\" expires=\"", seconds(binding.expiresAt - now), to: &output)
    }
    if case .probation(let retryAfter) = report.event {
        appendNumber("\" retry-after=\"", UInt64(max(0, retryAfter)), to: &output)
    }
    if let q = binding.q { appendQ(Int(q), to: &output) }
    output.append(ascii: "\" callid=\"")
    appendEscaped(binding.text(.callID), to: &output)
    appendNumber("\" cseq=\"", UInt64(binding.cseq), to: &output)
    output.append(ascii: "\">\n<uri>")
    appendEscaped(binding.text(.contact), to: &output)
    output.append(ascii: "</uri>\n")
    appendUnknownParameters(binding, to: &output)
    output.append(ascii: "</contact>\n")
}

/// Appends what stands behind the contacts.
func appendRegInfoEnd(to output: inout [UInt8]) {
    output.append(ascii: "</registration>\n</reginfo>\n")
}

private func appendUnknownParameters(_ binding: Binding, to output: inout [UInt8]) {
    let bytes = binding.bytes
    var cursor = ParameterCursor(binding.slice(.parameters))
    while let parameter = cursor.next(bytes.span) {
        if bytes.span.equals(parameter.name, ignoringCase: "q") { continue }
        output.append(ascii: "<unknown-param name=\"")
        appendEscaped(bytes.span.text(parameter.name), to: &output)
        output.append(ascii: "\">")
        if let value = parameter.value { appendEscaped(bytes.span.text(value), to: &output) }
        output.append(ascii: "</unknown-param>\n")
    }
}

private func appendNumber(_ before: StaticString, _ number: UInt64, to output: inout [UInt8]) {
    output.append(ascii: before)
    appendDecimal(number, to: &output)
}

private func seconds(_ interval: Interval) -> UInt64 { UInt64(max(0, interval.wholeSeconds)) }

/// Appends a q value in thousandths with its decimals.
private func appendQ(_ q: Int, to output: inout [UInt8]) {
    output.append(ascii: "\" q=\"")
    output.append(ascii: q >= 1_000 ? "1." : "0.")
    for scale in [100, 10, 1] { appendDecimal(UInt64(q / scale % 10), to: &output) }
}

/// Appends the URI of an address of record, its user part escaped (RFC 3261 §25.1).
private func appendURI(of aor: [UInt8], to output: inout [UInt8]) {
    guard let at = aor.lastIndex(of: UInt8(ascii: "@")) else {
        appendEscaped(String(decoding: aor, as: UTF8.self), to: &output)
        return
    }
    output.append(ascii: "sip:")
    var user: [UInt8] = []
    for byte in aor[..<at] {
        if mayStandInUser(byte) {
            user.append(byte)
        } else {
            user.append(UInt8(ascii: "%"))
            user.append(hexadecimalDigit(of: byte >> 4))
            user.append(hexadecimalDigit(of: byte & 15))
        }
    }
    appendEscaped(String(decoding: user, as: UTF8.self), to: &output)
    appendEscaped(String(decoding: aor[at...], as: UTF8.self), to: &output)
}

private func hexadecimalDigit(of number: UInt8) -> UInt8 {
    number < 10 ? UInt8(ascii: "0") + number : UInt8(ascii: "A") + number - 10
}

private func mayStandInUser(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "!"), UInt8(ascii: "~"), UInt8(ascii: "*"), UInt8(ascii: "'"), UInt8(ascii: "("),
        UInt8(ascii: ")"), UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "$"),
        UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "?"), UInt8(ascii: "/"):
        true
    case _:
        false
    }
}

/// Appends text as XML 1.0 may hold it; a character that it may not hold becomes U+FFFD.
private func appendEscaped(_ text: String, to output: inout [UInt8]) {
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": output.append(ascii: "&amp;")
        case "<": output.append(ascii: "&lt;")
        case ">": output.append(ascii: "&gt;")
        case "\"": output.append(ascii: "&quot;")
        case "'": output.append(ascii: "&apos;")
        case _
        where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            || scalar.value & 0xfffe == 0xfffe:
            output.append(contentsOf: "\u{fffd}".utf8)
        case _: output.append(contentsOf: String(scalar).utf8)
        }
    }
}
