import SIPFlow
import SIPTrace

extension Screen {
    /// The message: decoded, byte for byte, or in hexadecimal.
    func drawMessage(in area: Rectangle, on canvas: inout Canvas) {
        let model = state.message
        let row = model.sequence.flatMap { context.mirror.trace.message($0) }
        let inside = area.inset(columns: 2, rows: 1)
        let lines = state.messageLines(width: inside.width)
        canvas.box(
            area,
            glyphs: glyphs,
            isFocused: isFocused(.message),
            title: row.map(messageTitle) ?? "Message",
            foot: messageFoot(lines.count, inside.height)
        )
        guard let row else {
            let words = model.sequence == nil ? "No message is selected." : "This message is no longer kept."
            return drawNotice([words], in: area, on: &canvas)
        }
        canvas.put(
            messageFacts(row, width: inside.width),
            column: inside.column,
            row: inside.row,
            .textMuted,
            limit: inside.width
        )
        drawLines(lines, in: inside, on: &canvas)
        if isFocused(.message), state.dialog == nil, state.prompt == nil {
            canvas.cursor = Position(column: inside.column, row: inside.row + 1)
        }
    }

    /// The lines below the first, with what was searched and what has changed.
    private func drawLines(_ lines: [MessageLine], in area: Rectangle, on canvas: inout Canvas) {
        let needle = state.search.map(SearchText.init)
        let shown = lines.dropFirst(state.message.top).prefix(max(0, area.height - 1))
        for (place, line) in shown.enumerated() {
            let row = area.row + 1 + place
            let end = canvas.put(line.head, column: area.column, row: row, line.headRole, limit: area.width)
            let room = area.right - end
            let role = line.isChanged ? .sipChanged : line.role
            canvas.put(cut(line.rest, room), column: end, row: row, role, limit: room)
            if line.isChanged { canvas.put("*", column: area.column - 1, row: row, .sipChanged) }
            if let needle, needle.occurs(in: line.text) {
                let whole = Rectangle(column: area.column, row: row, width: area.width, height: 1)
                canvas.overlay(whole, with: .searchMatch)
            }
        }
    }

    private func messageTitle(_ row: MessageRow) -> String {
        let sequences = row.callID.map { context.mirror.trace.sequences(callID: $0) } ?? []
        let place = sequences.firstIndex(of: row.sequence).map { " \($0 + 1)/\(sequences.count)" } ?? ""
        return "Message\(place)  \(row.kind == .request ? row.method ?? "" : row.summary)"
    }

    /// Where the message went, and as much about it as fits whole.
    private func messageFacts(_ row: MessageRow, width: Int) -> String {
        let way = row.direction == .received ? "\(row.flow.peer) > sipglass" : "sipglass > \(row.flow.peer)"
        let facts = [row.note, row.flow.transport.token, context.clock(row.moment), "\(row.size) B"]
        return facts.filter { !$0.isEmpty }.reduce(cut(way, width)) { line, fact in
            TextWidth.of(line) + TextWidth.of(fact) + 2 <= width ? "\(line)  \(fact)" : line
        }
    }

    private func messageFoot(_ count: Int, _ height: Int) -> String {
        let form =
            switch state.message.form {
            case .decoded: "decoded"
            case .raw: "raw"
            case .hexadecimal: "hex"
            }
        let shown = height - 1
        guard count > shown, shown > 0 else { return form }
        let top = state.message.top
        return "\(form)  \(top + 1)-\(min(count, top + shown)) of \(count)"
    }
}
