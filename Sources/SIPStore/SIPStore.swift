import Dispatch
import Foundation
import GRDB
import Glibc
public import SIPRegistrar
public import SIPReport
import Synchronization

/// Registrations, accounts, bans and the audit log in one SQLite file.
///
/// - Shape: write-ahead log, every commit forced to the disk before it counts (`synchronous = FULL`): a 200 must
///   outlive not only the process but a loss of power, and one commit serves all REGISTERs of a batch.
/// - Limits: one engine a file; any number of `sipglass user` beside it.
public final class SIPStore: Sendable {
    /// Who opens a store.
    public enum Role: Sendable {
        /// The engine, alone of its kind.
        case engine
        /// A command that reads or changes accounts, also beside a running engine.
        case command
    }

    /// The file.
    public let path: String
    let database: DatabaseQueue
    private let lock: Mutex<InstanceLock?>
    private let queue = DispatchQueue(label: "sipglass.store")

    /// Opens a store; makes file and directory, for this user alone, where there are none.
    ///
    /// - Errors: whatever keeps it from being used; no byte of the file was changed then.
    public convenience init(_ path: String, as role: Role = .engine) throws(StoreError) {
        try self.init(path, as: role, steps: Schema.steps)
    }

    /// Opens a store that another list of steps brings up to date.
    init(_ path: String, as role: Role, steps: [String]) throws(StoreError) {
        self.path = path
        do {
            try Self.makeFile(path)
            lock = Mutex(role == .engine ? try InstanceLock(store: path) : nil)
            var configuration = Configuration()
            configuration.label = "sipglass.sqlite"
            configuration.busyMode = .timeout(10)
            database = try DatabaseQueue(path: path, configuration: configuration)
            try database.writeWithoutTransaction { database in
                try Schema.migrate(database, path: path, steps: steps)
                _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Writes what changed in one transaction.
    ///
    /// - Errors: nothing of it was written.
    public func commit(
        _ bindings: BindingBatch,
        bans: BanBatch = BanBatch(),
        audit: [AuditEntry]
    ) throws(StoreError) {
        try write { database in
            try Self.write(bindings, database)
            try Self.write(bans, database)
            try Self.write(audit, database)
        }
    }

    /// Does the same on the store's own queue; `then` runs there with the failure, or nil.
    public func commit(
        _ bindings: BindingBatch,
        bans: BanBatch = BanBatch(),
        audit: [AuditEntry],
        then: @escaping @Sendable (StoreError?) -> Void
    ) {
        queue.async { @Sendable [self] in
            do throws(StoreError) {
                try commit(bindings, bans: bans, audit: audit)
                then(nil)
            } catch {
                then(error)
            }
        }
    }

    /// Returns when everything that was handed over is done, and its `then` has run.
    public func finish() { queue.sync {} }

    /// Closes the file, and lets another engine have it; nothing can be read or written afterwards.
    public func close() {
        finish()
        // What the file cannot be closed for, such as a failing disk, the next opening tells.
        try? database.close()
        lock.withLock { $0 = nil }
    }

    /// Runs a transaction.
    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do {
            return try database.writeWithoutTransaction { database in
                var value: Value?
                try database.inTransaction(.immediate) {
                    value = try body(database)
                    return .commit
                }
                guard let value else { throw StoreError(.refused("rolled back"), path: path) }
                return value
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Reads from one moment's contents.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private static func makeFile(_ path: String) throws {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(
                at: directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw StoreError(.refused("the directory \(directory.path) cannot be made"), path: path)
        }
        // Made here, since SQLite would let others read it; its own files take over the mode.
        let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw StoreError(.refused(systemWords(errno)), path: path) }
        _ = Glibc.close(number)
    }
}
