import Foundation
import SIPEngine
import SIPFlow

/// One run of the engine, with a console or without one.
struct Session {
    private let startup: Startup
    private let paths: FilePaths
    private let isHeadless: Bool
    private let hasDemo: Bool

    /// Describes a run.
    init(_ startup: Startup, paths: FilePaths, isHeadless: Bool, hasDemo: Bool = false) {
        self.startup = startup
        self.paths = paths
        self.isHeadless = isHeadless
        self.hasDemo = hasDemo
    }

    /// Runs until a signal or the user ends it; everything that was opened is closed again.
    func run() throws {
        guard let signals = SignalWatch() else {
            throw Failure(.unavailable, "the process has no file descriptors left")
        }
        let engine: SIPEngine
        do {
            engine = try SIPEngine.start(startup.core)
        } catch {
            throw Failure(
                .unavailable,
                "\(error) (another sipglass? try --listen udp:127.0.0.1:5070)"
            )
        }
        defer { engine.stop() }
        let log = Log(level: startup.logLevel)
        let desk = OperatorDesk(
            engine: engine,
            audit: AuditLog(path: paths.auditLog),
            isReadOnly: startup.isReadOnly,
            log: log
        )
        let control = try ControlServer(path: startup.control, service: ControlService(desk: desk))
        defer { control.stop() }
        let demo = hasDemo ? try DemoRunner(listeners: engine.listeners) : nil
        defer { demo?.stop() }
        if isHeadless {
            for listener in engine.listeners {
                printLine("listening \(listener.transport.token.lowercased()) \(listener.address)")
            }
            signals.wait()
        } else {
            let startup = startup
            let paths = paths
            try MainActor.assumeIsolated {
                try ConsoleLoop(desk: desk, startup: startup, paths: paths, signals: signals.descriptor).run()
            }
        }
    }
}
