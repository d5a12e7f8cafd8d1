extension ThemeSource {
    /// Reads a theme file.
    ///
    /// - Shape: TOML with the keys `schema`, `name`, `variant`, `inherits` and the tables `palette`, `roles` and
    ///   `glyphs`.
    /// - Errors: none; what cannot be used is left out and listed in `warnings` with its line. A theme is
    ///   never a reason not to start.
    public init(reading text: String) {
        self.init()
        var reader = PlainTOML(text)
        for entry in reader.entries() { take(entry) }
        warnings += reader.faults.map { Warning(line: $0.line, text: $0.text) }
        checkColors()
        warnings.sort { $0.line < $1.line }
    }

    private mutating func take(_ entry: PlainTOML.Entry) {
        switch (entry.path.first, entry.path.count) {
        case ("palette", 2): takeColor(named: entry.path[1], entry)
        case ("palette", 3): takeColorPart(of: entry.path[1], entry.path[2], entry)
        case ("roles", 2) where entry.value == .empty: takePlainRole(named: entry.path[1], entry)
        case ("roles", 3...):
            // Quoted ("row.selected") and dotted (row.selected) names mean the same.
            takeRolePart(of: entry.path[1..<entry.path.count - 1].joined(separator: "."), entry)
        case ("glyphs", 2): takeGlyph(named: entry.path[1], entry)
        case (_, 1): takeTop(entry)
        default: warn(entry.line, "unknown key \"\(entry.path.joined(separator: "."))\"")
        }
    }

    private mutating func takeTop(_ entry: PlainTOML.Entry) {
        switch (entry.path[0], entry.value) {
        case ("schema", .integer(let number)):
            if number != 1 { warn(entry.line, "schema \(number) is not known; read as schema 1") }
        case ("name", .string(let text)): name = text
        case ("inherits", .string(let text)): inherits = text
        case ("variant", .string(let text)):
            if let known = Variant(rawValue: text) {
                variant = known
            } else {
                warn(entry.line, "variant is dark, light or any, not \"\(text)\"")
            }
        default: warn(entry.line, "unknown key \"\(entry.path[0])\" or wrong kind of value")
        }
    }

    private mutating func takeColor(named name: String, _ entry: PlainTOML.Entry) {
        switch entry.value {
        case .string(let text):
            if let color = RGB(hex: text) {
                palette[name] = PaletteColor(exact: color)
            } else if let ansi = Self.ansiNames[text] {
                palette[name] = PaletteColor(indexed: ansi, ansi: ansi)
            } else if text == "default" {
                palette[name] = PaletteColor()
            } else {
                warn(entry.line, "\"\(text)\" is no colour; write #rrggbb")
            }
        case .integer(let number) where (0...255).contains(number):
            let index = UInt8(number)
            palette[name] = PaletteColor(exact: RGB.indexed(index), indexed: index)
        default: warn(entry.line, "colour \"\(name)\" must be \"#rrggbb\" or 0 to 255")
        }
    }

    private mutating func takeColorPart(of name: String, _ part: String, _ entry: PlainTOML.Entry) {
        var color = palette[name] ?? PaletteColor()
        switch (part, entry.value) {
        case ("hex", .string(let text)):
            guard let exact = RGB(hex: text) else {
                return warn(entry.line, "\"\(text)\" is no colour; write #rrggbb")
            }
            color.exact = exact
        case ("c256", .integer(let number)) where (0...255).contains(number): color.indexed = UInt8(number)
        case ("ansi", .string(let text)):
            guard let ansi = Self.ansiNames[text] else {
                return warn(entry.line, "\"\(text)\" is none of the sixteen colours")
            }
            color.ansi = ansi
        default: return warn(entry.line, "a colour has hex, c256 (0 to 255) and ansi, not \"\(part)\"")
        }
        palette[name] = color
    }

    private mutating func takePlainRole(named role: String, _ entry: PlainTOML.Entry) {
        guard Self.isRoleOrParent(role) else { return warn(entry.line, "unknown role \"\(role)\"") }
        roles[role] = RoleLook()
    }

    private mutating func takeRolePart(of role: String, _ entry: PlainTOML.Entry) {
        guard Self.isRoleOrParent(role) else { return warn(entry.line, "unknown role \"\(role)\"") }
        var look = roles[role] ?? RoleLook()
        look.line = entry.line
        switch (entry.path.last, entry.value) {
        case ("fg", .string(let color)): look.foreground = color
        case ("bg", .string(let color)): look.background = color
        case ("mods", .list(let names)): look.modifiers = modifiers(names, entry.line)
        case ("mono", .list(let names)): look.mono = modifiers(names, entry.line)
        default:
            return warn(entry.line, "a role has fg, bg, mods and mono, not \"\(entry.path.last ?? "")\"")
        }
        roles[role] = look
    }

    private mutating func takeGlyph(named name: String, _ entry: PlainTOML.Entry) {
        guard let glyph = Glyph(rawValue: name), case .string(let text) = entry.value else {
            return warn(entry.line, "unknown glyph \"\(name)\"")
        }
        let isPlain = text.unicodeScalars.allSatisfy { Printable.width(of: $0) == 1 }
        // Frames and arrows are laid out on the cells that the built-in glyph takes.
        guard isPlain, TextWidth.of(text) == TextWidth.of(GlyphSet.unicode[glyph]) else {
            return warn(entry.line, "glyph \"\(name)\" must take as many cells as the built-in one")
        }
        glyphs[glyph] = text
    }

    private mutating func modifiers(_ names: [String], _ line: Int) -> TextModifiers {
        var result: TextModifiers = []
        for name in names {
            if let modifier = TextModifiers.named[name] {
                result.insert(modifier)
            } else {
                warn(line, "unknown modifier \"\(name)\"")
            }
        }
        return result
    }

    /// Colours that a role names and nobody defines; a theme that inherits may use those of its base.
    private mutating func checkColors() {
        guard inherits == nil else { return }
        for look in roles.values {
            for name in [look.foreground, look.background].compactMap(\.self)
            where Theme.color(named: name, palettes: [palette]) == nil {
                warn(look.line, "no colour \"\(name)\" in the palette")
            }
        }
    }

    private mutating func warn(_ line: Int, _ text: String) {
        warnings.append(Warning(line: line, text: text))
    }

    private static func isRoleOrParent(_ name: String) -> Bool {
        Role.allCases.contains { $0.rawValue == name || $0.rawValue.hasPrefix(name + ".") }
    }
}
