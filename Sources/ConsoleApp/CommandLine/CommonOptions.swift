import ArgumentParser
import ConsoleViews

/// The file and the socket, which every command knows.
struct PlaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The UNIX socket for sipglass ctl.", valueName: "path"))
    var control: String?
}

/// The flags of every command that starts an engine.
struct EngineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to listen, as in udp:127.0.0.1:5060 or udp:[::1]:5060; repeatable.",
            valueName: "udp:addr:port"
        )
    )
    var listen: [String] = []

    @Option(help: ArgumentHelp("A domain that is served; repeatable.", valueName: "domain"))
    var domain: [String] = []

    @Option(
        help: ArgumentHelp(
            "Who may register and call: a file with lines user:realm:password.",
            valueName: "file"
        )
    )
    var users: String?

    @Flag(help: "Let anybody register and call, also beyond loopback and whatever accounts there are.")
    var open = false

    @Option(help: ArgumentHelp("Where registrations and accounts are kept.", valueName: "path|memory"))
    var store: String?

    @Option(help: ArgumentHelp("The colours of the console.", valueName: "name"))
    var theme: String?

    @Flag(help: "Look only: kicks are refused, in the console and by ctl.")
    var readOnly = false

    @Option(help: ArgumentHelp("How loud the log is: error, warning, info or debug.", valueName: "level"))
    var logLevel: Settings.LogLevel?

    @Option(help: ArgumentHelp("The filter that the console begins with.", valueName: "filter"))
    var filter: String = ""

    /// What was asked for.
    func wishes(control: String?) throws -> Wishes {
        Wishes(
            listen: try listen.map(Self.address),
            domains: domain,
            users: users,
            isOpen: open,
            store: store,
            control: control,
            theme: theme,
            isReadOnly: readOnly,
            logLevel: logLevel,
            filter: filter
        )
    }

    func validate() throws {
        for text in listen { _ = try Self.address(text) }
        for name in domain where !isHostName(name) {
            throw ValidationError("--domain: \"\(name)\" is no host name")
        }
        do throws(FilterError) {
            _ = try Filter(filter)
        } catch {
            throw ValidationError("--filter, column \(error.column + 1): \(error.message)")
        }
    }

    private static func address(_ text: String) throws -> ListenAddress {
        do {
            return try ListenAddress(text)
        } catch {
            throw ValidationError("--listen: \(error.text); \(error.remedy)")
        }
    }
}

extension Settings.LogLevel: ExpressibleByArgument {}
