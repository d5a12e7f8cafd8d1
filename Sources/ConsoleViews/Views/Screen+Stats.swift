import SIPFlow
import SIPReport

extension Screen {
    /// The counters since the engine's start, and what was dropped by reason.
    func drawStats(in area: Rectangle, on canvas: inout Canvas) {
        canvas.box(area, glyphs: glyphs, isFocused: isFocused(.stats), title: "Counters since the start")
        let inside = area.inset(columns: 2, rows: 1)
        let counters = context.mirror.counters
        var lines: [(String, Int, Role)] = [
            ("messages received", counters.received, .text), ("messages sent", counters.sent, .text),
            ("requests received", counters.requests, .sipRequest), ("  INVITE", counters.invites, .text),
            ("  REGISTER", counters.registers, .text), ("  OPTIONS", counters.options, .text),
        ]
        for (place, count) in counters.responses.enumerated() {
            lines.append(("\(place + 1)xx responses sent", count, Role.response((place + 1) * 100)))
        }
        lines.append(("retransmissions", counters.retransmissions, .sipRetransmit))
        lines.append(("bindings", counters.bindings, .text))
        lines.append(("transactions", counters.transactions, .text))
        if counters.failedLogins > 0 {
            lines.append(("failed logins", counters.failedLogins, .stateWarn))
            lines.append(("logins not looked at", counters.limitedLogins, .stateWarn))
        }
        lines.append(("went no further", counters.drops.values.reduce(0, +), .text))
        for (reason, count) in counters.drops.sorted(by: { $0.key < $1.key }) {
            lines.append(("  \(reason)", count, .stateWarn))
        }
        let store = storeLine
        let rows = store == nil ? 0 : 1
        drawColumns(
            lines,
            in: Rectangle(
                column: inside.column,
                row: inside.row,
                width: inside.width,
                height: max(0, inside.height - rows)
            ),
            on: &canvas
        )
        guard let store, inside.height > 0 else { return }
        let column = canvas.put("store ", column: inside.column, row: inside.bottom - 1, .textMuted)
        canvas.put(
            cut(Printable.escaped(store.text), inside.right - column),
            column: column,
            row: inside.bottom - 1,
            store.role
        )
    }

    /// Where registrations last, or why they no longer do; nil when they live in memory by choice.
    private var storeLine: (text: String, role: Role)? {
        let store = context.mirror.store
        if let failure = store.failure {
            return ("failed: \(failure); memory only (\(store.path))", .stateBad)
        }
        guard !store.path.isEmpty else { return nil }
        var words = [store.path]
        if store.restored > 0 { words.append("\(store.restored) restored") }
        if store.expired > 0 { words.append("\(store.expired) ran out meanwhile") }
        if store.dropped > 0 { words.append("\(store.dropped) dropped: their listener is gone") }
        return (words.joined(separator: ", "), store.dropped > 0 ? .stateWarn : .text)
    }

    /// Names and numbers, in a second column where the first is full.
    private func drawColumns(_ lines: [(String, Int, Role)], in area: Rectangle, on canvas: inout Canvas) {
        let width = 36
        for (place, line) in lines.enumerated() where area.height > 0 {
            let column = area.column + place / area.height * (width + 2)
            let row = area.row + place % area.height
            guard column + width <= area.right || column == area.column else { return }
            canvas.put(line.0, column: column, row: row, .textMuted, limit: min(26, area.right - column))
            let number = TextWidth.padded(String(line.1), to: 10, alignedRight: true)
            canvas.put(
                number,
                column: column + 26,
                row: row,
                line.1 == 0 ? .textMuted : line.2,
                limit: area.right - column - 26
            )
        }
    }

    /// The audit log, newest first.
    func drawAudit(in area: Rectangle, on canvas: inout Canvas) {
        let entries = context.mirror.audit
        canvas.box(area, glyphs: glyphs, title: "Audit log \(entries.count)")
        guard !entries.isEmpty else {
            return drawNotice(
                ["Nothing was done yet.", "Every kick, ban and undo is written down here."],
                in: area,
                on: &canvas
            )
        }
        let inside = area.inset(columns: 2, rows: 1)
        for (place, entry) in entries.reversed().prefix(inside.height).enumerated() {
            let local = entry.unixNanoseconds + Int64(context.utcOffset) * 1_000_000_000
            var words = [
                Format.clock(local, withMilliseconds: false), "#\(entry.number)", entry.actor, entry.act,
                entry.targets.joined(separator: ", "),
            ]
            if !entry.reason.isEmpty { words.append("reason \"\(entry.reason)\"") }
            let text = cut(Printable.escaped(words.joined(separator: "  ")), inside.width)
            canvas.put(text, column: inside.column, row: inside.row + place, .text, limit: inside.width)
        }
    }
}
