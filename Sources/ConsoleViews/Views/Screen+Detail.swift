import SIPFlow
import SIPReport
import SIPTrace

extension Screen {
    /// What is known of the selected row, in a few lines.
    func drawDetail(in area: Rectangle, on canvas: inout Canvas) {
        let (title, lines, foot) = detail
        canvas.box(area, glyphs: glyphs, title: title, foot: foot)
        let inside = area.inset(columns: 2, rows: 1)
        if lines.isEmpty { drawNotice(["Nothing is selected."], in: area, on: &canvas) }
        for (place, line) in lines.prefix(inside.height).enumerated() {
            drawFacts(line, column: inside.column, row: inside.row + place, width: inside.width, on: &canvas)
        }
    }

    /// Names and values side by side; what does not fit whole is cut.
    private func drawFacts(_ facts: [Fact], column: Int, row: Int, width: Int, on canvas: inout Canvas) {
        var at = column
        let end = column + width
        for fact in facts {
            let needed = TextWidth.of(fact.name) + (fact.name.isEmpty ? 0 : 1) + TextWidth.of(fact.value)
            guard at == column || at + needed <= end else { continue }
            if !fact.name.isEmpty {
                at = canvas.put(fact.name, column: at, row: row, .textMuted, limit: end - at) + 1
            }
            let text = cut(fact.value, max(0, end - at), inMiddle: true)
            at = canvas.put(text, column: at, row: row, fact.role, limit: max(0, end - at)) + 2
        }
    }

    /// One name with its value.
    struct Fact {
        var name: String
        var value: String
        var role = Role.text

        init(_ name: String, _ value: String, _ role: Role = .text) {
            self.name = name
            self.value = value.isEmpty ? "-" : value
            self.role = role
        }
    }

    private var detail: (title: String, lines: [[Fact]], foot: String) {
        if state.view == .registration, let aor = state.place.aor { return wholeRegistration(aor) }
        switch state.place.list {
        case .registrations:
            guard let item = state.selectedRegistration else { return ("Registration", [], "") }
            return (
                item.row.aor, registration(item) + [callsNow(of: item.row.aor) + signsOfLife(of: item.row)],
                "enter open  g c its call"
            )
        case .transactions:
            guard let row = state.selectedTransaction else { return ("Transaction", [], "") }
            return ("\(row.roleWord) \(row.method) \(row.state.rawValue)", transaction(row), "enter ladder")
        case .calls:
            guard let call = state.selectedCall else { return ("Call", [], "") }
            return ("\(call.from) > \(call.to)", self.call(call), "enter ladder")
        case .bans:
            guard let ban = state.selectedBan else { return ("Ban", [], "") }
            let foot = ban.cause == .ban ? "U lift  B another time  g r registration" : "B ban"
            return (ban.subject.text, self.ban(ban), foot)
        default: return ("", [], "")
        }
    }

    private func ban(_ row: BanRow) -> [[Fact]] {
        var times = [Fact("Since", context.clock(row.since, withMilliseconds: false))]
        if let until = row.until {
            times.append(Fact("until", context.clock(until, withMilliseconds: false)))
            times.append(Fact("left", Format.countdown(until - context.now), .timerRunning))
        }
        if !row.actor.isEmpty { times.append(Fact("by", row.actor)) }
        let last = row.lastRefusal.map { "\(Format.span(context.now - $0)) ago" }
        return [
            [Fact("", row.meaning)], times,
            [
                Fact("Refused", String(row.refused), row.refused > 0 ? .stateWarn : .text),
                Fact("last", last ?? ""),
            ],
            [Fact("Reason", row.reason)],
        ]
    }

    private func registration(_ item: RegistrationItem) -> [[Fact]] {
        let row = item.row
        let asked = row.asked.map { $0 == row.granted ? "" : " of \($0)s asked" } ?? ""
        return refusal(of: row) + [
            [
                Fact("Contact", row.contact, .sipURI),
                Fact("q", row.q.map { "\($0 / 1_000).\(Format.padded($0 % 1_000, 3))" } ?? ""),
                Fact("Path", row.path),
            ],
            [
                Fact(
                    "Registered",
                    "\(context.clock(row.registeredAt, withMilliseconds: false)) (+\(row.granted)s\(asked))"
                ),
                Fact("refreshed", "\(row.refreshes)x"),
                Fact("source", "\(row.flow.transport.token) \(row.flow.peer)"),
                Fact("UA", row.userAgent),
            ],
            [Fact("Call-ID", row.callID), Fact("CSeq", String(row.cseq)), Fact("instance", row.instance)],
        ]
    }

