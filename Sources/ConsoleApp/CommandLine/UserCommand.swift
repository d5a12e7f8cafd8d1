import ArgumentParser
import Foundation
import SIPCrypto
import SIPRegistrar
import SIPStore

/// `sipglass user`: the accounts that may register and call.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Add, list and remove accounts.",
        discussion: """
            Accounts live in the store, each as two hashes (HA1 by MD5 and SHA-256) and never as a password. A \
            running sipglass takes changes over at once.
            """,
        subcommands: [
            AddUserCommand.self, ListUsersCommand.self, RemoveUserCommand.self, ChangePasswordCommand.self,
            ImportUsersCommand.self,
        ]
    )
}

/// Which store and which realm.
struct AccountOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The store; that of the configuration otherwise.", valueName: "path"))
    var store: String?

    @OptionGroup(title: "Places") var places: PlaceOptions

    /// The settings of the configuration file, or the defaults.
    func settings() throws(Failure) -> Settings {
        try Startup.settings(file: places.config, paths: .current) ?? Settings()
    }

    /// Opens the store beside a running engine.
    func open() throws(Failure) -> SIPStore {
        let settings = try settings()
        let choice = (store ?? settings.store).map(StoreChoice.init) ?? .file(FilePaths.current.store)
        guard case .file(let path) = choice else {
            throw Failure(
                .usage,
                "accounts need a file: say --store PATH, or leave store out of the configuration"
            )
        }
        return try answering { () throws(StoreError) in try SIPStore(path, as: .command) }
    }

    /// Tells a running engine that accounts have changed; none need run.
    func tellEngine() throws(Failure) {
        let settings = try settings()
        let path = places.control ?? settings.control ?? FilePaths.current.control
        do throws(ControlRefusal) {
            _ = try ControlClient.ask(ControlRequest(.reloadUsers), at: path)
        } catch {
            // Nobody listens: the next start reads the store anyway.
        }
    }

    /// Turns what a store says into the end of the program.
    func answering<Value>(_ body: () throws(StoreError) -> Value) throws(Failure) -> Value {
        do throws(StoreError) {
            return try body()
        } catch {
            throw Failure(owned: error) ?? Failure(.badFile, "the store \(error)")
        }
    }
}

/// One account: its name and realm.
struct AccountName: ParsableArguments {
    @Argument(help: ArgumentHelp("The user part of the address of record, as in 1001.", valueName: "user"))
    var user: String

    @Option(help: ArgumentHelp("The realm; the configuration's first domain otherwise.", valueName: "realm"))
    var realm: String?

    func validate() throws {
        if let fault = UsersFile.fault(user: user, realm: realm ?? "") {
            throw ValidationError("\(fault.text); \(fault.remedy)")
        }
    }

    /// The realm that was named, or the first domain of the configuration.
    func realm(_ options: AccountOptions) throws(Failure) -> String {
        if let realm { return realm }
        guard let first = try options.settings().domains.first else {
            throw Failure(.usage, "which realm? say --realm lab.test, or name domains in the configuration")
        }
        return first
    }
}

/// Where a password comes from.
struct PasswordOptions: ParsableArguments {
    @Flag(help: "Read the password from standard input, one line, instead of asking for it.")
    var passwordStdin = false

    /// Reads it, twice from a person.
    func read(for name: String) throws(Failure) -> String {
        if passwordStdin { return try Self.checked(readLine()) }
        guard PasswordPrompt.isPossible else {
            throw Failure(.usage, "no terminal to ask for a password on; say --password-stdin")
        }
        let first = try Self.checked(PasswordPrompt.ask("Password for \(name): "))
        guard PasswordPrompt.ask("Again: ") == first else { throw Failure(.refused, "the two differ") }
        return first
    }

    private static func checked(_ password: String?) throws(Failure) -> String {
        guard let password, !password.isEmpty else { throw Failure(.refused, "the password is empty") }
        return password
    }
}

struct AddUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add an account.")

    @OptionGroup var name: AccountName
    @OptionGroup var password: PasswordOptions
    @OptionGroup var options: AccountOptions

    func run() throws {
        try putUser(name, password, options, mustExist: false)
        printLine("added \(name.user), realm \(try name.realm(options))")
    }
}

