import SIPFlow

/// What a key does to a list.
enum ListChange: Sendable {
    case move(Int)
    case moveToFirst
    case moveToLast
    case toggleMark
    case toggleMarkAll
    case clearMarks
    case sort(Int)
    case sortBeside(Int)
    case reverseSort
    case toggleFilter
    case toggleProblems
    case toggleFollow
}

/// The order, the filter and the selection of one list; the rows themselves stay in the mirror.
///
/// - Shape: selection and marks are ids, never places, so that they stay with their rows.
/// - Cost: O(rows) for a new order or filter, O(changed × log rows + rows moved) for a report.
struct ListModel<Row: ListRow>: Sendable {
    /// A row's place in the order.
    struct Entry: Sendable {
        var key: SortKey
        var id: Row.ID
    }

    private(set) var entries: [Entry] = []
    private(set) var sort = Row.firstSort
    private(set) var filter: Filter?
    private(set) var isFilterOn = true
    private(set) var isProblemsOnly = false
    private(set) var isFollowing = false
    private(set) var selected: Row.ID?
    private(set) var marks: Set<Row.ID> = []
    /// The place of the first row on the screen.
    private(set) var top = 0
    /// How many rows there are without the filter.
    private(set) var total = 0
    private var place = 0
    private var isStale = true
    private var orderedAt = Moment.zero

    init(isFollowing: Bool = false) {
        self.isFollowing = isFollowing
    }

    /// The place of the selected row; nil in an empty list.
    var selectedPlace: Int? { selected == nil ? nil : place }

    /// True when a filter hides rows.
    var isFiltered: Bool { isProblemsOnly || (filter != nil && isFilterOn) }

    /// What a destructive act applies to: the marked rows in their order, or the selected one.
    var targets: [Row.ID] {
        guard marks.isEmpty else { return entries.map(\.id).filter(marks.contains) }
        return selected.map { [$0] } ?? []
    }

    /// Selects a row, wherever it is.
    mutating func select(_ id: Row.ID) {
        selected = id
        if let found = entries.firstIndex(where: { $0.id == id }) { place = found }
    }

    /// Sets the filter; nil shows all.
    mutating func setFilter(_ filter: Filter?) {
        self.filter = filter
        isFilterOn = true
        isStale = true
    }

    mutating func apply(_ change: ListChange) {
        switch change {
        case .move(let distance):
            if distance < 0 { isFollowing = false }
            moveTo(place + distance)
        case .moveToFirst:
            isFollowing = false
            moveTo(0)
        case .moveToLast: moveTo(entries.count - 1)
        case .toggleMark:
            guard let selected else { return }
            if marks.remove(selected) == nil { marks.insert(selected) }
            moveTo(place + 1)
        case .toggleMarkAll:
            let shown = Set(entries.map(\.id))
            marks = shown.isSubset(of: marks) ? marks.subtracting(shown) : marks.union(shown)
        case .clearMarks: marks = []
        case .sort(let column):
            if sort.column == column {
                sort.isDescending.toggle()
            } else {
                sort = ListSort(column: column, isDescending: false)
            }
            isStale = true
        case .sortBeside(let distance):
            let count = Row.columns.count
            sort.column = (sort.column + distance + count) % count
            isStale = true
        case .reverseSort:
            sort.isDescending.toggle()
            isStale = true
        case .toggleFilter:
            if filter != nil {
                isFilterOn.toggle()
                isStale = true
            }
        case .toggleProblems:
            isProblemsOnly.toggle()
            isStale = true
        case .toggleFollow: isFollowing.toggle()
        }
    }

    private mutating func moveTo(_ target: Int) {
        guard !entries.isEmpty else { return }
        place = min(max(0, target), entries.count - 1)
        selected = entries[place].id
    }

    /// Scrolls so that the selected row is among `height` rows.
    mutating func scroll(height: Int) {
        guard height > 0 else { return }
        top = min(top, max(0, entries.count - height))
        if selected != nil {
            if place < top { top = place }
            if place >= top + height { top = place - height + 1 }
        }
    }
}

extension ListModel {
    /// Brings the order up to date with what changed.
    ///
    /// - Shape: `rows` are all rows, asked for only when the order is built anew; `row` finds one by its id.
    mutating func refresh(
        _ changes: inout ChangeSet<Row.ID>,
        total: Int,
        context: RowContext,
        rows: () -> some Sequence<Row>,
        row: (Row.ID) -> Row?
    ) {
        self.total = total
        let isOld = changesWithTime && context.now - orderedAt >= .seconds(1)
        if isStale || isOld || changes.isEverything {
            var fresh: [Entry] = []
            for row in rows() where accepts(row, context) { fresh.append(entry(row, context)) }
            entries = fresh.sorted(by: precedes)
            isStale = false
            orderedAt = context.now
        } else if !changes.isEmpty {
            entries.removeAll { changes.ids.contains($0.id) }
            let fresh = changes.ids.compactMap(row).filter { accepts($0, context) }.map { entry($0, context) }
            insert(fresh.sorted(by: precedes))
        }
        if !changes.isEmpty { marks = marks.filter { !changes.ids.contains($0) || row($0) != nil } }
        changes.clear()
        settleSelection()
    }

    /// Takes out rows that exist no more.
    mutating func removeAll(where isGone: (Row.ID) -> Bool) {
        entries.removeAll { isGone($0.id) }
        settleSelection()
    }

    private var changesWithTime: Bool {
        isProblemsOnly || (isFilterOn && filter?.changesWithTime ?? false)
            || Row.columns[sort.column].changesWithTime
    }

    private func accepts(_ row: Row, _ context: RowContext) -> Bool {
        if isProblemsOnly && !row.isProblem(context) { return false }
        guard isFilterOn, let filter else { return true }
        return filter.accepts(FilterView(row: row, context: context))
    }

    private func entry(_ row: Row, _ context: RowContext) -> Entry {
        Entry(key: Row.columns[sort.column].key(row, context), id: row.id)
    }

    private func precedes(_ left: Entry, _ right: Entry) -> Bool {
        if left.key == right.key { return left.id < right.id }
        return sort.isDescending ? left.key > right.key : left.key < right.key
    }

    /// Merges sorted entries into the sorted list.
    private mutating func insert(_ fresh: [Entry]) {
        guard !fresh.isEmpty else { return }
        guard fresh.count > 8 else {
            for entry in fresh { entries.insert(entry, at: entries.partitionPoint { precedes($0, entry) }) }
            return
        }
        var merged: [Entry] = []
        merged.reserveCapacity(entries.count + fresh.count)
        var next = 0
        for entry in entries {
            while next < fresh.count, precedes(fresh[next], entry) {
                merged.append(fresh[next])
                next += 1
            }
            merged.append(entry)
        }
        merged.append(contentsOf: fresh[next...])
        entries = merged
    }

    /// Keeps the selection on its row; when that is gone, on the row that took its place.
    private mutating func settleSelection() {
        guard !entries.isEmpty else {
            selected = nil
            place = 0
            return
        }
        if isFollowing, let newest = entries.indices.max(by: { entries[$0].id < entries[$1].id }) {
            place = newest
        } else if let selected {
            if place < entries.count, entries[place].id == selected { return }
            place = entries.firstIndex { $0.id == selected } ?? min(place, entries.count - 1)
        } else {
            place = 0
        }
        selected = entries[place].id
    }
}

extension Array {
    /// The first place whose element does not hold; those that hold come first.
    func partitionPoint(where holds: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
