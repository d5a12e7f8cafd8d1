import SIPFlow
import SIPReport
import SIPTrace

/// Pieces of a line with their roles.
struct Line {
    private(set) var pieces: [(text: String, role: Role)] = []

    mutating func add(_ text: String, _ role: Role) { pieces.append((text, role)) }

    var width: Int { pieces.reduce(0) { $0 + TextWidth.of($1.text) } }

    /// Draws the pieces one after the other and returns the column behind them.
    @discardableResult
    func draw(on canvas: inout Canvas, column: Int, row: Int, limit: Int) -> Int {
        var column = column
        let end = column + limit
        for piece in pieces where column < end {
            column = canvas.put(piece.text, column: column, row: row, piece.role, limit: end - column)
        }
        return column
    }
}

extension Screen {
    /// Two rows: listeners and badges; rates and shares.
    func drawHeader(on canvas: inout Canvas) {
        canvas.fill(Rectangle(column: 0, row: 0, width: layout.size.width, height: 2), style: Style(.header))
        drawListeners(on: &canvas)
        drawRates(on: &canvas)
    }

    private func drawListeners(on canvas: inout Canvas) {
        let width = layout.size.width
        let badges = badges
        let badgeColumn = max(0, width - badges.width - 1)
        badges.draw(on: &canvas, column: badgeColumn, row: 0, limit: width - badgeColumn)
        var column = canvas.put("sipglass", column: 1, row: 0, .headerBadge, limit: badgeColumn) + 2
        let rows = state.mirror.listeners
        for (place, row) in rows.enumerated() {
            let name = Words.listener(row.listener)
            let verdict = row.failure == nil ? " ok" : " failed"
            let rest = rows.count - place
            let needed = TextWidth.of(name) + verdict.count + (rest > 1 ? 5 : 0)
            guard column + needed < badgeColumn - 1 else {
                canvas.put(
                    "+\(rest)",
                    column: column,
                    row: 0,
                    .header,
                    limit: max(0, badgeColumn - 1 - column)
                )
                return
            }
            column = canvas.put(name, column: column, row: 0, .header)
            column =
                canvas.put(verdict, column: column, row: 0, row.failure == nil ? .stateOK : .stateBad) + 2
        }
        if rows.isEmpty {
            canvas.put("waiting for the engine", column: column, row: 0, .header, limit: badgeColumn - column)
        }
    }

    private var badges: Line {
        var line = Line()
        if let started = state.mirror.startedAt {
            line.add("up \(Format.uptime(state.now - started))  ", .header)
        }
        if state.mirror.mode.isLab { line.add(layout.size.width < 100 ? "LAB " : "LAB MODE ", .stateWarn) }
        if state.mirror.store.failure != nil {
            line.add(layout.size.width < 100 ? "NO STORE " : "STORE FAILED ", .stateBad)
        }
        if state.pause != nil {
            line.add("PAUSED +\(state.heldMessages)", .stateWarn)
        } else {
            line.add("LIVE", .stateOK)
        }
        return line
    }

