import SIPFlow
import SIPTrace

/// Where the columns of a ladder stand.
///
/// - Shape: time, delta and fork before the diagram; where columns are many, the delta gives way.
struct LadderGeometry: Equatable {
    private static let fullMargin = 26
    private static let compactMargin = 17
    private static let spacings = 9...26
    /// Cells beyond the outer life lines, for half of a name.
    private static let outer = 6

    /// The cells before the diagram.
    let margin: Int
    /// The columns that are shown.
    let columns: Range<Int>
    /// The cell of the life line of each shown column, from the left edge of the area.
    let lines: [Int]
    /// Cells between two life lines.
    let spacing: Int
    /// The first cell behind the diagram.
    let end: Int
    private let total: Int

    /// True when there is room for both times.
    var hasDelta: Bool { margin == Self.fullMargin }

    /// Fits as many columns as possible, beginning with one.
    init(columns total: Int, first: Int, width: Int) {
        self.total = total
        let gaps = max(1, total - 1)
        let isRoomy = (width - Self.fullMargin - 2 * Self.outer) / gaps >= 10
        margin = isRoomy ? Self.fullMargin : Self.compactMargin
        var room = max(0, width - margin - 2 * Self.outer)
        let count = min(total, max(2, room / Self.spacings.lowerBound + 1))
        // The sign for columns further right has its own cells.
        if count < total { room = max(0, room - 4) }
        let wanted = room / max(1, count - 1)
        spacing = min(max(Self.spacings.lowerBound, wanted), Self.spacings.upperBound)
        let start = max(0, min(first, total - count))
        columns = start..<start + count
        let left = margin + Self.outer
        let step = spacing
        lines = (0..<count).map { left + $0 * step }
        end = left + max(0, count - 1) * step + Self.outer
    }

    /// The life line of a column; nil when it is not shown.
    func line(_ column: Int) -> Int? {
        columns.contains(column) ? lines[column - columns.lowerBound] : nil
    }

    /// How many columns there are to the left and to the right of those shown.
    var hidden: (left: Int, right: Int) { (columns.lowerBound, total - columns.upperBound) }
}

/// The names above a ladder's columns, as short as they may be without becoming ambiguous.
struct LadderNames {
    private let columns: [LadderColumn]

    init(_ columns: [LadderColumn]) {
        self.columns = columns
    }

    /// A column's name in so many cells.
    func name(_ place: Int, width: Int, ellipsis: String) -> String {
        let column = columns[place]
        guard let address = column.address, TextWidth.of(column.name) > width else {
            return TextWidth.truncated(column.name, to: width, ellipsis: ellipsis)
        }
        let others = columns.compactMap(\.address)
        let hosts = Set(others.map(\.ip))
        let host = address.ip.description
        let port = ":\(address.port)"
        if hosts.count == others.count, TextWidth.of(host) <= width { return host }
        if hosts.count == 1 { return port }
        if !address.ip.isV6, let dot = host.lastIndex(of: ".") {
            let tail = String(host[dot...])
            if hosts.count == others.count { return tail }
            if TextWidth.of(tail + port) <= width { return tail + port }
        }
        return TextWidth.truncatedInMiddle(column.name, to: width, ellipsis: ellipsis)
    }
}
