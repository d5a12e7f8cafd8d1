extension Printable {
    /// Bytes as text for the raw view: readable characters as they are, every other byte escaped.
    ///
    /// - Shape: `\r`, `\n`, `\t`, otherwise `\xNN` for each byte that is not part of a printable character.
    ///   With `keepingLineFeeds` a line feed stays one, and the carriage return before it is left out.
    public static func escaped(_ bytes: some Sequence<UInt8>, keepingLineFeeds: Bool = false) -> String {
        var result = ""
        var decoder = UTF8Pieces(bytes)
        var heldReturn = false
        while let piece = decoder.next() {
            if heldReturn, !piece.isLineFeed { result += "\\r" }
            heldReturn = false
            switch piece {
            case .invalid(let byte): result += escape(byte)
            case .scalar("\n") where keepingLineFeeds: result += "\n"
            case .scalar("\r") where keepingLineFeeds: heldReturn = true
            case .scalar(let scalar): append(scalar, to: &result)
            }
        }
        if heldReturn { result += "\\r" }
        return result
    }

    /// Text with every scalar that may not be shown written as an escape.
    public static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch kind(of: scalar) {
        case .lead, .mark:
            result.unicodeScalars.append(scalar)
        case .dropped, .refused:
            for byte in UTF8.encode(scalar) ?? .init() { result += escape(byte) }
        }
    }

    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case 0x09: return "\\t"
        case 0x0A: return "\\n"
        case 0x0D: return "\\r"
        default:
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count == 1 ? "0" : "") + digits
        }
    }
}

/// Cuts bytes into well-formed scalars and single bytes that belong to none.
private struct UTF8Pieces<Source: Sequence<UInt8>> {
    enum Piece {
        case scalar(Unicode.Scalar)
        case invalid(UInt8)

        var isLineFeed: Bool {
            if case .scalar("\n") = self { return true }
            return false
        }
    }

    private var source: Source.Iterator
    private var ahead: [UInt8] = []

    init(_ source: Source) {
        self.source = source.makeIterator()
    }

    mutating func next() -> Piece? {
        fill(1)
        guard let first = ahead.first else { return nil }
        let length = Self.length(first)
        fill(length)
        if length > 0, ahead.count >= length,
            let text = String(validating: ahead.prefix(length), as: UTF8.self),
            let scalar = text.unicodeScalars.first
        {
            ahead.removeFirst(length)
            return .scalar(scalar)
        }
        ahead.removeFirst()
        return .invalid(first)
    }

    private mutating func fill(_ count: Int) {
        while ahead.count < count, let byte = source.next() { ahead.append(byte) }
    }

    private static func length(_ first: UInt8) -> Int {
        switch first {
        case ..<0x80: 1
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
    }
}
