/// What the body of the screen shows.
public enum ViewKind: Int, Sendable, Hashable, CaseIterable {
    case overview = 1
    case registrations = 2
    case transactions = 3
    case calls = 4
    case ladder = 5
    case messages = 6
    case bans = 7
    case stats = 8
    /// One message, opened from a ladder or a list; it has no tab.
    case message = 100
    /// All of one address of record; it has no tab.
    case registration = 101

    /// The views with a tab, in the order of their numbers.
    static let tabs: [ViewKind] = [
        .overview, .registrations, .transactions, .calls, .ladder, .messages, .bans, .stats,
    ]

    /// The word in the tab, short where there is little room.
    func title(isShort: Bool) -> String {
        switch self {
        case .overview: isShort ? "Over" : "Overview"
        case .registrations: isShort ? "Regs" : "Registrations"
        case .transactions: isShort ? "Tx" : "Transactions"
        case .calls: "Calls"
        case .ladder: "Ladder"
        case .messages: isShort ? "Msgs" : "Messages"
        case .bans: "Bans"
        case .stats: "Stats"
        case .message: "Message"
        case .registration: "Registration"
        }
    }
}

/// One framed part of the body.
enum Pane: Sendable, Hashable {
    case registrations, transactions, calls, messages, bans
    /// What is known of the selected row.
    case detail
    /// The transactions of the selected call.
    case callTransactions
    case ladder, message
    case stats, audit
}
