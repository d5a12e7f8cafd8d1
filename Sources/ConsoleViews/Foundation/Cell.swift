/// One cell of the screen: what stands in it and how it looks.
///
/// - Shape: a lead scalar of width 1 or 2 with at most two combining marks; a wide lead is followed by a cell
///   that is only its right half.
/// - Limits: holds no control, bidirectional or other invisible scalar: those are replaced on the way in.
public struct Cell: Sendable, Hashable {
    /// The scalar that takes the room; NUL in the right half of a wide character.
    public let lead: Unicode.Scalar
    /// Combining marks over the lead; NUL where there is none.
    let firstMark: Unicode.Scalar
    let secondMark: Unicode.Scalar
    /// How it looks.
    public internal(set) var style: Style

    /// A cell with one printable scalar; anything else becomes a `.`.
    public init(_ lead: Unicode.Scalar, style: Style = .text) {
        self.init(verified: Printable.width(of: lead) > 0 ? lead : Printable.replacement, style: style)
    }

    /// A cell whose scalar is already known to be printable.
    init(verified lead: Unicode.Scalar, marks: (Unicode.Scalar, Unicode.Scalar) = ("\0", "\0"), style: Style)
    {
        self.lead = lead
        (firstMark, secondMark) = marks
        self.style = style
    }

    /// An empty cell.
    public static func blank(_ style: Style = .text) -> Cell { Cell(verified: " ", style: style) }

    /// The right half of a wide character.
    static func follower(_ style: Style) -> Cell { Cell(verified: "\0", style: style) }

    /// Whether this is the right half of the wide character to the left.
    public var isFollower: Bool { lead == "\0" }

    /// Whether the character also takes the next cell.
    public var isWide: Bool { !isFollower && lead.value >= 0x1100 && Printable.width(of: lead) == 2 }

    /// The combining marks, in order.
    public var marks: [Unicode.Scalar] { [firstMark, secondMark].filter { $0 != "\0" } }

    /// The same cell with one more mark; a third mark is dropped.
    func adding(mark: Unicode.Scalar) -> Cell {
        if firstMark == "\0" { return Cell(verified: lead, marks: (mark, "\0"), style: style) }
        return secondMark == "\0" ? Cell(verified: lead, marks: (firstMark, mark), style: style) : self
    }

    /// What stands in the cell, as text; nothing in a right half.
    public var text: String {
        guard !isFollower else { return "" }
        var scalars = String.UnicodeScalarView()
        scalars.append(lead)
        scalars.append(contentsOf: marks)
        return String(scalars)
    }
}
