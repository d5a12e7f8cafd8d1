/// All keys that work in the place where it was opened; typing narrows the list, Enter runs the entry.
struct HelpDialog: Sendable {
    /// An action with all its keys.
    struct Entry: Sendable {
        var keys: String
        var help: String
        var action: Action
    }

    /// What is offered, in the order of the key table.
    let entries: [Entry]
    /// Where it was opened, in words.
    let place: String
    private(set) var field = TextField()
    private(set) var selected = 0

    init(context: KeyContext, place: String) {
        var entries: [Entry] = []
        for binding in Keymap.bindings(in: context) {
            if let known = entries.firstIndex(where: { $0.action == binding.action }) {
                entries[known].keys += ", \(binding.keyText)"
            } else {
                entries.append(Entry(keys: binding.keyText, help: binding.help, action: binding.action))
            }
        }
        self.entries = entries
        self.place = place
    }

    /// The entries that contain all words typed.
    var shown: [Entry] {
        let words = field.text.split(separator: " ").map { SearchText(String($0)) }
        guard !words.isEmpty else { return entries }
        return entries.filter { entry in
            words.allSatisfy { $0.occurs(in: "\(entry.keys) \(entry.help)") }
        }
    }

    mutating func handle(_ key: Key) -> DialogResult {
        let count = shown.count
        switch key {
        case .escape, .control("c"), .function(1): return .close
        case .enter: return selected < count ? .run(shown[selected].action) : .stay
        case .up: selected -= 1
        case .down: selected += 1
        case .pageUp: selected -= 10
        case .pageDown: selected += 10
        default: if field.handle(key) { selected = 0 }
        }
        selected = max(0, min(selected, shown.count - 1))
        return .stay
    }
}

/// One of several things, such as the column to sort by.
struct ChoiceDialog: Sendable {
    let title: String
    let entries: [String]
    let changes: [ListChange]
    var selected: Int

    mutating func handle(_ key: Key) -> DialogResult {
        switch key {
        case .escape, .control("c"), .character("q"): return .close
        case .enter: return changes.indices.contains(selected) ? .change(changes[selected]) : .close
        case .up, .character("k"): selected = max(0, selected - 1)
        case .down, .character("j"): selected = max(0, min(entries.count - 1, selected + 1))
        default: break
        }
        return .stay
    }
}
