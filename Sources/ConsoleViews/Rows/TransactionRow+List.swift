import SIPFlow
import SIPReport
import SIPTrace

extension TransactionRow: ListRow {
    static let firstSort = ListSort(column: 7, isDescending: false)

    static let columns: [Column<TransactionRow>] = [
        Column(
            title: "Role",
            width: 4...4,
            priority: 9,
            roleOf: { row, _ in row.hasOldBranch ? .stateWarn : .text },
            text: { row, _ in row.hasOldBranch ? "\(row.roleWord)!" : row.roleWord },
            key: { row, _ in .text(row.roleWord) }
        ),
        Column(
            title: "Method",
            width: 8...10,
            priority: 10,
            role: .sipRequest,
            text: { row, _ in row.method },
            key: { row, _ in .text(row.method) }
        ),
        Column(
            title: "State",
            width: 10...10,
            priority: 10,
            roleOf: { row, _ in row.stateRole },
            text: { row, _ in row.state.rawValue },
            key: { row, _ in .text(row.state.rawValue) }
        ),
        Column(
            title: "Timers",
            width: 12...14,
            priority: 8,
            role: .timerRunning,
            text: { row, context in row.timerWords(at: context.now) },
            key: { row, _ in .number(row.timers.first?.deadline.nanoseconds ?? .max) }
        ),
        Column(
            title: "Rtx",
            width: 3...4,
            priority: 8,
            isRight: true,
            roleOf: { row, _ in row.retransmits > 0 ? .sipRetransmit : .textMuted },
            text: { row, _ in String(row.retransmits) },
            key: { row, _ in .number(Int64(row.retransmits)) }
        ),
        Column(
            title: "Code",
            width: 4...4,
            priority: 5,
            isRight: true,
            roleOf: { row, _ in row.code == 0 ? .textMuted : Role.response(row.code) },
            text: { row, _ in row.code == 0 ? "-" : String(row.code) },
            key: { row, _ in .number(Int64(row.code)) }
        ),
        Column(
            title: "Peer",
            width: 14...22,
            priority: 7,
            cut: .middle,
            text: { row, _ in row.flow.peer.description },
            key: { row, _ in .text(row.flow.peer.description) }
        ),
        Column(
            title: "Age",
            width: 6...6,
            priority: 4,
            isRight: true,
            text: { row, context in Format.timer((row.endedAt ?? context.now) - row.startedAt) },
            key: { row, _ in .number(-row.startedAt.nanoseconds) }
        ),
        Column(
            title: "Fk",
            width: 2...2,
            priority: 8,
            roleOf: { row, _ in Role.fork(row.fork) },
            text: { row, context in row.forkLetter(context) },
            key: { row, _ in .number(Int64(row.fork)) }
        ),
        Column(
            title: "Call-ID",
            width: 12...40,
            priority: 2,
            cut: .middle,
            role: .textMuted,
            text: { row, _ in row.callID },
            key: { row, _ in .text(row.callID) }
        ),
        Column(
            title: "Branch",
            width: 12...32,
            priority: 1,
            cut: .middle,
            roleOf: { row, _ in row.hasOldBranch ? .stateWarn : .textMuted },
            text: { row, _ in row.branchWords },
            key: { row, _ in .text(row.branch) }
        ),
    ]

    /// The branch, or why it is none to speak of.
    var branchWords: String { hasOldBranch ? "pre-3261 branch" : branch }

    /// `UAS` where we received the request, `UAC` where we sent it.
    var roleWord: String {
        switch role {
        case .server: "UAS"
        case .client: "UAC"
        }
    }

    var stateRole: Role {
        switch state {
        case .calling, .trying: .sipRequest
        case .proceeding: .sipProvisional
        case .accepted: .sipSuccess
        case .completed, .confirmed: code >= 300 ? Role.response(code) : .stateEnding
        case .terminated: .stateIdle
        }
    }

    /// `A 1.5s B 29s`: the timers that run and what is left of them; `ended by B` when one ended it.
    func timerWords(at now: Moment) -> String {
        guard endedAt == nil, !timers.isEmpty else {
            return endedBy.map { "ended by \($0.rawValue)" } ?? "-"
        }
        return timers.map { "\($0.name.rawValue) \(Format.timer($0.deadline - now))" }.joined(separator: " ")
    }

    /// The letter of a branch among several of one request.
    func forkLetter(_ context: RowContext) -> String {
        guard let parent else { return "" }
        let isForked = context.mirror.transactions(ofCall: callID).contains {
            $0.parent == parent && $0.fork != fork
        }
        return isForked ? Fork(max(0, fork)).letter : ""
    }

    func isProblem(_ context: RowContext) -> Bool {
        retransmits > 0 || hasOldBranch || code >= 400 && code != 487 || endedBy != nil || !targets.isEmpty
    }

    func isOver(_ context: RowContext) -> Bool { endedAt != nil }

    func story(_ context: RowContext) -> String? {
        context.mirror.loops.words(of: id).map { "401 loop: \($0)" }
    }

    func searchTexts(_ context: RowContext) -> [String] {
        [
            roleWord, method, state.rawValue, flow.peer.description, callID, branch,
            code == 0 ? "" : String(code), note,
        ] + targets.flatMap { [$0.target, $0.verdict] }
    }

    func filterValue(_ field: FilterField, _ context: RowContext) -> FilterValue? {
        guard case .named(let name) = field else { return nil }
        switch name {
        case .src, .dst: return .text(flow.peer.description)
        case .ip: return .text(flow.peer.ip.description)
        case .port: return .number(Double(flow.peer.port))
        case .transport: return .text(flow.transport.token)
        case .method: return .text(method)
        case .status: return code == 0 ? nil : .number(Double(code))
        case .state: return .text(state.rawValue)
        case .role: return .text([roleWord, role.rawValue])
        case .callid: return .text(callID)
        case .branch: return .text(branch)
        case .age: return .number(((endedAt ?? context.now) - startedAt).seconds)
        case .retrans: return .number(Double(retransmits))
        case .kind: return .text("transaction")
        case .aor, .user, .domain, .contact, .ua, .tag, .cseq, .from, .to, .expires, .rtt, .pdd, .dur, .legs,
            .reason,
            .body, .diag, .dir:
            return nil
        }
    }
}
