/// One thing that is wrong in a configuration file, a flag or a theme.
struct ConfigurationProblem: Error, Sendable, Hashable {
    /// The file, or the flag; empty when the problem has no single place.
    var source: String
    /// The line, from 1; nil for a flag.
    var line: Int?
    /// The key with the tables around it, `timers.t1`; empty for the file as a whole.
    var key: String
    /// What was found, and what was expected.
    var text: String
    /// What to do.
    var remedy: String
}

extension ConfigurationProblem: CustomStringConvertible {
    /// `config.toml:7: timers.t1: expected …, found …; write …`.
    var description: String {
        var place: [String] = []
        if !source.isEmpty { place.append(line.map { "\(source):\($0)" } ?? source) }
        if !key.isEmpty { place.append(key) }
        return (place + [remedy.isEmpty ? text : "\(text); \(remedy)"]).joined(separator: ": ")
    }
}

/// All that is wrong, listed at once.
struct ConfigurationProblems: Error, Sendable {
    /// At least one, in the order of the lines.
    var problems: [ConfigurationProblem]
}
