import Foundation

/// Where the program's files are, by the XDG base directory rules.
struct FilePaths: Sendable, Hashable {
    /// `config.toml`.
    var configuration: String
    /// The directory of themes that add to the built-in ones, or replace them.
    var themes: String
    /// The directory of what lasts: audit log, log.
    var state: String
    /// The control socket, unless configured.
    var control: String

    /// Registrations and accounts, unless configured.
    var store: String { state + "/sipglass.db" }
    /// One JSON line for every operator's act.
    var auditLog: String { state + "/audit.log" }
    /// What is written to standard error while the screen is up.
    var log: String { state + "/sipglass.log" }

    /// Derives all paths from the environment.
    ///
    /// A relative path in a variable is ignored, as the XDG rules ask; `home` stands in where there is no HOME.
    /// Without a run-time directory the control socket lies among the state, which is the user's own, and not in a
    /// directory that others write to.
    init(environment: [String: String], home: String) {
        func directory(_ variable: String) -> String? {
            environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let home = directory("HOME") ?? home
        let config = directory("XDG_CONFIG_HOME") ?? home + "/.config"
        configuration = config + "/sipglass/config.toml"
        themes = config + "/sipglass/themes"
        state = (directory("XDG_STATE_HOME") ?? home + "/.local/state") + "/sipglass"
        control = (directory("XDG_RUNTIME_DIR") ?? state) + "/sipglass.sock"
    }

    /// Makes the state directory, for this user alone, unless it is there.
    func makeStateDirectory() throws {
        try FileManager.default.createDirectory(
            atPath: state,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    /// The paths of this process's user.
    static var current: FilePaths {
        FilePaths(
            environment: ProcessInfo.processInfo.environment,
            home: FileManager.default.homeDirectoryForCurrentUser.path
        )
    }
}
