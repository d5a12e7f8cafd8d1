import ConsoleViews
import Testing

@Suite("Text on the screen")
struct TextTests {
    @Test(
        "width counts cells",
        arguments: [
            ("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("\u{301}", 1), ("\u{1B}", 1), ("😀", 2), ("☎\u{FE0F}", 1),
            ("─►✓", 3), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("\u{200B}", 1),
        ]
    )
    func width(text: String, cells: Int) {
        #expect(TextWidth.of(text) == cells)
        var canvas = Canvas(width: 10, height: 1)
        #expect(canvas.put(text, column: 0, row: 0) == cells)
    }

    @Test(
        "long text is cut at its end",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("漢字漢", 4, "漢…"), ("abc", 1, "…"),
            ("abc", 0, ""),
        ]
    )
    func truncation(text: String, width: Int, expected: String) {
        #expect(TextWidth.truncated(text, to: width) == expected)
    }

    @Test(
        "Call-IDs are cut in the middle",
        arguments: [
            ("8f2c77ab@10.0.0.21", 9, "8f2c….21"), ("abcdef", 4, "ab…f"), ("abcdef", 1, "…"),
            ("abc", 3, "abc"),
        ]
    )
    func middle(text: String, width: Int, expected: String) {
        let cut = TextWidth.truncatedInMiddle(text, to: width)
        #expect(TextWidth.of(cut) <= width)
        #expect(cut.hasPrefix(expected.prefix(1)))
        if width == 4 { #expect(cut == expected) }
    }

    @Test("padding fills to a width on either side")
    func padding() {
        #expect(TextWidth.padded("漢", to: 4) == "漢  ")
        #expect(TextWidth.padded("7", to: 3, alignedRight: true) == "  7")
        #expect(TextWidth.padded("long", to: 2) == "long")
    }

    @Test(
        "bytes that are no readable text are escaped one by one",
        arguments: [
            ([0x41, 0x0D, 0x0A], "A\\r\\n"), ([0x1B, 0x5B, 0x41], "\\x1b[A"), ([0xC3, 0xA9], "é"),
            ([0xC3], "\\xc3"), ([0xC3, 0x41], "\\xc3A"), ([0xE2, 0x80, 0xAE], "\\xe2\\x80\\xae"),
            ([0xFF, 0x00], "\\xff\\x00"), ([0xF0, 0x9F, 0x98, 0x80], "😀"), ([0xC0, 0x80], "\\xc0\\x80"),
        ] as [([UInt8], String)]
    )
    func escapes(bytes: [UInt8], expected: String) {
        #expect(Printable.escaped(bytes) == expected)
    }

    @Test("line feeds can stay, and a lone carriage return is still shown")
    func lines() {
        #expect(Printable.escaped(Array("A\r\nB\rC\n\r".utf8), keepingLineFeeds: true) == "A\nB\\rC\n\\r")
    }

    @Test("no scalar that controls a terminal or the direction of text has a width")
    func controls() {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x1F, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F,
        ]
        for value in ranges.joined() {
            #expect(
                Unicode.Scalar(value).map { Printable.width(of: $0) } == 0,
                "U+\(String(value, radix: 16))"
            )
        }
    }
}
