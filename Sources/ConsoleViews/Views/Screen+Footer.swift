import SIPFlow
import SIPReport
import SIPTrace

extension Screen {
    /// The row above the hints: a refusal, an undo that runs out, news, or what is wrong.
    ///
    /// No undo is offered in the list of bans, where its key lifts what is selected.
    func drawNews(on canvas: inout Canvas) {
        let row = layout.flashRow
        let width = layout.size.width - 2
        if let flash = state.flash, flash.level == .error {
            canvas.put(cut(flash.text, width), column: 1, row: row, flash.level.role, limit: width)
        } else if let undo = state.undo, state.keyContext != .bans {
            let left = max(1, ((undo.until - state.now).milliseconds + 999) / 1_000)
            let offer = " (U undo \(left)s)"
            let text = cut(undo.text, width - TextWidth.of(offer)) + offer
            canvas.put(text, column: 1, row: row, .flashInfo, limit: width)
        } else if let flash = state.flash {
            canvas.put(cut(flash.text, width), column: 1, row: row, flash.level.role, limit: width)
        } else if let failed = state.mirror.listeners.first(where: { $0.failure != nil }) {
            let text =
                "\(glyphs[.warning]) \(Words.listener(failed.listener)) failed: \(failed.failure ?? "")"
            canvas.put(cut(text, width), column: 1, row: row, .flashError, limit: width)
        } else if let sentence = Diagnosis(state: state, context: context).sentence {
            canvas.put(
                cut("\(glyphs[.warning]) \(sentence)", width),
                column: 1,
                row: row,
                .flashWarn,
                limit: width
            )
        }
    }

    /// The last row: the line being typed, the keys that may follow, or those that work here.
    func drawHints(on canvas: inout Canvas) {
        if let prompt = state.prompt { return drawPrompt(prompt, on: &canvas) }
        var hints: [(key: String, text: String)]
        if case .prefix(let bindings) = Keymap.lookUp(state.keys, in: state.keyContext), !state.keys.isEmpty {
            hints = bindings.map { ($0.keyText, $0.help) }
        } else {
            hints = Keymap.bindings(in: state.keyContext).compactMap { binding in
                binding.hint.map { (binding.keyText, $0) }
            }
            // The last three are the way out and the way to all others: they always have room.
            let kept = hints.suffix(3)
            let free = layout.size.width - 2 - kept.reduce(0) { $0 + Self.width($1) }
            var used = 0
            hints =
                hints.dropLast(3).prefix { hint in
                    used += Self.width(hint)
                    return used <= free
                } + kept
        }
        var column = 1
        for hint in hints where column + Self.width(hint) - 2 <= layout.size.width {
            column = canvas.put(hint.key, column: column, row: layout.hintRow, .hintKey) + 1
            column = canvas.put(hint.text, column: column, row: layout.hintRow, .hintText) + 2
        }
    }

    private static func width(_ hint: (key: String, text: String)) -> Int {
        TextWidth.of(hint.key) + TextWidth.of(hint.text) + 3
    }

    private func drawPrompt(_ prompt: Prompt, on canvas: inout Canvas) {
        let row = layout.hintRow
        let width = layout.size.width
        let message = prompt.error.map { "col \($0.column + 1): \($0.message)" } ?? count(prompt)
        let shown = cut(message, width / 2)
        let role: Role = prompt.error == nil ? .prompt : .promptInvalid
        canvas.put(prompt.sign, column: 1, row: row, .prompt)
        prompt.field.draw(
            on: &canvas,
            column: 2,
            row: row,
            width: width - TextWidth.of(shown) - 5,
            role: role,
            isFocused: true
        )
        canvas.put(
            shown,
            column: width - TextWidth.of(shown) - 1,
            row: row,
            prompt.error == nil ? .textMuted : .flashError
        )
    }

    private func count(_ prompt: Prompt) -> String {
        guard case .filter(let pane) = prompt.kind, let facts = state.facts(pane) else { return "" }
        return "\(facts.count) of \(facts.total)"
    }

    /// What stands on a screen that is too small for anything else.
    func drawCard(on canvas: inout Canvas) {
        let size = layout.size
        let mirror = context.mirror
        let lines = [
            "Terminal is \(size.width)x\(size.height)",
            "Needs \(Layout.minimum.width)x\(Layout.minimum.height) or more",
            "\(mirror.liveRegistrations) regs  \(mirror.runningCallIDs.count) calls",
            "q quit",
        ]
        let hasFrame = size.width >= 32 && size.height >= lines.count + 2
        if hasFrame {
            let area = Rectangle(
                column: (size.width - 30) / 2,
                row: (size.height - lines.count - 2) / 2,
                width: 30,
                height: lines.count + 2
            )
            canvas.box(area, glyphs: glyphs, title: "sipglass")
        }
        let first = max(0, (size.height - lines.count) / 2)
        for (place, line) in lines.enumerated() {
            let column = max(0, (size.width - TextWidth.of(line)) / 2)
            canvas.put(line, column: column, row: first + place, place == 0 ? .textStrong : .text)
        }
    }
}
