import Foundation
import SIPEngine
import SIPRegistrar
import SIPReport
import SIPStore

/// Takes an operator's orders to the engine and writes the audit log; the console and ctl share it.
struct OperatorDesk: Sendable {
    /// The engine.
    let engine: SIPEngine
    /// Where accounts are; nil without a store.
    let store: SIPStore?
    /// Takes other accounts in the place of all there are.
    let takeAccounts: @Sendable ([Account]) -> Void
    /// Where acts are written down.
    let audit: AuditLog
    /// True when orders are refused.
    let isReadOnly: Bool
    /// Where acts are told.
    let log: Log
    /// Hears that an act could not be written down.
    let complain: @Sendable (String) -> Void

    /// Carries out an order; `then` runs on a queue of its own, once the audit line is written.
    func perform(_ command: CoreCommand, then: @escaping @Sendable (CommandOutcome) -> Void) {
        guard !isReadOnly else { return then(.refused("this sipglass runs read-only")) }
        engine.perform(command) { outcome in
            write(outcome)
            then(outcome)
        }
    }

    private func write(_ outcome: CommandOutcome) {
        switch outcome {
        case .kicked(let entry), .undone(let entry), .banned(let entry), .unbanned(let entry): write(entry)
        case .kickedAndBanned(let kick, let ban):
            write(kick)
            write(ban)
        case .refused(let text): log.write(.debug, "refused: \(text)")
        }
    }

    private func write(_ entry: AuditEntry) {
        log.write(.info, "\(entry.actor) \(entry.act) \(entry.targets.joined(separator: ", "))")
        do {
            try audit.append(entry)
        } catch {
            complain("the audit log \(audit.path) cannot be written: \(error.localizedDescription)")
        }
    }
}
