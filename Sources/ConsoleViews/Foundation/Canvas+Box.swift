extension Canvas {
    /// Draws a frame along the inner edge of an area, with titles in its upper and lower line.
    ///
    /// - Shape: the title stands left in the upper line, the note right in the upper line, the foot right in the
    ///   lower line; each is cut to what fits. A focused frame uses the heavier glyphs and `border.focus`.
    public mutating func box(
        _ area: Rectangle,
        glyphs: GlyphSet,
        isFocused: Bool = false,
        title: String = "",
        note: String = "",
        foot: String = ""
    ) {
        guard area.width >= 2, area.height >= 2 else { return }
        let style = Style(isFocused ? .borderFocus : .border)
        let bottom = area.bottom - 1
        line(row: area.row, area, .topLeft, .topRight, glyphs, isFocused, style)
        line(row: bottom, area, .bottomLeft, .bottomRight, glyphs, isFocused, style)
        let side = glyphs[isFocused ? .focusVertical : .vertical]
        for row in area.row + 1..<max(area.row + 1, bottom) {
            put(side, column: area.column, row: row, style: style)
            put(side, column: area.right - 1, row: row, style: style)
        }
        label(title, in: area, row: area.row, style: Style(isFocused ? .textStrong : .title), glyphs: glyphs)
        label(note, in: area, row: area.row, style: Style(.titleCount), glyphs: glyphs, atRight: true)
        label(foot, in: area, row: bottom, style: Style(.textMuted), glyphs: glyphs, atRight: true)
    }

    /// Draws a horizontal line.
    public mutating func horizontalLine(
        column: Int,
        row: Int,
        width: Int,
        glyphs: GlyphSet,
        style: Style = Style(.border)
    ) {
        for offset in 0..<max(0, width) {
            put(glyphs[.horizontal], column: column + offset, row: row, style: style)
        }
    }

    /// Draws a vertical line.
    public mutating func verticalLine(
        column: Int,
        row: Int,
        height: Int,
        glyphs: GlyphSet,
        style: Style = Style(.border)
    ) {
        for offset in 0..<max(0, height) {
            put(glyphs[.vertical], column: column, row: row + offset, style: style)
        }
    }

    private mutating func line(
        row: Int,
        _ area: Rectangle,
        _ left: Glyph,
        _ right: Glyph,
        _ glyphs: GlyphSet,
        _ isFocused: Bool,
        _ style: Style
    ) {
        let middle = glyphs[isFocused ? .focusHorizontal : .horizontal]
        for column in area.column + 1..<area.right - 1 { put(middle, column: column, row: row, style: style) }
        put(glyphs[isFocused ? left.focused : left], column: area.column, row: row, style: style)
        put(glyphs[isFocused ? right.focused : right], column: area.right - 1, row: row, style: style)
    }

    private mutating func label(
        _ text: String,
        in area: Rectangle,
        row: Int,
        style: Style,
        glyphs: GlyphSet,
        atRight: Bool = false
    ) {
        // Corner, one line glyph and a space stay free on both sides.
        let room = area.width - 6
        guard !text.isEmpty, room > 0 else { return }
        let shown = TextWidth.truncated(text, to: room, ellipsis: glyphs[.ellipsis])
        let column = atRight ? area.right - 3 - TextWidth.of(shown) : area.column + 3
        put(" \(shown) ", column: column - 1, row: row, style: style)
    }
}
