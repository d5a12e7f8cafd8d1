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
        let needle = state.search.map(SearchText.init)
        for (place, line) in lines.dropFirst(model.top).prefix(max(0, inside.height - 1)).enumerated() {
            let at = inside.row + 1 + place
            let end = canvas.put(
                line.head,
                column: inside.column,
                row: at,
                line.headRole,
                limit: inside.width
            )
            let room = inside.right - end
            canvas.put(
                cut(line.rest, room),
                column: end,
                row: at,
                line.isChanged ? .sipChanged : line.role,
                limit: room
            )
            if line.isChanged { canvas.put("*", column: inside.column - 1, row: at, .sipChanged) }
            if let needle, needle.occurs(in: line.text) {
                canvas.overlay(
                    Rectangle(column: inside.column, row: at, width: inside.width, height: 1),
                    with: .searchMatch
                )
            }
        }
        if isFocused(.message), state.dialog == nil, state.prompt == nil {
            canvas.cursor = Position(column: inside.column, row: inside.row + 1)
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
