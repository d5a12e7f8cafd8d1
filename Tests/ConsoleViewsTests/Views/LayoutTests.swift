import Testing

@testable import ConsoleViews

@Suite("Layout")
struct LayoutTests {
    @Test(
        "has a class for every size",
        arguments: [
            (59, 50, Layout.Kind.card), (200, 15, .card), (60, 16, .narrow), (80, 24, .narrow),
            (84, 46, .portrait),
            (85, 46, .narrow), (99, 60, .narrow), (100, 24, .medium), (159, 60, .medium), (160, 39, .medium),
            (160, 40, .wide), (400, 120, .wide),
        ]
    )
    func kinds(width: Int, height: Int, kind: Layout.Kind) {
        #expect(Layout.kind(of: Size(width: width, height: height)) == kind)
    }

    @Test("fills the body without overlap at every size", arguments: ViewKind.allCases)
    func tiles(view: ViewKind) {
        for width in stride(from: 1, through: 400, by: 7) {
            for height in stride(from: 1, through: 120, by: 5) {
                let layout = Layout(size: Size(width: width, height: height), view: view)
                guard layout.kind != .card else { continue }
                let body = Layout.body(of: layout.size)
                let cells = layout.panes.reduce(0) { $0 + $1.area.width * $1.area.height }
                #expect(cells == body.width * body.height, "\(width)x\(height)")
                for placed in layout.panes { #expect(placed.area.intersection(body) == placed.area) }
                #expect(layout.panes.contains { $0.pane.takesFocus } || view == .stats)
            }
        }
    }

    @Test("drops the columns of lowest priority first and never goes beyond the width")
    func columns() {
        let columns: [(width: ClosedRange<Int>, priority: Int)] = [(10...20, 10), (5...5, 1), (8...30, 5)]
        #expect(ColumnFit(columns, in: 60).placed.map(\.index) == [0, 1, 2])
        #expect(ColumnFit(columns, in: 20).placed.map(\.index) == [0, 2])
        #expect(ColumnFit(columns, in: 12).placed.map(\.index) == [0])
        for width in 0..<80 {
            if let last = ColumnFit(columns, in: width).placed.last {
                #expect(last.offset + last.width <= width)
            }
        }
    }
}
