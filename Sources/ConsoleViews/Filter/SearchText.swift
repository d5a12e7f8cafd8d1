/// A text to find anywhere, whatever the case of its ASCII letters.
struct SearchText: Sendable, Hashable {
    private let bytes: [UInt8]

    /// Prepares a text for searching.
    init(_ text: String) {
        bytes = text.utf8.map(Self.folded)
    }

    /// True when it occurs in the text; an empty one occurs everywhere.
    func occurs(in text: String) -> Bool {
        firstOffset(in: text.utf8.span) != nil
    }

    /// Where it first occurs, in bytes.
    func firstOffset(in text: Span<UInt8>, from start: Int = 0) -> Int? {
        guard let first = bytes.first else { return start }
        var offset = start
        let last = text.count - bytes.count
        while offset <= last {
            if Self.folded(text[offset]) == first {
                var length = 1
                while length < bytes.count, Self.folded(text[offset + length]) == bytes[length] {
                    length += 1
                }
                if length == bytes.count { return offset }
            }
            offset += 1
        }
        return nil
    }

    /// How many bytes it has.
    var count: Int { bytes.count }

    private static func folded(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 32 : byte
    }
}
