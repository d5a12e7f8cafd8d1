import ConsoleViews
import Testing

@Suite("Keys")
struct KeyTests {
    @Test(
        "names are read and written alike",
        arguments: [
            ("g", .character("g")), ("G", .character("G")), ("space", .character(" ")),
            ("ctrl-b", .control("b")),
            ("ctrl-space", .control(" ")), ("alt-x", .alt("x")), ("shift-up", .shiftArrow(.up)),
            ("ctrl-left", .controlArrow(.left)), ("f12", .function(12)), ("shift-tab", .backTab),
            ("esc", .escape),
            ("enter", .enter), ("pgdn", .pageDown), ("-", .character("-")), ("f", .character("f")),
            ("é", .character("é")), ("up", .up), ("delete", .delete),
        ] as [(String, Key)]
    )
    func names(name: String, key: Key) {
        #expect(Key(name: name) == key)
        #expect(key.name == name)
    }

    @Test(
        "what names no key is refused",
        arguments: ["", "ctrl-", "hyper-x", "f0", "f25", "shift-x", "gg", "\u{1B}"]
    )
    func refused(name: String) {
        #expect(Key(name: name) == nil)
    }

    @Test(
        "scalars become keys",
        arguments: [
            ("a", [.character("a")]), ("\u{2}", [.control("b")]), ("\r", [.enter]), ("\n", [.enter]),
            ("\t", [.tab]),
            ("\u{7F}", [.backspace]), ("\u{8}", [.backspace]), ("\u{0}", [.control(" ")]),
            ("\u{1B}", [.escape]),
            ("\u{1B}x", [.alt("x")]), ("\u{1B}\u{1B}", [.escape, .escape]), ("\u{1B}[", [.alt("[")]),
            ("\u{1B}O", [.alt("O")]), ("\u{1B}\r", [.escape, .enter]), ("漢", [.character("漢")]),
            ("\u{1F}", [.control("_")]),
        ] as [(String, [Key])]
    )
    func scalars(text: String, keys: [Key]) {
        #expect(decode(text) == keys)
    }

    @Test(
        "an unknown sequence is swallowed whole",
        arguments: ["\u{1B}[27;5;9~", "\u{1B}[?1;2c", "\u{1B}Oq", "\u{1B}[1;3A"]
    )
    func unknown(sequence: String) {
        #expect(decode(sequence + "k") == [.character("k")])
    }

    @Test(
        "mouse reports become events",
        arguments: [
            ("0;5;3M", .press, .left), ("0;5;3m", .release, .left), ("2;5;3M", .press, .right),
            ("32;5;3M", .drag, .left), ("64;5;3M", .wheelUp, .none), ("65;5;3M", .wheelDown, .none),
        ] as [(String, MouseEvent.Action, MouseEvent.Button)]
    )
    func mouse(report: String, action: MouseEvent.Action, button: MouseEvent.Button) {
        var decoder = KeyDecoder()
        decoder.take(.mousePrefix)
        // The report may come in two batches.
        decoder.take(.scalar(report.unicodeScalars.first ?? "0"))
        #expect(decoder.finish().isEmpty)
        for scalar in report.unicodeScalars.dropFirst() { decoder.take(.scalar(scalar)) }
        let event = MouseEvent(action, button: button, position: Position(column: 4, row: 2))
        #expect(decoder.finish() == [.mouse(event)])
    }

    @Test(
        "a broken mouse report is dropped and the next key counts",
        arguments: ["0;5M", "0;0;0M", "66;1;1M", ";;M", "9x"]
    )
    func brokenMouse(report: String) {
        var decoder = KeyDecoder()
        decoder.take(.mousePrefix)
        for scalar in report.unicodeScalars { decoder.take(.scalar(scalar)) }
        decoder.take(.scalar("k"))
        #expect(decoder.finish().last == .character("k"))
    }

    @Test("a paste is literal, also when it holds keys and comes in pieces")
    func paste() {
        var decoder = KeyDecoder()
        decoder.take(.pasteBegin)
        for scalar in "K\rk".unicodeScalars { decoder.take(.scalar(scalar)) }
        #expect(decoder.finish().isEmpty)
        decoder.take(.key(.up))
        decoder.take(.scalar("q"))
        decoder.take(.pasteEnd)
        decoder.take(.scalar("j"))
        #expect(decoder.finish() == [.paste("K\nkq"), .character("j")])
    }

    @Test("a paste whose end got lost ends with a lone Escape")
    func lostPasteEnd() {
        var decoder = KeyDecoder()
        decoder.take(.pasteBegin)
        decoder.take(.scalar("x"))
        #expect(decoder.finish().isEmpty)
        decoder.take(.scalar("\u{1B}"))
        #expect(decoder.finish() == [.paste("x")])
        decoder.take(.scalar("q"))
        #expect(decoder.finish() == [.character("q")])
    }

    @Test("whatever came before, two batches of Escape and a key bring that key")
    func neverStuck() {
        var generator = SplitMix(state: 3)
        let inputs: [KeyDecoder.Input] =
            [.mousePrefix, .pasteBegin, .pasteEnd, .key(.up)]
            + "\u{1B}[O;0Mm~a\r".unicodeScalars.map { .scalar($0) }
        for _ in 0..<2_000 {
            var decoder = KeyDecoder()
            for _ in 0..<12 {
                if let input = inputs.randomElement(using: &generator) { decoder.take(input) }
                if Bool.random(using: &generator) { _ = decoder.finish() }
            }
            for _ in 0..<2 {
                decoder.take(.scalar("\u{1B}"))
                _ = decoder.finish()
            }
            decoder.take(.scalar("k"))
            #expect(decoder.finish() == [.character("k")])
        }
    }

    private func decode(_ text: String) -> [Key] {
        var decoder = KeyDecoder()
        for scalar in text.unicodeScalars { decoder.take(.scalar(scalar)) }
        return decoder.finish()
    }
}
