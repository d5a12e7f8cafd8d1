import CNcurses
public import ConsoleViews

extension Terminal {
    /// Shows a canvas: writes the cells that differ from what is on the screen, and nothing when none do.
    ///
    /// - Cost: O(cells) to compare; the terminal gets only the difference.
    public func present(_ canvas: Canvas, theme: Theme) {
        if shownTheme != theme {
            palette.themeChanged()
            shownTheme = theme
            shown = nil
        }
        if shown?.size != canvas.size {
            erase()
            shown = nil
        }
        let size = self.size
        let previous = shown?.cells
        for row in 0..<min(canvas.height, size.height) {
            let start = row * canvas.width
            for index in start..<start + min(canvas.width, size.width) {
                let cell = canvas.cells[index]
                if let previous, previous[index] == cell { continue }
                writeChanged(cell, at: index, of: canvas, previous, theme)
            }
        }
        placeCursor(of: canvas, within: size)
        shown = canvas
        cncurses_stage()
        doupdate()
    }

    private func writeChanged(
        _ cell: Cell,
        at index: Int,
        of canvas: Canvas,
        _ previous: [Cell]?,
        _ theme: Theme
    ) {
        let (row, column) = index.quotientAndRemainder(dividingBy: canvas.width)
        if !cell.isFollower {
            write(cell, column: column, row: row, theme)
        } else if column > 0, let previous, previous[index - 1] == canvas.cells[index - 1] {
            // Written with its lead, which did not change: only the look of this half did.
            write(canvas.cells[index - 1], column: column - 1, row: row, theme)
        }
    }

    private func write(_ cell: Cell, column: Int, row: Int, _ theme: Theme) {
        let look = palette.look(for: cell.style, theme: theme)
        let width = cell.isWide ? 2 : 1
        if isWritable(cell, width: width) {
            let marks = cell.marks.map { wchar_t($0.value) } + [0, 0]
            cncurses_write(
                CInt(row),
                CInt(column),
                wchar_t(cell.lead.value),
                marks[0],
                marks[1],
                look.attributes,
                look.pair
            )
        } else {
            cncurses_write(CInt(row), CInt(column), 0x2E, 0, 0, look.attributes, look.pair)
            if width == 2 {
                cncurses_write(CInt(row), CInt(column + 1), 0x20, 0, 0, look.attributes, look.pair)
            }
        }
    }

    /// Whether the terminal can show a cell, and the library counts the cells it takes as we do.
    private func isWritable(_ cell: Cell, width: Int) -> Bool {
        if cell.lead.isASCII, cell.marks.isEmpty { return true }
        return glyphKind == .unicode && cncurses_width(wchar_t(cell.lead.value)) == width
            && cell.marks.allSatisfy { cncurses_width(wchar_t($0.value)) == 0 }
    }

    private func placeCursor(of canvas: Canvas, within size: Size) {
        let corner = Position(column: size.width - 1, row: size.height - 1)
        let place = canvas.cursor.flatMap { Rectangle(size).contains($0) ? $0 : nil }
        let isVisible = place != nil && canvas.isCursorVisible
        curs_set(isVisible ? 1 : 0)
        CNcurses.move(CInt((place ?? corner).row), CInt((place ?? corner).column))
    }
}
