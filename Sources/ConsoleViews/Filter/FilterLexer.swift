/// A word or sign of a filter, and the column where it begins.
struct FilterToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case open, close
        case and, or, not
        case word(String)
        case pattern(String)
        case comparison(field: String, sign: String, value: String, valueColumn: Int)
    }

    var kind: Kind
    var column: Int
}

/// Cuts a filter into tokens.
struct FilterLexer {
    private let characters: [Character]
    private var index = 0

    init(_ text: String) {
        characters = Array(text)
    }

    /// All tokens of the text.
    static func tokens(of text: String) throws(FilterError) -> [FilterToken] {
        guard text.utf8.count <= 1_000 else {
            throw FilterError(column: 1_000, message: "filter is too long")
        }
        var lexer = FilterLexer(text)
        var tokens: [FilterToken] = []
        while let token = try lexer.next() { tokens.append(token) }
        return tokens
    }

    private mutating func next() throws(FilterError) -> FilterToken? {
        while index < characters.count, characters[index] == " " { index += 1 }
        guard index < characters.count else { return nil }
        let column = index
        switch characters[index] {
        case "(":
            index += 1
            return FilterToken(kind: .open, column: column)
        case ")":
            index += 1
            return FilterToken(kind: .close, column: column)
        case "!":
            index += 1
            return FilterToken(kind: .not, column: column)
        case "/":
            index += 1
            return FilterToken(kind: .pattern(try delimited(by: "/", from: column)), column: column)
        case "\"":
            index += 1
            return FilterToken(kind: .word(try delimited(by: "\"", from: column)), column: column)
        default:
            return try term(from: column)
        }
    }

    /// A keyword, a bare word or `field op value`.
    private mutating func term(from column: Int) throws(FilterError) -> FilterToken {
        let name = take { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" }
        let mark = index
        let sign = take { ":~=!<>".contains($0) }
        if sign.isEmpty || !Self.isField(name) {
            index = mark
            let word = name + take { $0 != " " && $0 != "(" && $0 != ")" }
            switch word.lowercased() {
            case "and": return FilterToken(kind: .and, column: column)
            case "or": return FilterToken(kind: .or, column: column)
            case "not": return FilterToken(kind: .not, column: column)
            default: return FilterToken(kind: .word(word), column: column)
            }
        }
        guard [":", "~", "=", "!=", "<", "<=", ">", ">="].contains(sign) else {
            throw FilterError(column: mark, message: "no operator \(sign)")
        }
        let valueColumn = index
        var value = ""
        if index < characters.count, characters[index] == "\"" {
            index += 1
            value = try delimited(by: "\"", from: valueColumn)
        } else {
            value = takeValue()
        }
        guard !value.isEmpty else { throw FilterError(column: valueColumn, message: "value missing") }
        return FilterToken(
            kind: .comparison(field: name, sign: sign, value: value, valueColumn: valueColumn),
            column: column
        )
    }

    /// Only letters can name a field, so that `10.0.0.1:5060` and `sip:bob` stay words.
    private static func isField(_ name: String) -> Bool {
        guard let first = name.first, first.isLetter else { return false }
        if ["sip", "sips", "tel", "urn"].contains(name.lowercased()) { return false }
        return name.lowercased().hasPrefix("hdr.") || name.allSatisfy { $0.isLetter || $0 == "." }
    }

    private mutating func take(while isWanted: (Character) -> Bool) -> String {
        let start = index
        while index < characters.count, isWanted(characters[index]) { index += 1 }
        return String(characters[start..<index])
    }

    /// A value up to the next space or the parenthesis that closes a group outside of it.
    private mutating func takeValue() -> String {
        let start = index
        var depth = 0
        while index < characters.count, characters[index] != " " {
            if characters[index] == "(" { depth += 1 }
            if characters[index] == ")" {
                if depth == 0 { break }
                depth -= 1
            }
            index += 1
        }
        return String(characters[start..<index])
    }

    private mutating func delimited(by end: Character, from column: Int) throws(FilterError) -> String {
        var text = ""
        while index < characters.count, characters[index] != end {
            if characters[index] == "\\", index + 1 < characters.count, characters[index + 1] == end {
                index += 1
            }
            text.append(characters[index])
            index += 1
        }
        guard index < characters.count else {
            throw FilterError(column: column, message: "closing \(end) missing")
        }
        index += 1
        return text
    }
}
