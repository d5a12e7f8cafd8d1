import GRDB
import SIPFlow
public import SIPReport

extension SIPStore {
    /// All bans, those that are over included.
    public func bans() throws(StoreError) -> [StoredBan] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql:
                    "SELECT kind, subject, begins_at, ends_at, reason, actor FROM bans ORDER BY kind, subject"
            )
            return try rows.map { row in
                guard let ban = Self.ban(row) else {
                    throw StoreError(.damaged("the ban of \(row[1] as String) makes no sense"), path: path)
                }
                return ban
            }
        }
    }

    /// Writes new and changed bans, and forgets those that are over or lifted.
    static func write(_ batch: BanBatch, _ database: Database) throws {
        for ban in batch.kept {
            let (kind, subject) = words(ban.subject)
            try database.execute(
                sql: "INSERT OR REPLACE INTO bans (kind, subject, actor, reason, begins_at, ends_at) "
                    + "VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    kind, subject, ban.actor, ban.reason, ban.beginsAt / 1_000_000, ban.endsAt / 1_000_000,
                ]
            )
        }
        for gone in batch.gone {
            let (kind, subject) = words(gone)
            try database.execute(
                sql: "DELETE FROM bans WHERE kind = ? AND subject = ?",
                arguments: [kind, subject]
            )
        }
    }

    private static func words(_ subject: BanSubject) -> (kind: String, subject: String) {
        switch subject {
        case .source(let address): ("source", address.description)
        case .aor(let aor): ("aor", aor)
        }
    }

    /// A row as a ban; nil when its values are none that this program writes.
    private static func ban(_ row: Row) -> StoredBan? {
        let (kind, name): (String, String) = (row[0], row[1])
        let times: (Int64, Int64) = (row[2], row[3])
        guard (0...lastMillisecond).contains(times.0), (0...lastMillisecond).contains(times.1) else {
            return nil
        }
        let subject: BanSubject
        if kind == "aor" {
            subject = .aor(name)
        } else {
            guard let address = IPAddress(name) else { return nil }
            subject = .source(of: address)
        }
        return StoredBan(
            subject: subject,
            beginsAt: times.0 * 1_000_000,
            endsAt: times.1 * 1_000_000,
            reason: row[4],
            actor: row[5]
        )
    }
}
