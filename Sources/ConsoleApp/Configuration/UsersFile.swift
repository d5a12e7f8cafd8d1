import SIPRegistrar

/// Who may register and call: lines `user:realm:password`.
///
/// - Shape: empty lines and lines that begin with `#` mean nothing. A password may have colons and blanks in it; a line
///   without a realm, `user::password`, is of the first served domain.
struct UsersFile: Sendable, Hashable {
    /// One line.
    private struct User: Hashable {
        var name: String
        var realm: String
        var password: String
    }

    private var users: [User] = []

    /// Reads the text of a file.
    ///
    /// - Errors: everything that is wrong, in the order of the lines; a file without users too.
    init(text: String, file: String) throws(ConfigurationProblems) {
        var problems: [ConfigurationProblem] = []
        var lines: [[String]: Int] = [:]
        for (place, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        where !line.allSatisfy(\.isWhitespace) && !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(
                String.init
            )
            if let fault = Self.fault(parts) ?? lines[Array(parts.prefix(2))].map(Self.twice) {
                problems.append(
                    ConfigurationProblem(
                        source: file,
                        line: place + 1,
                        key: "",
                        text: fault.text,
                        remedy: fault.remedy
                    )
                )
            } else {
                lines[Array(parts.prefix(2))] = place + 1
                users.append(User(name: parts[0], realm: parts[1], password: parts[2]))
            }
        }
        if users.isEmpty && problems.isEmpty {
            problems.append(
                ConfigurationProblem(
                    source: file,
                    key: "",
                    text: "there are no users in it",
                    remedy: Self.example
                )
            )
        }
        guard problems.isEmpty else { throw ConfigurationProblems(problems: problems) }
    }

    /// True when some user has no realm.
    var needsHome: Bool { users.contains { $0.realm.isEmpty } }

    /// The accounts; users without a realm are of `home`.
    func accounts(home: String, hashes: HashFunctions) -> [Account] {
        users.map {
            Account(
                user: $0.name,
                realm: $0.realm.isEmpty ? home : $0.realm,
                password: $0.password,
                hashes: hashes
            )
        }
    }

    private static let example = "write user:realm:password, as in bob:lab.test:secret"

    private static func fault(_ parts: [String]) -> (text: String, remedy: String)? {
        guard parts.count == 3 else { return ("expected two colons, found \(parts.count - 1)", example) }
        if parts[0].isEmpty { return ("the user is empty", example) }
        if parts[2].isEmpty { return ("the password of \(parts[0]) is empty", example) }
        for part in parts.prefix(2)
        where part != part.trimmed || part.unicodeScalars.contains(where: { $0.value < 0x20 }) {
            return ("\"\(part)\" has blanks at its ends, or control characters", "take them out")
        }
        return nil
    }

    private static func twice(_ first: Int) -> (text: String, remedy: String) {
        ("this user and realm stand in line \(first) too", "remove one")
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
