/// Measures and cuts text by the cells it takes on the screen.
///
/// - Shape: counts what `Canvas` would draw, so a refused scalar counts as its one-cell replacement.
public enum TextWidth {
    /// The cells that a text takes.
    public static func of(_ text: some StringProtocol) -> Int {
        var width = 0
        for scalar in text.unicodeScalars { width += cells(scalar, standsAfterLead: width > 0) }
        return width
    }

    /// The text cut to a width, with an ellipsis in place of what is missing at the end.
    public static func truncated(_ text: String, to width: Int, ellipsis: String = "…") -> String {
        guard of(text) > width else { return text }
        let room = width - of(ellipsis)
        return room < 0 ? prefix(ellipsis, width) : prefix(text, room) + ellipsis
    }

    /// The text cut to a width, with an ellipsis in place of its middle: for Call-IDs and URIs.
    public static func truncatedInMiddle(_ text: String, to width: Int, ellipsis: String = "…") -> String {
        guard of(text) > width else { return text }
        let room = width - of(ellipsis)
        guard room > 0 else { return prefix(ellipsis, width) }
        let tail = room / 2
        return prefix(text, room - tail) + ellipsis + suffix(text, tail)
    }

    /// The text filled with spaces to a width, to the right or to the left; longer text stays as it is.
    public static func padded(_ text: String, to width: Int, alignedRight: Bool = false) -> String {
        let fill = String(repeating: " ", count: max(0, width - of(text)))
        return alignedRight ? fill + text : text + fill
    }

    /// The longest beginning of a text that fits a width.
    public static func prefix(_ text: String, _ width: Int) -> String {
        var result = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            let next = used + cells(scalar, standsAfterLead: used > 0)
            if next > max(0, width) { break }
            used = next
            result.append(scalar)
        }
        return String(result)
    }

    /// The longest end of a text that fits a width.
    public static func suffix(_ text: String, _ width: Int) -> String {
        let scalars = text.unicodeScalars
        var start = scalars.endIndex
        var used = 0
        while start > scalars.startIndex {
            let before = scalars.index(before: start)
            used += cells(scalars[before], standsAfterLead: true)
            if used > max(0, width) { break }
            start = before
        }
        // A cut must not begin with marks whose lead was left out.
        while start < scalars.endIndex, Printable.kind(of: scalars[start]) == .mark {
            start = scalars.index(after: start)
        }
        return String(scalars[start...])
    }

    private static func cells(_ scalar: Unicode.Scalar, standsAfterLead: Bool) -> Int {
        switch Printable.kind(of: scalar) {
        case .lead(let width): width
        case .mark: standsAfterLead ? 0 : 1
        case .dropped: 0
        case .refused: 1
        }
    }
}
