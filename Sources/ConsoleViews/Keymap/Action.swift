/// What a key, a command or an entry of the help does.
public enum Action: Sendable, Hashable {
    case up, down, left, right, first, last, pageUp, pageDown, halfUp, halfDown
    case view(ViewKind)
    case nextPane, previousPane, open, back, historyBack, historyForward, lastView, zoom
    case find, toggleFilter, nextMatch, previousMatch, problemsOnly, command
    case sort, sortBefore, sortAfter, reverseSort
    case mark, markAll
    case pause, follow, foldRetransmits, timeMode, decode, wrap
    case goRegistration, goCall, goTransaction, goLadder, goMessage
    case yank(Yank)
    case kick, ban, lift, undo
    case help, theme, redraw, suspend, quit, interrupt

    /// What is copied.
    public enum Yank: Sendable, Hashable, CaseIterable {
        case id, callID, uri, address, message, ladder, row, filter
    }
}
