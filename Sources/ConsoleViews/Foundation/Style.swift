/// How a cell is to look: what it means, and what lies over it.
///
/// - Shape: the overlay gives the background (selected, marked, new row), the role keeps its own colour on top.
public struct Style: Sendable, Hashable {
    /// What the cell means.
    public var role: Role
    /// What lies over it, such as `row.selected`; nil for nothing.
    public var overlay: Role?

    /// Names a look.
    public init(_ role: Role, overlay: Role? = nil) {
        self.role = role
        self.overlay = overlay
    }

    /// Plain text.
    public static let text = Style(.text)
}
