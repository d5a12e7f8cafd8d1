import SIPFlow

extension URI {
    /// Where a local number of a tel URI has its meaning; nil for a global number, or when none is given.
    ///
    /// - Source: RFC 3966 §5.1.5.
    public func phoneContext(_ bytes: Span<UInt8>) -> Slice? {
        guard scheme == .tel, bytes[rest.start] != UInt8(ascii: "+"),
            let parameters = bytes.first(UInt8(ascii: ";"), in: rest)
        else { return nil }
        return bytes.parameter("phone-context", in: Slice(parameters, rest.end))?.value
    }

    /// Appends the number of a tel URI without the visual separators, which mean nothing.
    ///
    /// - Source: RFC 3966 §3, §5.1.1.
    public func appendTelephoneNumber(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
        let end = bytes.first(UInt8(ascii: ";"), in: rest) ?? rest.end
        for index in rest.start..<end {
            switch bytes[index] {
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): break
            case let digit: output.append(digit)
            }
        }
    }
}
