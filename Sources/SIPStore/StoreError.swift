import GRDB

/// Why a store cannot be used, or something cannot be stored.
public struct StoreError: Error, Sendable, Hashable {
    /// What is wrong.
    public enum Reason: Sendable, Hashable {
        /// A later version of the program wrote the file.
        case newerSchema(found: Int, known: Int)
        /// The file is a database of another program.
        case foreign
        /// Another engine keeps its registrations in the file.
        case inUse(by: String)
        /// The file is no database, or its contents are broken.
        case damaged(String)
        /// The system refuses, in its words: no room, no permission, a failing disk.
        case refused(String)
    }

    /// What is wrong.
    public var reason: Reason
    /// The file.
    public var path: String

    /// Names what is wrong with a file.
    public init(_ reason: Reason, path: String) {
        self.reason = reason
        self.path = path
    }

    /// Takes over what SQLite says.
    init(_ error: any Error, path: String) {
        if let known = error as? StoreError {
            self = known
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.refused("\(error)"), path: path)
            return
        }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_MISMATCH:
            self.init(.damaged(error.message ?? "malformed"), path: path)
        case _: self.init(.refused(error.message ?? "\(error.resultCode)"), path: path)
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// One clause for people, without the path.
    public var words: String {
        switch reason {
        case .newerSchema(let found, let known):
            "a newer sipglass wrote it (version \(found), this one knows \(known))"
        case .foreign: "it is a database of another program"
        case .inUse(let owner): "another sipglass keeps its registrations there\(owner)"
        case .damaged(let text): "it is damaged (\(text))"
        case .refused(let text): text
        }
    }

    /// The path and what is wrong.
    public var description: String { "\(path): \(words)" }
}
