import Foundation
import GRDB
import SIPFlow
public import SIPRegistrar

extension SIPStore {
    private static let columns = [
        "id", "aor", "contact", "parameters", "q", "path", "instance", "user_agent", "call_id", "cseq",
        "transport", "listener", "peer", "behind_nat", "refreshes", "registered_at", "refreshed_at",
        "expires_at", "asked", "is_flow", "keeps_flow",
    ]
    /// Later times are taken for damage: the year 2200.
    static let lastMillisecond: Int64 = 7_258_118_400_000

    /// All bindings, oldest first, those that have run out included.
    public func bindings() throws(StoreError) -> [StoredBinding] {
        let columns = Self.columns.joined(separator: ", ")
        return try read { database in
            var bindings: [StoredBinding] = []
            let rows = try Row.fetchCursor(database, sql: "SELECT \(columns) FROM bindings ORDER BY id")
            while let row = try rows.next() {
                guard let binding = Self.binding(row) else {
                    throw StoreError(.damaged("binding \(row[0] as Int64) makes no sense"), path: path)
                }
                bindings.append(binding)
            }
            return bindings
        }
    }

    /// Writes new and changed bindings, and forgets those that are gone.
    static func write(_ batch: BindingBatch, _ database: Database) throws {
        if !batch.kept.isEmpty {
            let places = columns.map { _ in "?" }.joined(separator: ", ")
            let statement = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO bindings (\(columns.joined(separator: ", "))) VALUES (\(places))"
            )
            for binding in batch.kept { try statement.execute(arguments: arguments(binding)) }
        }
        guard !batch.gone.isEmpty else { return }
        let statement = try database.cachedStatement(sql: "DELETE FROM bindings WHERE id = ?")
        for id in batch.gone { try statement.execute(arguments: [Int64(clamping: id)]) }
    }

    private static func arguments(_ binding: StoredBinding) -> StatementArguments {
        [
            Int64(clamping: binding.id), Data(binding.aor), Data(binding.contact), Data(binding.parameters),
            binding.q, Data(binding.path), Data(binding.instance), Data(binding.userAgent),
            Data(binding.callID), Int64(binding.cseq), binding.transport.token.lowercased(),
            binding.listener.description, binding.peer.description, binding.isBehindNAT,
            Int64(binding.refreshes), binding.registeredAt / 1_000_000, binding.refreshedAt / 1_000_000,
            binding.expiresAt / 1_000_000, binding.asked, binding.isFlow, binding.keepsFlow,
        ]
    }

    /// A row as a binding; nil when its values are none that this program writes.
    private static func binding(_ row: Row) -> StoredBinding? {
        func bytes(_ column: Int) -> [UInt8] { Array(Data.fromDatabaseValue(row[column]) ?? Data()) }
        func number(_ column: Int) -> Int64 { Int64.fromDatabaseValue(row[column]) ?? -1 }
        func text(_ column: Int) -> String { String.fromDatabaseValue(row[column]) ?? "" }
        func time(_ column: Int) -> Int64? {
            let milliseconds = number(column)
            return (0...lastMillisecond).contains(milliseconds) ? milliseconds * 1_000_000 : nil
        }
        let token = text(10).uppercased()
        guard let id = UInt64(exactly: number(0)), let cseq = UInt32(exactly: number(9)),
            let transport = TransportKind.allCases.first(where: { $0.token == token }),
            let listener = SocketAddress(text(11), defaultPort: 0),
            let peer = SocketAddress(text(12), defaultPort: 0),
            let refreshes = UInt32(exactly: number(14)), let registeredAt = time(15),
            let refreshedAt = time(16), let expiresAt = time(17)
        else { return nil }
        return StoredBinding(
            id: id,
            aor: bytes(1),
            contact: bytes(2),
            parameters: bytes(3),
            path: bytes(5),
            callID: bytes(8),
            userAgent: bytes(7),
            instance: bytes(6),
            cseq: cseq,
            q: Int.fromDatabaseValue(row[4]),
            transport: transport,
            listener: listener,
            peer: peer,
            isBehindNAT: number(13) != 0,
            asked: Int.fromDatabaseValue(row[18]),
            isFlow: number(19) != 0,
            keepsFlow: number(20) != 0,
            refreshes: refreshes,
            registeredAt: registeredAt,
            refreshedAt: refreshedAt,
            expiresAt: expiresAt
        )
    }
}
