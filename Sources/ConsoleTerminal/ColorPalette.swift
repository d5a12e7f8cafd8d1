import CNcurses
import ConsoleViews

/// Turns the looks of a theme into the library's attributes and colour pairs.
///
/// - Limits: as many pairs as the terminal has; later combinations fall back to the terminal's own colours.
struct ColorPalette {
    /// What the library needs to write a cell.
    struct Look {
        var attributes: attr_t
        var pair: CInt
    }

    private struct Pair: Hashable {
        var foreground: CInt
        var background: CInt
    }

    private let depth: ColorDepth
    private let colors: Int
    private let hasDefaults: Bool
    private var pairs: [Pair: CInt] = [:]
    private var looks: [Style: Look] = [:]

    init(depth: ColorDepth) {
        self.depth = depth
        guard depth != .mono else {
            colors = 0
            hasDefaults = false
            return
        }
        start_color()
        colors = Int(cncurses_colors())
        hasDefaults = use_default_colors() == OK
    }

    /// Forgets the looks of the last theme; pairs stay.
    mutating func themeChanged() {
        looks = [:]
    }

    mutating func look(for style: Style, theme: Theme) -> Look {
        if let known = looks[style] { return known }
        let look = make(theme.attributes(for: style, depth: depth))
        looks[style] = look
        return look
    }

    private mutating func make(_ wanted: Attributes) -> Look {
        var bits = attr_t(0)
        let table: [(TextModifiers, attr_t)] = [
            (.bold, cncurses_bold()), (.dim, cncurses_dim()), (.italic, cncurses_italic()),
            (.underline, cncurses_underline()), (.reverse, cncurses_reverse()),
        ]
        for (modifier, bit) in table where wanted.modifiers.contains(modifier) { bits |= bit }
        guard depth != .mono else { return Look(attributes: bits, pair: 0) }
        var foreground = number(wanted.foreground, default: 7)
        var background = number(wanted.background, default: 0)
        if colors < 16 {
            // Bright colours: bold text, plain ground; bright black would vanish, so it is white.
            if foreground > 8 { bits |= cncurses_bold() }
            foreground = foreground == 8 ? 7 : foreground > 8 ? foreground - 8 : foreground
            background = background >= 8 ? background - 8 : background
            if foreground == background, foreground >= 0 { foreground = foreground == 0 ? 7 : 0 }
        }
        guard let pair = pair(Pair(foreground: foreground, background: background)) else {
            if wanted.background != .terminalDefault { bits |= cncurses_reverse() }
            return Look(attributes: bits, pair: 0)
        }
        return Look(attributes: bits, pair: pair)
    }

    private mutating func pair(_ wanted: Pair) -> CInt? {
        if wanted.foreground < 0, wanted.background < 0 { return 0 }
        if let known = pairs[wanted] { return known }
        let next = CInt(pairs.count + 1)
        guard next < cncurses_pairs(),
            init_extended_pair(next, wanted.foreground, wanted.background) == OK
        else { return nil }
        pairs[wanted] = next
        return next
    }

    /// The library's number of a colour: a palette entry, or the value itself on direct-colour terminals.
    private func number(_ color: Color, default standIn: CInt) -> CInt {
        switch color {
        case .terminalDefault: hasDefaults ? -1 : standIn
        case .indexed(let index):
            colors > 256 && index >= 8 ? direct(RGB.indexed(index)) : CInt(index)
        case .rgb(let exact):
            colors > 256 ? direct(exact) : CInt(exact.nearestIndexed)
        }
    }

    /// A direct colour; its first eight numbers mean the palette, so nearly black becomes black.
    private func direct(_ color: RGB) -> CInt { color.packed < 8 ? 0 : CInt(color.packed) }
}
