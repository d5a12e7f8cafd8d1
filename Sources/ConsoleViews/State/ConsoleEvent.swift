public import SIPFlow
public import SIPReport
public import SIPTrace

/// What happened outside of the console.
public enum ConsoleEvent: Sendable {
    /// A key, a paste or the mouse.
    case key(Key)
    /// The terminal has another size.
    case resize(Size)
    /// Time went on.
    case tick(Moment)
    /// The engine has news: what changed, and the messages since the last time.
    case update(EngineReport, [TraceChunk])
    /// A command was carried out, or refused.
    case outcome(CommandOutcome)
    /// The program has something to say, such as where a copy went.
    case notice(String, NoticeLevel)
}

/// How serious a notice is.
public enum NoticeLevel: Sendable, Hashable {
    case info, warning, error

    var role: Role {
        switch self {
        case .info: .flashInfo
        case .warning: .flashWarn
        case .error: .flashError
        }
    }
}

/// What the console wants done outside of it.
public enum ConsoleEffect: Sendable, Hashable {
    /// Give this to the engine, and its outcome back as an event.
    case command(CoreCommand)
    /// Leave the program.
    case quit
    /// Stop the process, as the shell's job control does.
    case suspend
    /// Draw every cell anew.
    case redraw
    /// Put bytes on the clipboard; the words say what they are.
    case copy([UInt8], what: String)
    /// Use another theme; nil takes the next one.
    case setTheme(String?)
    /// Draw with another set of glyphs.
    case setGlyphs(GlyphSet.Kind)
}
