import SIPFlow
import SIPReport
import SIPTrace

extension ConsoleState {
    /// Copies something of what is selected.
    mutating func yank(_ what: Action.Yank) -> [ConsoleEffect] {
        guard let (bytes, name) = copied(what) else {
            say("nothing to copy here", .warning)
            return []
        }
        return [.copy(bytes, what: name)]
    }

    private func copied(_ what: Action.Yank) -> ([UInt8], String)? {
        func text(_ value: String?, _ name: String) -> ([UInt8], String)? {
            value.map { (Array($0.utf8), name) }
        }
        switch what {
        case .id: return text(mainName, "name")
        case .callID: return text(subjectCallID, "Call-ID")
        case .uri: return text(uri, "URI")
        case .address: return text(address, "address")
        case .message: return subjectSequence.flatMap { shown.trace.raw($0) }.map { ($0, "message") }
        case .ladder:
            guard !ladder.ladder.rows.isEmpty else { return nil }
            return text(LadderText(ladder, context: context).text, "ladder")
        case .row: return text(rowText, "row")
        case .filter: return text(filterText, "filter")
        }
    }

    private var mainName: String? {
        switch place.list {
        case .registrations: selectedRegistration?.row.aor
        case .transactions: selectedTransaction?.branch
        case .calls: selectedCall?.callID
        case .messages: selectedMessage?.callID
        case .bans: selectedBan?.subject.text
        case .detail, .callTransactions, .ladder, .message, .stats, .audit: nil
        }
    }

    private var uri: String? {
        switch place.list {
        case .registrations: selectedRegistration?.row.contact
        case .calls: selectedCall.map { "sip:\($0.toURI)" }
        default: nil
        }
    }

    private var address: String? {
        switch place.list {
        case .registrations: selectedRegistration?.row.flow.peer.description
        case .transactions: selectedTransaction?.flow.peer.description
        case .calls: selectedCall?.legs.last?.peer.description
        case .messages: selectedMessage?.flow.peer.description
        case .bans: selectedBan?.subject.text
        case .detail, .callTransactions, .ladder, .message, .stats, .audit: nil
        }
    }

    private var rowText: String? {
        let context = context
        func cells<Row: ListRow>(_ row: Row?) -> String? {
            row.map { row in Row.columns.map { $0.text(row, context) }.joined(separator: "\t") }
        }
        return switch place.list {
        case .registrations: cells(selectedRegistration)
        case .transactions: cells(selectedTransaction)
        case .calls: cells(selectedCall)
        case .messages:
            cells(messages.selected.map { MessageItem(id: $0, book: shown.trace, isResolved: true) })
        case .bans: cells(selectedBan)
        case .detail, .callTransactions, .ladder, .message, .stats, .audit: nil
        }
    }

    private var filterText: String? {
        switch place.list {
        case .registrations: selectedRegistration.map { "aor=\($0.row.aor)" }
        case .transactions, .calls, .messages: subjectCallID.map { "callid=\($0)" }
        case .bans: selectedBan.map(\.filterText)
        case .detail, .callTransactions, .ladder, .message, .stats, .audit: nil
        }
    }
}
