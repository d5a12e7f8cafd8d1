/// Where everything stands, found from the size and the place alone.
struct Layout: Sendable, Equatable {
    /// How much room there is.
    enum Kind: Sendable, Equatable {
        /// Too small for anything but counters.
        case card
        /// One view and a preview.
        case narrow
        /// Lists left, ladder and message right.
        case medium
        /// Lists, ladder and message side by side.
        case wide
        /// All of them below each other.
        case portrait
    }

    /// A pane and where it is.
    struct Placed: Sendable, Equatable {
        var pane: Pane
        var area: Rectangle
    }

    /// The smallest screen that is more than a card.
    static let minimum = Size(width: 60, height: 16)

    let kind: Kind
    let size: Size
    let panes: [Placed]

    init(size: Size, view: ViewKind, zoomed: Pane? = nil) {
        self.size = size
        kind = Self.kind(of: size)
        let body = Self.body(of: size)
        if kind == .card {
            panes = []
        } else if let zoomed {
            panes = [Placed(pane: zoomed, area: body)]
        } else {
            panes = Self.panes(of: view, in: body, kind)
        }
    }

    static func kind(of size: Size) -> Kind {
        if size.width < minimum.width || size.height < minimum.height { return .card }
        if size.width <= 84 && size.height >= 46 { return .portrait }
        if size.width >= 160 && size.height >= 40 { return .wide }
        return size.width >= 100 ? .medium : .narrow
    }

    /// Two rows of header and one of tabs above; one for news and one for hints below.
    static func body(of size: Size) -> Rectangle {
        Rectangle(column: 0, row: 3, width: size.width, height: size.height - 5)
    }

    /// The row above the hints.
    var flashRow: Int { size.height - 2 }

    /// The last row.
    var hintRow: Int { size.height - 1 }

    func area(of pane: Pane) -> Rectangle? {
        panes.first { $0.pane == pane }?.area
    }

    private static func panes(of view: ViewKind, in body: Rectangle, _ kind: Kind) -> [Placed] {
        let lists = lists(of: view, kind)
        if lists.isEmpty { return stacked([(view == .message ? .message : .ladder, 1)], in: body) }
        switch view {
        case .stats:
            return kind == .narrow || kind == .portrait
                ? stacked([(.stats, 3), (.audit, 2)], in: body)
                : beside([([(.stats, 1)], 45), ([(.audit, 1)], 55)], in: body)
        case .ladder:
            if kind == .narrow { return stacked([(.ladder, 1)], in: body) }
            return kind == .wide
                ? beside([([(.ladder, 1)], 64), ([(.message, 1)], 36)], in: body)
                : stacked([(.ladder, 3), (.message, 2)], in: body)
        case .messages:
            return kind == .narrow || kind == .portrait
                ? stacked([(.messages, 3), (.message, 2)], in: body)
                : beside([([(.messages, 1)], 58), ([(.message, 1)], 42)], in: body)
        case .bans: return stacked(lists, in: body)
        case .overview, .registrations, .transactions, .calls, .message, .registration:
            switch kind {
            case .card, .narrow: return stacked(lists, in: body)
            case .portrait: return stacked([(lists[0].0, 2), (.ladder, 2), (.message, 2)], in: body)
            case .medium:
                let left = view == .calls ? 40 : 54
                return beside([(lists, left), ([(.ladder, 1), (.message, 1)], 100 - left)], in: body)
            case .wide: return beside([(lists, 36), ([(.ladder, 1)], 40), ([(.message, 1)], 24)], in: body)
            }
        }
    }

    private typealias Share = (pane: Pane, height: Int)

    /// The panes of the left column, or of the whole body where it is narrow.
    private static func lists(of view: ViewKind, _ kind: Kind) -> [Share] {
        switch view {
        case .overview: [(.registrations, 1), (.transactions, 1), (.calls, 1)]
        case .registrations: [(.registrations, 1), (.detail, -6)]
        case .transactions: [(.transactions, 1), (.detail, -6)]
        case .bans: [(.bans, 1), (.detail, -6)]
        case .calls: kind == .narrow ? [(.calls, 1), (.detail, -6)] : [(.calls, 3), (.callTransactions, 2)]
        case .registration: kind == .narrow ? [(.detail, 1), (.ladder, 1)] : [(.detail, 1)]
        case .ladder, .messages, .stats: [(.ladder, 1)]
        case .message: []
        }
    }

    /// Panes below each other; a negative share is a fixed number of rows.
    private static func stacked(_ shares: [Share], in area: Rectangle) -> [Placed] {
        let fixed = shares.reduce(0) { $0 + max(0, -$1.height) }
        let parts = max(1, shares.reduce(0) { $0 + max(0, $1.height) })
        let free = max(0, area.height - fixed)
        var row = area.row
        var used = 0
        return shares.map { share in
            used += max(0, share.height)
            let end =
                share.height < 0
                ? row - share.height : area.row + free * used / parts + fixedBefore(share, shares)
            defer { row = min(end, area.bottom) }
            return Placed(
                pane: share.pane,
                area: Rectangle(
                    column: area.column,
                    row: row,
                    width: area.width,
                    height: min(end, area.bottom) - row
                )
            )
        }
    }

    private static func fixedBefore(_ share: Share, _ shares: [Share]) -> Int {
        shares.prefix { $0.pane != share.pane }.reduce(0) { $0 + max(0, -$1.height) }
    }

    /// Columns of panes beside each other, with widths in hundredths.
    private static func beside(_ columns: [(panes: [Share], width: Int)], in area: Rectangle) -> [Placed] {
        var left = area.column
        var used = 0
        return columns.flatMap { column in
            used += column.width
            let end = area.column + area.width * used / 100
            defer { left = end }
            return stacked(
                column.panes,
                in: Rectangle(column: left, row: area.row, width: end - left, height: area.height)
            )
        }
    }
}
