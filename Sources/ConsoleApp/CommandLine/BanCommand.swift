import ArgumentParser
import SIPFlow

/// `sipglass ctl ban`: keeps a source out for a time.
struct BanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ban",
        abstract: "Keep a source out for a time.",
        discussion:
            "What it sends gets no answer and is only counted; of an IPv6 address its /64 network counts."
    )

    @Argument(help: ArgumentHelp("Its IP address, as in 203.0.113.9 or 2001:db8::9.", valueName: "address"))
    var source: String

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("For how long: 90s, 10m, 24h; an hour when left out.", valueName: "time")
    )
    var duration: String = "1h"

    @Option(help: ArgumentHelp("Why; it goes to the audit log.", valueName: "text"))
    var reason: String = ""

    @OptionGroup var options: ControlOptions

    func validate() throws {
        guard IPAddress(source) != nil else { throw ValidationError("\"\(source)\" is no IP address.") }
        guard let time = Interval(duration), time >= .seconds(1) else {
            throw ValidationError("\"\(duration)\" is no time of at least a second; write 90s, 10m or 24h.")
        }
    }

    func run() throws {
        var request = ControlRequest(.ban)
        request.targets = [source]
        request.seconds = Interval(duration)?.wholeSeconds
        request.reason = reason
        try options.ask(request)
    }
}

/// `sipglass ctl unban`: lets a banned source in again.
struct UnbanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unban",
        abstract: "Let a banned source in again."
    )

    @Argument(help: ArgumentHelp("Its IP address.", valueName: "address"))
    var source: String

    @OptionGroup var options: ControlOptions

    func validate() throws {
        guard IPAddress(source) != nil else { throw ValidationError("\"\(source)\" is no IP address.") }
    }

    func run() throws {
        var request = ControlRequest(.unban)
        request.targets = [source]
        try options.ask(request)
    }
}
