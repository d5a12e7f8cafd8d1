/// A colour as a terminal is asked for it.
public enum Color: Sendable, Hashable {
    /// The terminal's own foreground or background.
    case terminalDefault
    /// An entry of its palette.
    case indexed(UInt8)
    case rgb(RGB)
}

/// How many colours a terminal shows.
public enum ColorDepth: String, Sendable, Hashable, CaseIterable {
    /// None: only bold, underline, reverse and dim.
    case mono
    /// Sixteen, which users choose in their terminal.
    case ansi16 = "16"
    case palette256 = "256"
    case trueColor = "true"
}

/// Ways to set text apart without colour.
public struct TextModifiers: OptionSet, Sendable, Hashable {
    /// One bit for each modifier.
    public let rawValue: UInt8

    /// Takes the bits as they are.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Thicker or brighter.
    public static let bold = TextModifiers(rawValue: 1)
    /// Fainter.
    public static let dim = TextModifiers(rawValue: 2)
    /// Slanted.
    public static let italic = TextModifiers(rawValue: 4)
    /// With a line below.
    public static let underline = TextModifiers(rawValue: 8)
    /// With foreground and background exchanged.
    public static let reverse = TextModifiers(rawValue: 16)

    /// The modifiers by the names that theme files use.
    public static let named: [String: TextModifiers] = [
        "bold": .bold, "dim": .dim, "italic": .italic, "underline": .underline, "reverse": .reverse,
    ]
}

/// How a cell is drawn: what a theme makes of a style on a terminal of a certain depth.
public struct Attributes: Sendable, Hashable {
    /// The colour of the text.
    public var foreground: Color
    /// The colour behind it.
    public var background: Color
    /// Bold and the like.
    public var modifiers: TextModifiers

    /// Names a look.
    public init(
        foreground: Color = .terminalDefault,
        background: Color = .terminalDefault,
        modifiers: TextModifiers = []
    ) {
        self.foreground = foreground
        self.background = background
        self.modifiers = modifiers
    }
}
