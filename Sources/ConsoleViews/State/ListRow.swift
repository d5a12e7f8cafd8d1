import SIPFlow

/// A row that a list can hold.
protocol ListRow: Sendable {
    associatedtype ID: Hashable & Comparable & Sendable
    /// What a selection holds on to, wherever the row stands.
    var id: ID { get }
    /// The columns, in the order in which they stand.
    static var columns: [Column<Self>] { get }
    /// The column that a new list is sorted by.
    static var firstSort: ListSort { get }
    /// True when it needs a person's attention.
    func isProblem(_ context: RowContext) -> Bool
    /// True when it is over, so that it is drawn dimmed.
    func isOver(_ context: RowContext) -> Bool
    /// The row's value of a filter's field; nil when it has none.
    func filterValue(_ field: FilterField, _ context: RowContext) -> FilterValue?
    /// The texts that bare words are looked for in.
    func searchTexts(_ context: RowContext) -> [String]
    /// Words that stand in place of all columns from the third on; nil for a plain row.
    func story(_ context: RowContext) -> String?
}

/// What rows need to know beside their own values.
struct RowContext: Sendable {
    /// The moment that is shown.
    var now: Moment
    /// The tables that are shown.
    var mirror: EngineMirror
    /// Seconds from UTC to local time.
    var utcOffset: Int

    /// The local time of day of a moment.
    func clock(_ moment: Moment, withMilliseconds: Bool = true) -> String {
        let nanoseconds = mirror.clock.unixNanoseconds(at: moment) + Int64(utcOffset) * 1_000_000_000
        return Format.clock(nanoseconds, withMilliseconds: withMilliseconds)
    }
}

/// A row as a filter sees it.
struct FilterView<Row: ListRow>: Filterable {
    var row: Row
    var context: RowContext

    func filterValue(_ field: FilterField) -> FilterValue? { row.filterValue(field, context) }

    var filterTexts: [String] { row.searchTexts(context) }
}

/// What a list can be sorted by.
enum SortKey: Comparable, Sendable {
    case number(Int64)
    case text(String)
}

/// The order of a list.
struct ListSort: Sendable, Equatable {
    /// The column's place.
    var column: Int
    /// True for the largest first.
    var isDescending: Bool
}

/// One column of a list.
struct Column<Row: ListRow>: Sendable {
    /// Where long text is cut.
    enum Cut: Sendable {
        case end, middle
    }

    /// The word above it.
    var title: String
    /// The fewest and the most cells that it takes.
    var width: ClosedRange<Int>
    /// The lowest goes first when there is no room.
    var priority: Int
    var isRight = false
    var cut = Cut.end
    var role = Role.text
    /// A role of its own for some values.
    var roleOf: (@Sendable (Row, RowContext) -> Role)?
    /// True when the order changes with the clock alone.
    var changesWithTime = false
    var text: @Sendable (Row, RowContext) -> String
    var key: @Sendable (Row, RowContext) -> SortKey
}
