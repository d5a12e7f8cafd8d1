import SIPFlow

/// The STUN requests that phones keep their flow open with, on the port that SIP has.
///
/// - Source: RFC 5626 §8, RFC 5389.
enum STUN {
    private static let headerBytes = 20
    private static let bindingRequest: UInt16 = 0x0001
    private static let bindingResponse: UInt16 = 0x0101
    private static let xorMappedAddress: UInt16 = 0x0020
    private static let cookie: UInt32 = 0x2112_a442

    /// True for what cannot be SIP by its first byte (RFC 5389 §6).
    static func isMessage(_ bytes: Span<UInt8>) -> Bool { bytes.count > 0 && bytes[0] < 4 }

    /// True for a whole Binding request; what attributes it has is not looked at.
    static func isBindingRequest(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= headerBytes, number(bytes, 0, 2) == UInt32(bindingRequest),
            number(bytes, 4, 4) == cookie
        else { return false }
        return Int(number(bytes, 2, 2)) == bytes.count - headerBytes
    }

    /// Appends the answer: the address that the request came from (RFC 5389 §15.2).
    static func appendResponse(
        to request: Span<UInt8>,
        from source: SocketAddress,
        into output: inout [UInt8]
    ) {
        let isV6 = source.ip.isV6
        append(UInt32(bindingResponse), 2, to: &output)
        append(isV6 ? 24 : 12, 2, to: &output)
        output.append(copying: request.extracting(4..<headerBytes))
        append(UInt32(xorMappedAddress), 2, to: &output)
        append(isV6 ? 20 : 8, 2, to: &output)
        append(isV6 ? 2 : 1, 2, to: &output)
        append(UInt32(source.port) ^ cookie >> 16, 2, to: &output)
        switch source.ip {
        case .v4(let bits): append(bits ^ cookie, 4, to: &output)
        case .v6(let high, let low):
            let words =
                [UInt32(high >> 32), UInt32(truncatingIfNeeded: high)]
                + [UInt32(low >> 32), UInt32(truncatingIfNeeded: low)]
            // An IPv6 address is hidden behind the cookie and the transaction's number, as they stand there.
            for (place, word) in words.enumerated() {
                append(word ^ number(request, 4 + place * 4, 4), 4, to: &output)
            }
        }
    }

    private static func number(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in start..<start + count { value = value << 8 | UInt32(bytes[offset]) }
        return value
    }

    private static func append(_ value: UInt32, _ count: UInt32, to output: inout [UInt8]) {
        for place in (0..<count).reversed() { output.append(UInt8(truncatingIfNeeded: value >> (place * 8))) }
    }
}
