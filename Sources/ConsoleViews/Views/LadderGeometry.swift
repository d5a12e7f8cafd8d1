import SIPFlow
import SIPTrace

/// Where the columns of a ladder stand.
struct LadderGeometry: Equatable {
    /// The cells before the first column: cursor, time, delta and fork.
    static let margin = 26
    private static let spacings = 11...26

    /// The columns that are shown.
    let columns: Range<Int>
    /// The cell of the life line of each shown column, from the left edge of the area.
    let lines: [Int]
    /// Cells between two life lines.
    let spacing: Int
    /// The first cell behind the diagram.
    let end: Int
    private let total: Int

    /// Fits as many columns as possible, beginning with one; our own column stays when it is the second.
    init(columns total: Int, first: Int, width: Int) {
        self.total = total
        let room = max(0, width - Self.margin)
        // The best spacing leaves half of it free on both outer sides, for the names.
        let most = max(2, room / Self.spacings.lowerBound)
        let count = min(total, most)
        let spacing = count == 0 ? Self.spacings.lowerBound : room / count
        self.spacing = min(max(Self.spacings.lowerBound, spacing), Self.spacings.upperBound)
        let start = max(0, min(first, total - count))
        columns = start..<start + count
        let half = self.spacing / 2
        let step = self.spacing
        lines = (0..<count).map { Self.margin + half + $0 * step }
        end = Self.margin + count * step
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
