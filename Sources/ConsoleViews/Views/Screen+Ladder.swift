import SIPFlow
import SIPTrace

extension Screen {
    /// The ladder: a column for each endpoint, a row for each message.
    func drawLadder(in area: Rectangle, on canvas: inout Canvas) {
        let model = state.ladder
        canvas.box(
            area,
            glyphs: glyphs,
            isFocused: isFocused(.ladder),
            title: ladderTitle(model, width: area.width),
            foot: ladderFoot(model, area)
        )
        guard !model.ladder.rows.isEmpty else {
            return drawNotice(ladderNotice(model), in: area, on: &canvas)
        }
        let inside = area.inset()
        let painter = LadderPainter(model: model, screen: self, area: inside)
        painter.drawNames(on: &canvas)
        for (place, row) in model.ladder.rows.dropFirst(model.top).prefix(max(0, inside.height - 1))
            .enumerated()
        {
            let at = inside.row + 1 + place
            painter.draw(row, row: at, on: &canvas)
            guard let id = row.message?.sequence, id == model.selected else { continue }
            let line = Rectangle(column: inside.column, row: at, width: inside.width, height: 1)
            drawSelection(on: line, of: .ladder, on: &canvas)
        }
    }

    private func ladderTitle(_ model: LadderModel, width: Int) -> String {
        guard let callID = model.callID else { return "Ladder" }
        let who = context.mirror.trace.call(callID).map { "\($0.from) > \($0.to)  " } ?? ""
        let forks = model.ladder.forkCount > 1 ? "  \(model.ladder.forkCount) forks" : ""
        let room = width - 6 - TextWidth.of("Ladder \(who)\(forks)")
        return "Ladder \(who)\(cut(callID, max(8, room), inMiddle: true))\(forks)"
    }

    private func ladderFoot(_ model: LadderModel, _ area: Rectangle) -> String {
        let count = model.ladder.rows.count
        let height = area.height - 3
        var words: [String] = []
        if model.ladder.missing > 0 { words.append("\(model.ladder.missing) older no longer kept") }
        if model.isUnfolded { words.append("retransmissions unfolded") }
        if count > height { words.append("\(model.top + 1)-\(min(count, model.top + height)) of \(count)") }
        return words.joined(separator: "  ")
    }

    private func ladderNotice(_ model: LadderModel) -> [String] {
        if model.callID == nil {
            return [
                "Nothing is selected.",
                "Choose a call with 4, or a registration with 2; enter opens its ladder.",
            ]
        }
        return ["No messages of this are kept any more.", "The trace keeps the newest; 6 lists them."]
    }
}

/// Draws names and rows of a ladder.
struct LadderPainter {
    let model: LadderModel
    let screen: Screen
    let area: Rectangle
    private let geometry: LadderGeometry
    private let first: Moment?

    private var glyphs: GlyphSet { screen.glyphs }

    init(model: LadderModel, screen: Screen, area: Rectangle) {
        self.model = model
        self.screen = screen
        self.area = area
        geometry = LadderGeometry(
            columns: model.ladder.columns.count,
            first: model.sideways,
            width: area.width
        )
        first = model.ladder.rows.first?.message?.moment
    }

    func drawNames(on canvas: inout Canvas) {
        let title =
            switch model.timeMode {
            case .clock: "  time"
            case .sinceStart: "  since start"
            case .delta: geometry.hasDelta ? "  time" : "  delta"
            }
        canvas.put(title, column: area.column, row: area.row, .tableHeader, limit: area.width)
        if geometry.hasDelta {
            canvas.put(
                "delta",
                column: area.column + 18,
                row: area.row,
                .tableHeader,
                limit: max(0, area.width - 18)
            )
        }
        let names = LadderNames(model.ladder.columns)
        for column in geometry.columns {
            guard let line = geometry.line(column) else { continue }
            let name = names.name(column, width: geometry.spacing - 1, ellipsis: glyphs[.ellipsis])
            let start =
                area.column + max(0, min(line - TextWidth.of(name) / 2, area.width - TextWidth.of(name)))
            let role: Role = model.ladder.columns[column].isOwn ? .textStrong : .tableHeader
            canvas.put(name, column: start, row: area.row, role, limit: area.right - start)
        }
        let hidden = geometry.hidden
        if hidden.left > 0 {
            canvas.put(
                "<\(hidden.left)",
                column: area.column + geometry.margin - 3,
                row: area.row,
                .flashWarn
            )
        }
        if hidden.right > 0 {
            let text = " \(hidden.right)>"
            canvas.put(text, column: area.right - TextWidth.of(text), row: area.row, .flashWarn)
        }
    }

    func draw(_ row: LadderRow, row at: Int, on canvas: inout Canvas) {
        switch row {
        case .idle(let silence): drawGap(silence, row: at, on: &canvas)
        case .message(let message):
            drawLifeLines(row: at, on: &canvas)
            drawMargin(message, row: at, on: &canvas)
            drawArrow(message, row: at, on: &canvas)
        }
    }

