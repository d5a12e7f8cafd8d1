/// A theme as written: what a file says, before names are looked up.
public struct ThemeSource: Sendable, Equatable {
    /// The background that a theme is made for.
    public enum Variant: String, Sendable, Hashable {
        case dark
        case light
        case any
    }

    /// A colour of the palette: the exact one, and what to use where that cannot be shown.
    public struct PaletteColor: Sendable, Hashable {
        /// The exact colour; nil for the terminal's default or a colour given only by number.
        public var exact: RGB?
        /// The entry of the 256-colour palette; nil takes the nearest to the exact colour.
        public var indexed: UInt8?
        /// The entry of the sixteen; nil takes the nearest to the exact colour.
        public var ansi: UInt8?

        /// Names a colour.
        public init(exact: RGB? = nil, indexed: UInt8? = nil, ansi: UInt8? = nil) {
            self.exact = exact
            self.indexed = indexed
            self.ansi = ansi
        }
    }

    /// What a file says about one role.
    public struct RoleLook: Sendable, Hashable {
        /// The colour of the text by name; nil takes that of `text`.
        public var foreground: String?
        /// The colour behind it by name; nil takes that of `background`.
        public var background: String?
        /// Bold and the like where there is colour.
        public var modifiers: TextModifiers = []
        /// The same where there is none; nil keeps those for colour.
        public var mono: TextModifiers?
        /// The line in the file, for warnings.
        public var line = 0

        /// An entry that says nothing.
        public init() {}
    }

    /// Something in a theme that was passed over.
    public struct Warning: Sendable, Hashable {
        /// Counted from 1.
        public var line: Int
        /// What is wrong, in words.
        public var text: String

        /// Names a warning.
        public init(line: Int, text: String) {
            self.line = line
            self.text = text
        }
    }

    /// The name that selects the theme.
    public var name = ""
    /// The background it is made for.
    public var variant = Variant.any
    /// The theme whose entries stand in for missing ones.
    public var inherits: String?
    /// Colours by name.
    public var palette: [String: PaletteColor] = [:]
    /// Looks by the dotted name of a role, or of its beginning.
    public var roles: [String: RoleLook] = [:]
    /// Signs drawn differently.
    public var glyphs: [Glyph: String] = [:]
    /// What was passed over.
    public var warnings: [Warning] = []

    /// A theme that says nothing.
    public init() {}

    /// The standard names of the sixteen colours.
    static let ansiNames: [String: UInt8] = {
        let plain = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
        var names: [String: UInt8] = ["grey": 8, "gray": 8]
        for (index, name) in plain.enumerated() {
            names[name] = UInt8(index)
            names["light-" + name] = UInt8(index + 8)
        }
        return names
    }()
}
