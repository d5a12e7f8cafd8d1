import ArgumentParser
import Foundation
import SIPFlow

/// `sipglass ctl`: what the views show of a running sipglass, and what the keys do.
struct ControlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ctl",
        abstract: "Ask and order a running sipglass.",
        subcommands: [
            ListCommand<Registrations>.self, ListCommand<Transactions>.self, ListCommand<Calls>.self,
            ListCommand<Bans>.self, ListCommand<Stats>.self, MessagesCommand.self, KickCommand.self,
            UndoCommand.self, BanCommand.self, UnbanCommand.self,
        ]
    )
}

/// Where the running sipglass is, and how its answer is printed.
struct ControlOptions: ParsableArguments {
    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup(title: "Places")
    var places: PlaceOptions

    /// Asks, prints the answer, and ends with a failure when it was refused.
    func ask(_ request: ControlRequest) throws {
        let paths = FilePaths.current
        let settings = try Startup.settings(file: places.config, paths: paths)
        let path = places.control ?? settings?.control ?? paths.control
        do throws(ControlRefusal) {
            try print(ControlClient.ask(request, at: path), request)
        } catch {
            if json, let line = try? JSON.encode(ErrorJSON(error)) {
                printLine(String(decoding: line, as: UTF8.self))
                throw ExitCode(Self.status(error.code).rawValue)
            }
            throw Failure(Self.status(error.code), error.message)
        }
    }

    private func print(_ answer: Data, _ request: ControlRequest) throws(ControlRefusal) {
        if let refused = try? JSON.decode(ErrorJSON.self, from: answer).error {
            throw ControlRefusal(code: refused.code, message: refused.message)
        }
        if json {
            FileHandle.standardOutput.write(answer)
            return
        }
        guard let value = try? JSON.decode(JSONValue.self, from: answer) else {
            throw ControlRefusal(code: .unavailable, message: "the answer is no JSON")
        }
        for line in Self.lines(value, request.command) { printLine(line) }
    }

    private static func lines(_ answer: JSONValue, _ command: ControlRequest.Command) -> [String] {
        if let table = TextTable(answer, of: command) { return table.lines }
        switch command {
        case .kick, .undo:
            let act = answer[command == .kick ? "kicked" : "undone"]
            let targets = act["targets"].elements.map { escapingControls($0.text) }
            let verbs = [
                "drop": "dropped", "bounce": "bounced", "reject": "rejected", "undo": "brought back",
            ]
            let verb = verbs[act["act"].text] ?? "dropped"
            let kept = answer["banned"]["targets"].elements.map { escapingControls($0.text) }
            let banned = kept.isEmpty ? "" : ", banned \(kept.joined(separator: ", "))"
            let hint =
                command == .kick ? "; sipglass ctl undo \(act["number"].text) within 10 s brings it back" : ""
            return [
                "\(verb) \(targets.joined(separator: ", "))\(banned) (audit \(act["number"].text)\(hint))"
            ]
        case .ban, .unban:
            let act = answer[command == .ban ? "banned" : "unbanned"]
            let verb = command == .ban ? "banned" : "let in again:"
            return ["\(verb) \(act["targets"].text) (audit \(act["number"].text))"]
        default:
            guard case .object(let members) = answer[command.rawValue] else { return [] }
            let rows = members.sorted { $0.key < $1.key }
            let width = rows.map(\.key.count).max() ?? 0
            return rows.map { row in
                row.key + String(repeating: " ", count: width - row.key.count + 2)
                    + escapingControls(row.value.text)
            }
        }
    }

    private static func status(_ code: ControlRefusal.Code) -> ExitStatus {
        switch code {
        case .badRequest, .notFound, .readOnly: .refused
        case .unavailable: .unavailable
        }
    }
}

/// A question without arguments of its own.
protocol PlainQuestion {
    static var command: ControlRequest.Command { get }
    static var abstract: String { get }
}

enum Registrations: PlainQuestion {
    static let command = ControlRequest.Command.registrations
    static let abstract = "Who is registered."
}

