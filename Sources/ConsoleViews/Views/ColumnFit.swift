/// Which columns of a list there is room for, and how wide each is.
struct ColumnFit: Equatable {
    /// One column on the screen.
    struct Placed: Equatable {
        var index: Int
        var offset: Int
        var width: Int
    }

    let placed: [Placed]

    /// Drops the columns of lowest priority until the rest fits, then widens those that can use it.
    ///
    /// - Shape: two cells between columns, one where it is narrow.
    init(_ columns: [(width: ClosedRange<Int>, priority: Int)], in width: Int) {
        let gap = width >= 100 ? 2 : 1
        var kept = Array(columns.indices)
        func needed() -> Int { kept.reduce(-gap) { $0 + columns[$1].width.lowerBound + gap } }
        while needed() > width, kept.count > 1,
            let least = kept.min(by: { columns[$0].priority < columns[$1].priority })
        {
            kept.removeAll { $0 == least }
        }
        var widths = kept.map { columns[$0].width.lowerBound }
        var free = width - needed()
        var grows = true
        while free > 0, grows {
            grows = false
            for place in kept.indices where free > 0 && widths[place] < columns[kept[place]].width.upperBound
            {
                widths[place] += 1
                free -= 1
                grows = true
            }
        }
        if free < 0, let only = widths.indices.first { widths[only] = max(0, width) }
        var offset = 0
        placed = kept.indices.map { place in
            defer { offset += widths[place] + gap }
            return Placed(index: kept[place], offset: offset, width: widths[place])
        }
    }
}
