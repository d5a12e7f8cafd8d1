/// One line of text that is being typed.
struct TextField: Sendable, Equatable {
    private static let limit = 1_000

    private(set) var characters: [Character]
    private(set) var cursor: Int

    init(_ text: String = "") {
        characters = Array(text)
        cursor = characters.count
    }

    var text: String { String(characters) }

    /// Takes a key; false when it means nothing in a text.
    mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let scalar): insert(String(Character(scalar)))
        case .paste(let text): insert(text)
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .backspace:
            if cursor > 0 {
                cursor -= 1
                characters.remove(at: cursor)
            }
        case .delete: if cursor < characters.count { characters.remove(at: cursor) }
        case .control("w"): deleteWord()
        case .control("u"):
            characters.removeFirst(cursor)
            cursor = 0
        default: return false
        }
        return true
    }

    /// Puts in literal text; what cannot be shown is left out.
    mutating func insert(_ text: String) {
        let shown = text.filter { character in
            character.unicodeScalars.allSatisfy {
                Printable.width(of: $0) > 0 || Printable.kind(of: $0) == .mark
            }
        }
        let fresh = Array(shown.prefix(max(0, Self.limit - characters.count)))
        characters.insert(contentsOf: fresh, at: cursor)
        cursor += fresh.count
    }

    private mutating func deleteWord() {
        let end = cursor
        while cursor > 0, characters[cursor - 1] == " " { cursor -= 1 }
        while cursor > 0, characters[cursor - 1] != " " { cursor -= 1 }
        characters.removeSubrange(cursor..<end)
    }

    /// Draws the text around the cursor and places the terminal's cursor there.
    func draw(on canvas: inout Canvas, column: Int, row: Int, width: Int, role: Role, isFocused: Bool) {
        guard width > 0 else { return }
        let before = TextWidth.suffix(String(characters[..<cursor]), width - 1)
        let start = canvas.put(before, column: column, row: row, role, limit: width)
        canvas.put(
            String(characters[cursor...]),
            column: start,
            row: row,
            role,
            limit: column + width - start
        )
        if isFocused { canvas.cursor = Position(column: start, row: row) }
    }
}
