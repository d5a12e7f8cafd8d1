/// Reads the part of TOML that themes are written in, with line numbers.
///
/// - Shape: comments, `[tables]`, dotted and quoted keys, strings on one line, integers, booleans, arrays of
///   strings on one line, inline tables. Each value comes with its whole path.
/// - Errors: none; a line that cannot be read is listed in `faults` and passed over.
/// - Source: TOML 1.0. A full parser stops at the first mistake and forgets lines; themes must do neither.
struct PlainTOML {
    enum Value: Equatable {
        case string(String)
        case integer(Int)
        case boolean(Bool)
        case list([String])
        /// An inline table without entries.
        case empty
    }

    struct Entry: Equatable {
        var path: [String]
        var value: Value
        var line: Int
    }

    struct Fault: Error, Equatable {
        var line: Int
        var text: String
    }

    private(set) var faults: [Fault] = []
    private let lines: [Substring]
    private var rest: Substring = ""
    private var line = 0
    private var table: [String] = []
    private var found: [Entry] = []

    init(_ text: String) {
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// All values, in order.
    mutating func entries() -> [Entry] {
        for (index, text) in lines.enumerated() {
            line = index + 1
            rest = text
            let kept = found.count
            do {
                try readLine()
            } catch {
                found.removeSubrange(kept...)
                faults.append(error)
            }
        }
        return found
    }

    private mutating func readLine() throws(Fault) {
        skipSpace()
        guard let first = rest.first, first != "#" else { return }
        if first == "[" {
            try expect("[")
            table = try readKey()
            try expect("]")
        } else {
            let key = try readKey()
            try expect("=")
            try readValue(at: table + key)
        }
        skipSpace()
        guard rest.isEmpty || rest.first == "#" else { throw fault("unexpected \"\(rest)\"") }
    }

    private mutating func readKey() throws(Fault) -> [String] {
        var path: [String] = []
        repeat {
            skipSpace()
            if rest.first == "\"" || rest.first == "'" {
                path.append(try readString())
            } else {
                let bare = rest.prefix {
                    $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-")
                }
                guard !bare.isEmpty else { throw fault("a key is missing") }
                path.append(String(bare))
                rest.removeFirst(bare.count)
            }
            skipSpace()
        } while take(".")
        return path
    }

    private mutating func readValue(at path: [String]) throws(Fault) {
        skipSpace()
        switch rest.first {
        case "{": try readInlineTable(at: path)
        case "[": add(path, .list(try readList()))
        case "\"", "'": add(path, .string(try readString()))
        default:
            let word = rest.prefix { $0.isLetter || $0.isNumber || "+-_".contains($0) }
            rest.removeFirst(word.count)
            if let number = Int(word.filter { $0 != "_" }) {
                add(path, .integer(number))
            } else if word == "true" || word == "false" {
                add(path, .boolean(word == "true"))
            } else {
                throw fault("a value is missing")
            }
        }
    }

    private mutating func readInlineTable(at path: [String]) throws(Fault) {
        try expect("{")
        skipSpace()
        if take("}") { return add(path, .empty) }
        repeat {
            let key = try readKey()
            try expect("=")
            try readValue(at: path + key)
            skipSpace()
        } while take(",")
        try expect("}")
    }

    private mutating func readList() throws(Fault) -> [String] {
        try expect("[")
        var items: [String] = []
        skipSpace()
        while rest.first != "]" {
            items.append(try readString())
            skipSpace()
            if !take(",") { break }
            skipSpace()
        }
        try expect("]")
        return items
    }

    private mutating func readString() throws(Fault) -> String {
        if take("'") {
            guard let end = rest.firstIndex(of: "'") else { throw fault("a string has no end") }
            defer { rest = rest[rest.index(after: end)...] }
            return String(rest[..<end])
        }
        try expect("\"")
        var text = ""
        while let character = rest.popFirst() {
            if character == "\"" { return text }
            text.append(character == "\\" ? try readEscape() : character)
        }
        throw fault("a string has no end")
    }

    private mutating func readEscape() throws(Fault) -> Character {
        switch rest.popFirst() {
        case "n": return "\n"
        case "t": return "\t"
        case "\"": return "\""
        case "\\": return "\\"
        case "u":
            let digits = rest.prefix(4)
            guard digits.count == 4, let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value)
            else { throw fault("\\u needs four hexadecimal digits") }
            rest.removeFirst(4)
            return Character(scalar)
        default: throw fault("unknown escape in a string")
        }
    }

    private mutating func add(_ path: [String], _ value: Value) {
        found.append(Entry(path: path, value: value, line: line))
    }

    private mutating func expect(_ character: Character) throws(Fault) {
        skipSpace()
        guard take(character) else { throw fault("\"\(character)\" is missing") }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 == " " || $0 == "\t" }
    }

    private func fault(_ text: String) -> Fault { Fault(line: line, text: text) }
}
