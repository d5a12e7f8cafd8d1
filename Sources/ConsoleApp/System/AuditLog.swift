import Foundation
import SIPReport

/// The file that keeps one JSON line for every operator's act.
///
/// - Shape: opened for each line, so that it may be moved away at any time; mode 0600.
struct AuditLog: Sendable {
    /// Where it is.
    var path: String

    /// Appends a line.
    ///
    /// - Errors: the system's, when the line could not be written; the act itself has happened.
    func append(_ entry: AuditEntry) throws {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(
                atPath: path,
                contents: nil,
                attributes: [.posixPermissions: 0o600]
            )
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: JSON.encode(AuditJSON(entry)) + Data("\n".utf8))
    }
}
