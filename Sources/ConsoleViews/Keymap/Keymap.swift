/// Where a key means something.
enum KeyContext: Sendable, Hashable, CaseIterable {
    /// Everywhere, as long as no dialog or prompt is open.
    case global
    case registrations, transactions, calls, messages, bans
    case ladder, message
}

/// One line of the key table.
struct Binding: Sendable {
    /// Where it holds.
    var context: KeyContext
    /// The keys, one after the other.
    var keys: [Key]
    /// What they do.
    var action: Action
    /// What the help says.
    var help: String
    /// The word in the hint line; nil for what is not hinted at.
    var hint: String?

    /// The keys as written in help and hints: `g g`, `ctrl-d`.
    var keyText: String { keys.map(\.name).joined(separator: " ") }
}

/// The one table of keys: what they do, what the help says and what the hint line shows.
///
/// - Shape: keys, action, help and hint by context; the first line of an action is the one that hints and help name.
enum Keymap {
    /// The whole table.
    static let bindings: [Binding] = tables.flatMap { context, lines in
        lines.compactMap { line in
            let keys = line.keys.split(separator: " ").compactMap { Key(name: String($0)) }
            return keys.isEmpty
                ? nil
                : Binding(context: context, keys: keys, action: line.action, help: line.help, hint: line.hint)
        }
    }

    private typealias Line = (keys: String, action: Action, help: String, hint: String?)

    private static let tables: [(KeyContext, [Line])] = [
        (.registrations, registrations), (.transactions, transactions), (.calls, calls),
        (.messages, messages), (.bans, bans),
        (.ladder, ladder), (.message, message), (.global, global),
    ]

    private static let registrations: [Line] =
        [
            ("enter", .open, "open the registration: bindings and messages", "open"),
            ("K", .kick, "kick: drop, bounce, ban or reject the marked bindings or the selected one", "kick"),
            ("B", .ban, "ban whose bindings are marked or selected, without dropping them", nil),
        ] + list

    private static let transactions: [Line] =
        [
            ("enter", .open, "open the ladder of the transaction's call", "ladder"),
            ("B", .ban, "ban the source or the target of the transaction", nil),
        ] + list

    private static let calls: [Line] =
        [
            ("enter", .open, "open the ladder of the call", "ladder"),
            ("B", .ban, "ban the caller", nil),
        ] + list

    private static let bans: [Line] =
        [
            ("U", .lift, "lift the marked bans or the selected one", "lift"),
            ("B", .ban, "give a ban another time, or ban a source that is only refused", "ban/extend"),
        ] + list

    private static let messages: [Line] = [
        ("enter", .open, "open the message", "open"),
        ("/", .find, "filter the list", "filter"),
        ("f", .follow, "follow the newest message on or off", "follow"),
        ("B", .ban, "ban the other side of the message", nil),
        ("!", .problemsOnly, "show only problems, or all", nil),
        ("\\", .toggleFilter, "filter on or off", nil),
        ("y f", .yank(.filter), "copy a filter that matches this row", nil),
        ("y r", .yank(.row), "copy the row, its columns separated by tabs", nil),
    ]

    private static let list: [Line] = [
        ("/", .find, "filter the list", "filter"),
        ("f", .follow, "follow the newest row on or off", nil),
        ("!", .problemsOnly, "show only problems, or all", "problems"),
        ("\\", .toggleFilter, "filter on or off", nil),
        ("s", .sort, "choose the column to sort by", "sort"),
        ("<", .sortBefore, "sort by the column to the left", nil),
        (">", .sortAfter, "sort by the column to the right", nil),
        ("S", .reverseSort, "sort the other way round", nil),
        ("space", .mark, "mark the row and go down", nil),
        ("*", .markAll, "mark all rows shown, or none", nil),
        ("y f", .yank(.filter), "copy a filter that matches this row", nil),
        ("y r", .yank(.row), "copy the row, its columns separated by tabs", nil),
    ]

    private static let ladder: [Line] = [
        ("enter", .open, "open the message", "message"),
        ("/", .find, "search in all messages of the ladder", "search"),
        ("r", .foldRetransmits, "fold or unfold retransmissions", "rtx"),
        ("t", .timeMode, "time of day, since the first message, or since the one before", "time"),
        ("n", .nextMatch, "next row with the searched text", nil),
        ("N", .previousMatch, "previous row with the searched text", nil),
        ("y l", .yank(.ladder), "copy the ladder as text", nil),
    ]

