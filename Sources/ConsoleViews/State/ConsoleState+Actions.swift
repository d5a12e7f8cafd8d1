import SIPFlow
import SIPReport
import SIPTrace

extension ConsoleState {
    /// Carries out what a key or an entry of the help means.
    mutating func perform(_ action: Action) -> [ConsoleEffect] {
        switch action {
        case .up: move(-1)
        case .down: move(1)
        case .left: moveSideways(-1)
        case .right: moveSideways(1)
        case .first: moveToEnd(isFirst: true)
        case .last: moveToEnd(isFirst: false)
        case .pageUp: move(-pageHeight)
        case .pageDown: move(pageHeight)
        case .halfUp: move(-max(1, pageHeight / 2))
        case .halfDown: move(max(1, pageHeight / 2))
        case .view(let view): go(to: view)
        case .nextPane: moveFocus(1)
        case .previousPane: moveFocus(-1)
        case .open: open()
        case .back: goBack()
        case .historyBack: if !trail.walk(-1) { say("no view before this one") }
        case .historyForward: if !trail.walk(1) { say("no view after this one") }
        case .lastView: if !trail.swap() { say("no other view yet") }
        case .zoom: toggleZoom()
        case .find: openFind()
        case .nextMatch: findMatch(1)
        case .previousMatch: findMatch(-1)
        case .command: prompt = Prompt(.command)
        case .toggleFilter: change(focus, .toggleFilter)
        case .problemsOnly: change(focus, .toggleProblems)
        case .follow: change(focus, .toggleFollow)
        case .sort: openSort()
        case .sortBefore: change(focus, .sortBeside(-1))
        case .sortAfter: change(focus, .sortBeside(1))
        case .reverseSort: change(focus, .reverseSort)
        case .mark: change(focus, .toggleMark)
        case .markAll: change(focus, .toggleMarkAll)
        case .pause: togglePause()
        case .foldRetransmits: ladder.toggleFold()
        case .timeMode: ladder.timeMode = ladder.timeMode.next
        case .decode: message.nextForm()
        case .wrap: message.isWrapped.toggle()
        case .goRegistration, .goCall, .goTransaction, .goLadder, .goMessage: jump(action)
        case .yank(let what): return yank(what)
        case .kick: openKick()
        case .ban: openBan()
        case .lift: return liftBans()
        case .undo: return takeBack()
        case .help: dialog = .help(HelpDialog(context: keyContext, place: place.view.title(isShort: false)))
        case .theme: return [.setTheme(nil)]
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .quit: if !closeView() { dialog = .quit }
        case .interrupt: dialog = .quit
        }
        return []
    }

    private var pageHeight: Int {
        max(1, (layout.area(of: focus)?.height ?? 4) - 3)
    }

    private mutating func move(_ distance: Int) {
        switch focus {
        case .ladder: ladder.move(distance)
        case .message: message.top = max(0, message.top + distance)
        default: change(focus, .move(distance))
        }
        if focus.isList { place.list = focus }
    }

    private mutating func moveSideways(_ distance: Int) {
        if focus == .ladder {
            ladder.sideways = max(0, min(ladder.ladder.columns.count - 2, ladder.sideways + distance))
        }
    }

    private mutating func moveToEnd(isFirst: Bool) {
        switch focus {
        case .ladder: if isFirst { ladder.moveToFirst() } else { ladder.moveToLast() }
        case .message: message.top = isFirst ? 0 : messageLines(width: 80).count
        default: change(focus, isFirst ? .moveToFirst : .moveToLast)
        }
    }

    private mutating func togglePause() {
        if pause == nil {
            pause = Pause(mirror: mirror, now: now, changes: changes)
        } else {
            pause = nil
            changes.insertEverything()
        }
    }

    /// How many messages came since the screen was paused.
    var heldMessages: UInt64 {
        pause.map { mirror.trace.nextSequence - $0.mirror.trace.nextSequence } ?? 0
    }

    private mutating func openSort() {
        guard let facts = facts(focus) else { return }
        dialog = .choice(
            ChoiceDialog(
                title: "Sort by",
                entries: facts.titles,
                changes: facts.titles.indices.map { .sort($0) },
                selected: facts.sort.column
            )
        )
    }

    private mutating func takeBack() -> [ConsoleEffect] {
        guard let undo else {
            say("nothing to undo: a kick can be taken back for 10 s", .warning)
            return []
        }
        return [.command(.undoKick(audit: undo.audit, actor: "console"))]
    }
}
