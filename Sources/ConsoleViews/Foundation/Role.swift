/// What a piece of the screen means; a theme says how it looks.
///
/// - Shape: the raw value is the dotted name used in theme files; `fork.1` to `fork.6` are one role in six shades.
public enum Role: String, Sendable, Hashable, CaseIterable {
    // The ground everything stands on.
    case text = "text"
    case textMuted = "text.muted"
    case textStrong = "text.strong"
    case background = "background"
    case border = "border"
    case borderFocus = "border.focus"
    case title = "title"
    case titleCount = "title.count"
    case scrollbar = "scrollbar"

    // Header, tabs, hints, flashes and prompts.
    case header = "header"
    case headerBadge = "header.badge"
    case tab = "tab"
    case tabActive = "tab.active"
    case hintKey = "hint.key"
    case hintText = "hint.text"
    case flashInfo = "flash.info"
    case flashWarn = "flash.warn"
    case flashError = "flash.error"
    case prompt = "prompt"
    case promptInvalid = "prompt.invalid"

    // Tables.
    case tableHeader = "table.header"
    case tableSort = "table.sort"
    case rowSelected = "row.selected"
    case rowSelectedInactive = "row.selected.inactive"
    case rowMarked = "row.marked"
    case rowNew = "row.new"
    case searchMatch = "search.match"
    case filterChip = "filter.chip"

    // Messages by kind, and their parts.
    case sipRequest = "sip.request"
    case sipProvisional = "sip.provisional"
    case sipSuccess = "sip.success"
    case sipRedirect = "sip.redirect"
    case sipClientError = "sip.client_error"
    case sipServerError = "sip.server_error"
    case sipGlobalError = "sip.global_error"
    case sipRetransmit = "sip.retransmit"
    case sipHeader = "sip.header"
    case sipURI = "sip.uri"
    case sipChanged = "sip.changed"

    // How something is doing.
    case stateOK = "state.ok"
    case stateWarn = "state.warn"
    case stateBad = "state.bad"
    case stateIdle = "state.idle"
    case stateEnding = "state.ending"

    // Figures, branches and buttons.
    case graphLow = "graph.low"
    case graphHigh = "graph.high"
    case timerRunning = "timer.running"
    case fork1 = "fork.1"
    case fork2 = "fork.2"
    case fork3 = "fork.3"
    case fork4 = "fork.4"
    case fork5 = "fork.5"
    case fork6 = "fork.6"
    case dialogButton = "dialog.button"
    case dialogDanger = "dialog.danger"

    /// The shade of the branch with that number, counted from 0; the six shades repeat.
    public static func fork(_ index: Int) -> Role {
        let shades: [Role] = [.fork1, .fork2, .fork3, .fork4, .fork5, .fork6]
        return shades[((index % shades.count) + shades.count) % shades.count]
    }

    /// The role of a response with that status code.
    public static func response(_ status: Int) -> Role {
        switch status {
        case ..<200: .sipProvisional
        case ..<300: .sipSuccess
        case ..<400: .sipRedirect
        case ..<500: .sipClientError
        case ..<600: .sipServerError
        default: .sipGlobalError
        }
    }

    /// The letter that stands for the role in the style layer of a golden file.
    ///
    /// - Shape: `.` for plain text, otherwise a to z then A to Z, in the order of declaration.
    public var letter: Character { Self.letters[self] ?? "?" }

    private static let letters: [Role: Character] = {
        let alphabet = Array(".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        return Dictionary(uniqueKeysWithValues: zip(allCases, alphabet))
    }()
}
