import ArgumentParser
import SIPFlow
import SIPReport

/// `sipglass ctl ban`: keeps a source or a user out for a time.
struct BanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ban",
        abstract: "Keep a source or a user out for a time.",
        discussion:
            "What a banned source sends gets no answer and is only counted; of an IPv6 address its /64 network "
            + "counts. A banned address of record has its REGISTERs and calls answered 403 with Retry-After; "
            + "its calls that run go on."
    )

    @Argument(
        help: ArgumentHelp("As in 203.0.113.9, 2001:db8::9 or 1001@lab.test.", valueName: "address|aor")
    )
    var subject: String

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("For how long: 90s, 10m, 24h; an hour when left out.", valueName: "time")
    )
    var duration: String = "1h"

    @Option(help: ArgumentHelp("Why; it goes to the audit log.", valueName: "text"))
    var reason: String = ""

    @OptionGroup var options: ControlOptions

    func validate() throws {
        try Self.validate(subject: subject)
        try Self.validate(duration)
    }

    /// Refuses what is no time for a ban.
    static func validate(_ duration: String) throws {
        guard let time = Interval(duration), time >= .seconds(1) else {
            throw ValidationError("\"\(duration)\" is no time of at least a second; write 90s, 10m or 24h.")
        }
    }

    /// Refuses what is nobody to ban.
    static func validate(subject: String) throws {
        guard BanSubject(subject) == nil else { return }
        throw ValidationError("\"\(subject)\" is no IP address and no address of record.")
    }

    func run() throws {
        var request = ControlRequest(.ban)
        request.targets = [subject]
        request.seconds = Interval(duration)?.wholeSeconds
        request.reason = reason
        try options.ask(request)
    }
}

/// `sipglass ctl unban`: lets in again who is banned.
struct UnbanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unban",
        abstract: "Let in again who is banned."
    )

    @Argument(help: ArgumentHelp("As ctl bans lists it.", valueName: "address|aor"))
    var subject: String

    @OptionGroup var options: ControlOptions

    func validate() throws { try BanCommand.validate(subject: subject) }

    func run() throws {
        var request = ControlRequest(.unban)
        request.targets = [subject]
        try options.ask(request)
    }
}
