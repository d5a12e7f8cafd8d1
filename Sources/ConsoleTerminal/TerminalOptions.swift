public import ConsoleViews
import Glibc

/// What a user may choose about the terminal.
public struct TerminalOptions: Sendable {
    /// The colours to use.
    public enum ColorChoice: String, Sendable, CaseIterable {
        /// What the terminal's description offers; none when `NO_COLOR` is set.
        case auto
        case trueColor = "true"
        case palette256 = "256"
        case ansi16 = "16"
        case mono

        /// The depth that this choice gives on a terminal with so many colours.
        func depth(colors: Int) -> ColorDepth {
            let offered: ColorDepth =
                switch colors {
                case 16_777_216...: .trueColor
                case 256...: .palette256
                case 8...: .ansi16
                default: .mono
                }
            switch self {
            case .auto: return Self.isNoColorSet ? .mono : offered
            case .mono: return .mono
            case .trueColor: return offered
            case .palette256: return offered
            case .ansi16: return offered == .mono ? .mono : .ansi16
            }
        }

        private static var isNoColorSet: Bool {
            // The environment is only read, before any thread could change it.
            guard let value = unsafe getenv("NO_COLOR") else { return false }
            return unsafe value.pointee != 0
        }
    }

    /// The colours to use.
    public var color = ColorChoice.auto
    /// The signs to use; nil lets the locale decide.
    public var glyphs: GlyphSet.Kind?
    /// Whether the mouse is reported from the start.
    public var mouse = true
    /// The file that takes the error output while the screen is up; nil keeps it in memory.
    public var errorLogPath: String?

    /// The usual choices.
    public init() {}
}

/// Why the console cannot start on this terminal.
public enum TerminalError: Error, Equatable {
    /// Standard input or output is a pipe or a file.
    case notATerminal
    /// Neither the description that `TERM` names nor a common one is installed.
    case unknownTerminal(String)

    /// The error in words, with what helps.
    public var message: String {
        switch self {
        case .notATerminal:
            "the console needs a terminal on standard input and output; use --headless without one"
        case .unknownTerminal(let name):
            "the terminal \"\(name)\" cannot show a full screen; set TERM, for example TERM=xterm-256color"
        }
    }
}
