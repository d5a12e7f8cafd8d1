import ConsoleTerminal
import ConsoleViews
import Foundation
import SIPEngine
import SIPFlow
import SIPReport
import SIPTransport
import Synchronization

/// The screen: waits for keys, the engine and signals, and draws what changed.
///
/// - Limits: 30 frames a second; a key is drawn at once. Nothing is written while nothing changes.
@MainActor
final class ConsoleLoop {
    private static let frame = Interval.milliseconds(33)
    private let desk: OperatorDesk
    private let terminal: Terminal
    private let signals: CInt
    private let outcomes: OutcomeBox
    private var console: Console
    private var theme: Theme
    private var glyphs: GlyphSet.Kind
    private var lastFrame = Moment.zero
    private var hasEnded = false

    /// Takes over the terminal.
    ///
    /// - Errors: no terminal that can be driven.
    init(desk: OperatorDesk, startup: Startup, paths: FilePaths, signals: CInt) throws(Failure) {
        QuietBacktraces.ensure()
        self.desk = desk
        self.signals = signals
        guard let outcomes = OutcomeBox() else {
            throw Failure(.unavailable, "the process has no file descriptors left")
        }
        self.outcomes = outcomes
        do {
            terminal = try Terminal(Self.options(startup.settings, paths))
        } catch {
            throw Failure(.unavailable, error.message)
        }
        glyphs = terminal.glyphKind
        let name = startup.settings.theme?.dark ?? "default-dark"
        theme = BuiltInThemes.theme(named: name) ?? Theme(ThemeSource())
        console = Console(
            size: terminal.size,
            now: SystemClock.now,
            utcOffset: TimeZone.current.secondsFromGMT()
        )
    }

    /// Runs until the user quits, a signal comes or the terminal goes away.
    func run() {
        defer { terminal.restore() }
        desk.engine.requestReport()
        draw()
        while !hasEnded {
            let wait = terminal.waitForInput(
                descriptors: [desk.engine.reportDescriptor, outcomes.descriptor, signals],
                timeout: timeout()
            )
            if wait.isHungUp || wait.ready.contains(signals) { return }
            let keys = terminal.readKeys()
            for key in keys { take(key) }
            for outcome in outcomes.take() { carryOut(console.handle(.outcome(outcome))) }
            let now = SystemClock.now
            var isDue = !keys.isEmpty
            if now - lastFrame >= Self.frame {
                if let update = desk.engine.takeReport() {
                    carryOut(console.handle(.update(update.report, update.chunks)))
                    desk.engine.requestReport()
                    isDue = true
                }
                if let tick = console.nextTick, tick <= now { isDue = true }
            }
            if isDue || !wait.ready.isEmpty {
                carryOut(console.handle(.tick(now)))
                if isDue { draw() }
            }
        }
    }

    private func timeout() -> Duration? {
        guard let tick = console.nextTick else { return nil }
        let left = max(Int64(0), (tick - SystemClock.now).nanoseconds)
        return .nanoseconds(max(left, 1_000_000))
    }

    private func draw() {
        lastFrame = SystemClock.now
        terminal.present(console.draw(glyphs: theme.glyphSet(glyphs)), theme: theme)
    }

    private func take(_ key: Key) {
        if key == .resize {
            carryOut(console.handle(.resize(terminal.size)))
        } else {
            carryOut(console.handle(.key(key)))
        }
    }

    private func carryOut(_ effects: [ConsoleEffect]) {
        for effect in effects {
            switch effect {
            case .command(let command):
                let box = outcomes
                desk.perform(command) { @Sendable outcome in box.put(outcome) }
            case .quit: hasEnded = true
            case .suspend: terminal.suspend()
            case .redraw: terminal.redraw()
            case .copy(let bytes, let what):
                let way = terminal.copy(String(decoding: bytes, as: UTF8.self))
                _ = console.handle(
                    .notice(way.map { "copied \(what) (\($0.rawValue))" } ?? "no clipboard to copy to", .info)
                )
            case .setTheme(let name): setTheme(name)
            case .setGlyphs(let kind): glyphs = kind
            }
        }
    }

    private func setTheme(_ name: String?) {
        let names = BuiltInThemes.names
        let next = name ?? names[((names.firstIndex(of: theme.name) ?? -1) + 1) % names.count]
        guard let chosen = BuiltInThemes.theme(named: next) else {
            _ = console.handle(
                .notice("no theme \(next); there are \(names.joined(separator: ", "))", .warning)
            )
            return
        }
        theme = chosen
        _ = console.handle(.notice("theme \(next)", .info))
    }

    private static func options(_ settings: Settings, _ paths: FilePaths) -> TerminalOptions {
        var options = TerminalOptions()
        options.color = TerminalOptions.ColorChoice(rawValue: settings.color.rawValue) ?? .auto
        switch settings.glyphs {
        case .auto: break
        case .unicode: options.glyphs = .unicode
        case .ascii: options.glyphs = .ascii
        }
        options.mouse = false
        try? FileManager.default.createDirectory(
            atPath: paths.state,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        options.errorLogPath = paths.log
        return options
    }
}

/// Outcomes of commands on their way from the engine's replies to the screen.
private final class OutcomeBox: Sendable {
    private let waiting = Mutex<[CommandOutcome]>([])
    private let signal: WakeSignal

    init?() {
        guard let signal = WakeSignal() else { return nil }
        self.signal = signal
    }

    var descriptor: CInt { signal.descriptor }

    func put(_ outcome: CommandOutcome) {
        waiting.withLock { $0.append(outcome) }
        signal.raise()
    }

    func take() -> [CommandOutcome] {
        signal.lower()
        return waiting.withLock { outcomes in
            let taken = outcomes
            outcomes = []
            return taken
        }
    }
}
