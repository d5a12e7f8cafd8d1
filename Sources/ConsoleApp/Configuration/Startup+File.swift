import Foundation

extension Startup {
    /// Reads the configuration file and joins it with the flags.
    ///
    /// - Errors: a file that was named and cannot be read, everything that is wrong in it, or what would be
    ///   unsafe.
    static func load(_ wishes: Wishes, file: String?, paths: FilePaths) throws(Failure) -> Startup {
        let settings = try settings(file: file, paths: paths) ?? Settings()
        return try load(wishes, settings, paths: paths)
    }

    /// Joins settings with the flags, and reads the users file that one of them names.
    static func load(_ wishes: Wishes, _ settings: Settings, paths: FilePaths) throws(Failure) -> Startup {
        let users = try (wishes.users ?? settings.users).map(usersFile)
        let store = StoreChoice(wishes, settings, paths: paths)
        return try Startup(
            wishes,
            settings,
            users: users,
            accounts: store.accounts(),
            paths: paths,
            machine: .current
        )
    }

    private static func usersFile(_ path: String) throws(Failure) -> UsersFile {
        let text = try readText(path, "the path of --users")
        do {
            return try UsersFile(text: text, file: path)
        } catch {
            throw Failure(error)
        }
    }

    private static func readText(_ path: String, _ place: String) throws(Failure) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Failure(
                .configuration,
                "\(path): cannot be read as a text file; check \(place) and that it is UTF-8"
            )
        }
    }

    /// The settings of the named file, or of the usual one; nil when the usual one does not exist.
    static func settings(file: String?, paths: FilePaths) throws(Failure) -> Settings? {
        let path = file ?? paths.configuration
        guard file != nil || FileManager.default.fileExists(atPath: path) else { return nil }
        let text = try readText(path, "the path")
        do {
            return try Settings(text: text, file: path)
        } catch {
            throw Failure(error)
        }
    }
}
