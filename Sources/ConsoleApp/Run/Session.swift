import ConsoleTerminal
import ConsoleViews
import Glibc
import SIPCore
import SIPEngine
import SIPFlow
import SIPStore
import SIPTransport

/// One run of the program: engine, control socket, and console or not.
struct Session {
    private let startup: Startup
    private let paths: FilePaths
    private let isHeadless: Bool
    private let hasDemo: Bool

    /// Prepares a run.
    init(_ startup: Startup, paths: FilePaths, isHeadless: Bool, hasDemo: Bool = false) {
        self.startup = startup
        self.paths = paths
        self.isHeadless = isHeadless
        self.hasDemo = hasDemo
    }

    /// Runs until somebody asks for the end, then stops everything in order.
    func run() throws(Failure) {
        guard let signals = SignalWatch(), let inbox = ConsoleInbox() else {
            throw Failure(.unavailable, "the process has no file descriptors left")
        }
        // While the screen is up only what went wrong is kept for afterwards.
        let log = Log(level: isHeadless ? startup.logLevel : min(startup.logLevel, .warning))
        let complain: @Sendable (String) -> Void =
            if isHeadless {
                { log.write(.error, $0) }
            } else {
                { inbox.post(.notice($0, .error)) }
            }
        let store = try Self.open(startup.store, complain: complain)
        let engine = try startEngine(store)
        defer { engine.stop() }
        let desk = OperatorDesk(
            engine: engine,
            store: store.file,
            takeAccounts: { [users = startup.users] in engine.replaceAccounts(users + $0) },
            audit: AuditLog(path: paths.auditLog),
            isReadOnly: startup.isReadOnly,
            log: log,
            complain: complain
        )
        let control = try ControlServer(path: startup.control, service: ControlService(desk: desk))
        defer { control.stop() }
        // Whoever changed an account since start-up read them found no socket to say so.
        if let accounts = try? store.file?.accounts() { desk.takeAccounts(accounts) }
        let demo = hasDemo ? try DemoRunner(listeners: engine.listeners) : nil
        defer { demo?.stop() }
        if isHeadless {
            for listener in engine.listeners { printLine("listening \(Self.words(listener))") }
            signals.wait()
        } else {
            try runConsole(desk, inbox, signals)
        }
    }

    private func startEngine(_ store: EngineStore) throws(Failure) -> SIPEngine {
        do throws(EngineError) {
            return try SIPEngine.start(
                startup.core,
                authentication: startup.authentication,
                store: store,
                gathering: startup.gathering
            )
        } catch {
            throw Failure(.unavailable, "\(error)" + Self.hint(error))
        }
    }

    private func runConsole(
        _ desk: OperatorDesk,
        _ inbox: ConsoleInbox,
        _ signals: SignalWatch
    ) throws(Failure) {
        let (startup, paths, descriptor) = (startup, paths, signals.descriptor)
        // The program's main function runs on the main thread, and calls nothing but this.
        let failure = MainActor.assumeIsolated {
            Self.showConsole(desk, inbox, startup, paths, until: descriptor)
        }
        if let failure { throw failure }
    }

    @MainActor
    private static func showConsole(
        _ desk: OperatorDesk,
        _ inbox: ConsoleInbox,
        _ startup: Startup,
        _ paths: FilePaths,
        until signal: CInt
    ) -> Failure? {
        do {
            let terminal = try Terminal(options(startup, paths))
            defer { terminal.restore() }
            ConsoleLoop(terminal, desk, inbox, startup, paths: paths).run(until: signal)
            return nil
        } catch {
            return Failure(error == .notATerminal ? .usage : .unavailable, error.message)
        }
    }

    private static func options(_ startup: Startup, _ paths: FilePaths) -> TerminalOptions {
        var options = TerminalOptions()
        options.color = startup.settings.color
        // Nothing on the screen answers the mouse, so the terminal's own text selection stays.
        options.mouse = false
        try? paths.makeStateDirectory()
        options.errorLogPath = paths.log
        switch startup.settings.glyphs {
        case .auto: options.glyphs = nil
        case .unicode: options.glyphs = .unicode
        case .ascii: options.glyphs = .ascii
        }
        return options
    }

    private static func words(_ listener: Listener) -> String {
        "\(ListenAddress(transport: listener.transport, address: listener.address))"
    }

    /// What to do about an engine that does not start.
    private static func hint(_ error: EngineError) -> String {
        guard case .cannotListen(let refusal) = error.reason else { return "" }
        let address = refusal.address
        switch refusal.code {
        case EADDRINUSE:
            let other = SocketAddress(ip: address.ip, port: address.port &+ 10)
            return " (another sipglass? try --listen udp:\(other))"
        case EACCES:
            return " (ports below 1024 need CAP_NET_BIND_SERVICE; try --listen udp:\(address.ip):5060)"
        case EADDRNOTAVAIL: return " (no interface of this machine has that address)"
        default: return ""
        }
    }
}
