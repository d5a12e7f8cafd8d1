import SIPTrace

extension ConsoleState {
    /// Opens the line for a filter in a list, for a search elsewhere.
    mutating func openFind() {
        switch focus {
        case .registrations, .transactions, .calls, .messages, .bans:
            let filter = facts(focus)?.filter
            prompt = Prompt(.filter(focus), text: filter?.text ?? "", previous: filter)
        case .ladder, .message: prompt = Prompt(.search, text: search ?? "")
        case .detail, .callTransactions, .stats, .audit: say("nothing to search here")
        }
    }

    /// Goes to the next place with the searched text, and round at the end.
    mutating func findMatch(_ step: Int, includingCurrent: Bool = false) {
        guard let search else { return say("nothing searched yet: / searches") }
        let needle = SearchText(search)
        switch focus {
        case .ladder:
            let hits = ladder.ladder.rows.indices.filter { place in
                ladder.ladder.rows[place].message.map { matches($0.sequence, needle) } ?? false
            }
            guard let hit = next(hits, ladder.selectedPlace ?? -1, step, includingCurrent) else { return }
            if let sequence = ladder.ladder.rows[hit].message?.sequence { ladder.select(sequence) }
        case .message:
            let width = (layout.area(of: .message)?.width ?? 80) - 4
            let lines = messageLines(width: width)
            let hits = lines.indices.filter { needle.occurs(in: lines[$0].text) }
            guard let hit = next(hits, message.top, step, includingCurrent) else { return }
            message.top = hit
        default: break
        }
    }

    /// True when a message contains the text anywhere.
    private func matches(_ sequence: UInt64, _ needle: SearchText) -> Bool {
        shown.trace.raw(sequence).map { needle.firstOffset(in: $0.span) != nil } ?? false
    }

    private mutating func next(_ hits: [Int], _ current: Int, _ step: Int, _ includingCurrent: Bool) -> Int? {
        guard !hits.isEmpty else {
            say("not found: \(search ?? "")", .warning)
            return nil
        }
        let found: Int?
        if step > 0 {
            found = hits.first { includingCurrent ? $0 >= current : $0 > current }
        } else {
            found = hits.last { $0 < current }
        }
        let hit = found ?? (step > 0 ? hits[0] : hits[hits.count - 1])
        let place = (hits.firstIndex(of: hit) ?? 0) + 1
        say("match \(place) of \(hits.count)\(found == nil ? ", from the other end" : "")")
        return hit
    }
}
