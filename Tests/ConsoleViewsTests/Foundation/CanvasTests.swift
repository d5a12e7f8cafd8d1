import ConsoleViews
import Testing

@Suite("Canvas")
struct CanvasTests {
    @Test("text is clipped at every edge and never wraps")
    func clipping() {
        var canvas = Canvas(width: 5, height: 2)
        canvas.put("abcdefgh", column: 3, row: 0)
        canvas.put("xyz", column: -1, row: 1)
        canvas.put("no", column: 0, row: 2)
        canvas.put("no", column: 0, row: -1)
        #expect(canvas.lines == ["   ab", "yz"])
    }

    @Test(
        "put returns the column after its text and honours the limit",
        arguments: [
            ("abc", 10, 3, "abc"), ("abc", 2, 2, "ab"), ("漢字", 3, 3, "漢"), ("漢字", 4, 4, "漢字"), ("", 5, 0, ""),
        ]
    )
    func limit(text: String, limit: Int, column: Int, shown: String) {
        var canvas = Canvas(width: 10, height: 1)
        #expect(canvas.put(text, column: 0, row: 0, limit: limit) == column)
        #expect(canvas.lines == [shown])
    }

    @Test(
        "overwriting half of a wide character blanks the other half",
        arguments: [(0, "x 字"), (1, " x字"), (2, "漢x"), (3, "漢 x")]
    )
    func halves(column: Int, expected: String) {
        var canvas = Canvas(width: 4, height: 1)
        canvas.put("漢字", column: 0, row: 0)
        canvas.put("x", column: column, row: 0)
        #expect(canvas.lines == [expected])
        #expect(isWhole(canvas))
    }

    @Test("a wide character over the middle of two others blanks what it cuts")
    func wideOverWide() {
        var canvas = Canvas(width: 4, height: 1)
        canvas.put("漢字", column: 0, row: 0)
        canvas.put("語", column: 1, row: 0)
        #expect(canvas.lines == [" 語"])
        #expect(isWhole(canvas))
    }

    @Test("a wide character that does not fit at the edge leaves a blank", arguments: [-1, 2])
    func wideAtEdge(column: Int) {
        var canvas = Canvas(width: 3, height: 1)
        canvas.put("漢", column: column, row: 0)
        #expect(canvas.lines == [""])
        #expect(isWhole(canvas))
    }

    @Test("combining marks join the character before them and take no cell")
    func marks() {
        var canvas = Canvas(width: 6, height: 1)
        #expect(canvas.put("e\u{301}\u{323}\u{308}x", column: 0, row: 0) == 2)
        #expect(canvas[0, 0].marks == ["\u{301}", "\u{323}"])
        #expect(canvas[1, 0].lead == "x")
    }

    @Test("a mark over a wide character joins its lead")
    func markOverWide() {
        var canvas = Canvas(width: 4, height: 1)
        canvas.put("か\u{3099}x", column: 0, row: 0)
        #expect(canvas[0, 0].marks == ["\u{3099}"])
        #expect(canvas[2, 0].lead == "x")
    }

    @Test("no control, bidirectional or invisible scalar reaches a cell")
    func sanitised() {
        var canvas = Canvas(width: 20, height: 1)
        canvas.put("a\u{1B}[31m\u{9B}\u{202E}\u{200B}\u{7}b\r\n\u{FEFF}", column: 0, row: 0)
        #expect(canvas.lines == ["a.[31m....b..."])
    }

    @Test("an overlay keeps what stands below and shows in the style layer")
    func overlay() {
        var canvas = Canvas(width: 4, height: 2)
        canvas.put("ok", column: 0, row: 0, .stateOK)
        canvas.overlay(Rectangle(column: 0, row: 0, width: 3, height: 1), with: .rowSelected)
        #expect(canvas[0, 0].style == Style(.stateOK, overlay: .rowSelected))
        let letter = Role.rowSelected.letter
        #expect(canvas.roles == ["\(letter)\(letter)\(letter).", "...."])
        #expect(canvas.lines == ["ok", ""])
    }

    @Test("a canvas is drawn into another and cut at its edges")
    func drawing() {
        var small = Canvas(width: 4, height: 1)
        small.put("漢字", column: 0, row: 0)
        for column in -4...4 {
            var canvas = Canvas(width: 3, height: 2)
            canvas.put("abc", column: 0, row: 0)
            canvas.draw(small, column: column, row: 0)
            #expect(isWhole(canvas), "at column \(column)")
        }
    }

    @Test("a frame carries its titles and cuts them to fit")
    func box() {
        var canvas = Canvas(width: 16, height: 3)
        canvas.box(canvas.area, glyphs: .ascii, isFocused: true, title: "Calls 17", foot: "1-4 of 4 and more")
        #expect(canvas.lines == ["+= Calls 17 ===+", "|              |", "+= 1-4 of 4.. =+"])
    }

    @Test("every glyph is ASCII in the ASCII set and of width 1 a scalar in both", arguments: Glyph.allCases)
    func glyphs(glyph: Glyph) {
        #expect(GlyphSet.ascii[glyph].utf8.allSatisfy { (0x20..<0x7F).contains($0) })
        for set in [GlyphSet.ascii, .unicode] {
            #expect(set[glyph].unicodeScalars.allSatisfy { Printable.width(of: $0) == 1 })
        }
    }

    @Test("random drawing never splits a wide character nor lets a control through")
    func random() {
        var generator = SplitMix(state: 7)
        let pieces = [
            "漢", "a", "\u{301}", "😀", "\u{1B}", " ", "e\u{301}", "\u{200D}", "ｗ", "\u{85}", "\u{FE0F}",
        ]
        for _ in 0..<300 {
            var canvas = Canvas(
                width: Int.random(in: 0...9, using: &generator),
                height: Int.random(in: 0...3, using: &generator)
            )
            for _ in 0..<30 {
                let text = (0..<4).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
                let column = Int.random(in: -5...10, using: &generator)
                let row = Int.random(in: -1...3, using: &generator)
                canvas.put(text, column: column, row: row, limit: Int.random(in: -1...9, using: &generator))
                let copy = canvas
                if column % 5 == 0 { canvas.draw(copy, column: row, row: column / 5) }
                if column % 5 == 1 {
                    canvas.box(Rectangle(column: row, row: 0, width: 4, height: 3), glyphs: .unicode)
                }
            }
            #expect(isWhole(canvas))
        }
    }

    /// Whether every wide lead has its right half, every right half its lead, and nothing unprintable is there.
    private func isWhole(_ canvas: Canvas) -> Bool {
        for row in 0..<canvas.height {
            for column in 0..<canvas.width {
                let cell = canvas[column, row]
                if cell.isFollower {
                    guard column > 0, canvas[column - 1, row].isWide else { return false }
                } else {
                    guard Printable.width(of: cell.lead) > 0 else { return false }
                    if cell.isWide {
                        guard column + 1 < canvas.width, canvas[column + 1, row].isFollower else {
                            return false
                        }
                    }
                }
            }
        }
        return true
    }
}

/// A small generator with a fixed beginning, so that every run draws the same.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
