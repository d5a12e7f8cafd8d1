import SIPFlow
import SIPReport
import SIPTrace

extension ConsoleState {
    mutating func openKick() {
        let items = registrations.targets.compactMap { shown.registrations[$0] }.filter { $0.ghost == nil }
        guard !items.isEmpty else { return say("no registration is selected", .warning) }
        let aors = Set(items.map(\.row.aor))
        let family = aors.sorted().flatMap { shown.bindings(of: $0).filter { $0.ghost == nil } }
        let calls = shown.runningCallIDs.compactMap { shown.trace.call($0) }
            .count { aors.contains($0.fromURI) || aors.contains($0.toURI) }
        let stale = Set(items.flatMap(staleBindings)).sorted()
        dialog = .kick(KickDialog(items: items, family: family, calls: calls, stale: stale))
    }

    /// The bindings that pile up with one, but for the newest of them.
    private func staleBindings(of item: RegistrationItem) -> [BindingID] {
        guard item.isPiledUp else { return [] }
        let pile = shown.bindings(of: item.row.aor)
            .filter { $0.ghost == nil && $0.row.userAgent == item.row.userAgent }
        let newest = pile.max { ($0.row.refreshedAt, $0.row.id) < ($1.row.refreshedAt, $1.row.id) }
        return pile.map(\.row.id).filter { $0 != newest?.row.id }
    }

    /// Opens the dialog for a ban of what is marked or selected.
    mutating func openBan() {
        var subjects: Set<BanSubject> = []
        switch focus {
        case .registrations:
            for item in registrations.targets.compactMap({ shown.registrations[$0] }) {
                subjects.insert(.aor(item.row.aor))
                subjects.insert(.source(of: item.row.flow.peer.ip))
            }
        case .transactions:
            for row in transactions.targets.compactMap({ shown.transactions[$0] }) {
                subjects.insert(.source(of: row.flow.peer.ip))
            }
        case .calls:
            for row in calls.targets.compactMap({ shown.trace.call($0) }) {
                subjects.insert(.aor(row.fromURI))
            }
        case .messages: if let row = selectedMessage { subjects.insert(.source(of: row.flow.peer.ip)) }
        case .bans: subjects = Set(bans.targets)
        case .detail, .callTransactions, .ladder, .message, .stats, .audit: break
        }
        guard !subjects.isEmpty else { return say("nothing is selected that could be banned", .warning) }
        let sorted = subjects.sorted()
        let known = sorted.compactMap { shown.bans[$0] }.filter { $0.cause == .ban }
        dialog = .ban(
            BanDialog(
                aors: sorted.filter(\.isAOR),
                sources: sorted.filter { !$0.isAOR },
                former: focus == .bans ? known : []
            )
        )
    }

    /// Lets in again whose bans are marked or selected.
    mutating func liftBans() -> [ConsoleEffect] {
        let rows = bans.targets.compactMap { shown.bans[$0] }
        let subjects = rows.filter { $0.cause == .ban }.map(\.subject)
        guard !subjects.isEmpty else {
            say(
                rows.isEmpty
                    ? "no ban is selected"
                    : "nobody banned this: it is refused message by message, and comes in once it behaves",
                .warning
            )
            return []
        }
        return [.command(.unban(subjects, actor: "console"))]
    }
}

extension BanSubject {
    /// True for an address of record.
    fileprivate var isAOR: Bool {
        switch self {
        case .source: false
        case .aor: true
        }
    }
}
