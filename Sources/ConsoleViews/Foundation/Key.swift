/// One thing that the terminal told us: a key, a paste, the mouse, or a change of the window.
public enum Key: Sendable, Hashable {
    /// The four arrow directions.
    public enum Arrow: String, Sendable, Hashable, CaseIterable {
        case up
        case down
        case left
        case right
    }

    case character(Unicode.Scalar)
    /// A character with Alt: the terminal sent Escape and the character together.
    case alt(Unicode.Scalar)
    /// A letter with Control, in lower case; never h, i, j, m or [, which are keys of their own.
    case control(Unicode.Scalar)
    case enter
    case escape
    case tab
    case backTab
    case backspace
    case delete
    case insert
    case up
    case down
    case left
    case right
    case shiftArrow(Arrow)
    case controlArrow(Arrow)
    case home
    case end
    case pageUp
    case pageDown
    /// F1 to F24.
    case function(Int)
    /// Text put in from a clipboard: always literal, never a command.
    case paste(String)
    case mouse(MouseEvent)
    /// The window has another size.
    case resize
    /// The window got or lost the input focus.
    case focus(Bool)
}

/// What the mouse did, and where.
public struct MouseEvent: Sendable, Hashable {
    /// What happened.
    public enum Action: Sendable, Hashable {
        case press
        case release
        /// Moved with a button held.
        case drag
        case wheelUp
        case wheelDown
    }

    /// A button of the mouse.
    public enum Button: Sendable, Hashable {
        case left
        case middle
        case right
        case none
    }

    /// What happened.
    public var action: Action
    /// The button it happened with; `none` for the wheel.
    public var button: Button
    /// The cell it happened in.
    public var position: Position

    /// Names an event.
    public init(_ action: Action, button: Button = .none, position: Position) {
        self.action = action
        self.button = button
        self.position = position
    }
}
