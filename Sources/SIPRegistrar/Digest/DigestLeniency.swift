import SIPSyntax

/// True for a client that fails at a challenge for another algorithm than MD5, wherever it stands.
///
/// - Shape: named by what they send. baresip before 3.12 gives up (baresip/re #1103), sipsak reads the first line only,
///   and so does SIPp before 3.7, which then ends (SIPp/sipp #488); it names itself by its branches alone.
/// - Source: RFC 8760 §2.4 asks clients to pass over what they do not know; these do not.
func knowsOnlyMD5(_ bytes: Span<UInt8>, _ index: MessageIndex) -> Bool {
    if let agent = index.first(.userAgent)?.value {
        if hasPrefix(bytes, agent, "sipsak ") { return true }
        if hasPrefix(bytes, agent, "baresip v") {
            var offset = agent.start + 9
            let major = leadingNumber(bytes, &offset, agent.end) ?? 0
            offset += 1
            let minor = leadingNumber(bytes, &offset, agent.end) ?? 0
            return (major, minor) < (3, 12)
        }
    }
    return index.topVia?.branch.map { isBranchOfSIPp(bytes, $0) } ?? false
}

/// True for `z9hG4bK-`, and three numbers with hyphens between.
private func isBranchOfSIPp(_ bytes: Span<UInt8>, _ branch: Slice) -> Bool {
    guard hasPrefix(bytes, branch, "z9hG4bK-") else { return false }
    var offset = branch.start + 8
    for place in 0..<3 {
        guard leadingNumber(bytes, &offset, branch.end) != nil else { return false }
        if place < 2 {
            guard offset < branch.end, bytes[offset] == UInt8(ascii: "-") else { return false }
            offset += 1
        }
    }
    return offset == branch.end
}

private func hasPrefix(_ bytes: Span<UInt8>, _ value: Slice, _ prefix: StaticString) -> Bool {
    let count = prefix.utf8CodeUnitCount
    return value.count >= count && bytes.equals(Slice(value.start, value.start + count), prefix)
}

/// The number of at most nine digits at an offset, which moves past it.
private func leadingNumber(_ bytes: Span<UInt8>, _ offset: inout Int, _ end: Int) -> UInt32? {
    let start = offset
    while offset < end && offset - start < 9 && (0x30...0x39).contains(bytes[offset]) { offset += 1 }
    return bytes.number(Slice(start, max(start, offset)))
}
