import SIPFlow
import SIPReport
import SIPTrace

/// Draws the whole screen of a state.
struct Screen {
    let state: ConsoleState
    let glyphs: GlyphSet
    let context: RowContext
    let layout: Layout

    init(state: ConsoleState, glyphs: GlyphSet) {
        self.state = state
        self.glyphs = glyphs
        context = state.context
        layout = state.layout
    }

    func draw() -> Canvas {
        var canvas = Canvas(state.size)
        guard layout.kind != .card else {
            drawCard(on: &canvas)
            return canvas
        }
        drawHeader(on: &canvas)
        drawTabs(on: &canvas)
        for placed in layout.panes { draw(placed.pane, in: placed.area, on: &canvas) }
        drawNews(on: &canvas)
        drawHints(on: &canvas)
        drawDialog(on: &canvas)
        return canvas
    }

    private func draw(_ pane: Pane, in area: Rectangle, on canvas: inout Canvas) {
        switch pane {
        case .registrations:
            drawList(state.registrations, pane, in: area, on: &canvas) { context.mirror.registrations[$0] }
        case .transactions:
            drawList(state.transactions, pane, in: area, on: &canvas) { context.mirror.transactions[$0] }
        case .calls: drawList(state.calls, pane, in: area, on: &canvas) { context.mirror.trace.call($0) }
        case .messages:
            drawList(state.messages, pane, in: area, on: &canvas) {
                MessageItem(id: $0, book: context.mirror.trace, isResolved: true)
            }
        case .bans: drawList(state.bans, pane, in: area, on: &canvas) { context.mirror.bans[$0] }
        case .detail: drawDetail(in: area, on: &canvas)
        case .callTransactions: drawCallTransactions(in: area, on: &canvas)
        case .ladder: drawLadder(in: area, on: &canvas)
        case .message: drawMessage(in: area, on: &canvas)
        case .stats: drawStats(in: area, on: &canvas)
        case .audit: drawAudit(in: area, on: &canvas)
        }
    }

    /// True when keys go to the pane.
    func isFocused(_ pane: Pane) -> Bool { state.focus == pane }

    /// Text cut to a width with the ellipsis of the glyph set.
    func cut(_ text: String, _ width: Int, inMiddle: Bool = false) -> String {
        inMiddle
            ? TextWidth.truncatedInMiddle(text, to: width, ellipsis: glyphs[.ellipsis])
            : TextWidth.truncated(text, to: width, ellipsis: glyphs[.ellipsis])
    }

    /// Lines of words in the middle of an area: what to do when there is nothing to show.
    func drawNotice(_ lines: [String], in area: Rectangle, on canvas: inout Canvas) {
        let inside = area.inset(columns: 2, rows: 1)
        guard !inside.isEmpty else { return }
        var row = inside.row + max(0, (inside.height - lines.count) / 2)
        for (place, line) in lines.enumerated() where row < inside.bottom {
            let text = cut(line, inside.width)
            let column = inside.column + max(0, (inside.width - TextWidth.of(text)) / 2)
            canvas.put(
                text,
                column: column,
                row: row,
                place == 0 ? .text : .textMuted,
                limit: inside.right - column
            )
            row += 1
        }
    }

    /// Where we listen, as the empty states name it.
    var listenerWords: String {
        let words = state.mirror.listeners.filter { $0.failure == nil }.map { Words.listener($0.listener) }
        return words.joined(separator: ", ")
    }
}
