/// The line where a filter, a search or a command is typed.
struct Prompt: Sendable {
    /// What is typed.
    enum Kind: Sendable, Equatable {
        case filter(Pane)
        case search
        case command
    }

    let kind: Kind
    var field: TextField
    /// The filter to go back to.
    let previous: Filter?
    var error: FilterError?
    /// Which of the earlier lines is shown; nil for the new one.
    private var place: Int?
    private var draft = ""

    init(_ kind: Kind, text: String = "", previous: Filter? = nil) {
        self.kind = kind
        field = TextField(text)
        self.previous = previous
    }

    /// What stands before the text.
    var sign: String { kind == .command ? ":" : "/" }

    /// Shows an earlier line, or a later one.
    mutating func walk(_ distance: Int, _ lines: [String]) {
        let current = place ?? lines.count
        let target = min(max(0, current + distance), lines.count)
        guard target != current else { return }
        if place == nil { draft = field.text }
        place = target == lines.count ? nil : target
        field = TextField(target == lines.count ? draft : lines[target])
    }

    /// Completes the word before the cursor with the first of the words that begins with it.
    mutating func complete(_ words: [String]) {
        let text = String(field.characters[..<field.cursor])
        let start =
            text.lastIndex { $0 == " " || $0 == "(" || $0 == "!" }.map { text.index(after: $0) }
            ?? text.startIndex
        let typed = text[start...].lowercased()
        guard !typed.isEmpty, let word = words.first(where: { $0.hasPrefix(typed) && $0 != typed }) else {
            return
        }
        field.insert(String(word.dropFirst(typed.count)))
    }
}

/// What was typed before, by kind.
struct PromptHistories: Sendable {
    private static let limit = 50
    private(set) var filters: [String] = []
    private(set) var searches: [String] = []
    private(set) var commands: [String] = []

    func lines(_ kind: Prompt.Kind) -> [String] {
        switch kind {
        case .filter: filters
        case .search: searches
        case .command: commands
        }
    }

    mutating func add(_ text: String, _ kind: Prompt.Kind) {
        guard !text.isEmpty else { return }
        switch kind {
        case .filter: Self.add(text, to: &filters)
        case .search: Self.add(text, to: &searches)
        case .command: Self.add(text, to: &commands)
        }
    }

    private static func add(_ text: String, to lines: inout [String]) {
        lines.removeAll { $0 == text }
        lines.append(text)
        if lines.count > limit { lines.removeFirst() }
    }
}
