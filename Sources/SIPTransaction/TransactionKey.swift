import SIPFlow
public import SIPSyntax

/// Writes the bytes by which a request finds its server transaction (RFC 3261 §17.2.3).
///
/// - Shape: with the cookie: branch, sent-by and method; without it, as RFC 2543 has it: Request-URI, From tag,
///   Call-ID, CSeq number and top Via. The To tag is left out there, since the ACK to a failure has one that the
///   INVITE had not.
public func appendTransactionKey(
    _ bytes: Span<UInt8>,
    _ index: MessageIndex,
    method: Method,
    to key: inout [UInt8]
) {
    guard let via = index.topVia, case .request(_, let name, let uri) = index.startLine else { return }
    if method == .other {
        key.append(copying: bytes.extracting(name.range))
    } else {
        // From 1 on, since a zero ends each part.
        key.append(method.rawValue + 1)
    }
    key.append(0)
    if via.hasMagicCookie(bytes), let branch = via.branch {
        appendLowercase(bytes, branch, to: &key)
        key.append(0)
        appendLowercase(bytes, via.host, to: &key)
        appendDecimal(UInt64(via.port ?? 0), to: &key)
        return
    }
    key.append(copying: bytes.extracting(uri.range))
    key.append(0)
    if let tag = index.fromTag { key.append(copying: bytes.extracting(tag.range)) }
    key.append(0)
    key.append(copying: bytes.extracting(index.callID.range))
    key.append(0)
    appendDecimal(UInt64(index.cseq?.number ?? 0), to: &key)
    key.append(0)
    key.append(copying: bytes.extracting(via.whole.range))
}

/// Puts the branch of a request back into its key as it was sent, for people who look for it.
///
/// Such a key is found by the hash of the one before, and compared without regard to case.
func restoreBranch(_ bytes: Span<UInt8>, _ index: MessageIndex, in key: inout [UInt8]) {
    guard let via = index.topVia, via.hasMagicCookie(bytes), let branch = via.branch,
        let start = key.firstIndex(of: 0)
    else { return }
    for offset in 0..<branch.count { key[start + 1 + offset] = bytes[branch.start + offset] }
}

private func appendLowercase(_ bytes: Span<UInt8>, _ slice: Slice, to key: inout [UInt8]) {
    let start = key.count
    key.append(copying: bytes.extracting(slice.range))
    for place in start..<key.count { key[place] = lowercase(key[place]) }
}