    private static let message: [Line] = [
        ("d", .decode, "decoded, raw or hexadecimal", "decoded/raw"),
        ("/", .find, "search in the message", "search"),
        ("w", .wrap, "wrap long lines or cut them", "wrap"),
        ("n", .nextMatch, "next line with the searched text", nil),
        ("N", .previousMatch, "previous line with the searched text", nil),
    ]

    private static let global: [Line] = [
        ("down", .down, "down", nil), ("j", .down, "down", nil),
        ("up", .up, "up", nil), ("k", .up, "up", nil),
        ("left", .left, "to the left", nil), ("h", .left, "to the left", nil),
        ("right", .right, "to the right", nil), ("l", .right, "to the right", nil),
        ("g g", .first, "to the first row", nil), ("home", .first, "to the first row", nil),
        ("G", .last, "to the last row", nil), ("end", .last, "to the last row", nil),
        ("pgdn", .pageDown, "a page down", nil), ("ctrl-f", .pageDown, "a page down", nil),
        ("pgup", .pageUp, "a page up", nil), ("ctrl-b", .pageUp, "a page up", nil),
        ("ctrl-d", .halfDown, "half a page down", nil), ("ctrl-u", .halfUp, "half a page up", nil),
        ("1", .view(.overview), "overview", nil), ("2", .view(.registrations), "registrations", nil),
        ("3", .view(.transactions), "transactions", nil), ("4", .view(.calls), "calls", nil),
        ("5", .view(.ladder), "ladder of the selected call", nil), ("6", .view(.messages), "messages", nil),
        ("7", .view(.bans), "bans: who is kept out, and for how long", nil),
        ("8", .view(.stats), "counters, drops and audit log", nil),
        ("tab", .nextPane, "focus the next pane", nil),
        ("shift-tab", .previousPane, "focus the previous pane", nil),
        ("esc", .back, "back one level: search, marks, zoom, pane, view", nil),
        ("[", .historyBack, "back in the history of views", nil),
        ("]", .historyForward, "forward in the history of views", nil),
        ("-", .lastView, "the view before this one, and back", nil),
        ("z", .zoom, "give the focused pane the whole screen, or not", "zoom"),
        ("p", .pause, "pause the screen, or go on; the engine never stops", "pause"),
        ("g r", .goRegistration, "go to the registration of this item", nil),
        ("g c", .goCall, "go to the call of this item", nil),
        ("g t", .goTransaction, "go to the transaction of this item", nil),
        ("g l", .goLadder, "go to the ladder of this item", nil),
        ("g m", .goMessage, "go to the message in the list of all", nil),
        ("y y", .yank(.id), "copy what names this item", "copy"),
        ("y c", .yank(.callID), "copy the Call-ID", nil), ("y u", .yank(.uri), "copy the URI", nil),
        ("y a", .yank(.address), "copy the network address", nil),
        ("y m", .yank(.message), "copy the message, byte for byte", nil),
        ("U", .undo, "undo the last kick, within 10 s", nil),
        (":", .command, "type a command", "cmd"), ("?", .help, "all keys that work here", "help"),
        ("f1", .help, "all keys that work here", nil), ("T", .theme, "next colour theme", nil),
        ("ctrl-l", .redraw, "draw the whole screen anew", nil),
        ("ctrl-z", .suspend, "suspend; fg in the shell comes back", nil),
        ("q", .quit, "back, and at the first view leave sipglass", "quit"),
        ("ctrl-c", .interrupt, "close what is open, or leave sipglass", nil),
    ]

    /// The lines that hold in a context: its own, then the global ones whose keys it does not use itself.
    static func bindings(in context: KeyContext) -> [Binding] {
        let own = bindings.filter { $0.context == context }
        guard context != .global else { return own }
        let keys = Set(own.map(\.keys))
        return own + bindings.filter { $0.context == .global && !keys.contains($0.keys) }
    }

    /// What the keys typed so far mean in a context.
    static func lookUp(_ keys: [Key], in context: KeyContext) -> Match {
        let candidates = bindings(in: context).filter { $0.keys.starts(with: keys) }
        if let exact = candidates.first(where: { $0.keys.count == keys.count }) {
            return .action(exact.action)
        }
        return candidates.isEmpty ? .nothing : .prefix(candidates)
    }

    /// What keys mean.
    enum Match: Sendable {
        case action(Action)
        /// More keys must follow.
        case prefix([Binding])
        case nothing
    }
}
