import SIPFlow
import SIPReport

extension BanRow: ListRow {
    var id: BanSubject { subject }

    static let firstSort = ListSort(column: 6, isDescending: true)

    static let columns: [Column<BanRow>] = [
        Column(
            title: "Who",
            width: 18...44,
            priority: 10,
            cut: .middle,
            text: { row, _ in row.subject.text },
            key: { row, _ in .text(row.subject.text) }
        ),
        Column(
            title: "Kind",
            width: 6...7,
            priority: 6,
            role: .textMuted,
            text: { row, _ in row.kindWord },
            key: { row, _ in .text(row.kindWord) }
        ),
        Column(
            title: "Why",
            width: 10...10,
            priority: 8,
            roleOf: { row, _ in row.cause == .ban ? .stateBad : .stateWarn },
            text: { row, _ in row.cause == .ban ? "banned" : row.cause.rawValue },
            key: { row, _ in .text(row.cause.rawValue) }
        ),
        Column(
            title: "Left",
            width: 8...9,
            priority: 9,
            isRight: true,
            role: .timerRunning,
            text: { row, context in row.until.map { Format.countdown($0 - context.now) } ?? "-" },
            key: { row, _ in .number(row.until?.nanoseconds ?? .max) }
        ),
        Column(
            title: "Refused",
            width: 7...9,
            priority: 9,
            isRight: true,
            roleOf: { row, _ in row.refused == 0 ? .textMuted : .text },
            text: { row, _ in String(row.refused) },
            key: { row, _ in .number(Int64(row.refused)) }
        ),
        Column(
            title: "Last try",
            width: 8...8,
            priority: 5,
            isRight: true,
            role: .textMuted,
            text: { row, context in row.lastRefusal.map { Format.age(context.now - $0) } ?? "-" },
            key: { row, _ in .number(row.lastRefusal?.nanoseconds ?? .min) }
        ),
        Column(
            title: "Since",
            width: 8...8,
            priority: 4,
            role: .textMuted,
            text: { row, context in context.clock(row.since, withMilliseconds: false) },
            key: { row, _ in .number(row.since.nanoseconds) }
        ),
        Column(
            title: "By",
            width: 7...10,
            priority: 7,
            text: { row, _ in row.actor.isEmpty ? "-" : row.actor },
            key: { row, _ in .text(row.actor) }
        ),
        Column(
            title: "Reason",
            width: 10...60,
            priority: 3,
            text: { row, _ in row.reason.isEmpty ? "-" : row.reason },
            key: { row, _ in .text(row.reason) }
        ),
    ]

    /// What the ban goes by.
    var kindWord: String {
        switch subject {
        case .source: "source"
        case .aor: "AoR"
        }
    }

    /// What it means to the one who is refused.
    var meaning: String {
        switch (cause, subject) {
        case (.ban, .source): "Nothing from there is answered, nor shown: only counted."
        case (.ban, .aor): "Its REGISTERs and calls get 403 with Retry-After; running calls go on."
        case (.rateLimit, _): "What is above the limit is not answered; what keeps to it comes in."
        case (.scanner, _): "Its requests that name a scanner are not answered; all others come in."
        }
    }

    /// What to do about it; nil for a ban, which somebody has seen to.
    var advice: String? {
        switch cause {
        case .ban: nil
        case .rateLimit: "\(subject.text) sends more than source_rate lets in: B bans it."
        case .scanner: "\(subject.text) looks for open servers: B bans all that it sends."
        }
    }

    /// A filter that matches it.
    var filterText: String {
        switch subject {
        case .source(let address): "ip=\(address)"
        case .aor(let aor): "aor=\(aor)"
        }
    }

    /// True when it is what keeps a registration's phone out.
    func concerns(_ row: RegistrationRow) -> Bool {
        switch subject {
        case .source: subject == .source(of: row.flow.peer.ip)
        case .aor(let aor): aor == row.aor
        }
    }

    /// A problem is who goes on trying: something was refused within the last minute.
    func isProblem(_ context: RowContext) -> Bool {
        lastRefusal.map { context.now - $0 < .seconds(60) } ?? false
    }

    func isOver(_ context: RowContext) -> Bool { isOver(at: context.now) }

    func story(_ context: RowContext) -> String? { nil }

    func searchTexts(_ context: RowContext) -> [String] {
        [subject.text, kindWord, cause.rawValue, actor, reason]
    }

    func filterValue(_ field: FilterField, _ context: RowContext) -> FilterValue? {
        guard case .named(let name) = field else { return nil }
        switch name {
        case .aor, .user, .domain:
            guard case .aor(let aor) = subject else { return nil }
            return .text(name == .aor ? aor : name == .user ? Words.user(of: aor) : Words.host(of: aor))
        case .ip, .src:
            guard case .source(let address) = subject else { return nil }
            return .text(address.description)
        case .state: return .text(cause == .ban ? "banned" : cause.rawValue)
        case .reason: return .text(reason)
        case .kind: return .text(kindWord)
        case .age: return .number((context.now - since).seconds)
        case .expires: return until.map { .number(($0 - context.now).seconds) }
        case .contact, .dst, .port, .transport, .ua, .method, .status, .role, .callid, .branch, .tag, .cseq,
            .from, .to, .rtt, .pdd, .dur, .retrans, .legs, .body, .diag, .dir:
            return nil
        }
    }
}
