extension Canvas {
    /// Each row as text, without the blanks at its end.
    public var lines: [String] {
        (0..<height).map { row in
            let cells = self.cells[row * width..<(row + 1) * width]
            let text = cells.reduce(into: "") { $0 += $1.text }
            return String(text.trimmingTrailingSpaces)
        }
    }

    /// The whole screen as text: what golden files hold.
    public var text: String { lines.joined(separator: "\n") }

    /// Each row as letters of its roles, one letter a cell; see `Role.letter`.
    ///
    /// - Shape: a cell under an overlay shows the letter of the overlay.
    public var roles: [String] {
        (0..<height).map { row in
            String(cells[row * width..<(row + 1) * width].map { ($0.style.overlay ?? $0.style.role).letter })
        }
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: Substring {
        var end = endIndex
        while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
        return self[..<end]
    }
}
