import GRDB

/// The tables of a store, and the steps that bring older files up to date.
///
/// - Shape: step n makes version n + 1 of version n. A step that was released is never changed.
enum Schema {
    /// Tells our files from those of other programs: "sgls" in ASCII.
    static let applicationID = 0x7367_6c73

    static let steps = [
        """
        CREATE TABLE bindings (
            id INTEGER PRIMARY KEY,
            aor BLOB NOT NULL,
            contact BLOB NOT NULL,
            parameters BLOB NOT NULL,   -- of the contact, reg-id among them
            q INTEGER,                  -- thousandths
            path BLOB NOT NULL,
            instance BLOB NOT NULL,
            user_agent BLOB NOT NULL,
            call_id BLOB NOT NULL,
            cseq INTEGER NOT NULL,
            transport TEXT NOT NULL,
            listener TEXT NOT NULL,     -- our side of the flow
            peer TEXT NOT NULL,         -- the phone's side of the flow
            behind_nat INTEGER NOT NULL,
            refreshes INTEGER NOT NULL,
            registered_at INTEGER NOT NULL,  -- all times: milliseconds since 1970-01-01 UTC
            refreshed_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE accounts (
            user TEXT NOT NULL,
            realm TEXT NOT NULL,
            md5 BLOB NOT NULL CHECK (length(md5) = 16),           -- HA1
            sha256 BLOB NOT NULL CHECK (length(sha256) = 32),     -- HA1
            changed_at INTEGER NOT NULL,
            PRIMARY KEY (user, realm)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE bans (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT NOT NULL,
            begins_at INTEGER NOT NULL,
            ends_at INTEGER
        ) STRICT;
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            act TEXT NOT NULL,
            target TEXT NOT NULL,
            reason TEXT NOT NULL,
            outcome TEXT NOT NULL
        ) STRICT;
        CREATE INDEX audit_by_time ON audit (time);
        """,
        """
        ALTER TABLE bindings ADD COLUMN asked INTEGER;   -- the seconds that the phone asked for
        ALTER TABLE bindings ADD COLUMN is_flow INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE bindings ADD COLUMN keeps_flow INTEGER NOT NULL DEFAULT 0;
        """,
        """
        DROP TABLE bans;   -- versions 1 and 2 had it and never wrote to it
        CREATE TABLE bans (
            kind TEXT NOT NULL CHECK (kind IN ('source', 'aor')),
            subject TEXT NOT NULL,           -- IP address, or user@domain
            actor TEXT NOT NULL,
            reason TEXT NOT NULL,
            begins_at INTEGER NOT NULL,
            ends_at INTEGER NOT NULL,
            PRIMARY KEY (kind, subject)
        ) STRICT, WITHOUT ROWID;
        """,
    ]

    /// Brings a file up to date, all steps in one transaction, or makes the tables of a new one.
    ///
    /// - Errors: a newer version, or a database of another program; the file is then left as it was.
    static func migrate(_ database: Database, path: String, steps: [String] = steps) throws {
        try database.inTransaction(.immediate) {
            let version = try number(database, "user_version")
            let owner = try number(database, "application_id")
            if owner != applicationID {
                let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
                guard owner == 0, version == 0, tables == 0 else { throw StoreError(.foreign, path: path) }
            }
            guard version <= steps.count else {
                throw StoreError(.newerSchema(found: version, known: steps.count), path: path)
            }
            guard version < steps.count else { return .commit }
            for step in steps[max(0, version)...] { try database.execute(sql: step) }
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(steps.count)")
            return .commit
        }
    }

    private static func number(_ database: Database, _ pragma: String) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA \(pragma)") ?? 0
    }
}
