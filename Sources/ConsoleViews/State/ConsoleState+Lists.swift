import SIPFlow
import SIPReport
import SIPTrace

extension ConsoleState {
    /// Brings lists, ladder and message up to date with the mirror, and scrolls to what is selected.
    ///
    /// - Shape: lists stand still while a dialog is open or the screen is paused, and only those shown are kept up.
    mutating func settle() {
        let layout = Layout(size: size, view: place.view)
        if dialog == nil {
            for pane in layout.panes.map(\.pane) + [place.list] { refresh(pane) }
        }
        followSubject()
        scroll()
    }

    private mutating func refresh(_ pane: Pane) {
        let mirror = shown
        let context = context
        var still = pause?.changes ?? changes
        defer {
            if pause == nil { changes = still } else { pause?.changes = still }
        }
        switch pane {
        case .registrations:
            registrations.refresh(
                &still.registrations,
                total: mirror.liveRegistrations,
                context: context,
                rows: { mirror.registrations.values },
                row: { mirror.registrations[$0] }
            )
        case .transactions:
            let folded = mirror.loops.folded
            transactions.refresh(
                &still.transactions,
                total: mirror.transactions.count - folded.count,
                context: context,
                rows: { mirror.transactions.values.lazy.filter { !folded.contains($0.id) } },
                row: { folded.contains($0) ? nil : mirror.transactions[$0] }
            )
        case .calls:
            calls.refresh(
                &still.calls,
                total: mirror.callIDs.count,
                context: context,
                rows: { mirror.trace.calls },
                row: { mirror.trace.call($0) }
            )
        case .messages: refreshMessages(&still.messages, mirror, context)
        case .bans:
            bans.refresh(
                &still.bans,
                total: mirror.bans.count,
                context: context,
                rows: { mirror.bans.values },
                row: { mirror.bans[$0] }
            )
        case .detail, .callTransactions, .ladder, .message, .stats, .audit: break
        }
    }

    private mutating func refreshMessages(
        _ changes: inout ChangeSet<UInt64>,
        _ mirror: EngineMirror,
        _ context: RowContext
    ) {
        let list = mirror.trace.messages
        messages.refresh(
            &changes,
            total: list.count,
            context: context,
            rows: { list.indices.lazy.map { MessageItem(id: list.sequence(at: $0), book: mirror.trace) } },
            row: { MessageItem(id: $0, book: mirror.trace) }
        )
        if let first = messages.entries.first, list.index(of: first.id) == nil {
            messages.removeAll { list.index(of: $0) == nil }
        }
    }

    /// Makes ladder and message follow what is selected.
    private mutating func followSubject() {
        let callID = subjectCallID
        let isChanged = callID.map { changes.conversations.contains($0) } ?? false
        ladder.show(callID, mirror: shown, isChanged: pause == nil && isChanged)
        if pause == nil { changes.conversations.clear() }
        message.show(subjectSequence)
    }

    /// The Call-ID that the ladder is about.
    var subjectCallID: String? {
        if let callID = place.callID { return callID }
        switch place.list {
        case .registrations: return selectedRegistration?.row.callID
        case .transactions: return selectedTransaction?.callID
        case .calls: return calls.selected
        case .messages: return selectedMessage?.callID
        case .bans, .detail, .callTransactions, .ladder, .message, .stats, .audit: return nil
        }
    }

    /// The message that the message pane shows.
    var subjectSequence: UInt64? {
        if let sequence = place.sequence { return sequence }
        return place.view == .messages ? messages.selected : ladder.selected
    }

    var selectedRegistration: RegistrationItem? { registrations.selected.flatMap { shown.registrations[$0] } }

    var selectedTransaction: TransactionRow? { transactions.selected.flatMap { shown.transactions[$0] } }

    var selectedCall: CallRow? { calls.selected.flatMap { shown.trace.call($0) } }

    var selectedMessage: MessageRow? { messages.selected.flatMap { shown.trace.message($0) } }

    var selectedBan: BanRow? { bans.selected.flatMap { shown.bans[$0] } }

    private mutating func scroll() {
        for placed in layout.panes {
            let rows = placed.area.height - 3
            switch placed.pane {
            case .registrations: registrations.scroll(height: rows)
            case .transactions: transactions.scroll(height: rows)
            case .calls: calls.scroll(height: rows)
            case .messages: messages.scroll(height: rows)
            case .bans: bans.scroll(height: rows)
            case .ladder: ladder.scroll(height: rows)
            case .message:
                let lines = messageLines(width: placed.area.width - 4).count
                message.top = min(message.top, max(0, lines - (placed.area.height - 2)))
            case .detail, .callTransactions, .stats, .audit: break
            }
        }
    }

    /// The lines of the shown message at a width.
    func messageLines(width: Int) -> [MessageLine] {
        guard let sequence = message.sequence, let decoded = shown.trace.decoded(sequence) else { return [] }
        return MessageLines(decoded, context: context).lines(
            message.form,
            width: message.isWrapped ? max(8, width) : nil
        )
    }

    /// Applies a change to one of the lists.
    mutating func change(_ pane: Pane, _ change: ListChange) {
        switch pane {
        case .registrations: registrations.apply(change)
        case .transactions: transactions.apply(change)
        case .calls: calls.apply(change)
        case .messages: messages.apply(change)
        case .bans: bans.apply(change)
        case .detail, .callTransactions, .ladder, .message, .stats, .audit: break
        }
    }

    /// Sets the filter of one of the lists.
    mutating func setFilter(_ pane: Pane, _ filter: Filter?) {
        switch pane {
        case .registrations: registrations.setFilter(filter)
        case .transactions: transactions.setFilter(filter)
        case .calls: calls.setFilter(filter)
        case .messages: messages.setFilter(filter)
        case .bans: bans.setFilter(filter)
        case .detail, .callTransactions, .ladder, .message, .stats, .audit: break
        }
    }

    /// What stands about a list in titles and chips.
    struct ListFacts: Sendable, Equatable {
        var titles: [String]
        var sort: ListSort
        var filter: Filter?
        var isFilterOn: Bool
        var isProblemsOnly: Bool
        var isFollowing: Bool
        var marks: Int
        var count: Int
        var total: Int
    }

    func facts(_ pane: Pane) -> ListFacts? {
        switch pane {
        case .registrations: facts(registrations)
        case .transactions: facts(transactions)
        case .calls: facts(calls)
        case .messages: facts(messages)
        case .bans: facts(bans)
        case .detail, .callTransactions, .ladder, .message, .stats, .audit: nil
        }
    }

    private func facts<Row>(_ list: ListModel<Row>) -> ListFacts {
        ListFacts(
            titles: Row.columns.map(\.title),
            sort: list.sort,
            filter: list.filter,
            isFilterOn: list.isFilterOn,
            isProblemsOnly: list.isProblemsOnly,
            isFollowing: list.isFollowing,
            marks: list.marks.count,
            count: list.entries.count,
            total: list.total
        )
    }
}
