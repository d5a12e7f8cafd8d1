public import SIPFlow

/// The whole console as a value: events in, effects out, and a canvas whenever one is wanted.
///
/// - Shape: pure; `handle` changes the state, `draw` only reads it.
/// - Cost: a frame formats only the visible rows; orders and filters are brought up to date in `handle`.
public struct Console: Sendable {
    /// What is shown and where the person is.
    public private(set) var state: ConsoleState

    /// A console that has heard nothing of the engine yet.
    ///
    /// - Shape: `utcOffset` is the local time zone, in seconds east of UTC.
    public init(size: Size, now: Moment, utcOffset: Int = 0, startsIn view: ViewKind = .registrations) {
        state = ConsoleState(size: size, now: now, utcOffset: utcOffset, view: view)
        state.settle()
    }

    /// Takes in an event and says what must be done.
    public mutating func handle(_ event: ConsoleEvent) -> [ConsoleEffect] {
        let effects = state.handle(event)
        state.settle()
        return effects
    }

    /// Draws the screen.
    public func draw(glyphs: GlyphSet) -> Canvas {
        Screen(state: state, glyphs: glyphs).draw()
    }

    /// When the screen changes by itself next and a tick is due; nil while nothing moves.
    public var nextTick: Moment? { state.nextTick }
}
