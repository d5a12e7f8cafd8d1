import SIPReport

/// The rows that changed since a list was last put in order.
///
/// - Limits: past 5,000 rows it remembers only that much changed, and the list is built anew.
struct ChangeSet<ID: Hashable & Sendable>: Sendable {
    private(set) var ids: Set<ID> = []
    private(set) var isEverything = true

    /// True when nothing changed.
    var isEmpty: Bool { ids.isEmpty && !isEverything }

    /// True when the row may have changed.
    func contains(_ id: ID) -> Bool { isEverything || ids.contains(id) }

    mutating func insert(_ id: ID) {
        guard !isEverything else { return }
        ids.insert(id)
        if ids.count > 5_000 { insertEverything() }
    }

    mutating func insertEverything() {
        ids = []
        isEverything = true
    }

    mutating func clear() {
        ids.removeAll(keepingCapacity: true)
        isEverything = false
    }
}

/// What changed in the mirror since each list was last put in order.
struct MirrorChanges: Sendable {
    var registrations = ChangeSet<BindingID>()
    var transactions = ChangeSet<UInt64>()
    var calls = ChangeSet<String>()
    var messages = ChangeSet<UInt64>()
    var bans = ChangeSet<BanSubject>()
    /// Everything with new messages, calls or not.
    var conversations = ChangeSet<String>()

    /// Nothing changed anywhere.
    mutating func clear() {
        registrations.clear()
        transactions.clear()
        calls.clear()
        messages.clear()
        bans.clear()
        conversations.clear()
    }

    /// Makes every list be built anew.
    mutating func insertEverything() {
        registrations.insertEverything()
        transactions.insertEverything()
        calls.insertEverything()
        messages.insertEverything()
        bans.insertEverything()
        conversations.insertEverything()
    }
}
