import SIPFlow
import SIPReport

extension ConsoleState {
    mutating func handleInPrompt(_ key: Key) -> [ConsoleEffect] {
        guard var open = prompt else { return [] }
        switch key {
        case .escape, .control("c"):
            if case .filter(let pane) = open.kind { setFilter(pane, open.previous) }
            prompt = nil
            return []
        case .enter: return accept(open)
        case .up: open.walk(-1, histories.lines(open.kind))
        case .down: open.walk(1, histories.lines(open.kind))
        case .tab: open.complete(Self.completions(open.kind))
        case .backspace where open.field.characters.isEmpty:
            prompt = nil
            return []
        default: if !open.field.handle(key) { return [] }
        }
        applyLive(&open)
        prompt = open
        return []
    }

    /// Filters and searches act while they are typed.
    private mutating func applyLive(_ open: inout Prompt) {
        switch open.kind {
        case .filter(let pane):
            let text = open.field.text
            do throws(FilterError) {
                setFilter(pane, text.isEmpty ? nil : try Filter(text))
                open.error = nil
            } catch {
                open.error = error
            }
        case .search: search = open.field.text.isEmpty ? nil : open.field.text
        case .command: break
        }
    }

    private mutating func accept(_ open: Prompt) -> [ConsoleEffect] {
        let text = open.field.text
        if let error = open.error {
            say("filter, column \(error.column + 1): \(error.message)", .error)
            return []
        }
        prompt = nil
        histories.add(text, open.kind)
        switch open.kind {
        case .filter: return []
        case .search:
            if search != nil { findMatch(1, includingCurrent: true) }
            return []
        case .command: return run(text)
        }
    }

    private static func completions(_ kind: Prompt.Kind) -> [String] {
        switch kind {
        case .filter: FilterField.Name.allCases.map { $0.rawValue + ":" }
        case .search: []
        case .command: commandWords
        }
    }

    /// The commands behind `:`.
    static let commandWords = [
        "filter", "glyphs ascii", "glyphs unicode", "help", "listeners", "quit", "sort", "theme",
    ]

    /// Carries out what was typed behind `:`.
    private mutating func run(_ text: String) -> [ConsoleEffect] {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard let word = words.first else { return [] }
        let rest = words.count > 1 ? words[1] : ""
        switch word {
        case "q", "quit", "q!": return [.quit]
        case "theme": return [.setTheme(rest.isEmpty ? nil : rest)]
        case "help": return perform(.help)
        case "filter": setFilterByCommand(rest)
        case "sort": sortByCommand(rest)
        case "listeners":
            say(
                shown.listeners.map { Words.listener($0.listener) + ($0.failure.map { ": \($0)" } ?? " ok") }
                    .joined(separator: ", "),
                for: .seconds(15)
            )
        case "glyphs":
            guard let kind = GlyphSet.Kind(rawValue: rest) else {
                say("glyphs ascii, or glyphs unicode", .error)
                return []
            }
            return [.setGlyphs(kind)]
        default: say("no command \(word); ? lists the keys, tab completes", .error)
        }
        return []
    }

    private mutating func setFilterByCommand(_ text: String) {
        let pane = place.list
        do throws(FilterError) {
            setFilter(pane, text.isEmpty ? nil : try Filter(text))
            histories.add(text, .filter(pane))
        } catch {
            say("filter, column \(error.column + 1): \(error.message)", .error)
        }
    }

    private mutating func sortByCommand(_ text: String) {
        let titles = facts(place.list)?.titles ?? []
        guard let column = titles.firstIndex(where: { $0.lowercased() == text.lowercased() }) else {
            return say("sort by \(titles.joined(separator: ", "))", .error)
        }
        change(place.list, .sort(column))
    }
}
