/// Reads the tokens of a filter into a tree.
struct FilterParser {
    private let tokens: [FilterToken]
    private let end: Int
    private var index = 0
    private var depth = 0

    init(_ text: String) throws(FilterError) {
        tokens = try FilterLexer.tokens(of: text)
        end = text.count
    }

    mutating func parse() throws(FilterError) -> Filter.Node {
        guard !tokens.isEmpty else { return .all([]) }
        let node = try joined()
        if index < tokens.count {
            throw FilterError(column: tokens[index].column, message: "unexpected )")
        }
        return node
    }

    private var next: FilterToken.Kind? { index < tokens.count ? tokens[index].kind : nil }

    private var column: Int { index < tokens.count ? tokens[index].column : end }

    /// Terms side by side: all must hold.
    private mutating func joined() throws(FilterError) -> Filter.Node {
        depth += 1
        defer { depth -= 1 }
        if depth > 30 { throw FilterError(column: column, message: "too many parentheses") }
        var nodes: [Filter.Node] = []
        while let kind = next, kind != .close { nodes.append(try alternatives()) }
        guard let first = nodes.first else { throw FilterError(column: column, message: "term missing") }
        return nodes.count == 1 ? first : .all(nodes)
    }

    private mutating func alternatives() throws(FilterError) -> Filter.Node {
        var nodes = [try conjunction()]
        while next == .or {
            index += 1
            nodes.append(try conjunction())
        }
        return nodes.count == 1 ? nodes[0] : .any(nodes)
    }

    private mutating func conjunction() throws(FilterError) -> Filter.Node {
        var nodes = [try negation()]
        while next == .and {
            index += 1
            nodes.append(try negation())
        }
        return nodes.count == 1 ? nodes[0] : .all(nodes)
    }

    private mutating func negation() throws(FilterError) -> Filter.Node {
        var isNegative = false
        while next == .not {
            index += 1
            isNegative.toggle()
        }
        let node = try primary()
        return isNegative ? .not(node) : node
    }

    private mutating func primary() throws(FilterError) -> Filter.Node {
        let start = column
        guard let kind = next else { throw FilterError(column: start, message: "term missing") }
        index += 1
        switch kind {
        case .open:
            let node = try joined()
            guard next == .close else { throw FilterError(column: column, message: "closing ) missing") }
            index += 1
            return node
        case .close, .and, .or, .not:
            throw FilterError(column: start, message: "term missing")
        case .word(let word):
            if let range = statusClass(word) {
                return .compare(.named(.status), .range(isInside: true, range))
            }
            return .word(SearchText(word))
        case .pattern(let text):
            return .pattern(try pattern(text, column: start + 1))
        case .comparison(let name, let sign, let value, let valueColumn):
            guard let field = FilterField(name) else {
                throw FilterError(column: start, message: "no field \(name)")
            }
            return .compare(field, try comparison(field, sign, value, column: valueColumn))
        }
    }

    private func pattern(_ text: String, column: Int) throws(FilterError) -> TextPattern {
        do throws(TextPattern.CompileError) {
            return try TextPattern(expression: text)
        } catch {
            throw FilterError(column: column + error.offset, message: error.message)
        }
    }

    private func comparison(
        _ field: FilterField,
        _ sign: String,
        _ value: String,
        column: Int
    ) throws(FilterError) -> Filter.Comparison {
        if sign == "~" { return .matches(try pattern(value, column: column)) }
        switch field.kind {
        case .text, .word:
            switch sign {
            case ":" where value.contains("*") || value.contains("?"):
                return .matches(TextPattern(glob: value))
            case ":" where field.kind == .text: return .contains(SearchText(value))
            case ":", "=": return .equals(value.lowercased())
            case "!=": return .differs(value.lowercased())
            default: throw FilterError(column: column, message: "\(sign) needs a number or a time")
            }
        case .status:
            if let range = statusClass(value), sign == ":" || sign == "=" || sign == "!=" {
                return .range(isInside: sign != "!=", range)
            }
            guard let number = Double(value) else {
                throw FilterError(column: column, message: "a status is a number or a class such as 4xx")
            }
            return .number(relation(sign), number)
        case .number:
            guard let number = Double(value) else {
                throw FilterError(column: column, message: "a number is needed")
            }
            return .number(relation(sign), number)
        case .duration:
            guard let seconds = seconds(value) else {
                throw FilterError(column: column, message: "a time is needed, such as 500ms 30s 5m 1h")
            }
            return .number(relation(sign), seconds)
        }
    }

    private func relation(_ sign: String) -> Filter.Relation {
        switch sign {
        case "!=": .different
        case "<": .less
        case "<=": .lessOrEqual
        case ">": .greater
        case ">=": .greaterOrEqual
        default: .equal
        }
    }

    /// `4xx` as the codes from 400 to 499.
    private func statusClass(_ word: String) -> ClosedRange<Double>? {
        let word = word.lowercased()
        guard word.utf8.count == 3, word.hasSuffix("xx"), let digit = word.first?.wholeNumberValue,
            (1...6).contains(digit)
        else { return nil }
        return Double(digit * 100)...Double(digit * 100 + 99)
    }

    /// A time in seconds; without a unit seconds are meant.
    private func seconds(_ text: String) -> Double? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number) else { return nil }
        switch text.dropFirst(number.count).lowercased() {
        case "", "s": return value
        case "ms": return value / 1_000
        case "m": return value * 60
        case "h": return value * 3_600
        default: return nil
        }
    }
}
