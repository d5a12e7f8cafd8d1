import SIPFlow
import SIPReport

extension Screen {
    /// The open dialog, over everything.
    func drawDialog(on canvas: inout Canvas) {
        switch state.dialog {
        case nil: break
        case .kick(let kick): draw(kick, on: &canvas)
        case .quit: drawQuit(on: &canvas)
        case .help(let help): draw(help, on: &canvas)
        case .choice(let choice): draw(choice, on: &canvas)
        }
    }

    /// An empty framed area in the middle of the screen.
    private func frame(
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

    private func draw(_ kick: KickDialog, on canvas: inout Canvas) {
        let shown = min(kick.items.count, Self.shownTargets)
        let height = 13 + shown + (kick.items.count > shown ? 1 : 0) + (kick.hasScope ? 1 : 0)
        let title = kick.items.count == 1 ? "Kick registration" : "Kick \(kick.items.count) registrations"
        let area = frame(title, width: 68, height: height, on: &canvas)
        var row = drawTargets(kick, in: area, on: &canvas)
        row = drawFields(kick, in: area, row: row + 1, on: &canvas)
        // On a low screen the words give way to the buttons.
        let room = max(0, area.bottom - 2 - row)
        for line in [
            "k: away until its next refresh. o: asked to come back,",
            "if it watches. b: refused from its address for a time.",
            "U takes it all back for 10 s. The audit log keeps it.",
        ].prefix(room) {
            canvas.put(cut(line, area.width), column: area.column, row: row, .textMuted, limit: area.width)
            row += 1
        }
        drawButtons(kick, in: area, row: min(row + 1, area.bottom - 1), on: &canvas)
    }

    private static let shownTargets = 4

    /// What is kicked, and what goes on all the same; returns the row behind it.
    private func drawTargets(_ kick: KickDialog, in area: Rectangle, on canvas: inout Canvas) -> Int {
        var row = area.row
        for item in kick.items.prefix(Self.shownTargets) {
            let contact = "\(Words.address(ofURI: item.row.contact)) \(item.row.flow.transport.token)"
            let aor = cut(item.row.aor, area.width / 2)
            let end = canvas.put(aor, column: area.column, row: row, .textStrong, limit: area.width)
            let room = area.right - end
            canvas.put(cut("  contact \(contact)", room), column: end, row: row, .text, limit: room)
            row += 1
        }
        if kick.items.count > Self.shownTargets {
            let words = "and \(kick.items.count - Self.shownTargets) more"
            canvas.put(words, column: area.column, row: row, .textMuted)
            row += 1
        }
        let calls =
            kick.calls > 0 ? "\(Format.count(kick.calls, "active call")) will NOT be ended" : "No active call"
        canvas.put(
            calls,
            column: area.column,
            row: row,
            kick.calls > 0 ? .flashWarn : .textMuted,
            limit: area.width
        )
        return row + 1
    }

    private func drawButtons(_ kick: KickDialog, in area: Rectangle, row: Int, on canvas: inout Canvas) {
        let isCancel = kick.field == .cancel
        var column = canvas.put(
            isCancel ? "[ Cancel (enter) ]" : "  Cancel (esc)    ",
            column: area.column,
            row: row,
            style: Style(.dialogButton, overlay: isCancel ? .rowSelected : nil)
        )
        for (act, verb) in [(KickDialog.Act.drop, "drop"), (.bounce, "bounce"), (.ban, "ban")] {
            let key = kick.field == .reason ? "alt-\(act.key)" : String(act.key)
            column = canvas.put(key, column: column + 2, row: row, .hintKey, limit: area.right - column)
            let word = kick.field == .reason ? " \(verb)" : " = \(verb)"
            column = canvas.put(word, column: column, row: row, .dialogDanger, limit: area.right - column)
        }
        if isCancel { canvas.cursor = Position(column: area.column + 2, row: row) }
    }

    /// The reason and the scope; returns the row behind them.
    private func drawFields(_ kick: KickDialog, in area: Rectangle, row: Int, on canvas: inout Canvas) -> Int
    {
        var row = row
        let start = area.column + 10
        let width = min(36, area.right - start - 14)
        let isReason = kick.field == .reason
        canvas.put(isReason ? "\(glyphs[.cursor])Reason" : " Reason", column: area.column, row: row, .text)
        canvas.put("[", column: start - 1, row: row, .textMuted)
        canvas.put(String(repeating: "_", count: width), column: start, row: row, .textMuted)
        kick.reason.draw(
            on: &canvas,
            column: start,
            row: row,
            width: width,
            role: .prompt,
            isFocused: isReason
        )
        canvas.put(
            "]  (optional)",
            column: start + width,
            row: row,
            .textMuted,
            limit: area.right - start - width
        )
        row += 1
        if kick.hasScope {
            let isScope = kick.field == .scope
            canvas.put(isScope ? "\(glyphs[.cursor])Scope" : " Scope", column: area.column, row: row, .text)
            let mark = { glyphs[kick.scope == $0 ? .choiceOn : .choiceOff] }
            let what = kick.items.count == 1 ? "this contact" : "these contacts"
            let stale = kick.stale.isEmpty ? "" : "\(mark(.stale)) \(kick.stale.count) stale  "
            let words =
                "\(mark(.selected)) \(what)  \(stale)\(mark(.wholeAOR)) all \(kick.family.count) of the AoR"
            canvas.put(
                words,
                column: start - 1,
                row: row,
                isScope ? .textStrong : .text,
                limit: area.right - start + 1
            )
            row += 1
        }
        drawBan(kick, in: area, row: row, on: &canvas)
        return row + 2
    }

    /// How long a ban would last, and of what.
    private func drawBan(_ kick: KickDialog, in area: Rectangle, row: Int, on canvas: inout Canvas) {
        let isFocused = kick.field == .banTime
        canvas.put(isFocused ? "\(glyphs[.cursor])Ban" : " Ban", column: area.column, row: row, .text)
        let times = KickDialog.BanTime.allCases.map { time in
            "\(glyphs[kick.banTime == time ? .choiceOn : .choiceOff]) \(time.word)"
        }
        let sources = kick.sources
        let whom = sources.count == 1 ? sources[0].description : "\(sources.count) addresses"
        canvas.put(
            cut("\(times.joined(separator: "  "))  of \(whom)", area.width - 9),
            column: area.column + 9,
            row: row,
            isFocused ? .textStrong : .text,
            limit: area.width - 9
        )
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
