import Foundation
import SIPRegistrar
import SIPStore

/// Where registrations shall last.
enum StoreChoice: Sendable, Hashable {
    /// In memory: a restart begins empty.
    case memory
    /// In a SQLite file.
    case file(String)

    /// Reads what a flag or the configuration says.
    init(_ text: String) {
        self = text == "memory" ? .memory : .file(text)
    }

    /// Joins flag, file and default.
    init(_ wishes: Wishes, _ settings: Settings, paths: FilePaths) {
        self = (wishes.store ?? settings.store).map(StoreChoice.init) ?? .file(paths.store)
    }

    /// The accounts in it; none when there is no file yet, or one that cannot be used.
    func accounts() -> [Account] {
        guard case .file(let path) = self, FileManager.default.fileExists(atPath: path) else { return [] }
        return (try? SIPStore(path, as: .command).accounts()) ?? []
    }
}
