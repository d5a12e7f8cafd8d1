public import SIPFlow
import SIPReport
import SIPTrace

/// What the console knows and where the person is in it.
public struct ConsoleState: Sendable {
    /// A line of news above the hints.
    struct Flash: Sendable, Equatable {
        var text: String
        var level: NoticeLevel
        var until: Moment
    }

    /// A kick that can still be taken back.
    struct UndoOffer: Sendable, Equatable {
        var audit: UInt64
        var text: String
        var until: Moment
    }

    /// What stands still while the screen is paused.
    struct Pause: Sendable {
        var mirror: EngineMirror
        var now: Moment
        /// What the lists have still to take in.
        var changes: MirrorChanges
    }

    /// The size of the terminal.
    public internal(set) var size: Size
    /// The clock, as far as the console has heard of it.
    public internal(set) var now: Moment
    /// The engine's tables.
    public internal(set) var mirror = EngineMirror()
    let utcOffset: Int

    var changes = MirrorChanges()
    var pause: Pause?
    var registrations = ListModel<RegistrationItem>()
    var transactions = ListModel<TransactionRow>()
    var calls = ListModel<CallRow>()
    var messages = ListModel<MessageItem>(isFollowing: true)
    var bans = ListModel<BanRow>()
    var ladder = LadderModel()
    var message = MessageModel()
    var trail: Trail
    var dialog: Dialog?
    var prompt: Prompt?
    var histories = PromptHistories()
    var search: String?
    var keys: [Key] = []
    var flash: Flash?
    var undo: UndoOffer?

    init(size: Size, now: Moment, utcOffset: Int, view: ViewKind) {
        self.size = size
        self.now = now
        self.utcOffset = utcOffset
        trail = Trail(Place(view))
    }

    /// The view that is shown.
    public var view: ViewKind { place.view }

    /// The tables that are shown: the engine's, or those of when the screen was paused.
    var shown: EngineMirror { pause?.mirror ?? mirror }

    /// The moment that is shown.
    var shownNow: Moment { pause?.now ?? now }

    var context: RowContext { RowContext(now: shownNow, mirror: shown, utcOffset: utcOffset) }

    var place: Place {
        get { trail.place }
        set { trail.place = newValue }
    }

    /// Where everything stands now.
    var layout: Layout {
        let place = place
        return Layout(size: size, view: place.view, zoomed: place.isZoomed ? place.focus : nil)
    }

    /// The pane that keys go to.
    var focus: Pane {
        let panes = layout.panes.map(\.pane)
        if panes.contains(place.focus) { return place.focus }
        return panes.first(where: \.takesFocus) ?? place.focus
    }

    /// Where the keys of the focused pane are looked up.
    var keyContext: KeyContext {
        switch focus {
        case .registrations: .registrations
        case .transactions: .transactions
        case .calls: .calls
        case .messages: .messages
        case .bans: .bans
        case .ladder: .ladder
        case .message: .message
        case .detail, .callTransactions, .stats, .audit: .global
        }
    }

    mutating func say(_ text: String, _ level: NoticeLevel = .info, for time: Interval = .seconds(4)) {
        flash = Flash(text: text, level: level, until: now + time)
    }

    /// When something on the screen changes though nothing happens.
    var nextTick: Moment? {
        let seconds = Interval.seconds(1).nanoseconds
        let layout = layout
        let moves = pause == nil && !shown.transactions.isEmpty
        if moves && layout.panes.contains(where: { $0.pane.showsTimers }) { return next(seconds / 10) }
        let counts =
            flash != nil || undo != nil || mirror.hasGhosts || !mirror.rates.isQuiet
            || pause == nil && (!shown.registrations.isEmpty || !shown.runningCallIDs.isEmpty)
            || pause == nil && !shown.bans.isEmpty && layout.area(of: .bans) != nil
        if counts { return next(seconds) }
        return mirror.startedAt == nil ? nil : next(seconds * 60)
    }

    private func next(_ step: Int64) -> Moment {
        // Seconds are counted from the engine's start, so that its uptime turns with them.
        let start = mirror.startedAt?.nanoseconds ?? 0
        let passed = max(0, now.nanoseconds - start)
        return Moment(nanoseconds: start + (passed / step + 1) * step)
    }
}

extension Pane {
    /// True for a pane that keys can go to.
    var takesFocus: Bool {
        switch self {
        case .registrations, .transactions, .calls, .messages, .bans, .ladder, .message: true
        case .detail, .callTransactions, .stats, .audit: false
        }
    }

    /// True for a pane whose rows a ladder can follow.
    var isList: Bool {
        switch self {
        case .registrations, .transactions, .calls, .messages, .bans: true
        case .ladder, .message, .detail, .callTransactions, .stats, .audit: false
        }
    }

    /// True for a pane with timers that count in tenths of a second.
    var showsTimers: Bool {
        switch self {
        case .transactions, .callTransactions: true
        case .registrations, .calls, .messages, .bans, .ladder, .message, .detail, .stats, .audit: false
        }
    }
}
