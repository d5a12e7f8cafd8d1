import SIPFlow
import SIPReport

extension Screen {
    func draw(_ kick: KickDialog, on canvas: inout Canvas) {
        // On a low screen targets and words give way to the fields and the buttons.
        let shown = min(kick.items.count, layout.size.height < 20 ? 2 : 4)
        let height = 15 + shown + (kick.items.count > shown ? 1 : 0) + (kick.hasScope ? 1 : 0)
        let title = kick.items.count == 1 ? "Kick registration" : "Kick \(kick.items.count) registrations"
        let area = frame(title, width: 68, height: height, on: &canvas)
        var row = drawTargets(kick, shown, in: area, on: &canvas)
        row = drawFields(kick, in: area, row: row + 1, on: &canvas) + 1
        let room = max(0, area.bottom - 2 - row)
        for line in [
            "k: away until its next refresh. o: asked back, x: asked away,",
            "if it watches. b: \(kick.ban.words).",
            "U takes it all back for 10 s. The audit log keeps it.",
        ].prefix(room) {
            canvas.put(cut(line, area.width), column: area.column, row: row, .textMuted, limit: area.width)
            row += 1
        }
        drawButtons(kick, in: area, row: min(row + 1, area.bottom - 1), on: &canvas)
    }

    /// What is kicked, and what goes on all the same; returns the row behind it.
    private func drawTargets(
        _ kick: KickDialog,
        _ shown: Int,
        in area: Rectangle,
        on canvas: inout Canvas
    ) -> Int {
        var row = area.row
        for item in kick.items.prefix(shown) {
            let contact = "\(Words.address(ofURI: item.row.contact)) \(item.row.flow.transport.token)"
            let aor = cut(item.row.aor, area.width / 2)
            let end = canvas.put(aor, column: area.column, row: row, .textStrong, limit: area.width)
            let room = area.right - end
            canvas.put(cut("  contact \(contact)", room), column: end, row: row, .text, limit: room)
            row += 1
        }
        if kick.items.count > shown {
            canvas.put("and \(kick.items.count - shown) more", column: area.column, row: row, .textMuted)
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

    /// What can be typed and chosen; returns the row behind it.
    private func drawFields(_ kick: KickDialog, in area: Rectangle, row: Int, on canvas: inout Canvas) -> Int
    {
        var row = row
        drawReason(kick.reason, isFocused: kick.field == .reason, in: area, row: row, on: &canvas)
        if kick.hasScope {
            row += 1
            let what = kick.items.count == 1 ? "this contact" : "these contacts"
            let stale = kick.stale.isEmpty ? [] : [("\(kick.stale.count) stale", kick.scope == .stale)]
            drawChoices(
                "Scope",
                [(what, kick.scope == .selected)] + stale
                    + [("all \(kick.family.count) of the AoR", kick.scope == .wholeAOR)],
                isFocused: kick.field == .scope,
                in: area,
                row: row,
                on: &canvas
            )
        }
        drawTime(kick.ban, isFocused: kick.field == .banTime, in: area, row: row + 1, on: &canvas)
        drawWho(kick.ban, isFocused: kick.field == .who, in: area, row: row + 2, on: &canvas)
        drawChoices(
            "Bounce",
            KickDialog.Retry.allCases.map { ($0.word, kick.retry == $0) },
            isFocused: kick.field == .retry,
            in: area,
            row: row + 3,
            on: &canvas
        )
        return row + 4
    }

    private func drawButtons(_ kick: KickDialog, in area: Rectangle, row: Int, on canvas: inout Canvas) {
        let isTyping = kick.field == .reason
        var column = drawCancel(isFocused: kick.field == .cancel, in: area, row: row, on: &canvas)
        for act in KickDialog.Act.allCases {
            column = drawAct(act.key, act.verb, isTyping: isTyping, column, in: area, row: row, on: &canvas)
        }
    }
}
