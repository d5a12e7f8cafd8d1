import SIPFlow

extension URI {
    /// Appends the key under which the location table knows this address of record: `user@host`.
    ///
    /// - Shape: the user unescaped, its case kept; the host in lower case; no port and no parameters.
    ///   For schemes other than sip and sips the bytes as they are.
    /// - Source: RFC 3261 §10.3 step 5. Deviation: the port is left out, since one host is one domain here.
    public func appendAddressOfRecord(_ bytes: Span<UInt8>, to key: inout [UInt8]) {
        guard isSIP else {
            key.append(copying: bytes.extracting(whole.range))
            return
        }
        if let user {
            var offset = user.start
            while offset < user.end {
                if bytes[offset] == UInt8(ascii: "%"), let value = escapedByte(bytes, offset, user.end) {
                    key.append(value)
                    offset += 3
                } else {
                    key.append(bytes[offset])
                    offset += 1
                }
            }
            key.append(UInt8(ascii: "@"))
        }
        for index in host.range { key.append(lowercase(bytes[index])) }
    }
}
