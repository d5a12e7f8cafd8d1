import SIPFlow

/// Reads the settings of one TOML table after the other, and collects everything that is wrong.
///
/// - Shape: strict. A key that nobody asked for is a problem, with the key that was probably meant.
struct SettingsReader {
    /// What is wrong so far.
    private(set) var problems: [ConfigurationProblem] = []
    private let file: String
    private let lines: TOMLLines
    private var table: [String: TOMLNode]
    private var path: [String] = []
    private var asked: [String] = []

    /// Starts at the root of a document.
    init(_ document: TOMLDocument, file: String) {
        self.file = file
        lines = document.lines
        table = document.root
    }

    /// Reads the table of a name, if there is one, and complains of what `read` did not ask for.
    mutating func section(_ name: String, _ read: (inout SettingsReader) -> Void) {
        let node = take(name)
        guard node != nil else {
            // Nothing to read; still tell nobody that the key is unknown.
            return
        }
        guard case .table(let inner)? = node else {
            complain(name, "expected a table", found: node, remedy: "begin it with a line [\(name)]")
            return
        }
        let outer = (table, path, asked)
        (table, path, asked) = (inner, path + [name], [])
        read(&self)
        refuseUnknownKeys()
        (table, path, asked) = outer
    }

    /// Complains of every key of the current table that was not asked for.
    mutating func refuseUnknownKeys() {
        for key in table.keys.sorted() where !asked.contains(key) {
            let close = nearest(to: key, among: asked)
            let known = "known here: " + asked.sorted().joined(separator: ", ")
            note(key, "unknown key", remedy: close.map { "did you mean \"\($0)\"?" } ?? known)
        }
    }

    /// The value of a key, which is so no longer unknown.
    mutating func take(_ key: String) -> TOMLNode? {
        asked.append(key)
        return table[key]
    }

    /// Text.
    mutating func text(_ key: String, example: String) -> String? {
        let node = take(key)
        switch node {
        case nil: return nil
        case .string(let text)? where !text.isEmpty: return text
        default:
            complain(key, "expected text in quotes", found: node, remedy: "write \(key) = \"\(example)\"")
            return nil
        }
    }

    /// One text, or a list of texts.
    mutating func texts(_ key: String, example: String) -> [String] {
        let node = take(key)
        var texts: [String] = []
        switch node {
        case nil: return []
        case .string(let text)?: return [text]
        case .array(let nodes)?:
            for case .string(let text) in nodes { texts.append(text) }
            if texts.count == nodes.count { return texts }
        default: break
        }
        complain(key, "expected a list of texts", found: node, remedy: "write \(key) = [\"\(example)\"]")
        return []
    }

    /// The keys of the current table.
    var keys: [String] { table.keys.sorted() }

    /// True or false.
    mutating func flag(_ key: String) -> Bool? {
        let node = take(key)
        switch node {
        case nil: return nil
        case .boolean(let value)?: return value
        default:
            complain(
                key,
                "expected true or false",
                found: node,
                remedy: "write \(key) = true, without quotes"
            )
            return nil
        }
    }

    /// A whole number within limits.
    mutating func number(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        let node = take(key)
        switch node {
        case nil: return nil
        case .integer(let value)? where range.contains(value): return value
        default:
            complain(
                key,
                "expected a whole number from \(range.lowerBound) to \(range.upperBound)",
                found: node,
                remedy: "write \(key) = \(range.lowerBound)"
            )
            return nil
        }
    }

    /// One of a few words.
    mutating func word<Word: RawRepresentable & CaseIterable>(_ key: String, _: Word.Type) -> Word?
    where Word.RawValue == String {
        let node = take(key)
        let words = Word.allCases.map(\.rawValue)
        switch node {
        case nil: return nil
        case .string(let text)?:
            if let word = Word(rawValue: text) { return word }
            fallthrough
        default:
            let close: String? =
                if case .string(let text)? = node { nearest(to: text, among: words) } else { nil }
            let remedy = close.map { "did you mean \"\($0)\"?" } ?? "write \(key) = \"\(words[0])\""
            complain(
                key,
                "expected one of " + words.map { "\"\($0)\"" }.joined(separator: ", "),
                found: node,
                remedy: remedy
            )
            return nil
        }
    }

    /// A length of time: a number of seconds, or text such as `500ms`, `4s`, `3m`.
    mutating func interval(_ key: String, _ range: ClosedRange<Interval>, example: String) -> Interval? {
        let node = take(key)
        let value: Interval? =
            switch node {
            case .integer(let seconds)? where abs(seconds) < 1_000_000: .seconds(seconds)
            case .number(let seconds)? where abs(seconds) < 1_000_000: .milliseconds(Int(seconds * 1_000))
            case .string(let text)?: Interval(text)
            default: nil
            }
        if node == nil { return nil }
        if let value, range.contains(value) { return value }
        complain(
            key,
            "expected a time from \(range.lowerBound.words) to \(range.upperBound.words)",
            found: node,
            remedy: "write \(key) = \"\(example)\""
        )
        return nil
    }

    /// A count of bytes: a number, or text such as `64MiB`.
    mutating func byteCount(_ key: String, _ range: ClosedRange<Int>, example: String) -> Int? {
        let node = take(key)
        let value: Int? =
            switch node {
            case .integer(let bytes)?: bytes
            case .string(let text)?: bytes(of: text)
            default: nil
            }
        if node == nil { return nil }
        if let value, range.contains(value) { return value }
        complain(
            key,
            "expected a size from \(range.lowerBound >> 20)MiB to \(range.upperBound >> 30)GiB",
            found: node,
            remedy: "write \(key) = \"\(example)\""
        )
        return nil
    }

    /// Notes that a key's value is wrong.
    mutating func complain(_ key: String, _ expected: String, found node: TOMLNode?, remedy: String) {
        let found: String? =
            switch node {
            case nil: nil
            case .string(let text)?: "\"\(text)\""
            case .integer(let value)?: "\(value)"
            case .number(let value)?: "\(value)"
            case let node?: node.kind
            }
        note(key, found.map { "\(expected), found \($0)" } ?? expected, remedy: remedy)
    }

    /// Notes any problem of a key.
    mutating func note(_ key: String, _ text: String, remedy: String) {
        let place = path + [key]
        problems.append(
            ConfigurationProblem(
                source: file,
                line: lines.line(of: place),
                key: place.joined(separator: "."),
                text: text,
                remedy: remedy
            )
        )
    }
}
