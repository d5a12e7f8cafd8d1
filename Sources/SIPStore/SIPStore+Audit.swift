import GRDB
import SIPReport

extension SIPStore {
    /// Appends what operators did, one row for each binding that an act touched.
    static func write(_ audit: [AuditEntry], _ database: Database) throws {
        guard !audit.isEmpty else { return }
        let statement = try database.cachedStatement(
            sql:
                "INSERT INTO audit (time, actor, act, target, reason, outcome) VALUES (?, ?, ?, ?, ?, 'done')"
        )
        for entry in audit {
            for target in entry.targets {
                try statement.execute(
                    arguments: [
                        entry.unixNanoseconds / 1_000_000, entry.actor, entry.act, target, entry.reason,
                    ]
                )
            }
        }
    }
}
