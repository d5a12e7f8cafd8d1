import CNcurses
import CTerminal
public import ConsoleViews
import Glibc

/// The terminal: takes it over, shows canvases on it, reads its keys, and always gives it back.
///
/// - Shape: one per process. The library behind it is not made for threads, so everything happens on the main
///   actor.
@MainActor
public final class Terminal {
    /// The name of the terminal description in use; differs from `TERM` when that was unknown.
    public let description: String
    /// The colours in use.
    public let depth: ColorDepth
    /// What signs the terminal shows; the user's locale decides, unless the options say otherwise.
    public let glyphKind: GlyphSet.Kind
    /// Whether the terminal reports the mouse to us.
    public internal(set) var isMouseOn = false

    /// The terminal's present size.
    public var size: Size { Size(width: Int(cncurses_columns()), height: Int(cncurses_lines())) }

    var palette: ColorPalette
    var shown: Canvas?
    var shownTheme: Theme?
    var decoder = KeyDecoder()
    let knowsModes: Bool
    private let wantsMouse: Bool
    private var isUp = false

    /// Takes the terminal on the standard streams and switches to the full screen.
    ///
    /// - Errors: the streams are no terminal, or no description fits it. The terminal is then as before.
    public init(_ options: TerminalOptions = TerminalOptions()) throws(TerminalError) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
        let kind = options.glyphs ?? Self.glyphKindOfLocale()
        // The library must count widths as Unicode does also for ASCII users; those get only ASCII anyway.
        for locale in ["C.UTF-8", "C.utf8", "en_US.UTF-8"] where unsafe setlocale(LC_CTYPE, locale) != nil {
            break
        }
        guard unsafe cterminal_take(STDOUT_FILENO, options.errorLogPath) == 0 else { throw .notATerminal }
        do {
            description = try Self.start()
        } catch {
            cterminal_restore(0)
            throw error
        }
        Self.setUp()
        depth = options.color.depth(colors: Int(cncurses_offered_colors()))
        palette = ColorPalette(depth: depth)
        glyphKind = kind
        knowsModes = unsafe cncurses_has("kmous") != 0
        wantsMouse = options.mouse
        cterminal_arm()
        enter()
    }

    /// Gives the terminal back and prints what went to the error output meanwhile; safe to call twice.
    public func restore() {
        guard isUp else { return }
        leave()
        cterminal_restore(0)
    }

    /// Stops the process as Control-Z does, with the terminal given back; returns when it goes on.
    public func suspend() {
        guard isUp else { return }
        leave()
        cterminal_restore_line()
        signal(SIGTSTP, SIG_DFL)
        // The whole job, so that the shell sees it stop also when a wrapper script stands between.
        kill(0, SIGTSTP)
        signal(SIGTSTP, SIG_IGN)
        enter()
    }

    /// Draws everything anew with the next canvas: after foreign output on the screen.
    public func redraw() {
        shown = nil
        cncurses_redraw_all()
    }

    /// Turns mouse reports on or off; off gives the terminal's own text selection back.
    public func setMouse(_ isOn: Bool) {
        guard knowsModes, isOn != isMouseOn else { return }
        isMouseOn = isOn
        send(isOn ? "\u{1B}[?1002h\u{1B}[?1006h" : "\u{1B}[?1006l\u{1B}[?1002l")
    }

    private func enter() {
        cterminal_screen_is_up()
        isUp = true
        reset_prog_mode()
        adoptSize()
        redraw()
        if knowsModes { send("\u{1B}[?2004h\u{1B}[?1004h") }
        setMouse(wantsMouse)
    }

    private func leave() {
        isUp = false
        setMouse(false)
        if knowsModes { send("\u{1B}[?2004l\u{1B}[?1004l") }
        endwin()
    }

    /// Takes over the window's true size, whatever the environment once said.
    func adoptSize() {
        var columns: CInt = 0
        var rows: CInt = 0
        // Both are written before the call returns.
        guard unsafe cterminal_size(&columns, &rows) == 0, columns > 0, rows > 0 else { return }
        guard columns != cncurses_columns() || rows != cncurses_lines() else { return }
        resize_term(rows, columns)
    }

    /// Writes bytes past the library, for modes that it does not know.
    func send(_ sequence: String) {
        var sequence = sequence
        sequence.withUTF8 { bytes in
            // The buffer is only read, during the call.
            _ = unsafe cterminal_write(bytes.baseAddress, bytes.count)
        }
    }

    /// Starts the library with the terminal's description, or with the next best that is installed.
    private static func start() throws(TerminalError) -> String {
        // Stop, interrupt and end are ours; the library takes only signals that are at their default.
        let interrupt = signal(SIGINT, SIG_IGN)
        let end = signal(SIGTERM, SIG_IGN)
        signal(SIGTSTP, SIG_IGN)
        defer {
            signal(SIGINT, interrupt)
            signal(SIGTERM, end)
        }
        let own = unsafe getenv("TERM").map { unsafe String(cString: $0) } ?? ""
        guard own != "dumb" else { throw .unknownTerminal(own) }
        for name in [own, "xterm-256color", "xterm", "vt100"] where !name.isEmpty {
            if unsafe cncurses_start(name) != 0 { return name }
        }
        throw .unknownTerminal(own)
    }

    private static func setUp() {
        raw()
        noecho()
        nonl()
        cncurses_set_up_window()
        set_escdelay(25)
        KeyTable.register()
    }

    private static func glyphKindOfLocale() -> GlyphSet.Kind {
        unsafe setlocale(LC_CTYPE, "")
        guard let name = unsafe nl_langinfo(nl_item(CODESET)) else { return .ascii }
        return unsafe String(cString: name).uppercased() == "UTF-8" ? .unicode : .ascii
    }
}
