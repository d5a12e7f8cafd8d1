import SIPFlow
import SIPSyntax

/// Appends the ACK or CANCEL that belongs to an INVITE as we sent it.
///
/// - Shape: Request-URI, top Via, Route, From, Call-ID and CSeq number from the INVITE; To from the response for an
///   ACK, from the INVITE for a CANCEL; Max-Forwards 70, since it begins here. No Require, no Proxy-Require, no body.
/// - Source: RFC 3261 §17.1.1.3, §9.1 and §8.1.1.6; RFC 3665 §3.8.
func appendHopRequest(
    _ method: Method,
    to: (bytes: Span<UInt8>, value: Slice)?,
    of invite: Span<UInt8>,
    into bytes: inout [UInt8]
) {
    var index = MessageIndex()
    do {
        try index.parse(invite)
    } catch {
        preconditionFailure("the INVITE is one that we wrote")
    }
    guard case .request(_, _, let uri) = index.startLine, let via = index.first(.via) else { return }
    appendName(method, to: &bytes)
    bytes.append(UInt8(ascii: " "))
    bytes.append(copying: invite.extracting(uri.range))
    bytes.append(ascii: " SIP/2.0\r\n")
    bytes.append(copying: invite.extracting(via.line.range))
    for field in index.fields {
        switch field.id {
        case .route, .from, .callID: bytes.append(copying: invite.extracting(field.line.range))
        case .maxForwards: bytes.append(ascii: "Max-Forwards: 70\r\n")
        case .to:
            bytes.append(ascii: "To: ")
            if let to {
                bytes.append(copying: to.bytes.extracting(to.value.range))
            } else {
                bytes.append(copying: invite.extracting(field.value.range))
            }
            bytes.append(ascii: "\r\n")
        case .cseq:
            bytes.append(ascii: "CSeq: ")
            appendDecimal(UInt64(index.cseq?.number ?? 0), to: &bytes)
            bytes.append(UInt8(ascii: " "))
            appendName(method, to: &bytes)
            bytes.append(ascii: "\r\n")
        case _: break
        }
    }
    bytes.append(ascii: "Content-Length: 0\r\n\r\n")
}

/// Appends a method's name.
private func appendName(_ method: Method, to bytes: inout [UInt8]) {
    bytes.append(ascii: method.name)
}
