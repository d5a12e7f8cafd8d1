/// The screen as a value: a grid of cells, and where the cursor stands.
///
/// - Shape: row by row from the upper left. Drawing outside is clipped, never an error. A wide character always
///   has both halves: when one is overwritten, the other becomes blank.
/// - Limits: holds only what `Printable` lets through.
public struct Canvas: Sendable, Equatable {
    /// Columns and rows.
    public let size: Size
    /// The cells, row by row.
    public private(set) var cells: [Cell]
    /// Where the cursor stands, for carets and screen readers; nil hides it in a corner.
    public var cursor: Position?
    /// Whether the cursor is drawn; screen readers follow it also when it is not.
    public var isCursorVisible = true

    /// An empty canvas.
    public init(width: Int, height: Int, style: Style = .text) {
        size = Size(width: width, height: height)
        cells = Array(repeating: .blank(style), count: size.width * size.height)
        cursor = nil
    }

    /// An empty canvas of a size.
    public init(_ size: Size, style: Style = .text) {
        self.init(width: size.width, height: size.height, style: style)
    }

    /// Columns.
    public var width: Int { size.width }

    /// Rows.
    public var height: Int { size.height }

    /// The whole canvas as an area.
    public var area: Rectangle { Rectangle(size) }

    /// The cell at a place; a blank one outside.
    public subscript(column: Int, row: Int) -> Cell {
        guard isInside(column, row) else { return .blank() }
        return cells[row * width + column]
    }

    /// Writes text and returns the column after its last cell.
    ///
    /// - Shape: one row, no wrapping; cut at the edge of the canvas and after `limit` cells. A wide character that
    ///   does not fit whole leaves a blank.
    @discardableResult
    public mutating func put(
        _ text: some StringProtocol,
        column: Int,
        row: Int,
        style: Style,
        limit: Int = .max
    ) -> Int {
        let end = limit >= width - min(column, width) ? width : column + max(0, limit)
        var at = column
        for scalar in text.unicodeScalars where at <= end {
            switch Printable.kind(of: scalar) {
            case .lead(let cellCount):
                guard at + cellCount <= end else {
                    if at < end { set(.blank(style), column: at, row: row) }
                    return end
                }
                set(Cell(verified: scalar, style: style), column: at, row: row)
                if cellCount == 2 { setFollower(column: at + 1, row: row, style: style) }
                at += cellCount
            case .mark where at > column:
                addMark(scalar, before: at, row: row)
            case .mark, .refused:
                guard at < end else { return end }
                set(Cell(verified: Printable.replacement, style: style), column: at, row: row)
                at += 1
            case .dropped:
                continue
            }
        }
        return at
    }

    /// Writes text and returns the column after its last cell.
    @discardableResult
    public mutating func put(
        _ text: some StringProtocol,
        column: Int,
        row: Int,
        _ role: Role = .text,
        limit: Int = .max
    ) -> Int {
        put(text, column: column, row: row, style: Style(role), limit: limit)
    }

    /// Fills an area with one printable character of width 1.
    public mutating func fill(_ area: Rectangle, with scalar: Unicode.Scalar = " ", style: Style) {
        let cell = Cell(Printable.width(of: scalar) == 1 ? scalar : Printable.replacement, style: style)
        let inside = area.intersection(self.area)
        for row in inside.row..<inside.bottom {
            for column in inside.column..<inside.right { set(cell, column: column, row: row) }
        }
    }

    /// Changes the look of an area and leaves what stands in it.
    public mutating func restyle(_ area: Rectangle, _ change: (inout Style) -> Void) {
        let inside = area.intersection(self.area)
        for row in inside.row..<inside.bottom {
            for column in inside.column..<inside.right { change(&cells[row * width + column].style) }
        }
    }

    /// Lays a role such as `row.selected` over an area.
    public mutating func overlay(_ area: Rectangle, with role: Role?) {
        restyle(area) { $0.overlay = role }
    }

    /// Copies another canvas into this one, its upper left corner at a place.
    public mutating func draw(_ other: Canvas, column: Int, row: Int) {
        for sourceRow in 0..<other.height {
            for sourceColumn in 0..<other.width {
                let cell = other.cells[sourceRow * other.width + sourceColumn]
                copy(cell, column: column + sourceColumn, row: row + sourceRow)
            }
        }
    }

    /// Stores a cell of another canvas; a wide character cut by an edge of ours leaves a blank.
    private mutating func copy(_ cell: Cell, column: Int, row: Int) {
        if cell.isFollower {
            setFollower(column: column, row: row, style: cell.style)
        } else {
            let isCut = cell.isWide && !isInside(column + 1, row)
            set(isCut ? .blank(cell.style) : cell, column: column, row: row)
        }
    }

    private func isInside(_ column: Int, _ row: Int) -> Bool {
        column >= 0 && column < width && row >= 0 && row < height
    }

    /// Stores a cell that is no right half, and blanks the halves that it cuts off.
    private mutating func set(_ cell: Cell, column: Int, row: Int) {
        guard isInside(column, row) else { return }
        let index = row * width + column
        let old = cells[index]
        if old.isFollower, column > 0 { cells[index - 1] = .blank(cells[index - 1].style) }
        if column + 1 < width, cells[index + 1].isFollower {
            cells[index + 1] = .blank(cells[index + 1].style)
        }
        cells[index] = cell
    }

    /// Stores the right half of the wide character that was just written at `column - 1`.
    private mutating func setFollower(column: Int, row: Int, style: Style) {
        guard isInside(column, row) else { return }
        guard isInside(column - 1, row) else { return set(.blank(style), column: column, row: row) }
        set(.blank(style), column: column, row: row)
        cells[row * width + column] = .follower(style)
    }

    private mutating func addMark(_ mark: Unicode.Scalar, before column: Int, row: Int) {
        let lead = self[column - 1, row].isFollower ? column - 2 : column - 1
        guard isInside(lead, row) else { return }
        cells[row * width + lead] = cells[row * width + lead].adding(mark: mark)
    }
}
