/// How every role looks: a theme with all its names looked up.
///
/// - Shape: a role's own entry counts first, then that of its dotted parent, then the same in the theme it
///   inherits from, and last in the built-in theme of the same variant.
public struct Theme: Sendable, Equatable {
    /// The name that selects the theme.
    public let name: String
    /// The background it is made for.
    public let variant: ThemeSource.Variant
    /// Signs drawn differently.
    public let glyphs: [Glyph: String]
    /// What was passed over while reading.
    public let warnings: [ThemeSource.Warning]
    private let looks: [Role: Look]

    /// A role's look with its colours found; nil colours are those of `text` and `background`.
    private struct Look: Sendable, Equatable {
        var foreground: ThemeSource.PaletteColor?
        var background: ThemeSource.PaletteColor?
        var modifiers: TextModifiers = []
        var mono: TextModifiers = []

        init() {}

        init(_ entry: ThemeSource.RoleLook, palettes: [[String: ThemeSource.PaletteColor]]) {
            foreground = entry.foreground.flatMap { Theme.color(named: $0, palettes: palettes) }
            background = entry.background.flatMap { Theme.color(named: $0, palettes: palettes) }
            modifiers = entry.modifiers
            mono = entry.mono ?? entry.modifiers.intersection([.bold, .underline, .reverse, .dim])
        }
    }

    /// Makes a theme of what a file says.
    ///
    /// - Shape: `others` are the themes that it may inherit from, besides the built-in ones.
    /// - Errors: none; an unknown base or a circle of bases is a warning, and the built-in theme stands in.
    public init(_ source: ThemeSource, others: [ThemeSource] = []) {
        var warnings = source.warnings
        let layers = Self.layers(from: source, others: others, &warnings)
        let palettes = layers.map(\.palette)
        var looks: [Role: Look] = [:]
        for role in Role.allCases {
            looks[role] = Self.look(of: role, in: layers, palettes)
        }
        name = source.name
        variant = source.variant
        glyphs = layers.reversed().reduce(into: [:]) { $0.merge($1.glyphs) { $1 } }
        self.warnings = warnings
        self.looks = looks
    }

    /// The glyph set for a terminal, with the changes of the theme.
    public func glyphSet(_ kind: GlyphSet.Kind) -> GlyphSet { GlyphSet(kind, overrides: glyphs) }

    /// How a style is drawn on a terminal of a depth.
    ///
    /// - Shape: an overlay gives the background unless the role has one of its own, such as a search match, and
    ///   the foreground when it names one; modifiers add up.
    /// - Limits: text never gets the colour of its background. On an overlay in one of the sixteen colours text
    ///   is black or white, whichever stands out more.
    public func attributes(for style: Style, depth: ColorDepth) -> Attributes {
        let look = looks[style.role] ?? Look()
        let over = style.overlay.flatMap { looks[$0] }
        if depth == .mono {
            return Attributes(modifiers: look.mono.union(over?.mono ?? []))
        }
        let foreground =
            (look.background == nil ? over?.foreground : nil) ?? look.foreground ?? looks[.text]?.foreground
        let background = look.background ?? over?.background ?? looks[.background]?.background
        var result = Attributes(
            foreground: Self.shown(foreground, depth),
            background: Self.shown(background, depth),
            modifiers: look.modifiers.union(over?.modifiers ?? [])
        )
        let isBar = over?.background != nil && over?.foreground == nil && look.background == nil
        if let readable = Self.readable(result, onBar: isBar) { result.foreground = readable }
        return result
    }

    /// Black or white where the chosen foreground could not be read; nil where it can.
    private static func readable(_ look: Attributes, onBar: Bool) -> Color? {
        let behind: RGB
        switch look.background {
        case .indexed(let index) where index < 16 && onBar: behind = RGB.indexed(index)
        case .indexed(let index) where look.foreground == look.background: behind = RGB.indexed(index)
        case .rgb(let exact) where look.foreground == look.background: behind = exact
        default: return nil
        }
        let isBright = behind.contrast(with: RGB(0, 0, 0)) > behind.contrast(with: RGB(255, 255, 255))
        return .indexed(isBright ? 0 : 15)
    }

    private static func shown(_ color: ThemeSource.PaletteColor?, _ depth: ColorDepth) -> Color {
        guard let color else { return .terminalDefault }
        switch depth {
        case .mono: return .terminalDefault
        case .ansi16:
            return (color.ansi ?? color.exact?.nearestANSI).map(Color.indexed) ?? .terminalDefault
        case .palette256:
            return (color.indexed ?? color.exact?.nearestIndexed).map(Color.indexed) ?? .terminalDefault
        case .trueColor:
            return color.exact.map(Color.rgb) ?? color.indexed.map(Color.indexed) ?? .terminalDefault
        }
    }

    /// The theme, those it inherits from, and the built-in one.
    private static func layers(
        from source: ThemeSource,
        others: [ThemeSource],
        _ warnings: inout [ThemeSource.Warning]
    ) -> [ThemeSource] {
        var layers = [source]
        var seen: Set<String> = [source.name]
        var next = source.inherits
        while let name = next {
            guard seen.insert(name).inserted else {
                warnings.append(
                    ThemeSource.Warning(line: 0, text: "themes inherit in a circle at \"\(name)\"")
                )
                break
            }
            guard let base = others.first(where: { $0.name == name }) ?? BuiltInThemes.source(named: name)
            else {
                warnings.append(
                    ThemeSource.Warning(line: 0, text: "there is no theme \"\(name)\" to inherit from")
                )
                break
            }
            layers.append(base)
            next = base.inherits
        }
        let standIn = source.variant == .light ? "default-light" : "default-dark"
        for name in [standIn, "default-dark"] where seen.insert(name).inserted {
            if let builtIn = BuiltInThemes.source(named: name) { layers.append(builtIn) }
        }
        return layers
    }

    private static func look(
        of role: Role,
        in layers: [ThemeSource],
        _ palettes: [[String: ThemeSource.PaletteColor]]
    ) -> Look {
        for layer in layers {
            var name = Substring(role.rawValue)
            while true {
                if let entry = layer.roles[String(name)] {
                    // Colours of a base are looked up in the changed palette first, so that a palette recolours it.
                    return Look(entry, palettes: palettes)
                }
                guard let dot = name.lastIndex(of: ".") else { break }
                name = name[..<dot]
            }
        }
        return Look()
    }

    /// The colour of a name: in the palettes, one of the sixteen, a number, `#rrggbb`; nil when unknown.
    static func color(
        named name: String,
        palettes: [[String: ThemeSource.PaletteColor]]
    ) -> ThemeSource.PaletteColor? {
        for palette in palettes {
            if let color = palette[name] { return color }
        }
        if name == "default" { return ThemeSource.PaletteColor() }
        if let exact = RGB(hex: name) { return ThemeSource.PaletteColor(exact: exact) }
        if let ansi = ThemeSource.ansiNames[name] {
            return ThemeSource.PaletteColor(indexed: ansi, ansi: ansi)
        }
        guard let index = UInt8(name) else { return nil }
        return ThemeSource.PaletteColor(exact: RGB.indexed(index), indexed: index)
    }
}