    /// When the phone was last heard beside its REGISTERs, and how it answered our pings; the worse first.
    private func signsOfLife(of row: RegistrationRow) -> [Fact] {
        let heard = context.mirror.heard(from: row).map {
            Fact("heard", "\(Format.span(context.now - $0)) ago")
        }
        guard row.pings > 0 else { return heard.map { [$0] } ?? [] }
        let isMissing = row.missedPings > 0
        let words = "\(row.pings), \(row.lostPings) lost" + (isMissing ? ", \(row.missedPings) in a row" : "")
        let pings = Fact("pings", words, isMissing ? .stateWarn : .text)
        let facts = isMissing ? [pings, heard] : [heard, pings]
        return facts.compactMap { $0 } + [Fact("RTT", row.roundTrip.map(Format.roundTrip) ?? "")]
    }

    /// Why the phone's last try to refresh was refused, while that is the last that was heard of it.
    private func refusal(of row: RegistrationRow) -> [[Fact]] {
        let tries = context.mirror.transactions(ofCall: row.callID).filter { $0.startedAt > row.refreshedAt }
        guard let last = tries.last(where: { !$0.note.isEmpty && $0.code >= 300 }) else { return [] }
        return [[Fact("Refresh refused", "\(last.code) \(last.note)", .stateWarn)]]
    }

    private func callsNow(of aor: String) -> [Fact] {
        let running = context.mirror.runningCallIDs.compactMap { context.mirror.trace.call($0) }
            .filter { $0.fromURI == aor || $0.toURI == aor }.sorted { $0.startedAt < $1.startedAt }
        guard let call = running.last else { return [Fact("Calls now", "none")] }
        let other = call.fromURI == aor ? "to \(call.to)" : "from \(call.from)"
        let words = "\(other) \(call.state.word) \(Format.duration(call.duration(at: context.now)))"
        return [Fact("Calls now", String(running.count)), Fact("", words, call.state.role)]
    }

    private func call(_ call: CallRow) -> [[Fact]] {
        var lines = [
            [Fact("Call-ID", call.callID)],
            [
                Fact("From", call.fromURI, .sipURI), Fact("To", call.toURI, .sipURI),
                Fact("began", context.clock(call.startedAt)),
            ],
        ]
        for leg in call.legs {
            let name = call.legs.count > 1 ? leg.fork.letter : "to"
            let role = leg.code.map { Role.response($0) } ?? (leg.retransmissions > 0 ? .stateWarn : .text)
            lines.append([
                Fact(name, leg.peer.description, Role.fork(leg.fork.index)), Fact("", leg.text, role),
            ])
        }
        return lines
    }

    /// Everything about an address of record: all its bindings, the living first.
    private func wholeRegistration(_ aor: String) -> (title: String, lines: [[Fact]], foot: String) {
        let items = context.mirror.bindings(of: aor)
        var lines: [[Fact]] = []
        for (place, item) in items.enumerated() {
            if !lines.isEmpty { lines.append([]) }
            let state = item.story(context) ?? item.stateWord(at: context.now)
            let left = Format.countdown(item.row.expiresAt - context.now)
            var head = [Fact("Binding", "\(place + 1)/\(items.count)", .textStrong), Fact("", state)]
            if item.ghost == nil { head.append(Fact("expires in", left, .timerRunning)) }
            lines.append(head)
            lines += item.marks(context).map { [Fact("Odd", item.words($0, context), .stateWarn)] }
            lines += (registration(item) + [signsOfLife(of: item.row)]).flatMap { $0.map { [$0] } }
        }
        lines.append([])
        lines.append(callsNow(of: aor))
        if items.isEmpty { lines = [[Fact("", "Nobody is registered as \(aor) any more.")]] }
        return (
            "\(aor)  \(Format.count(items.count { $0.ghost == nil }, "binding"))", lines, "esc back  g r list"
        )
    }

    /// The transactions of the selected call, and what each fork answered.
    func drawCallTransactions(in area: Rectangle, on canvas: inout Canvas) {
        guard let call = state.selectedCall else {
            canvas.box(area, glyphs: glyphs, title: "Transactions of the call")
            return drawNotice(["No call is selected."], in: area, on: &canvas)
        }
        canvas.box(area, glyphs: glyphs, title: "Transactions of \(call.from) > \(call.to)")
        let inside = area.inset(columns: 2, rows: 1)
        let rows = context.mirror.transactions(ofCall: call.callID)
        let columns = [0, 1, 2, 3, 4, 8].map { TransactionRow.columns[$0] }
        let fit = ColumnFit(columns.map { ($0.width, $0.priority) }, in: inside.width)
        var at = inside.row
        if rows.isEmpty {
            let words = cut("none left: they stay 5 s after their end", inside.width)
            canvas.put(words, column: inside.column, row: at, .textMuted)
        } else {
            drawTitles(columns, sort: nil, fit, column: inside.column, row: at, on: &canvas)
        }
        at += 1
        for row in rows where at < inside.bottom {
            draw(row, columns, fit, column: inside.column, row: at, right: inside.right, on: &canvas)
            at += 1
        }
        at += 1
        for line in self.call(call).dropFirst(2) where at < inside.bottom {
            drawFacts(line, column: inside.column, row: at, width: inside.width, on: &canvas)
            at += 1
        }
    }
}
