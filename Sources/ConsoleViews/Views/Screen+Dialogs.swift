import SIPFlow
import SIPReport

extension Screen {
    /// The open dialog, over everything.
    func drawDialog(on canvas: inout Canvas) {
        switch state.dialog {
        case nil: break
        case .kick(let kick): draw(kick, on: &canvas)
        case .ban(let ban): draw(ban, on: &canvas)
        case .quit: drawQuit(on: &canvas)
        case .help(let help): draw(help, on: &canvas)
        case .choice(let choice): draw(choice, on: &canvas)
        }
    }

    /// An empty framed area in the middle of the screen.
    func frame(
        _ title: String,
        width: Int,
        height: Int,
        foot: String = "",
        on canvas: inout Canvas
    ) -> Rectangle {
        let size = layout.size
        let width = min(width, size.width - 2)
        let height = min(height, size.height - 2)
        let area = Rectangle(
            column: (size.width - width) / 2,
            row: (size.height - height) / 2,
            width: width,
            height: height
        )
        canvas.fill(area, style: .text)
        canvas.box(area, glyphs: glyphs, isFocused: true, title: title, foot: foot)
        canvas.cursor = nil
        return area.inset(columns: 2, rows: 1)
    }

    private func drawQuit(on canvas: inout Canvas) {
        let area = frame("Leave sipglass", width: 58, height: 9, on: &canvas)
        let registrations = Format.count(state.mirror.liveRegistrations, "registration")
        let calls = Format.count(state.mirror.runningCallIDs.count, "call")
        canvas.put(
            "\(registrations), \(calls).",
            column: area.column,
            row: area.row + 1,
            .textStrong,
            limit: area.width
        )
        canvas.put(
            cut("The registrar and proxy in here stop as well.", area.width),
            column: area.column,
            row: area.row + 2,
            .text,
            limit: area.width
        )
        let row = area.row + 5
        let column = canvas.put(
            "[ Stay (enter) ]",
            column: area.column + 2,
            row: row,
            style: Style(.dialogButton, overlay: .rowSelected)
        )
        let end = canvas.put("q", column: column + 3, row: row, .hintKey)
        canvas.put(" = quit", column: end, row: row, .dialogDanger)
        canvas.cursor = Position(column: area.column + 4, row: row)
    }

    private func draw(_ help: HelpDialog, on canvas: inout Canvas) {
        let entries = help.shown
        let height = min(layout.size.height - 4, help.entries.count + 4)
        let area = frame(
            "Help: \(help.place)",
            width: 76,
            height: height,
            foot: "\(entries.isEmpty ? 0 : help.selected + 1) of \(entries.count)",
            on: &canvas
        )
        canvas.put(
            "Type to search, enter runs, esc closes: ",
            column: area.column,
            row: area.row,
            .textMuted,
            limit: area.width
        )
        let start = area.column + 40
        help.field.draw(
            on: &canvas,
            column: start,
            row: area.row,
            width: area.right - start,
            role: .prompt,
            isFocused: true
        )
        drawEntries(entries, selected: help.selected, in: area, on: &canvas)
    }

    private func drawEntries(
        _ entries: [HelpDialog.Entry],
        selected: Int,
        in area: Rectangle,
        on canvas: inout Canvas
    ) {
        let room = max(0, area.height - 2)
        guard !entries.isEmpty else {
            canvas.put("No key does that here.", column: area.column, row: area.row + 2, .textMuted)
            return
        }
        let top = max(0, min(selected - room / 2, entries.count - room))
        for (place, entry) in entries.dropFirst(top).prefix(room).enumerated() {
            let row = area.row + 2 + place
            let keys = TextWidth.padded(entry.keys, to: 14, alignedRight: true)
            canvas.put(keys, column: area.column + 1, row: row, .hintKey)
            canvas.put(cut(entry.help, area.width - 18), column: area.column + 18, row: row, .text)
            if top + place == selected { drawChoice(row: row, in: area, on: &canvas) }
        }
    }

    /// Shows that an entry of a dialog is selected.
    private func drawChoice(row: Int, in area: Rectangle, on canvas: inout Canvas) {
        canvas.put(glyphs[.cursor], column: area.column, row: row, .textStrong)
        canvas.overlay(
            Rectangle(column: area.column, row: row, width: area.width, height: 1),
            with: .rowSelected
        )
    }

    private func draw(_ choice: ChoiceDialog, on canvas: inout Canvas) {
        let height = choice.entries.count + 2
        let area = frame(choice.title, width: 30, height: height, foot: "enter, esc", on: &canvas)
        let top = max(0, choice.selected - area.height + 1)
        for (place, entry) in choice.entries.dropFirst(top).prefix(area.height).enumerated() {
            let row = area.row + place
            canvas.put(cut(entry, area.width - 2), column: area.column + 2, row: row, .text)
            guard top + place == choice.selected else { continue }
            drawChoice(row: row, in: area, on: &canvas)
            canvas.cursor = Position(column: area.column, row: row)
        }
    }
}
