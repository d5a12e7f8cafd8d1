import ConsoleViews
import Foundation
import Testing

@testable import ConsoleApp

@Suite("Themes on disk")
struct ThemeLibraryTests {
    @Test("the files that ship are read without a warning, and are those that are built in")
    func shipped() throws {
        let themes = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("themes")
        let library = ThemeLibrary(directory: themes.path)
        #expect(library.warnings == [])
        #expect(Set(library.names) == Set(BuiltInThemes.names))
        for name in BuiltInThemes.names {
            #expect(library.theme(named: name) == BuiltInThemes.theme(named: name), "\(name)")
        }
    }

    @Test("a user's theme replaces the built-in one of its name; what is wrong in it is said with its line")
    func own() throws {
        let directory = NSTemporaryDirectory() + "themes-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try "variant = \"dark\"\n[roles]\ntext = { fg = \"#123456\" }\n"
            .write(toFile: directory + "/default-dark.toml", atomically: true, encoding: .utf8)
        try "schema = 1\nname = \"mine\"\ncolour = 1\n"
            .write(toFile: directory + "/mine.toml", atomically: true, encoding: .utf8)
        let library = ThemeLibrary(directory: directory)
        #expect(library.names == BuiltInThemes.names + ["mine"])
        #expect(library.theme(named: "default-dark") != BuiltInThemes.theme(named: "default-dark"))
        #expect(library.warnings.count == 1)
        #expect(library.warnings.first?.hasPrefix("theme mine:3: ") == true)
    }

    @Test(
        "begins with the theme for the background, and with the usual one when a name is unknown",
        arguments: [
            (nil, "15;0", "default-dark", nil), (nil, "0;15", "default-light", nil),
            (nil, nil, "default-dark", nil),
            ("mono", "0;15", "mono", nil), ("nix", nil, "default-dark", "nix"),
        ] as [(String?, String?, String, String?)]
    )
    func first(wanted: String?, background: String?, expected: String, unknown: String?) {
        let choice = wanted.map { Settings.ThemeChoice(dark: $0, light: $0) }
        let first = ThemeLibrary(directory: "/nowhere").first(choice, background: background)
        #expect(first.theme?.name == expected)
        #expect(first.unknown == unknown)
    }
}
