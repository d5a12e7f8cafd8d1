import SIPFlow
import SIPReport

extension RegistrationItem: ListRow {
    var id: BindingID { row.id }

    static let firstSort = ListSort(column: 0, isDescending: false)

    static let columns: [Column<RegistrationItem>] = [
        Column(
            title: "AoR",
            width: 14...36,
            priority: 10,
            text: { item, _ in item.row.aor },
            key: { item, _ in .text(item.row.aor) }
        ),
        Column(
            title: "Contact",
            width: 20...44,
            priority: 8,
            cut: .middle,
            role: .sipURI,
            text: { item, _ in Words.address(ofURI: item.row.contact) },
            key: { item, _ in .text(Words.address(ofURI: item.row.contact)) }
        ),
        Column(
            title: "Tp",
            width: 3...3,
            priority: 6,
            text: { item, _ in item.row.flow.transport.token },
            key: { item, _ in .text(item.row.flow.transport.token) }
        ),
        Column(
            title: "Expires",
            width: 7...8,
            priority: 7,
            isRight: true,
            role: .timerRunning,
            text: { item, context in Format.countdown(item.row.expiresAt - context.now) },
            key: { item, _ in .number(item.row.expiresAt.nanoseconds) }
        ),
        Column(
            title: "RTT",
            width: 6...7,
            priority: 6,
            isRight: true,
            roleOf: { item, _ in item.row.reachability == .late ? .stateWarn : .textMuted },
            text: { item, _ in item.row.roundTrip.map(Format.roundTrip) ?? "-" },
            key: { item, _ in .number(item.row.roundTrip?.nanoseconds ?? .max) }
        ),
        Column(
            title: "UA",
            width: 10...30,
            priority: 5,
            role: .textMuted,
            text: { item, _ in item.row.userAgent },
            key: { item, _ in .text(item.row.userAgent) }
        ),
        Column(
            title: "State",
            width: 5...8,
            priority: 9,
            roleOf: { item, context in
                item.isOdd(context) ? .stateWarn : item.row.state(at: context.now).role
            },
            changesWithTime: true,
            text: { item, context in item.stateWord(at: context.now) + item.sign(context) },
            key: { item, context in .text(item.stateWord(at: context.now)) }
        ),
        Column(
            title: "Source",
            width: 14...28,
            priority: 4,
            cut: .middle,
            text: { item, _ in item.row.flow.peer.description },
            key: { item, _ in .text(item.row.flow.peer.description) }
        ),
        Column(
            title: "Since",
            width: 8...8,
            priority: 3,
            role: .textMuted,
            text: { item, context in context.clock(item.row.registeredAt, withMilliseconds: false) },
            key: { item, _ in .number(item.row.registeredAt.nanoseconds) }
        ),
        Column(
            title: "Refr",
            width: 4...5,
            priority: 2,
            isRight: true,
            text: { item, _ in String(item.row.refreshes) },
            key: { item, _ in .number(Int64(item.row.refreshes)) }
        ),
    ]

    func isProblem(_ context: RowContext) -> Bool {
        ghost.map { $0.returnedAt == nil } ?? (isOdd(context) || row.state(at: context.now) != .ok)
    }

    func isOver(_ context: RowContext) -> Bool { ghost != nil }

    func story(_ context: RowContext) -> String? {
        guard let ghost, ghost.reason == .kicked, ghost.returnedAt == nil,
            let ban = context.mirror.ban(of: row), let until = ban.until
        else { return story(at: context.now) }
        return "banned, \(ban.refused) refused, \(Format.countdown(until - context.now)) left"
    }

    func searchTexts(_ context: RowContext) -> [String] {
        [row.aor, row.contact, row.userAgent, row.flow.transport.token, row.flow.peer.description]
            + [stateWord(at: context.now)]
    }

    func filterValue(_ field: FilterField, _ context: RowContext) -> FilterValue? {
        guard case .named(let name) = field else { return nil }
        switch name {
        case .aor, .to, .from: return .text(row.aor)
        case .user: return .text(Words.user(of: row.aor))
        case .domain: return .text(Words.host(of: row.aor))
        case .contact: return .text(row.contact)
        case .src: return .text(row.flow.peer.description)
        case .ip: return .text(row.flow.peer.ip.description)
        case .port: return .number(Double(row.flow.peer.port))
        case .transport: return .text(row.flow.transport.token)
        case .ua: return .text(row.userAgent)
        case .state: return .text(stateWord(at: context.now))
        case .callid: return .text(row.callID)
        case .cseq: return .number(Double(row.cseq))
        case .age: return .number((context.now - row.registeredAt).seconds)
        case .expires: return .number((row.expiresAt - context.now).seconds)
        case .rtt: return row.roundTrip.map { .number($0.seconds) }
        case .reason: return ghost.map { .text($0.reason.rawValue) }
        case .kind: return .text("registration")
        case .dst, .method, .status, .role, .branch, .tag, .pdd, .dur, .retrans, .legs, .body, .diag,
            .dir:
            return nil
        }
    }
}

extension RegistrationState {
    /// How it looks.
    fileprivate var role: Role {
        switch self {
        case .ok: .stateOK
        case .late, .nat: .stateWarn
        case .dead: .stateBad
        }
    }
}