    private func drawRates(on canvas: inout Canvas) {
        let isShort = layout.kind == .narrow || layout.kind == .portrait
        let gap = isShort ? "  " : "   "
        let mirror = state.mirror
        var column = canvas.put(
            "req/s \(Format.rate(mirror.rates.rate(\.requests))) ",
            column: 1,
            row: 1,
            .header
        )
        column = drawGraph(on: &canvas, column: column, width: isShort ? 12 : layout.kind == .wide ? 40 : 20)
        var line = Line()
        if layout.kind == .wide {
            line.add("\(gap)INVITE \(Format.rate(mirror.rates.rate(\.invites)))/s", .header)
            line.add("  REGISTER \(Format.rate(mirror.rates.rate(\.registers)))/s", .header)
            line.add("  OPTIONS \(Format.rate(mirror.rates.rate(\.options)))/s", .header)
        }
        let finals = mirror.rates.finalResponses
        let all = finals.reduce(0, +)
        for (place, count) in finals.enumerated() where !isShort || place != 1 && place != 4 {
            let role: Role = count == 0 ? .header : Role.response((place + 2) * 100)
            line.add("\(line.pieces.isEmpty || place == 0 ? gap : "  ")\(place + 2)xx ", .header)
            line.add(Format.share(count, of: all), role)
        }
        let repeats = mirror.rates.total(\.retransmissions)
        line.add("\(gap)rtx ", .header)
        line.add(
            Format.share(repeats, of: mirror.rates.total(\.messages)),
            repeats == 0 ? .header : .sipRetransmit
        )
        let dropped = mirror.counters.dropped
        line.add("\(gap)drop ", .header)
        line.add(String(dropped), dropped == 0 ? .header : .stateWarn)
        if mirror.trace.lostRecords > 0 { line.add("  unseen \(mirror.trace.lostRecords)", .stateWarn) }
        if mirror.banCount > 0 { line.add("\(gap)bans \(mirror.banCount)", .stateWarn) }
        // The tabs have these two as well; they make room for the bans.
        if !isShort && (mirror.banCount == 0 || layout.kind == .wide) {
            line.add("\(gap)regs \(mirror.liveRegistrations)  calls \(mirror.runningCallIDs.count)", .header)
        }
        line.draw(on: &canvas, column: column, row: 1, limit: max(0, layout.size.width - 1 - column))
    }

    /// The requests of the last seconds as bars; empty seconds at the left where there are too few.
    private func drawGraph(on canvas: inout Canvas, column: Int, width: Int) -> Int {
        let counts = state.mirror.rates.requestsPerSecond(width)
        let highest = max(1, counts.max() ?? 0)
        var at = column + width - counts.count
        for count in counts {
            let share = Double(count) / Double(highest)
            canvas.put(glyphs.level(share), column: at, row: 1, share > 0.75 ? .graphHigh : .graphLow)
            at += 1
        }
        return column + width
    }

    /// The tabs that exist, and the filter of the focused list at the right.
    func drawTabs(on canvas: inout Canvas) {
        let row = 2
        var line = Line()
        for view in ViewKind.tabs {
            let isShort = layout.size.width < 120
            let count = tabCount(view).map { " \($0)" } ?? ""
            let text = "\(view.rawValue) \(view.title(isShort: isShort))\(count)"
            let isActive = view == activeTab
            line.add(isActive ? "[\(text)]" : " \(text) ", isActive ? .tabActive : .tab)
        }
        let end = line.draw(on: &canvas, column: 0, row: row, limit: layout.size.width)
        let chip = cut(chip, max(0, layout.size.width - end - 3))
        let column = layout.size.width - TextWidth.of(chip) - 1
        if !chip.isEmpty, column > end { canvas.put(chip, column: column, row: row, .filterChip) }
    }

    private var activeTab: ViewKind {
        if ViewKind.tabs.contains(state.view) { return state.view }
        return state.trail.stack.last { ViewKind.tabs.contains($0.view) }?.view ?? .messages
    }

    private func tabCount(_ view: ViewKind) -> Int? {
        switch view {
        case .registrations: context.mirror.liveRegistrations
        case .transactions: context.mirror.liveTransactions
        case .calls: context.mirror.runningCallIDs.count
        // On a narrow screen the header alone has the number.
        case .bans: layout.size.width < 120 || context.mirror.bans.isEmpty ? nil : context.mirror.bans.count
        case .overview, .ladder, .messages, .stats, .message, .registration: nil
        }
    }

    private var chip: String {
        guard let facts = state.facts(state.focus.isList ? state.focus : state.place.list) else { return "" }
        var words: [String] = []
        if facts.isProblemsOnly { words.append("problems only") }
        if let filter = facts.filter {
            words.append(facts.isFilterOn ? "/\(filter.text)" : "/\(filter.text) (off)")
        }
        if facts.marks > 0 { words.append("\(facts.marks) marked") }
        if let search = state.search { words.append("search \(search)") }
        return words.joined(separator: "  ")
    }
}
