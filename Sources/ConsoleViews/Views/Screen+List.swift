import SIPFlow

extension Screen {
    /// A framed list: column titles, the rows around the selection and where they are among all.
    func drawList<Row: ListRow>(
        _ list: ListModel<Row>,
        _ pane: Pane,
        in area: Rectangle,
        on canvas: inout Canvas,
        row: (Row.ID) -> Row?
    ) {
        let height = max(0, area.height - 3)
        let shown = list.entries.dropFirst(list.top).prefix(height)
        canvas.box(
            area,
            glyphs: glyphs,
            isFocused: isFocused(pane),
            title: title(list, pane),
            note: note(list, pane),
            foot: list.entries.count > height && height > 0
                ? "\(list.top + 1)-\(list.top + shown.count) of \(list.entries.count)" : ""
        )
        guard !list.entries.isEmpty else {
            return drawNotice(
                emptyWords(pane, list.total, isFiltered: list.isFiltered),
                in: area,
                on: &canvas
            )
        }
        // Two cells for the cursor and the mark.
        let left = area.column + 4
        let fit = ColumnFit(Row.columns.map { ($0.width, $0.priority) }, in: area.right - 2 - left)
        drawTitles(Row.columns, sort: list.sort, fit, column: left, row: area.row + 1, on: &canvas)
        for (place, entry) in shown.enumerated() {
            let at = area.row + 2 + place
            if let value = row(entry.id) {
                draw(value, Row.columns, fit, column: left, row: at, right: area.right - 2, on: &canvas)
            }
            let line = Rectangle(column: area.column + 1, row: at, width: area.width - 2, height: 1)
            let isSelected = list.selected == entry.id
            if list.marks.contains(entry.id) {
                canvas.put(glyphs[.mark], column: area.column + 2, row: at, .textStrong)
                if !isSelected { canvas.overlay(line, with: .rowMarked) }
            }
            if isSelected { drawSelection(on: line, of: pane, on: &canvas) }
        }
    }

    /// Shows that a row is selected, and whether keys go to it.
    func drawSelection(on line: Rectangle, of pane: Pane, on canvas: inout Canvas) {
        let hasKeys = isFocused(pane) && state.dialog == nil
        canvas.put(glyphs[.cursor], column: line.column, row: line.row, .textStrong)
        canvas.overlay(line, with: hasKeys ? .rowSelected : .rowSelectedInactive)
        if hasKeys && state.prompt == nil { canvas.cursor = Position(column: line.column, row: line.row) }
    }

    private func title<Row>(_ list: ListModel<Row>, _ pane: Pane) -> String {
        let name =
            switch pane {
            case .registrations: "Registrations"
            case .transactions: "Transactions"
            case .calls: "Calls"
            case .bans: "Bans"
            default: "Messages"
            }
        return list.isFiltered
            ? "\(name) \(list.entries.count)/\(list.total) (filtered)" : "\(name) \(list.total)"
    }

    private func note<Row>(_ list: ListModel<Row>, _ pane: Pane) -> String {
        var words: [String] = []
        if pane == .calls, list.total > 0 { words.append("\(context.mirror.runningCallIDs.count) running") }
        if pane == .bans, list.total > context.mirror.banCount {
            words.append("\(list.total - context.mirror.banCount) refused without a ban")
        }
        if pane == .transactions, list.total > 0 { words.append("\(context.mirror.liveTransactions) live") }
        if list.isFollowing { words.append("follow") }
        return words.joined(separator: "  ")
    }

    /// The words above the columns, with an arrow at the one that is sorted by.
    func drawTitles<Row: ListRow>(
        _ columns: [Column<Row>],
        sort: ListSort?,
        _ fit: ColumnFit,
        column: Int,
        row: Int,
        on canvas: inout Canvas
    ) {
        for placed in fit.placed {
            let spec = columns[placed.index]
            let isSorted = sort?.column == placed.index
            let arrow = isSorted ? glyphs[sort?.isDescending == true ? .sortDown : .sortUp] : ""
            let text = TextWidth.prefix(spec.title, placed.width - TextWidth.of(arrow)) + arrow
            canvas.put(
                TextWidth.padded(text, to: placed.width, alignedRight: spec.isRight),
                column: column + placed.offset,
                row: row,
                isSorted ? .tableSort : .tableHeader,
                limit: placed.width
            )
        }
    }

    /// One row, column by column; the story of a row that is gone begins at the third.
    func draw<Row: ListRow>(
        _ value: Row,
        _ columns: [Column<Row>],
        _ fit: ColumnFit,
        column: Int,
        row: Int,
        right: Int,
        on canvas: inout Canvas
    ) {
        let isOver = value.isOver(context)
        let story = value.story(context)
        for (place, placed) in fit.placed.enumerated() {
            let at = column + placed.offset
            if let story, place == 2 {
                canvas.put(cut(story, right - at), column: at, row: row, .stateEnding, limit: right - at)
                return
            }
            let spec = columns[placed.index]
            let text = cut(spec.text(value, context), placed.width, inMiddle: spec.cut == .middle)
            let role = isOver ? .stateEnding : spec.roleOf?(value, context) ?? spec.role
            canvas.put(
                TextWidth.padded(text, to: placed.width, alignedRight: spec.isRight),
                column: at,
                row: row,
                role,
                limit: placed.width
            )
        }
    }

    /// What to say, and what to do, when a list has no rows to show.
    private func emptyWords(_ pane: Pane, _ total: Int, isFiltered: Bool) -> [String] {
        if isFiltered && total > 0 {
            let facts = state.facts(pane)
            return facts?.isProblemsOnly == true
                ? ["No problems among \(total).", "! shows all"]
                : ["The filter hides \(total) of \(total).", "\\ shows all, / changes it"]
        }
        let listening = listenerWords.isEmpty ? "" : "Listening on \(listenerWords)."
        switch pane {
        case .registrations:
            return ["No registrations yet.", listening, "Send a REGISTER, or start sipglass demo."]
        case .transactions:
            return [
                "No transactions now.", listening, "They stay 5 s after their end. 6 lists all messages.",
            ]
        case .calls:
            return ["No calls yet.", listening, "Register two phones and call from one to the other."]
        case .bans:
            return [
                "Nobody is kept out.", "K then b bans a registration, B the source of any row.",
                "Scanners, and who sends more than the limit, are listed here by themselves.",
            ]
        default: return ["No messages yet.", listening, "Whatever comes or goes is listed here."]
        }
    }
}
