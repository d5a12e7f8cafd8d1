/// A row that a list can hold.
protocol ListRow: Filterable, Sendable {
    associatedtype ID: Hashable & Comparable & Sendable
    var id: ID { get }
    /// True when it needs a person's attention, for the problems-only view.
    func isProblem(at now: RowContext) -> Bool
}

/// What a column can be sorted by.
enum SortKey: Comparable, Sendable {
    case number(Int64)
    case text(String)
}
