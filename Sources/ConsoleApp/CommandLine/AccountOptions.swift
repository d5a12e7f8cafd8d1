import ArgumentParser
import SIPStore

/// Which store and which realm.
struct AccountOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The store; that of the configuration otherwise.", valueName: "path"))
    var store: String?

    @OptionGroup(title: "Places") var places: PlaceOptions

    /// The settings of the configuration file, or the defaults.
    func settings() throws(Failure) -> Settings {
        try Startup.settings(file: places.config, paths: .current) ?? Settings()
    }

    /// The realm of accounts that name none: the first domain.
    func home() throws(Failure) -> String {
        guard let first = try settings().domains.first else {
            throw Failure(.usage, "which realm? say --realm lab.test, or name domains in the configuration")
        }
        return first
    }

    /// Opens the store beside a running engine.
    func open() throws(Failure) -> SIPStore {
        let settings = try settings()
        var wishes = Wishes()
        wishes.store = store
        let choice = StoreChoice(wishes, settings, paths: .current)
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
        for text in [user, realm ?? "realm"] where !Self.isSound(text) {
            throw ValidationError(
                "\"\(escapingControls(text))\" is no name: it is empty, or has a colon, a control character or outer blanks"
            )
        }
    }

    /// The realm that was named, or the first domain of the configuration.
    func realm(_ options: AccountOptions) throws(Failure) -> String {
        if let realm { return realm }
        return try options.home()
    }

    /// True for a name that fits into a digest and a header field.
    private static func isSound(_ text: String) -> Bool {
        text.first?.isWhitespace == false && text.last?.isWhitespace == false && !text.contains(":")
            && !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }
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
