import ArgumentParser

/// The command line: `sipglass` alone runs engine and console.
struct SipglassCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sipglass",
        abstract: "An interactive SIP console over an embedded registrar and proxy.",
        discussion: """
            Without a configuration it listens on loopback only, and anybody there may register (LAB MODE).
            Exit codes: 0 done, 1 refused, 64 usage, 65 bad input file, 69 an address cannot be bound, the store is \
            in use or nobody answers, 78 bad configuration.
            """,
        version: "0.1.0",
        subcommands: [
            RunCommand.self, DemoCommand.self, UserCommand.self, ControlCommand.self,
            CheckConfigurationCommand.self, PathsCommand.self,
        ],
        defaultSubcommand: RunCommand.self
    )
}

/// `sipglass run`: engine and console, or the engine alone.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the engine and the console (the default)."
    )

    @Flag(help: "Run the engine alone, for services and benchmarks.")
    var headless = false

    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Places") var places: PlaceOptions

    func run() throws {
        let paths = FilePaths.current
        let wishes = try engine.wishes(control: places.control)
        let startup = try Startup.load(wishes, file: places.config, paths: paths)
        try Session(startup, paths: paths, isHeadless: headless).run()
    }
}

/// `sipglass demo`: the same, with simulated phones.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run engine, console and simulated phones on loopback."
    )

    @Flag(help: "Run without the console.")
    var headless = false

    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Places") var places: PlaceOptions

    func run() throws {
        let paths = FilePaths.current
        var wishes = try engine.wishes(control: places.control)
        if wishes.listen.isEmpty { wishes.listen = [DemoRunner.listenAddress] }
        wishes.domains.append(DemoCast.domain)
        // The simulated phones are no business of the user's own registrations.
        wishes.store = wishes.store ?? "memory"
        let startup = try Startup.load(wishes, file: places.config, paths: paths)
        try Session(startup, paths: paths, isHeadless: headless, hasDemo: true).run()
    }
}

/// `sipglass check-config`: says all that is wrong with the configuration.
struct CheckConfigurationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Say what is wrong in the configuration, with line numbers."
    )

    @OptionGroup(title: "Places") var places: PlaceOptions

    func run() throws {
        let paths = FilePaths.current
        let path = places.config ?? paths.configuration
        let settings = try Startup.settings(file: places.config, paths: paths)
        _ = try Startup.load(Wishes(), settings ?? Settings(), paths: paths)
        printLine(settings == nil ? "no \(path); the defaults apply" : "\(path): OK")
    }
}

/// `sipglass paths`: says where everything is.
struct PathsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paths",
        abstract: "Say where configuration, state, control socket and themes are."
    )

    func run() throws {
        let paths = FilePaths.current
        let rows = [
            ("config", paths.configuration), ("themes", paths.themes), ("state", paths.state),
            ("store", paths.store), ("audit", paths.auditLog), ("log", paths.log), ("control", paths.control),
        ]
        for (name, path) in rows {
            printLine(name + String(repeating: " ", count: 9 - name.count) + path)
        }
    }
}
