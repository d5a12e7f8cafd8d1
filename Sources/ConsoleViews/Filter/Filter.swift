/// A parsed filter: `method:INVITE status:4xx or 5xx`, `expires<30s not ua~sipp`.
///
/// - Shape: `field op value` with `: ~ = != < <= > >=`, bare words, `/patterns/`, and/or/not and parentheses.
///   `or` and `and` bind tighter than a space, so `a b or c` is `a (b or c)`.
/// - Limits: 1,000 characters, 30 levels of parentheses.
public struct Filter: Sendable, Hashable {
    /// The text that it was read from.
    public let text: String
    let root: Node

    /// One part of the filter.
    indirect enum Node: Sendable, Hashable {
        case word(SearchText)
        case pattern(TextPattern)
        case compare(FilterField, Comparison)
        case all([Node])
        case any([Node])
        case not(Node)
    }

    /// What a field's value is held against.
    enum Comparison: Sendable, Hashable {
        case contains(SearchText)
        case equals(String)
        case differs(String)
        case matches(TextPattern)
        case number(Relation, Double)
        case range(isInside: Bool, ClosedRange<Double>)
    }

    /// The order of two numbers.
    enum Relation: Sendable, Hashable {
        case equal, different, less, lessOrEqual, greater, greaterOrEqual
    }

    /// Reads a filter.
    ///
    /// - Errors: says what is wrong and at which column.
    public init(_ text: String) throws(FilterError) {
        var parser = try FilterParser(text)
        root = try parser.parse()
        self.text = text
    }

    /// True when the row passes.
    public func accepts(_ row: some Filterable) -> Bool {
        root.accepts(row)
    }

    /// True when a row may pass now and not later, though nothing happened to it.
    var changesWithTime: Bool { root.changesWithTime }
}

/// Why a filter cannot be used, and where.
public struct FilterError: Error, Sendable, Hashable {
    /// Characters before the place that is wrong.
    public var column: Int
    /// A few words for people.
    public var message: String
}

extension Filter.Node {
    func accepts(_ row: some Filterable) -> Bool {
        switch self {
        case .word(let word): row.filterTexts.contains { word.occurs(in: $0) }
        case .pattern(let pattern): row.filterTexts.contains { pattern.matches($0) }
        case .compare(let field, let comparison): comparison.accepts(row.filterValue(field))
        case .all(let nodes): nodes.allSatisfy { $0.accepts(row) }
        case .any(let nodes): nodes.contains { $0.accepts(row) }
        case .not(let node): !node.accepts(row)
        }
    }

    var changesWithTime: Bool {
        switch self {
        case .word, .pattern: false
        case .compare(let field, _): field.changesWithTime
        case .all(let nodes), .any(let nodes): nodes.contains { $0.changesWithTime }
        case .not(let node): node.changesWithTime
        }
    }
}

extension Filter.Comparison {
    func accepts(_ value: FilterValue?) -> Bool {
        switch (self, value) {
        case (.contains(let text), .text(let values)?): values.contains { text.occurs(in: $0) }
        case (.equals(let text), .text(let values)?): values.contains { $0.lowercased() == text }
        case (.differs(let text), .text(let values)?): values.allSatisfy { $0.lowercased() != text }
        case (.matches(let pattern), .text(let values)?): values.contains { pattern.matches($0) }
        case (.number(let relation, let bound), .number(let number)?): relation.holds(number, bound)
        case (.range(let isInside, let range), .number(let number)?): range.contains(number) == isInside
        case (.matches(let pattern), .number(let number)?): pattern.matches(String(Int(number)))
        case (.differs, nil), (.number(.different, _), nil), (.range(false, _), nil): true
        default: false
        }
    }
}

extension Filter.Relation {
    func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .different: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}