struct ChangePasswordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "passwd", abstract: "Change a password.")

    @OptionGroup var name: AccountName
    @OptionGroup var password: PasswordOptions
    @OptionGroup var options: AccountOptions

    func run() throws {
        try putUser(name, password, options, mustExist: true)
        printLine("changed the password of \(name.user), realm \(try name.realm(options))")
    }
}

/// Writes an account that must, or must not, be there already.
private func putUser(
    _ name: AccountName,
    _ password: PasswordOptions,
    _ options: AccountOptions,
    mustExist: Bool
) throws {
    let realm = try name.realm(options)
    let store = try options.open()
    let exists = try options.answering { () throws(StoreError) in
        try store.hasAccount(name.user, realm: realm)
    }
    guard exists == mustExist else {
        let hint = exists ? "is there already; sipglass user passwd changes it" : "does not exist"
        throw Failure(.refused, "\(name.user), realm \(realm), \(hint)")
    }
    let account = Account(
        user: name.user,
        realm: realm,
        password: try password.read(for: name.user),
        hashes: .system
    )
    try options.answering { () throws(StoreError) in try store.put([account]) }
    try options.tellEngine()
}

struct RemoveUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove an account.")

    @OptionGroup var name: AccountName
    @OptionGroup var options: AccountOptions

    func run() throws {
        let realm = try name.realm(options)
        let store = try options.open()
        let existed = try options.answering { () throws(StoreError) in
            try store.removeAccount(name.user, realm: realm)
        }
        guard existed else { throw Failure(.refused, "\(name.user), realm \(realm), does not exist") }
        try options.tellEngine()
        printLine("removed \(name.user), realm \(realm)")
    }
}

struct ListUsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the accounts.")

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var options: AccountOptions

    /// An account as it is printed: never with its hashes.
    private struct Row: Encodable {
        var user: String
        var realm: String
    }

    func run() throws {
        let store = try options.open()
        let accounts = try options.answering { () throws(StoreError) in try store.accounts() }
        if json {
            let rows = accounts.map { Row(user: $0.user, realm: $0.realm) }
            printLine(String(decoding: try JSON.encode(["users": rows]), as: UTF8.self))
            return
        }
        let rows = accounts.map { [escapingControls($0.user), escapingControls($0.realm)] }
        for line in TextTable(titles: ["USER", "REALM"], rows: rows).lines { printLine(line) }
    }
}

struct ImportUsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add accounts from lines user:realm:password; those that exist are replaced.",
        discussion:
            "All lines or, when one is wrong, none. Empty lines and lines that begin with # are passed over."
    )

    @Argument(help: ArgumentHelp("The file; - is standard input.", valueName: "file"))
    var file: String

    @OptionGroup var options: AccountOptions

    /// All accounts of a text.
    ///
    /// - Errors: every wrong line, by its number.
    static func accounts(_ text: String, name: String, home: String) throws(Failure) -> [Account] {
        let accounts: [Account]
        do throws(ConfigurationProblems) {
            accounts = try UsersFile(text: text, file: name).accounts(home: home, hashes: .system)
        } catch {
            throw Failure(.badFile, error.problems.map(\.description))
        }
        guard let lost = accounts.first(where: { $0.realm.isEmpty }) else { return accounts }
        throw Failure(.badFile, "\(name): \(lost.user) has no realm; write user:realm:password")
    }

    func run() throws {
        let name = file == "-" ? "standard input" : file
        let data =
            file == "-"
            ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
        guard let data, let text = String(data: data, encoding: .utf8) else {
            throw Failure(
                .badFile,
                "\(name): cannot be read as a text file; check the path and that it is UTF-8"
            )
        }
        let accounts = try Self.accounts(text, name: name, home: options.settings().domains.first ?? "")
        let store = try options.open()
        try options.answering { () throws(StoreError) in try store.put(accounts) }
        try options.tellEngine()
        printLine("imported \(accounts.count) users")
    }
}
