/// Where the person is: a view, the pane in it that keys go to, and what it is about.
struct Place: Sendable, Equatable {
    var view: ViewKind
    /// The pane that keys go to.
    var focus: Pane
    /// The list whose selection ladder and message follow.
    var list: Pane
    var isZoomed = false
    /// What a ladder opened for good is about; nil follows the list.
    var callID: String?
    /// What an opened message is about.
    var sequence: UInt64?
    /// What an opened registration is about.
    var aor: String?

    init(_ view: ViewKind) {
        self.view = view
        let list: Pane =
            switch view {
            case .overview, .registrations, .registration: .registrations
            case .transactions: .transactions
            case .calls, .ladder, .stats: .calls
            case .messages, .message: .messages
            case .bans: .bans
            }
        self.list = list
        focus =
            switch view {
            case .ladder, .registration: .ladder
            case .message: .message
            case .stats: .stats
            case .overview, .registrations, .transactions, .calls, .messages, .bans: list
            }
    }
}

/// The way that the person took: views opened out of each other, and the history of all of them.
struct Trail: Sendable {
    private static let limit = 50

    private var history: [[Place]]
    private var index = 0
    private var last: [Place]?

    init(_ place: Place) {
        history = [[place]]
    }

    /// The views opened out of each other, the shown one last.
    var stack: [Place] { history[index] }

    /// The place that is shown.
    var place: Place {
        get { history[index][history[index].count - 1] }
        set { history[index][history[index].count - 1] = newValue }
    }

    /// Goes to a view that stands for itself.
    mutating func go(to place: Place) { enter([place]) }

    /// Opens a view out of the shown one.
    mutating func open(_ place: Place) { enter(stack + [place]) }

    /// Closes the shown view; false when it is not opened out of another.
    mutating func close() -> Bool {
        guard stack.count > 1 else { return false }
        enter(Array(stack.dropLast()))
        return true
    }

    /// Walks the history; false at its ends.
    mutating func walk(_ distance: Int) -> Bool {
        guard history.indices.contains(index + distance) else { return false }
        last = stack
        index += distance
        return true
    }

    /// Goes to the view before, and back again.
    mutating func swap() -> Bool {
        guard let last else { return false }
        enter(last)
        return true
    }

    private mutating func enter(_ stack: [Place]) {
        last = self.stack
        history.removeSubrange((index + 1)...)
        history.append(stack)
        if history.count > Self.limit { history.removeFirst() }
        index = history.count - 1
    }
}
