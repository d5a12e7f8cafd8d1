import SIPFlow
import SIPSyntax

/// True when a request names a program that searches for servers and guesses passwords.
///
/// - Shape: by the beginning of User-Agent, or by the whole display name of From.
/// - Cost: one comparison for the user agents of phones, whose names begin otherwise.
func isScanner(_ bytes: Span<UInt8>, _ index: MessageIndex) -> Bool {
    if let from = index.from, !from.displayName.isEmpty,
        bytes.equals(bytes.unquoted(from.displayName), ignoringCase: "sipvicious")
    {
        return true
    }
    guard let agent = index.first(.userAgent)?.value, !agent.isEmpty else { return false }
    switch bytes[agent.start] | 0x20 {
    case UInt8(ascii: "f"):
        return begins(bytes, agent, "friendly-scanner") || begins(bytes, agent, "friendly-request")
    case UInt8(ascii: "s"):
        return begins(bytes, agent, "sipvicious") || begins(bytes, agent, "sipcli")
            || begins(bytes, agent, "sip-scan") || begins(bytes, agent, "sipscan")
            || begins(bytes, agent, "sundayddr") || begins(bytes, agent, "sipptk")
            || begins(bytes, agent, "siparmyknife")
    case UInt8(ascii: "v"): return begins(bytes, agent, "VaxSIPUserAgent")
    case UInt8(ascii: "p"): return begins(bytes, agent, "pplsip")
    case UInt8(ascii: "i"): return begins(bytes, agent, "iWar")
    case _: return false
    }
}

private func begins(_ bytes: Span<UInt8>, _ value: Slice, _ name: StaticString) -> Bool {
    let count = name.utf8CodeUnitCount
    guard value.count >= count else { return false }
    return bytes.equals(Slice(value.start, value.start + count), ignoringCase: name)
}
