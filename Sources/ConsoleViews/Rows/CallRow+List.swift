import SIPFlow
import SIPReport
import SIPTrace

extension CallRow: ListRow {
    static let firstSort = ListSort(column: 8, isDescending: true)

    static let columns: [Column<CallRow>] = [
        Column(
            title: "From",
            width: 6...20,
            priority: 10,
            text: { row, _ in row.from },
            key: { row, _ in .text(row.from) }
        ),
        Column(
            title: "To",
            width: 6...20,
            priority: 10,
            text: { row, _ in row.to },
            key: { row, _ in .text(row.to) }
        ),
        Column(
            title: "State",
            width: 10...14,
            priority: 9,
            roleOf: { row, _ in row.state.role },
            text: { row, _ in row.state.word },
            key: { row, _ in .text(row.state.word) }
        ),
        Column(
            title: "Setup",
            width: 5...6,
            priority: 4,
            isRight: true,
            text: { row, _ in row.setupTime.map(Format.wait) ?? "-" },
            key: { row, _ in .number(row.setupTime?.nanoseconds ?? .max) }
        ),
        Column(
            title: "Dur",
            width: 5...7,
            priority: 8,
            isRight: true,
            changesWithTime: true,
            text: { row, context in Format.duration(row.duration(at: context.now)) },
            key: { row, context in .number(row.duration(at: context.now).nanoseconds) }
        ),
        Column(
            title: "Legs",
            width: 4...4,
            priority: 6,
            isRight: true,
            text: { row, _ in String(row.legs.count) },
            key: { row, _ in .number(Int64(row.legs.count)) }
        ),
        Column(
            title: "Rtx",
            width: 3...4,
            priority: 7,
            isRight: true,
            roleOf: { row, _ in row.retransmissions > 0 ? .sipRetransmit : .textMuted },
            text: { row, _ in String(row.retransmissions) },
            key: { row, _ in .number(Int64(row.retransmissions)) }
        ),
        Column(
            title: "Codec",
            width: 5...12,
            priority: 3,
            text: { row, _ in row.codecs.first ?? "-" },
            key: { row, _ in .text(row.codecs.first ?? "") }
        ),
        Column(
            title: "Began",
            width: 8...8,
            priority: 5,
            role: .textMuted,
            text: { row, context in context.clock(row.startedAt, withMilliseconds: false) },
            key: { row, _ in .number(row.startedAt.nanoseconds) }
        ),
        Column(
            title: "Diagnosis",
            width: 16...48,
            priority: 2,
            role: .stateWarn,
            text: { row, _ in row.diagnosis ?? (row.state.isRunning ? "" : row.finalReason) },
            key: { row, _ in .text(row.diagnosis ?? "") }
        ),
    ]

    func isProblem(_ context: RowContext) -> Bool {
        if diagnosis != nil || retransmissions > 0 { return true }
        switch state {
        case .failed, .noAnswer: return true
        case .calling, .ringing, .cancelling, .talking, .ended, .cancelled, .redirected: return false
        }
    }

    func isOver(_ context: RowContext) -> Bool { !state.isRunning }

    func story(_ context: RowContext) -> String? { nil }

    func searchTexts(_ context: RowContext) -> [String] {
        [fromURI, toURI, state.word, callID, diagnosis ?? "", finalReason] + codecs
    }

    func filterValue(_ field: FilterField, _ context: RowContext) -> FilterValue? {
        guard case .named(let name) = field else { return nil }
        switch name {
        case .aor: return .text([fromURI, toURI])
        case .user: return .text([from, to])
        case .domain: return .text([Words.host(of: fromURI), Words.host(of: toURI)])
        case .from: return .text([fromURI])
        case .to: return .text([toURI])
        case .dst, .contact: return .text(legs.map(\.peer.description))
        case .ip: return .text(legs.map(\.peer.ip.description))
        case .method: return .text("INVITE")
        case .status:
            return finalCode.map { .number(Double($0)) }
                ?? .number(legs.compactMap(\.code).last.map(Double.init) ?? 0)
        case .state: return .text(state.filterWord)
        case .callid: return .text(callID)
        case .age: return .number((context.now - startedAt).seconds)
        case .pdd: return setupTime.map { .number($0.seconds) }
        case .dur: return .number(duration(at: context.now).seconds)
        case .retrans: return .number(Double(retransmissions))
        case .legs: return .number(Double(legs.count))
        case .reason: return .text(finalReason)
        case .diag: return diagnosis.map { .text($0) }
        case .kind: return .text("call")
        case .src, .port, .transport, .ua, .role, .branch, .tag, .cseq, .expires, .rtt, .body, .dir:
            return nil
        }
    }
}
