public import SIPFlow

/// A response that this element makes itself.
public struct OwnResponse: Sendable {
    /// The status code.
    public var code: Int
    /// The reason phrase; the usual one when nil.
    public var reason: String?
    /// The number behind the To tag that is added when the request had none; nil for 100.
    public var toTag: UInt64?

    /// Describes a response.
    public init(code: Int, reason: String? = nil, toTag: UInt64?) {
        self.code = code
        self.reason = reason
        self.toTag = toTag
    }
}

/// Appends a response to a request (RFC 3261 §8.2.6).
///
/// - Shape: all Via values in order, the top one with `received` and `rport` as RFC 3261 §18.2.1 and RFC 3581 §4
///   have them; From, To, Call-ID and CSeq as they came; Timestamp for a 100; then `headers`, whole lines.
public func appendResponse(
    _ response: OwnResponse,
    to bytes: Span<UInt8>,
    _ index: MessageIndex,
    source: SocketAddress,
    headers: Span<UInt8>,
    into output: inout [UInt8]
) {
    output.append(ascii: "SIP/2.0 ")
    appendDecimal(UInt64(response.code), to: &output)
    output.append(UInt8(ascii: " "))
    if let reason = response.reason {
        output.append(contentsOf: reason.utf8)
    } else {
        output.append(ascii: reasonPhrase(response.code))
    }
    output.append(ascii: "\r\n")
    for field in index.fields {
        switch field.id {
        case .via where field == index.first(.via): appendTopVia(bytes, index, source: source, to: &output)
        case .from, .callID, .cseq, .via: appendLine(bytes, field, to: &output)
        case .timestamp where response.code == 100: appendLine(bytes, field, to: &output)
        case .to:
            output.append(ascii: "To: ")
            appendRepaired(bytes, field.value, to: &output)
            if index.toTag == nil, let tag = response.toTag {
                output.append(ascii: ";tag=")
                appendHexadecimal(tag, to: &output)
            }
            output.append(ascii: "\r\n")
        case _: break
        }
    }
    output.append(copying: headers)
    output.append(ascii: "Content-Length: 0\r\n\r\n")
}

/// Appends a header field as it came, each of its line ends made CRLF, those of its folds included.
public func appendLine(_ bytes: Span<UInt8>, _ field: HeaderField, to output: inout [UInt8]) {
    appendRepaired(bytes, Slice(field.line.start, field.value.end), to: &output)
    output.append(ascii: "\r\n")
}

/// Appends a part of a header field with CRLF for each bare line feed.
private func appendRepaired(_ bytes: Span<UInt8>, _ part: Slice, to output: inout [UInt8]) {
    guard bytes.first(0x0a, in: part) != nil else {
        output.append(copying: bytes.extracting(part.range))
        return
    }
    for offset in part.range {
        if bytes[offset] == 0x0a && output.last != 0x0d { output.append(0x0d) }
        output.append(bytes[offset])
    }
}

/// Appends the first Via field, its first value with `received` and `rport` filled in.
///
/// Its other values follow, each in a field of its own.
public func appendTopVia(
    _ bytes: Span<UInt8>,
    _ index: MessageIndex,
    source: SocketAddress,
    to output: inout [UInt8]
) {
    guard let via = index.topVia, let field = index.first(.via) else { return }
    output.append(ascii: "Via: ")
    let start = output.count
    appendVia(bytes, via, source: source, to: &output)
    if index.hasBareLineFeed { repairLineFeeds(of: &output, from: start) }
    output.append(ascii: "\r\n")
    appendRemainingVia(bytes, via, field, to: &output)
}

/// Appends the values that stand after the first one in the first Via field, if there are any.
///
/// - Shape: each in a field of its own. Some devices read only one value a field.
public func appendRemainingVia(
    _ bytes: Span<UInt8>,
    _ via: Via,
    _ field: HeaderField,
    to output: inout [UInt8]
) {
    guard let comma = bytes.first(UInt8(ascii: ","), in: Slice(via.whole.end, field.value.end)) else {
        return
    }
    var cursor = ValueCursor(Slice(comma + 1, field.value.end))
    while let value = cursor.next(bytes) {
        output.append(ascii: "Via: ")
        appendRepaired(bytes, value, to: &output)
        output.append(ascii: "\r\n")
    }
}

/// Makes CRLF of each bare line feed that was written since an offset.
private func repairLineFeeds(of output: inout [UInt8], from start: Int) {
    var offset = start
    while offset < output.count {
        if output[offset] == 0x0a && output[offset - 1] != 0x0d {
            output.insert(0x0d, at: offset)
            offset += 1
        }
        offset += 1
    }
}

private func appendVia(_ bytes: Span<UInt8>, _ via: Via, source: SocketAddress, to output: inout [UInt8]) {
    let namesSource = IPAddress(bytes.extracting(via.host.range)) == source.ip
    if namesSource && via.rport == nil && via.received == nil {
        output.append(copying: bytes.extracting(via.whole.range))
        return
    }
    output.append(copying: bytes.extracting(via.whole.start..<via.parameters.start))
    var cursor = ParameterCursor(via.parameters)
    while let parameter = cursor.next(bytes) {
        if bytes.equals(parameter.name, ignoringCase: "received") { continue }
        output.append(UInt8(ascii: ";"))
        if bytes.equals(parameter.name, ignoringCase: "rport") {
            output.append(ascii: "rport=")
            appendDecimal(UInt64(source.port), to: &output)
        } else {
            output.append(copying: bytes.extracting(parameter.whole.range))
        }
    }
    if via.rport != nil || !namesSource {
        output.append(ascii: ";received=")
        source.ip.append(to: &output)
    }
}
