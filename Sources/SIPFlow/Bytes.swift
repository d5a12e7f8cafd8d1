extension [UInt8] {
    /// Appends the bytes of a span in one copy.
    public mutating func append(copying bytes: Span<UInt8>) {
        // The pointer lives only for the closure, and the array copies from it at once.
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends the UTF-8 bytes of a literal.
    public mutating func append(ascii text: StaticString) {
        // A static string's bytes live as long as the process.
        unsafe append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension String {
    /// Text of network bytes; what is not UTF-8 becomes U+FFFD.
    public init(bytes: Span<UInt8>) {
        // The pointer lives only for the closure, and the string copies from it at once.
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
