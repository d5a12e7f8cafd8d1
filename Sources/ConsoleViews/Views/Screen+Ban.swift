import SIPFlow
import SIPReport

extension Screen {
    func draw(_ ban: BanDialog, on canvas: inout Canvas) {
        let subjects = ban.hasWho ? ban.ban.aors + ban.ban.sources : ban.subjects
        let shown = min(subjects.count, layout.size.height < 20 ? 2 : 4)
        let height = shown + (subjects.count > shown ? 1 : 0) + (ban.hasWho ? 11 : 10)
        let title = ban.former.isEmpty ? "Ban" : "Give \(Format.count(ban.former.count, "ban")) another time"
        let area = frame(title, width: 68, height: height, on: &canvas)
        var row = area.row
        for subject in subjects.prefix(shown) {
            draw(subject, in: area, row: row, on: &canvas)
            row += 1
        }
        if subjects.count > shown {
            canvas.put("and \(subjects.count - shown) more", column: area.column, row: row, .textMuted)
            row += 1
        }
        drawReason(ban.reason, isFocused: ban.field == .reason, in: area, row: row + 1, on: &canvas)
        drawTime(ban.ban, isFocused: ban.field == .banTime, in: area, row: row + 2, on: &canvas)
        row += 3
        if ban.hasWho {
            drawWho(ban.ban, isFocused: ban.field == .who, in: area, row: row, on: &canvas)
            row += 1
        }
        let means = ban.former.isEmpty ? "b: \(ban.ban.words)." : "b: counted from now on."
        let rest = "What is registered stays until its time ends; K drops it too."
        for (place, line) in [means, ban.ban.aors.isEmpty ? "The audit log keeps it." : rest].enumerated() {
            canvas.put(cut(line, area.width), column: area.column, row: row + 1 + place, .textMuted)
        }
        let column = drawCancel(isFocused: ban.field == .cancel, in: area, row: row + 4, on: &canvas)
        let isTyping = ban.field == .reason
        _ = drawAct("b", "ban", isTyping: isTyping, column, in: area, row: row + 4, on: &canvas)
    }

    private func draw(_ subject: BanSubject, in area: Rectangle, row: Int, on canvas: inout Canvas) {
        let end = canvas.put(cut(subject.text, area.width), column: area.column, row: row, .textStrong)
        guard let until = context.mirror.bans[subject]?.until else { return }
        let words = "  banned for \(Format.countdown(until - context.now)) more"
        canvas.put(cut(words, area.right - end), column: end, row: row, .textMuted)
    }
}
