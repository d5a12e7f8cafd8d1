/// A place on the screen, counted from the upper left corner.
public struct Position: Sendable, Hashable {
    /// Columns from the left edge; the first is 0.
    public var column: Int
    /// Rows from the top; the first is 0.
    public var row: Int

    /// Names a place.
    public init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }
}

/// A width and a height in cells.
public struct Size: Sendable, Hashable {
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// Names a size; what is negative becomes 0.
    public init(width: Int, height: Int) {
        self.width = max(0, width)
        self.height = max(0, height)
    }
}

/// An area of cells.
///
/// - Shape: `right` and `bottom` are the first column and row outside. Never of negative size.
public struct Rectangle: Sendable, Hashable {
    /// The first column.
    public var column: Int
    /// The first row.
    public var row: Int
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// Names an area; a negative width or height becomes 0.
    public init(column: Int, row: Int, width: Int, height: Int) {
        self.column = column
        self.row = row
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// The whole of a screen of that size.
    public init(_ size: Size) {
        self.init(column: 0, row: 0, width: size.width, height: size.height)
    }

    /// The first column to the right of the area.
    public var right: Int { column + width }

    /// The first row below the area.
    public var bottom: Int { row + height }

    /// Whether the area has no cell.
    public var isEmpty: Bool { width == 0 || height == 0 }

    /// Whether a place lies in the area.
    public func contains(_ position: Position) -> Bool {
        position.column >= column && position.column < right && position.row >= row && position.row < bottom
    }

    /// The cells that two areas share; empty when there are none.
    public func intersection(_ other: Rectangle) -> Rectangle {
        let left = max(column, other.column)
        let top = max(row, other.row)
        return Rectangle(
            column: left,
            row: top,
            width: min(right, other.right) - left,
            height: min(bottom, other.bottom) - top
        )
    }

    /// The area without a border of so many columns and rows on each side.
    public func inset(columns: Int = 1, rows: Int = 1) -> Rectangle {
        Rectangle(
            column: column + columns,
            row: row + rows,
            width: width - 2 * columns,
            height: height - 2 * rows
        )
    }
}
