import SIPFlow
import SIPReport

extension ConsoleState {
    /// Takes in an event.
    mutating func handle(_ event: ConsoleEvent) -> [ConsoleEffect] {
        switch event {
        case .key(let key): return handle(key)
        case .resize(let size): self.size = size
        case .tick(let moment): advance(to: moment)
        case .update(let report, let chunks):
            advance(to: max(now, report.moment))
            mirror.merge(report, changes: &changes)
            for chunk in chunks { mirror.absorb(chunk, changes: &changes) }
        case .outcome(let outcome): handle(outcome)
        case .notice(let text, let level): say(text, level)
        }
        return []
    }

    private mutating func advance(to moment: Moment) {
        now = max(now, moment)
        mirror.advance(to: now, changes: &changes)
        if let flash, flash.until <= now { self.flash = nil }
        if let undo, undo.until <= now { self.undo = nil }
    }

    private mutating func handle(_ outcome: CommandOutcome) {
        switch outcome {
        case .kicked(let entry):
            undo = UndoOffer(
                audit: entry.number,
                text: "\(word(entry)) \(targets(entry))",
                until: now + .seconds(10)
            )
            flash = nil
            registrations.apply(.clearMarks)
        case .undone(let entry):
            undo = nil
            say("undone: \(targets(entry)) is registered again")
        case .banned(let entry): note(banned: entry)
        case .unbanned(let entry): say("let in again: \(targets(entry))")
        case .refused(let reason): say(reason, .error)
        }
    }

    private func word(_ entry: AuditEntry) -> String {
        switch entry.act {
        case "bounce": "bounced"
        case "reject": "rejected"
        case _: "dropped"
        }
    }

    /// A ban that came with a kick is taken back with it.
    private mutating func note(banned entry: AuditEntry) {
        guard undo != nil else { return say("banned: \(targets(entry))") }
        let words = ", banned \(targets(entry))"
        undo?.text += words
        for target in entry.targets {
            let address = target.hasSuffix("/64") ? target.dropLast(3) : Substring(target)
            if let ip = IPAddress(address) { undo?.banned.append(ip) }
        }
    }

    private func targets(_ entry: AuditEntry) -> String {
        entry.targets.count == 1 ? entry.targets[0] : Format.count(entry.targets.count, "binding")
    }

    private mutating func handle(_ key: Key) -> [ConsoleEffect] {
        switch key {
        case .resize, .focus, .mouse: return []
        default: break
        }
        if layout.kind == .card { return handleOnCard(key) }
        if dialog != nil { return handleInDialog(key) }
        if prompt != nil { return handleInPrompt(key) }
        if case .paste = key { return [] }
        keys.append(key)
        switch Keymap.lookUp(keys, in: keyContext) {
        case .action(let action):
            keys = []
            return perform(action)
        case .prefix: return []
        case .nothing:
            let typed = keys
            keys = []
            // Esc only gives up a sequence; another key that fits nowhere begins anew.
            return typed.count > 1 && key != .escape ? handle(key) : []
        }
    }

    /// On a screen that is too small only leaving is possible.
    private mutating func handleOnCard(_ key: Key) -> [ConsoleEffect] {
        switch key {
        case .character("q"), .control("c"): [.quit]
        case .control("z"): [.suspend]
        case .control("l"): [.redraw]
        default: []
        }
    }

    private mutating func handleInDialog(_ key: Key) -> [ConsoleEffect] {
        if key == .control("l") { return [.redraw] }
        if key == .control("z") { return [.suspend] }
        let result: DialogResult
        switch dialog {
        case .kick(var kick):
            result = kick.handle(key)
            dialog = .kick(kick)
        case .help(var help):
            result = help.handle(key)
            dialog = .help(help)
        case .choice(var choice):
            result = choice.handle(key)
            dialog = .choice(choice)
        case .quit:
            switch key {
            case .character("q"): return [.quit]
            case .enter, .escape, .control("c"): result = .close
            default: result = .stay
            }
        case nil: return []
        }
        switch result {
        case .stay: return []
        case .close: dialog = nil
        case .effects(let effects):
            dialog = nil
            return effects
        case .run(let action):
            dialog = nil
            return perform(action)
        case .change(let listChange):
            dialog = nil
            change(focus, listChange)
        }
        return []
    }
}
