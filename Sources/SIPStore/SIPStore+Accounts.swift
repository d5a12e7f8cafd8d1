import Foundation
import GRDB
public import SIPRegistrar

extension SIPStore {
    /// All accounts, by realm and user.
    public func accounts() throws(StoreError) -> [Account] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT user, realm, md5, sha256 FROM accounts ORDER BY realm, user"
            )
            return rows.map { row in
                Account(
                    user: row[0],
                    realm: row[1],
                    md5: Array(row[2] as Data),
                    sha256: Array(row[3] as Data)
                )
            }
        }
    }

    /// True when there is an account.
    public func hasAccount(_ user: String, realm: String) throws(StoreError) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT * FROM accounts WHERE user = ? AND realm = ?)",
                arguments: [user, realm]
            ) ?? false
        }
    }

    /// Adds accounts, all or none; one with the same user and realm is replaced.
    public func put(_ accounts: [Account]) throws(StoreError) {
        try write { database in
            for account in accounts {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO accounts (user, realm, md5, sha256, changed_at) "
                        + "VALUES (?, ?, ?, ?, unixepoch() * 1000)",
                    arguments: [account.user, account.realm, Data(account.md5), Data(account.sha256)]
                )
            }
        }
    }

    /// Removes an account; false when there was none.
    public func removeAccount(_ user: String, realm: String) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(
                sql: "DELETE FROM accounts WHERE user = ? AND realm = ?",
                arguments: [user, realm]
            )
            return database.changesCount > 0
        }
    }
}
