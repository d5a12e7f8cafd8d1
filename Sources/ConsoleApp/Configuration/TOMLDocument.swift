import TOMLKit

/// A value of a TOML document, copied out of the parser.
indirect enum TOMLNode: Sendable, Equatable {
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case array([TOMLNode])
    case table([String: TOMLNode])
    /// Dates and times, which no key of ours takes.
    case other

    /// What people call such a value.
    var kind: String {
        switch self {
        case .string: "text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .array: "a list"
        case .table: "a table"
        case .other: "a date or time"
        }
    }
}

/// A TOML document with the line of every key.
struct TOMLDocument: Sendable {
    /// What is wrong with the text as TOML.
    struct ParseError: Error, Equatable {
        var line: Int
        var text: String
    }

    /// The keys and values.
    let root: [String: TOMLNode]
    /// The lines of the keys.
    let lines: TOMLLines

    /// Parses a document.
    init(_ text: String) throws(ParseError) {
        do {
            let table = try TOMLTable(string: text)
            root = Self.copy(table)
        } catch let error as TOMLParseError {
            throw ParseError(line: error.source.begin.line, text: error.description)
        } catch {
            throw ParseError(line: 1, text: "\(error)")
        }
        lines = TOMLLines(text)
    }

    private static func copy(_ table: TOMLTable) -> [String: TOMLNode] {
        var result: [String: TOMLNode] = [:]
        for key in table.keys {
            result[key] = table[key].map(copy) ?? .other
        }
        return result
    }

    private static func copy(_ value: any TOMLValueConvertible) -> TOMLNode {
        switch value.type {
        case .string: value.string.map(TOMLNode.string) ?? .other
        case .int: value.int.map(TOMLNode.integer) ?? .other
        case .double: value.double.map(TOMLNode.number) ?? .other
        case .bool: value.bool.map(TOMLNode.boolean) ?? .other
        case .array: value.array.map { .array($0.map(copy)) } ?? .other
        case .table: value.table.map { .table(copy($0)) } ?? .other
        case .date, .time, .dateTime: .other
        }
    }
}
