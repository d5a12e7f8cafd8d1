/// How the program ends (the numbers of `sysexits.h`).
enum ExitStatus: Int32, Sendable {
    case done = 0
    /// What was asked of a running program was refused.
    case refused = 1
    /// The command line is wrong.
    case usage = 64
    /// A file cannot be read, or is wrong.
    case badFile = 65
    /// An address cannot be bound, or no running program answers.
    case unavailable = 69
    /// The configuration is wrong.
    case configuration = 78
}

/// Why the program ends without having done what it was asked to.
struct Failure: Error, Sendable, Hashable {
    /// The exit code.
    var status: ExitStatus
    /// Lines for standard error; each says what is wrong and what to do.
    var lines: [String]

    /// Says it in one line.
    init(_ status: ExitStatus, _ line: String) {
        self.status = status
        lines = ["sipglass: " + line]
    }

    /// Says it in several lines.
    init(_ status: ExitStatus, _ lines: [String]) {
        self.status = status
        self.lines = lines.map { "sipglass: " + $0 }
    }

    /// Lists all that is wrong with a configuration.
    init(_ problems: ConfigurationProblems) {
        status = .configuration
        lines = problems.problems.map { "sipglass: \($0)" }
    }
}
