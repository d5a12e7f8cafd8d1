/// A drawn sign that a theme may change, by what it is for.
///
/// - Shape: the raw value is the name used in theme files. Every glyph is made of scalars of width 1.
public enum Glyph: String, Sendable, Hashable, CaseIterable {
    case horizontal
    case vertical
    case topLeft = "top_left"
    case topRight = "top_right"
    case bottomLeft = "bottom_left"
    case bottomRight = "bottom_right"
    case focusHorizontal = "focus_horizontal"
    case focusVertical = "focus_vertical"
    case focusTopLeft = "focus_top_left"
    case focusTopRight = "focus_top_right"
    case focusBottomLeft = "focus_bottom_left"
    case focusBottomRight = "focus_bottom_right"
    /// The shaft of an arrow on the ladder, and its heads.
    case arrowLine = "arrow_line"
    case arrowRight = "arrow_right"
    case arrowLeft = "arrow_left"
    /// The shaft of a retransmission.
    case retransmitLine = "retransmit_line"
    /// The life line of a host on the ladder.
    case lifeLine = "life_line"
    /// Quiet time on the ladder.
    case gap
    /// Stands for what was cut away.
    case ellipsis
    /// Marks the selected row and a marked row.
    case cursor
    case mark
    /// Column sorted upward and downward.
    case sortUp = "sort_up"
    case sortDown = "sort_down"
    case check
    case cross
    case warning
    case bullet
    case scrollTrack = "scroll_track"
    case scrollThumb = "scroll_thumb"
    case more
    case choiceOn = "choice_on"
    case choiceOff = "choice_off"
    case boxOn = "box_on"
    case boxOff = "box_off"

    /// The same corner or line of a focused frame.
    var focused: Glyph {
        switch self {
        case .horizontal: .focusHorizontal
        case .vertical: .focusVertical
        case .topLeft: .focusTopLeft
        case .topRight: .focusTopRight
        case .bottomLeft: .focusBottomLeft
        case .bottomRight: .focusBottomRight
        default: self
        }
    }
}

/// The signs that frames, arrows, marks and graphs are drawn with.
public struct GlyphSet: Sendable, Equatable {
    /// What the terminal can show.
    public enum Kind: String, Sendable {
        case ascii
        case unicode
    }

    /// What the terminal can show.
    public let kind: Kind
    private let overrides: [Glyph: String]

    /// The set of a kind, with the changes of a theme; an ASCII set ignores changes that are not ASCII.
    public init(_ kind: Kind, overrides: [Glyph: String] = [:]) {
        self.kind = kind
        self.overrides = overrides.filter { kind == .unicode || $0.value.utf8.allSatisfy { $0 < 0x80 } }
    }

    /// Only ASCII.
    public static let ascii = GlyphSet(.ascii)

    /// Box drawing, arrows and blocks, all of width 1.
    public static let unicode = GlyphSet(.unicode)

    /// The text of a glyph.
    public subscript(glyph: Glyph) -> String {
        if let override = overrides[glyph] { return override }
        return kind == .unicode ? Self.unicodeText(glyph) : Self.asciiText(glyph)
    }

    /// The bars of a small graph from empty to full.
    public var levels: [String] {
        kind == .unicode
            ? [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] : [" ", ".", ":", "-", "=", "+", "*", "%", "#"]
    }

    /// The bar for a share of the full height.
    ///
    /// - Limits: below 0 counts as 0, above 1 as 1; anything above 0 shows at least the lowest bar.
    public func level(_ share: Double) -> String {
        let bars = levels
        guard share > 0 else { return bars[0] }
        return bars[max(1, Int((min(share, 1) * Double(bars.count - 1)).rounded()))]
    }

    private static func unicodeText(_ glyph: Glyph) -> String {
        switch glyph {
        case .horizontal, .arrowLine: "─"
        case .vertical, .lifeLine: "│"
        case .topLeft: "╭"
        case .topRight: "╮"
        case .bottomLeft: "╰"
        case .bottomRight: "╯"
        case .focusHorizontal: "━"
        case .focusVertical: "┃"
        case .focusTopLeft: "┏"
        case .focusTopRight: "┓"
        case .focusBottomLeft: "┗"
        case .focusBottomRight: "┛"
        case .arrowRight: "►"
        case .arrowLeft: "◄"
        case .retransmitLine: "═"
        case .gap: "┊"
        case .ellipsis: "…"
        case .cursor: "▸"
        case .mark: "●"
        case .sortUp: "▴"
        case .sortDown: "▾"
        case .check: "✓"
        case .cross: "✗"
        case .warning: "!"
        case .bullet: "·"
        case .scrollTrack: "│"
        case .scrollThumb: "█"
        case .more: "›"
        case .choiceOn: "(●)"
        case .choiceOff: "( )"
        case .boxOn: "[✓]"
        case .boxOff: "[ ]"
        }
    }

    private static func asciiText(_ glyph: Glyph) -> String {
        switch glyph {
        case .horizontal, .arrowLine: "-"
        case .vertical, .lifeLine, .focusVertical, .scrollTrack: "|"
        case .topLeft, .topRight, .bottomLeft, .bottomRight: "+"
        case .focusTopLeft, .focusTopRight, .focusBottomLeft, .focusBottomRight: "+"
        case .focusHorizontal, .retransmitLine: "="
        case .arrowRight, .cursor, .more: ">"
        case .arrowLeft: "<"
        case .gap: ":"
        case .ellipsis: ".."
        case .mark: "*"
        case .sortUp: "^"
        case .sortDown: "v"
        case .check: "+"
        case .cross: "x"
        case .warning: "!"
        case .bullet: "."
        case .scrollThumb: "#"
        case .choiceOn: "(o)"
        case .choiceOff: "( )"
        case .boxOn: "[x]"
        case .boxOff: "[ ]"
        }
    }
}
