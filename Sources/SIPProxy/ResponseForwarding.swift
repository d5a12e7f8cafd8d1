import SIPFlow
import SIPSyntax

/// Appends a response as it goes upstream: without the top Via value, all else byte for byte.
///
/// - Shape: `code` replaces the status code where it differs (503 becomes 500); `challenges`, whole lines of other
///   branches, go before the response's own (RFC 3261 §16.7 step 7).
/// - Source: RFC 3261 §16.7 steps 3 and 9.
func appendForwardedResponse(
    _ bytes: Span<UInt8>,
    _ index: MessageIndex,
    code: Int,
    challenges: Span<UInt8>,
    into output: inout [UInt8]
) {
    guard case .response(let received, let reason) = index.startLine, let via = index.topVia else { return }
    output.append(ascii: "SIP/2.0 ")
    appendDecimal(UInt64(code), to: &output)
    output.append(UInt8(ascii: " "))
    if code == received {
        output.append(copying: bytes.extracting(reason.range))
    } else {
        output.append(ascii: reasonPhrase(code))
    }
    output.append(ascii: "\r\n")
    let topVia = index.first(.via)
    let ownChallenge = index.first(.wwwAuthenticate) ?? index.first(.proxyAuthenticate)
    if ownChallenge == nil { output.append(copying: challenges) }
    appendEdited(bytes, index, into: &output) { field, output in
        switch field.id {
        case .via where field == topVia:
            appendRemainingVia(bytes, via, field, to: &output)
            return true
        case .wwwAuthenticate where field == ownChallenge, .proxyAuthenticate where field == ownChallenge:
            output.append(copying: challenges)
            return false
        case _:
            return false
        }
    }
}
