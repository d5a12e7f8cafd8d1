import SIPFlow
import SIPTrace

/// A message in the list of all: its number, and the book that makes its row when it is looked at.
struct MessageItem: ListRow {
    let id: UInt64
    let book: TraceBook
    private let known: MessageRow?

    /// An item; `isResolved` makes its row at once, for one whose every column is asked for.
    init(id: UInt64, book: TraceBook, isResolved: Bool = false) {
        self.id = id
        self.book = book
        known = isResolved ? book.message(id) : nil
    }

    static let firstSort = ListSort(column: 0, isDescending: false)

    static let columns: [Column<MessageItem>] = [
        Column(
            title: "Time",
            width: 12...12,
            priority: 9,
            role: .textMuted,
            text: { item, context in item.row.map { context.clock($0.moment) } ?? "" },
            key: sequence
        ),
        Column(
            title: "Dir",
            width: 3...3,
            priority: 8,
            text: { item, _ in item.row.map(\.directionWord) ?? "" },
            key: sequence
        ),
        Column(
            title: "Peer",
            width: 14...22,
            priority: 7,
            cut: .middle,
            text: { item, _ in item.row?.flow.peer.description ?? "" },
            key: sequence
        ),
        Column(
            title: "Tp",
            width: 3...3,
            priority: 3,
            text: { item, _ in item.row?.flow.transport.token ?? "" },
            key: sequence
        ),
        Column(
            title: "Message",
            width: 18...60,
            priority: 10,
            roleOf: { item, _ in item.row?.kind.role ?? .textMuted },
            text: { item, _ in item.row?.summary ?? "no longer kept" },
            key: sequence
        ),
        Column(
            title: "CSeq",
            width: 9...16,
            priority: 4,
            text: { item, _ in item.row?.cseqWords ?? "" },
            key: sequence
        ),
        Column(
            title: "Note",
            width: 6...16,
            priority: 6,
            role: .sipRetransmit,
            text: { item, _ in item.row?.note ?? "" },
            key: sequence
        ),
        Column(
            title: "Bytes",
            width: 5...6,
            priority: 2,
            isRight: true,
            role: .textMuted,
            text: { item, _ in item.row.map { String($0.size) } ?? "" },
            key: sequence
        ),
        Column(
            title: "Call-ID",
            width: 12...40,
            priority: 1,
            cut: .middle,
            role: .textMuted,
            text: { item, _ in item.row?.callID ?? "" },
            key: sequence
        ),
    ]

    private static let sequence: @Sendable (MessageItem, RowContext) -> SortKey = { item, _ in
        .number(Int64(clamping: item.id))
    }

    /// The row; nil when the message is no longer kept.
    var row: MessageRow? { known ?? book.message(id) }

    func isProblem(_ context: RowContext) -> Bool {
        guard let row else { return false }
        return row.isRetransmission || row.kind == .unreadable || row.drop != nil && row.drop != .keepAlive
            || (row.code ?? 0) >= 400
    }

    func isOver(_ context: RowContext) -> Bool { row?.drop != nil }

    func story(_ context: RowContext) -> String? { nil }

    func searchTexts(_ context: RowContext) -> [String] {
        guard let row else { return [] }
        return [row.summary, row.flow.peer.description, row.callID ?? "", row.cseqWords, row.note]
    }

    func filterValue(_ field: FilterField, _ context: RowContext) -> FilterValue? {
        guard let row else { return nil }
        guard case .named(let name) = field else { return header(field) }
        switch name {
        case .src: return row.direction == .received ? .text(row.flow.peer.description) : nil
        case .dst: return row.direction == .sent ? .text(row.flow.peer.description) : nil
        case .ip: return .text(row.flow.peer.ip.description)
        case .port: return .number(Double(row.flow.peer.port))
        case .transport: return .text(row.flow.transport.token)
        case .method: return .text(row.method ?? row.sequenceMethod)
        case .status: return row.code.map { .number(Double($0)) }
        case .callid: return row.callID.map { .text($0) }
        case .cseq: return row.sequenceNumber.map { .number(Double($0)) }
        case .age: return .number((context.now - row.moment).seconds)
        case .retrans: return .number(row.isRetransmission ? 1 : 0)
        case .reason: return row.drop.map { .text($0.text) }
        case .kind: return .text(row.kind.word)
        case .dir: return .text(row.direction == .received ? ["in", "received"] : ["out", "sent"])
        case .body:
            return book.decoded(id).map { .text(String(decoding: $0.raw[$0.bodyRange], as: UTF8.self)) }
        case .ua: return header(named: "User-Agent")
        case .from: return header(named: "From")
        case .to, .aor: return header(named: "To")
        case .contact: return header(named: "Contact")
        case .tag: return .text(["From", "To"].compactMap { book.decoded(id)?.header($0) })
        case .branch: return header(named: "Via")
        case .user, .domain, .state, .role, .expires, .rtt, .pdd, .dur, .legs, .diag: return nil
        }
    }

    private func header(_ field: FilterField) -> FilterValue? {
        guard case .header(let name) = field else { return nil }
        return header(named: name)
    }

    private func header(named name: String) -> FilterValue? {
        let values = book.decoded(id)?.headers.filter { $0.name.lowercased() == name.lowercased() }.map(
            \.value
        )
        guard let values, !values.isEmpty else { return nil }
        return .text(values)
    }
}

extension MessageRow {
    /// `in` from the network, `out` to it.
    var directionWord: String { direction == .received ? "in" : "out" }

    /// `41 INVITE`.
    var cseqWords: String { sequenceNumber.map { "\($0) \(sequenceMethod)" } ?? "" }

    /// `rtx`, `own`, or why it was dropped.
    var note: String {
        if let drop { return drop.text }
        if isRetransmission { return "rtx" }
        return isOwn ? "own" : ""
    }
}
