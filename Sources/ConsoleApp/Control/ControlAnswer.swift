import Foundation
import SIPEngine
import SIPFlow
import SIPReport
import SIPTrace

/// What `ctl` prints of a snapshot: one object with one key for each command.
///
/// - Cost: calls and messages are worked out from the ring here, on the asker's time and not the engine's.
enum ControlAnswer {
    /// The JSON line for a question.
    static func encode(_ request: ControlRequest, _ update: EngineUpdate) throws -> Data {
        let report = update.report
        let now = report.moment
        switch request.command {
        case .registrations:
            let rows = report.registrations.sorted { ($0.aor, $0.id) < ($1.aor, $1.id) }
            var twins = CaseTwins()
            for row in rows { twins.insert(row.aor) }
            let heard = Dictionary(report.heard.map { ($0.peer, $0.moment) }) { max($0, $1) }
            return try JSON.encode([
                "registrations": rows.map { row in
                    RegistrationJSON(
                        row,
                        heard: heard[row.flow.peer],
                        twins: twins,
                        now: now,
                        clock: report.clock
                    )
                }
            ])
        case .transactions:
            let rows = report.transactions.sorted { $0.id < $1.id }
            return try JSON.encode(["transactions": rows.map { TransactionJSON($0, now: now) }])
        case .calls:
            return try JSON.encode([
                "calls": book(of: update).calls.map { CallJSON($0, now: now, clock: report.clock) }
            ])
        case .messages:
            return try JSON.encode(["messages": messages(request, update)])
        case .stats:
            return try JSON.encode(["stats": StatsJSON(report)])
        case .bans:
            return try JSON.encode([
                "bans": report.bans.map { BanJSON($0, now: now, clock: report.clock) }
            ])
        case .kick, .undo, .ban, .unban, .reloadUsers:
            throw ControlRefusal(code: .badRequest, message: "an order, and no question")
        }
    }

    /// The JSON line for what became of an order.
    static func encode(_ outcome: CommandOutcome) throws -> Data {
        switch outcome {
        case .kicked(let entry): try JSON.encode(["kicked": AuditJSON(entry)])
        case .kickedAndBanned(let entry, let ban):
            try JSON.encode(["kicked": AuditJSON(entry), "banned": AuditJSON(ban)])
        case .undone(let entry): try JSON.encode(["undone": AuditJSON(entry)])
        case .banned(let entry): try JSON.encode(["banned": AuditJSON(entry)])
        case .unbanned(let entry): try JSON.encode(["unbanned": AuditJSON(entry)])
        case .refused(let text): throw ControlRefusal(code: .notFound, message: text)
        }
    }

    private static func messages(_ request: ControlRequest, _ update: EngineUpdate) -> [MessageJSON] {
        let book = book(of: update)
        var wanted = book.messages.filter { request.call == nil || $0.callID == request.call }
        if let last = request.last { wanted = Array(wanted.suffix(max(0, last))) }
        return wanted.map { row in
            MessageJSON(
                row,
                raw: book.raw(row.sequence) ?? [],
                listeners: update.report.listeners,
                clock: update.report.clock
            )
        }
    }

    private static func book(of update: EngineUpdate) -> TraceBook {
        // The ring's budget has already decided what is kept.
        var book = TraceBook(budget: 1 << 40)
        for chunk in update.chunks { book.absorb(chunk) }
        return book
    }
}
