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
            offerUndo(of: entry, "\(Words.done(entry.act)) \(targets(entry))")
        case .kickedAndBanned(let entry, let ban):
            offerUndo(of: entry, "\(Words.done(entry.act)) \(targets(entry)), banned \(targets(ban))")
        case .undone(let entry):
            undo = nil
            // A ban that went with the kick is named without a contact.
            let bindings = entry.targets.filter { $0.contains(" ") }
            let names = bindings.count == 1 ? "\(bindings[0]) is" : "\(bindings.count) bindings are"
            let ban = bindings.count < entry.targets.count ? ", banned no more" : ""
            say("undone: \(names) registered again\(ban)")
        case .banned(let entry):
            change(focus, .clearMarks)
            say("banned \(targets(entry)); 7 shows for how long")
        case .unbanned(let entry):
            bans.apply(.clearMarks)
            say("let in again: \(targets(entry))")
        case .refused(let reason): say(reason, .error)
        }
    }

    private mutating func offerUndo(of entry: AuditEntry, _ text: String) {
        undo = UndoOffer(audit: entry.number, text: text, until: now + .seconds(10))
        flash = nil
        registrations.apply(.clearMarks)
    }

    /// Whom an act touched: by name, or how many they are.
    private func targets(_ entry: AuditEntry) -> String {
        guard entry.targets.count != 1 else { return entry.targets[0] }
        return entry.act == "ban" || entry.act == "unban"
            ? "\(entry.targets.count) at once" : Format.count(entry.targets.count, "binding")
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
        case .ban(var ban):
            result = ban.handle(key)
            dialog = .ban(ban)
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
