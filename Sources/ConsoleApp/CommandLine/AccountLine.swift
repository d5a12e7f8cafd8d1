import SIPHashes
import SIPRegistrar

/// A line `user:realm:password` of a users file.
enum AccountLine {
    /// All accounts of a text.
    ///
    /// - Errors: every wrong line, by its number; a line's own text is not told, since it may hold a password.
    static func accounts(_ text: String, name: String) throws(Failure) -> [Account] {
        var accounts: [Account] = []
        var problems: [String] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (place, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, !parts[2].isEmpty else {
                problems.append("\(name):\(place + 1): expected user:realm:password")
                continue
            }
            if let problem = problem(user: String(parts[0]), realm: String(parts[1])) {
                problems.append("\(name):\(place + 1): \(problem)")
                continue
            }
            accounts.append(
                Account(
                    user: String(parts[0]),
                    realm: String(parts[1]),
                    password: String(parts[2]),
                    hashes: .libcrypto
                )
            )
        }
        guard problems.isEmpty else { throw Failure(.badFile, problems) }
        return accounts
    }

    /// What is wrong with a name: a colon ends it in a digest, and control characters fit into no header field.
    static func problem(user: String, realm: String) -> String? {
        for (what, text) in [("user", user), ("realm", realm)] {
            if text.isEmpty { return "the \(what) is empty" }
            if text.contains(":") { return "the \(what) may not contain a colon" }
            if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                return "the \(what) may not contain control characters"
            }
        }
        return nil
    }
}