enum Transactions: PlainQuestion {
    static let command = ControlRequest.Command.transactions
    static let abstract = "What is under way."
}

enum Calls: PlainQuestion {
    static let command = ControlRequest.Command.calls
    static let abstract = "The calls that the trace still holds."
}

enum Bans: PlainQuestion {
    static let command = ControlRequest.Command.bans
    static let abstract = "Who is refused: banned, above the limit, or a scanner."
}

enum Stats: PlainQuestion {
    static let command = ControlRequest.Command.stats
    static let abstract = "Listeners and counters."
}

struct ListCommand<Question: PlainQuestion>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: Question.command.rawValue, abstract: Question.abstract)
    }

    @OptionGroup var options: ControlOptions

    func run() throws { try options.ask(ControlRequest(Question.command)) }
}

struct MessagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "The messages that the trace still holds."
    )

    @Option(help: ArgumentHelp("Only messages with this Call-ID.", valueName: "call-id"))
    var call: String?

    @Option(help: ArgumentHelp("Only the newest.", valueName: "count"))
    var last: Int?

    @OptionGroup var options: ControlOptions

    func run() throws {
        var request = ControlRequest(.messages)
        request.call = call
        request.last = last
        try options.ask(request)
    }
}

/// The acts of a kick by their words.
enum KickWord: String, ExpressibleByArgument, CaseIterable {
    case drop, bounce, reject, ban
}

struct KickCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kick",
        abstract: "Drop registrations.",
        discussion:
            "An address of record drops all its contacts; a contact URI, as registered, drops that one. "
            + "Phones and PBXs that watch the registration (RFC 3680) are told by the act: "
            + "drop and bounce say deactivated, register again; bounce with --retry-after says probation, "
            + "register again after that time; reject says rejected, do not come back. "
            + "ban keeps it out for a time: by its address of record with 403 and Retry-After, by its source "
            + "with silence."
    )

    @Argument(help: ArgumentHelp("As in 1001@lab.test or sip:1001@10.0.0.21:5062.", valueName: "aor|contact"))
    var targets: [String]

    @Option(help: ArgumentHelp("drop, bounce, reject or ban.", valueName: "act"))
    var act: KickWord = .drop

    @Option(help: ArgumentHelp("With bounce: when the phone shall come back.", valueName: "seconds"))
    var retryAfter: Int?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("With ban: 90s, 10m, 24h; an hour when left out.", valueName: "time")
    )
    var duration: String?

    @Option(help: ArgumentHelp("With ban: aor, source or both; aor when left out.", valueName: "what"))
    var by: String?

    @Option(help: ArgumentHelp("Why; it goes to the audit log and to who watches.", valueName: "text"))
    var reason: String = ""

    @OptionGroup var options: ControlOptions

    func validate() throws {
        guard act == .ban || duration == nil && by == nil else {
            throw ValidationError("--for and --by go with --act ban")
        }
        if let duration { try BanCommand.validate(duration) }
        if let by, ControlService.BanMeans(rawValue: by) == nil {
            throw ValidationError("--by is aor, source or both")
        }
        guard let retryAfter else { return }
        guard act == .bounce, (1...86_400).contains(retryAfter) else {
            throw ValidationError("--retry-after goes with --act bounce, from 1 to 86400 seconds")
        }
    }

    func run() throws {
        var request = ControlRequest(.kick)
        request.targets = targets
        request.act = act.rawValue
        request.after = retryAfter
        request.seconds = duration.flatMap { Interval($0) }?.wholeSeconds
        request.by = by
        request.reason = reason
        try options.ask(request)
    }
}

struct UndoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Bring back what a kick dropped, within 10 s of it."
    )

    @Argument(help: ArgumentHelp("The audit number that the kick printed.", valueName: "number"))
    var number: UInt64

    @OptionGroup var options: ControlOptions

    func run() throws {
        var request = ControlRequest(.undo)
        request.number = number
        try options.ask(request)
    }
}
