import SIPFlow
import SIPReport

extension Screen {
    /// Where the values of a dialog's fields begin.
    private static let fieldColumn = 10

    private func drawName(
        _ name: String,
        isFocused: Bool,
        in area: Rectangle,
        row: Int,
        on canvas: inout Canvas
    ) {
        canvas.put(isFocused ? glyphs[.cursor] + name : " " + name, column: area.column, row: row, .text)
        if isFocused { canvas.cursor = Position(column: area.column, row: row) }
    }

    /// Choices side by side, one of them on; returns the column behind them.
    @discardableResult
    func drawChoices(
        _ name: String,
        _ choices: [(word: String, isOn: Bool)],
        isFocused: Bool,
        in area: Rectangle,
        row: Int,
        on canvas: inout Canvas
    ) -> Int {
        drawName(name, isFocused: isFocused, in: area, row: row, on: &canvas)
        let start = area.column + Self.fieldColumn - 1
        let words = choices.map { "\(glyphs[$0.isOn ? .choiceOn : .choiceOff]) \($0.word)" }
        return canvas.put(
            cut(words.joined(separator: "  "), area.right - start),
            column: start,
            row: row,
            isFocused ? .textStrong : .text,
            limit: area.right - start
        )
    }

    /// The field for an operator's words.
    func drawReason(
        _ reason: TextField,
        isFocused: Bool,
        in area: Rectangle,
        row: Int,
        on canvas: inout Canvas
    ) {
        drawName("Reason", isFocused: isFocused, in: area, row: row, on: &canvas)
        let start = area.column + Self.fieldColumn
        let width = min(36, area.right - start - 14)
        drawText(
            reason,
            "(optional)",
            isFocused,
            column: start,
            row: row,
            width: width,
            in: area,
            on: &canvas
        )
    }

    private func drawText(
        _ field: TextField,
        _ hint: String,
        _ isFocused: Bool,
        column: Int,
        row: Int,
        width: Int,
        in area: Rectangle,
        on canvas: inout Canvas
    ) {
        canvas.put("[", column: column - 1, row: row, .textMuted)
        canvas.put(String(repeating: "_", count: width), column: column, row: row, .textMuted)
        field.draw(on: &canvas, column: column, row: row, width: width, role: .prompt, isFocused: isFocused)
        let end = column + width
        canvas.put("]  \(hint)", column: end, row: row, .textMuted, limit: area.right - end)
    }

    /// For how long a ban lasts.
    func drawTime(_ ban: BanFields, isFocused: Bool, in area: Rectangle, row: Int, on canvas: inout Canvas) {
        let isOther = ban.time == .other
        let times = isOther ? [BanFields.Time.other] : BanFields.Time.allCases
        let choices = times.map { ($0.word, ban.time == $0) }
        let end = drawChoices("Ban", choices, isFocused: isFocused, in: area, row: row, on: &canvas)
        guard isOther else { return }
        let hint = ban.duration == nil ? "such as 90s, 10m, 2h or 7d" : ""
        drawText(ban.typed, hint, isFocused, column: end + 2, row: row, width: 8, in: area, on: &canvas)
    }

    /// What a ban goes by.
    func drawWho(_ ban: BanFields, isFocused: Bool, in area: Rectangle, row: Int, on canvas: inout Canvas) {
        let source = ban.sources.count == 1 ? ban.sources[0].text : "\(ban.sources.count) addresses"
        let aor = ban.aors.count == 1 ? "the AoR" : "\(ban.aors.count) AoRs"
        let choices = ban.choices.map { who in
            switch who {
            case .source: (source, ban.who == who)
            case .aor: (aor, ban.who == who)
            case .both: ("both", ban.who == who)
            }
        }
        drawChoices("  of", choices, isFocused: isFocused, in: area, row: row, on: &canvas)
    }

    /// A key and what it does, if there is room; returns the column behind it.
    ///
    /// While text is typed the key works with Alt.
    func drawAct(
        _ key: Character,
        _ verb: String,
        isTyping: Bool,
        _ column: Int,
        in area: Rectangle,
        row: Int,
        on canvas: inout Canvas
    ) -> Int {
        let key = isTyping ? "alt-\(key)" : String(key)
        let word = isTyping ? " \(verb)" : " = \(verb)"
        guard column + 2 + key.count + word.count <= area.right else { return column }
        let end = canvas.put(key, column: column + 2, row: row, .hintKey)
        return canvas.put(word, column: end, row: row, .dialogDanger)
    }

    /// The button that changes nothing; returns the column behind it.
    func drawCancel(isFocused: Bool, in area: Rectangle, row: Int, on canvas: inout Canvas) -> Int {
        if isFocused { canvas.cursor = Position(column: area.column + 2, row: row) }
        return canvas.put(
            isFocused ? "[ Cancel (enter) ]" : "  Cancel (esc)    ",
            column: area.column,
            row: row,
            style: Style(.dialogButton, overlay: isFocused ? .rowSelected : nil)
        )
    }
}
