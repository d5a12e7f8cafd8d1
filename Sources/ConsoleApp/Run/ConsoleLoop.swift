import ConsoleTerminal
import ConsoleViews
import Foundation
import SIPEngine
import SIPFlow
import SIPReport

/// Runs the console on the main thread: keys and the engine's news in, frames out.
///
/// - Cost: a key is drawn at once; news at most 30 times a second; nothing is drawn while nothing changes.
@MainActor
final class ConsoleLoop {
    private static let framePause = Interval.milliseconds(33)

    private let terminal: Terminal
    private let desk: OperatorDesk
    private let inbox: ConsoleInbox
    private let paths: FilePaths
    private let themes: ThemeLibrary
    private var theme: Theme
    private var glyphs: GlyphSet
    private var console: Console
    private var isOver = false
    private var hasChanged = true
    private var nextRequest = Moment.zero
    private var isRequested = false

    /// Takes a terminal over which the console is shown.
    init(
        _ terminal: Terminal,
        _ desk: OperatorDesk,
        _ inbox: ConsoleInbox,
        _ startup: Startup,
        paths: FilePaths
    ) {
        self.terminal = terminal
        self.desk = desk
        self.inbox = inbox
        self.paths = paths
        let themes = ThemeLibrary(directory: paths.themes)
        self.themes = themes
        let background = ProcessInfo.processInfo.environment["COLORFGBG"]
        let first = themes.first(startup.settings.theme, background: background)
        theme = first.theme ?? Theme(ThemeSource())
        glyphs = theme.glyphSet(terminal.glyphKind)
        console = Console(
            size: terminal.size,
            now: SystemClock.now,
            utcOffset: TimeZone.current.secondsFromGMT()
        )
        if let name = first.unknown { inbox.post(.notice(unknownTheme(name), .warning)) }
        for warning in themes.warnings { inbox.post(.notice(warning, .warning)) }
        beginWith(filter: startup.filter)
    }

    /// Runs until the person quits, a signal asks for the end, or the terminal is gone.
    func run(until signal: CInt) {
        let engine = desk.engine
        let descriptors = [engine.reportDescriptor, inbox.descriptor, signal]
        while !isOver {
            requestReport()
            drawIfChanged()
            let wait = terminal.waitForInput(descriptors: descriptors, timeout: pause())
            if wait.isHungUp || wait.ready.contains(signal) { break }
            handle(.tick(SystemClock.now), isChange: isTickDue)
            if wait.ready.contains(inbox.descriptor) { for event in inbox.take() { handle(event) } }
            if wait.ready.contains(engine.reportDescriptor) { takeReport() }
            if wait.hasKeys { readKeys() }
        }
    }

    // What comes in.

    private func readKeys() {
        for key in terminal.readKeys() where !isOver {
            handle(key == .resize ? .resize(terminal.size) : .key(key))
        }
    }

    /// Asks for news, no sooner than a frame after the last.
    private func requestReport() {
        guard !isRequested, SystemClock.now >= nextRequest else { return }
        isRequested = true
        desk.engine.requestReport()
    }

    private func takeReport() {
        guard let update = desk.engine.takeReport() else { return }
        isRequested = false
        nextRequest = SystemClock.now + Self.framePause
        handle(.update(update.report, update.chunks))
    }

    private var isTickDue: Bool { console.nextTick.map { $0 <= SystemClock.now } ?? false }

    /// How long nothing needs to happen unless something comes in.
    private func pause() -> Duration? {
        let moments = [console.nextTick, isRequested ? nil : nextRequest].compactMap { $0 }
        guard let next = moments.min() else { return nil }
        return .nanoseconds(max(0, (next - SystemClock.now).nanoseconds))
    }

    // What goes out.

    private func handle(_ event: ConsoleEvent, isChange: Bool = true) {
        for effect in console.handle(event) { carryOut(effect) }
        hasChanged = hasChanged || isChange
    }

    private func drawIfChanged() {
        guard hasChanged else { return }
        hasChanged = false
        terminal.present(console.draw(glyphs: glyphs), theme: theme)
    }

    private func carryOut(_ effect: ConsoleEffect) {
        switch effect {
        case .command(let command):
            desk.perform(command) { @Sendable [inbox] outcome in inbox.post(.outcome(outcome)) }
        case .quit: isOver = true
        case .suspend: terminal.suspend()
        case .redraw: terminal.redraw()
        case .copy(let bytes, let what): copy(bytes, what)
        case .setTheme(let name): setTheme(name)
        case .setGlyphs(let kind): glyphs = theme.glyphSet(kind)
        }
    }

    private func copy(_ bytes: [UInt8], _ what: String) {
        if let way = terminal.copy(String(decoding: bytes, as: UTF8.self)) {
            return inbox.post(.notice("copied \(what): \(way.rawValue)", .info))
        }
        let path = paths.state + "/copied.txt"
        do {
            try paths.makeStateDirectory()
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            inbox.post(.notice("copied \(what) to \(path): no clipboard took it", .info))
        } catch {
            inbox.post(.notice("\(what) was not copied: \(error.localizedDescription)", .error))
        }
    }

    private func setTheme(_ name: String?) {
        guard let next = name.map(themes.theme(named:)) ?? themes.theme(after: theme.name) else {
            return inbox.post(.notice(unknownTheme(name ?? ""), .warning))
        }
        theme = next
        glyphs = theme.glyphSet(glyphs.kind)
        inbox.post(.notice("theme \(theme.name)", .info))
    }

    private func unknownTheme(_ name: String) -> String {
        "no theme is called \"\(name)\"; there are \(themes.names.joined(separator: ", "))"
    }

    /// Types the filter of the command line, so that it can be recalled as any other.
    private func beginWith(filter: String) {
        guard !filter.isEmpty else { return }
        for key in [Key.character("/"), .paste(filter), .enter] { handle(.key(key)) }
    }
}
