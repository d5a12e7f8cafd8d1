import Testing

@testable import ConsoleViews

@Suite("Themes")
struct ThemeTests {
    @Test("every role is found: its own entry, its parent's, the base's, the built-in one")
    func lookup() {
        let base = ThemeSource(reading: "name = \"base\"\n[roles]\n\"row.selected\" = { bg = \"#0000ff\" }")
        let child = ThemeSource(
            reading: """
                name = "child"
                inherits = "base"
                [roles]
                sip = { fg = "#010203" }
                "sip.uri" = { fg = "#040506" }
                """
        )
        let theme = Theme(child, others: [base])
        #expect(theme.warnings.isEmpty)
        #expect(theme.attributes(for: Style(.sipURI), depth: .trueColor).foreground == .rgb(RGB(4, 5, 6)))
        #expect(theme.attributes(for: Style(.sipHeader), depth: .trueColor).foreground == .rgb(RGB(1, 2, 3)))
        let inactive = theme.attributes(for: Style(.rowSelectedInactive), depth: .trueColor)
        #expect(inactive.background == .rgb(RGB(0, 0, 255)))
        let builtIn = BuiltInThemes.theme(named: "default-dark")
        #expect(
            theme.attributes(for: Style(.stateOK), depth: .trueColor)
                == builtIn?.attributes(for: Style(.stateOK), depth: .trueColor)
        )
    }

    @Test("a changed palette recolours what is inherited")
    func recoloured() {
        let theme = Theme(
            ThemeSource(reading: "name = \"x\"\ninherits = \"default-dark\"\n[palette]\ngreen = \"#123456\"")
        )
        #expect(
            theme.attributes(for: Style(.stateOK), depth: .trueColor).foreground
                == .rgb(RGB(0x12, 0x34, 0x56))
        )
    }

    @Test(
        "what cannot be used is a warning with its line, never an error",
        arguments: [
            ("[palette]\nred = \"#12\"", 2), ("[palette]\nred = { c256 = 300 }", 2),
            ("[roles]\n\n\"no.such\" = { fg = \"red\" }", 3),
            ("[roles]\ntext = { fg = \"mauve\" }", 2), ("[roles]\ntext = { mods = [\"blink\"] }", 2),
            ("nonsense", 1),
            ("a = 1", 1), ("[glyphs]\narrow_right = \"漢\"", 2), ("name = \"x", 1), ("[roles\n", 1),
            ("variant = \"pink\"", 1),
            ("x = [\"a\", ", 1), ("[roles]\ntext = { fg = ", 2), ("schema = 2", 1), ("name = \"\\u12\"", 1),
        ]
    )
    func warnings(text: String, line: Int) {
        let source = ThemeSource(reading: text)
        #expect(source.warnings.map(\.line) == [line], "\(source.warnings)")
        _ = Theme(source)
    }

    @Test("quoted, dotted and table forms mean the same")
    func forms() {
        let expected = ThemeSource(
            reading: "[roles]\n\"row.selected\" = { bg = \"blue\", mono = [\"reverse\"] }"
        )
        for text in [
            "[roles]\nrow.selected = { bg = 'blue', mono = [ \"reverse\", ] } # a comment",
            "[roles.row.selected]\nbg = \"blue\"\nmono = [\"reverse\"]",
            "roles.\"row.selected\".bg = \"blue\"\nroles.\"row.selected\".mono = [\"reverse\"]",
        ] {
            let source = ThemeSource(reading: text)
            #expect(source.warnings.isEmpty)
            #expect(source.roles["row.selected"]?.background == expected.roles["row.selected"]?.background)
            #expect(source.roles["row.selected"]?.mono == expected.roles["row.selected"]?.mono)
        }
    }

    @Test("themes that inherit in a circle or from nothing still make a theme")
    func circles() {
        let first = ThemeSource(reading: "name = \"a\"\ninherits = \"b\"")
        let second = ThemeSource(reading: "name = \"b\"\ninherits = \"a\"")
        let circle = Theme(first, others: [first, second])
        #expect(circle.warnings.count == 1)
        #expect(circle.attributes(for: Style(.stateOK), depth: .palette256).foreground != .terminalDefault)
        #expect(Theme(ThemeSource(reading: "inherits = \"none\"")).warnings.count == 1)
    }

    @Test("a search match keeps its ground inside a selected row, other text takes the row's")
    func overlays() throws {
        let theme = try #require(BuiltInThemes.theme(named: "default-dark"))
        let selected = theme.attributes(for: Style(.stateOK, overlay: .rowSelected), depth: .trueColor)
        let match = theme.attributes(for: Style(.searchMatch, overlay: .rowSelected), depth: .trueColor)
        #expect(
            selected.background == theme.attributes(for: Style(.rowSelected), depth: .trueColor).background
        )
        #expect(selected.foreground == theme.attributes(for: Style(.stateOK), depth: .trueColor).foreground)
        #expect(match.background == theme.attributes(for: Style(.searchMatch), depth: .trueColor).background)
    }

    @Test(
        "without colour the selected row, a mark and an error still differ from plain text",
        arguments: BuiltInThemes.names
    )
    func mono(name: String) throws {
        let theme = try #require(BuiltInThemes.theme(named: name))
        for role in [
            Role.rowSelected, .rowMarked, .stateBad, .stateWarn, .searchMatch, .tabActive, .dialogDanger,
        ] {
            let look = theme.attributes(for: Style(role), depth: .mono)
            #expect(!look.modifiers.isEmpty, "\(role)")
            #expect(look.foreground == .terminalDefault && look.background == .terminalDefault)
        }
    }

    @Test("the built-in themes have no warnings and a name of their own", arguments: BuiltInThemes.names)
    func clean(name: String) throws {
        let source = try #require(BuiltInThemes.source(named: name))
        #expect(source.name == name)
        #expect(Theme(source).warnings.isEmpty)
    }

    @Test("there are fifty roles, the forks counted once, each with a letter of its own")
    func roles() {
        #expect(Role.allCases.count == 55)
        #expect(Set(Role.allCases.map(\.letter)).count == 55)
        #expect(Role.fork(-1) == .fork6 && Role.fork(6) == .fork1)
    }
}
