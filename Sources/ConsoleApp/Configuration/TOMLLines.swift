/// The line at which each key of a TOML text stands.
///
/// - Shape: keys by their path, tables included. A key inside an inline table has its table's line.
/// - Cost: one pass over the text. The parser proper tells lines only for errors of its own.
struct TOMLLines: Sendable {
    private var lines: [[String]: Int] = [:]

    /// Finds the keys of a well-formed text.
    init(_ text: String) {
        var table: [String] = []
        var open = OpenValue()
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard !open.isOpen else {
                open.take(line)
                continue
            }
            var rest = line.drop { $0 == " " || $0 == "\t" }
            if rest.hasPrefix("[") {
                rest = rest.drop { $0 == "[" }
                table = Self.keyPath(&rest, end: "]")
                note(table, index + 1)
            } else if !rest.isEmpty && !rest.hasPrefix("#") {
                let path = table + Self.keyPath(&rest, end: "=")
                note(path, index + 1)
                open.take(rest.dropFirst())
            }
        }
    }

    /// The line of a key, or of the nearest table around it; 1 when neither stands in the text.
    func line(of path: [String]) -> Int {
        var path = path
        while !path.isEmpty {
            if let line = lines[path] { return line }
            path.removeLast()
        }
        return 1
    }

    private mutating func note(_ path: [String], _ line: Int) {
        for count in 1...max(1, path.count) where count <= path.count {
            lines[Array(path.prefix(count)), default: line] = min(
                line,
                lines[Array(path.prefix(count))] ?? line
            )
        }
    }

    /// Reads a dotted key up to an end mark, and leaves the text from that mark on.
    private static func keyPath(_ text: inout Substring, end: Character) -> [String] {
        var path: [String] = []
        var part = ""
        var quote: Character?
        while let character = text.first {
            if let open = quote {
                if character == open { quote = nil } else { part.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "." {
                path.append(part)
                part = ""
            } else if character == end {
                break
            } else if character != " " && character != "\t" && character != "\r" {
                part.append(character)
            }
            text.removeFirst()
        }
        return path + [part]
    }
}

/// A value that goes on over several lines: a list, or text in three quotes.
private struct OpenValue {
    private var depth = 0
    private var quotes: Substring?

    /// True when the next line still belongs to the value.
    var isOpen: Bool { depth > 0 || quotes != nil }

    /// Takes a line of value text.
    mutating func take(_ line: Substring) {
        var rest = line
        while let character = rest.first {
            if let end = quotes {
                if rest.hasPrefix(end) {
                    quotes = nil
                    rest.removeFirst(end.count)
                } else {
                    rest.removeFirst(character == "\\" && end.first == "\"" ? min(2, rest.count) : 1)
                }
                continue
            }
            switch character {
            case "#": return
            case "[", "{": depth += 1
            case "]", "}": depth -= 1
            case "\"", "'":
                let triple = rest.prefix(3)
                let isTriple = triple.count == 3 && triple.allSatisfy { $0 == character }
                quotes = isTriple ? triple : rest.prefix(1)
                rest.removeFirst(isTriple ? 3 : 1)
                continue
            default: break
            }
            rest.removeFirst()
        }
        // One-line text ends with its line.
        if quotes?.count == 1 { quotes = nil }
    }
}