    private func drawLifeLines(row: Int, on canvas: inout Canvas) {
        for line in geometry.lines where line < area.width {
            canvas.put(glyphs[.lifeLine], column: area.column + line, row: row, .border)
        }
    }

    private func drawGap(_ silence: Interval, row: Int, on canvas: inout Canvas) {
        let words = " \(Format.wait(silence)) idle "
        let width = max(0, min(area.width, geometry.end) - geometry.margin)
        let fill = max(0, width - TextWidth.of(words)) / 2
        let tildes = String(repeating: "~", count: fill)
        canvas.put(
            tildes + words + tildes,
            column: area.column + geometry.margin,
            row: row,
            .textMuted,
            limit: area.width - geometry.margin
        )
    }

    private func drawMargin(_ message: LadderMessage, row: Int, on canvas: inout Canvas) {
        let time =
            switch model.timeMode {
            case .clock: screen.context.clock(message.moment)
            case .sinceStart: Format.delta(message.moment - (first ?? message.moment))
            case .delta where geometry.hasDelta: screen.context.clock(message.moment)
            case .delta: message.delta.map(Format.delta) ?? ""
            }
        canvas.put(
            TextWidth.padded(time, to: 12, alignedRight: true),
            column: area.column + 2,
            row: row,
            .textMuted,
            limit: max(0, area.width - 2)
        )
        if geometry.hasDelta, let delta = message.delta {
            let text = TextWidth.padded(Format.delta(delta), to: 8, alignedRight: true)
            canvas.put(text, column: area.column + 15, row: row, .textMuted, limit: max(0, area.width - 15))
        }
        if let fork = message.fork {
            let column = geometry.margin - 2
            canvas.put(
                fork.letter,
                column: area.column + column,
                row: row,
                .fork(fork.index),
                limit: max(0, area.width - column)
            )
        }
    }

    private func drawArrow(_ message: LadderMessage, row: Int, on canvas: inout Canvas) {
        let role = self.role(message)
        guard let from = geometry.line(message.from), let to = geometry.line(message.to) else {
            return drawHidden(message, role, row: row, on: &canvas)
        }
        guard from != to else {
            let text = "\(label(message)) to itself"
            canvas.put(text, column: area.column + from + 2, row: row, role, limit: area.width - from - 2)
            return
        }
        let left = min(from, to) + 1
        let width = abs(from - to) - 1
        let isRepeat = message.retransmissions > 0 || message.repetition != nil
        let shaft = glyphs[isRepeat ? .retransmitLine : .arrowLine]
        let start = area.column + left
        for offset in 0..<width { canvas.put(shaft, column: start + offset, row: row, role) }
        let head = message.drop == nil || message.drop == .absorbed ? nil : glyphs[.cross]
        if from < to {
            canvas.put(head ?? glyphs[.arrowRight], column: start + width - 1, row: row, role)
        } else {
            canvas.put(head ?? glyphs[.arrowLeft], column: start, row: row, role)
        }
        // The head keeps its cell; where the words do not fit, the code alone says it.
        let whole = label(message)
        let code = String(whole.prefix { $0.isNumber })
        let text = screen.cut(TextWidth.of(whole) > width - 1 && !code.isEmpty ? code : whole, width - 1)
        let space = width - 1 - TextWidth.of(text)
        canvas.put(text, column: start + (from < to ? (space + 1) / 2 : 1 + space / 2), row: row, role)
        drawTags(message, row: row, on: &canvas)
    }

    /// A message to or from a column that is scrolled away.
    private func drawHidden(_ message: LadderMessage, _ role: Role, row: Int, on canvas: inout Canvas) {
        let names = LadderNames(model.ladder.columns)
        let sides = [message.from, message.to].map { names.name($0, width: 16, ellipsis: glyphs[.ellipsis]) }
        let text = "\(label(message))  \(sides[0]) > \(sides[1])"
        canvas.put(
            screen.cut(text, area.width - geometry.margin),
            column: area.column + geometry.margin,
            row: row,
            role,
            limit: max(0, area.width - geometry.margin)
        )
    }

    /// What a message carries, behind the diagram where there is room.
    private func drawTags(_ message: LadderMessage, row: Int, on canvas: inout Canvas) {
        var words = message.tags.map { "[\($0)]" }
        if let drop = message.drop { words.insert(drop.text, at: 0) }
        let room = area.width - geometry.end - 1
        guard room >= 8, !words.isEmpty else { return }
        let isBad = message.drop != nil && message.drop != .absorbed
        canvas.put(
            screen.cut(words.joined(separator: " "), room),
            column: area.column + geometry.end + 1,
            row: row,
            isBad ? .stateBad : .textMuted,
            limit: room
        )
    }

    private func label(_ message: LadderMessage) -> String {
        if message.retransmissions > 0 { return "\(message.label) x\(message.retransmissions + 1)" }
        if let repetition = message.repetition { return "\(message.label) rtx \(repetition)" }
        return message.label
    }

    private func role(_ message: LadderMessage) -> Role {
        if message.drop != nil && message.drop != .absorbed { return .stateBad }
        if message.repetition != nil { return .sipRetransmit }
        return message.kind.role
    }
}
