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
        discussion: """
            All lines or, when one is wrong, none. Empty lines and lines that begin with # mean nothing; a line \
            user::password is of the configuration's first domain.
            """
    )

    @Argument(help: ArgumentHelp("The file; - is standard input.", valueName: "file"))
    var file: String

    @OptionGroup var options: AccountOptions

    func run() throws {
        let accounts = try accounts()
        let store = try options.open()
        try options.answering { () throws(StoreError) in try store.put(accounts) }
        try options.tellEngine()
        printLine("imported \(accounts.count) users")
    }

    private func accounts() throws(Failure) -> [Account] {
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
        let users: UsersFile
        do throws(ConfigurationProblems) {
            users = try UsersFile(text: text, file: name)
        } catch {
            throw Failure(.badFile, error.problems.map(\.description))
        }
        return users.accounts(home: users.needsHome ? try options.home() : "", hashes: .system)
    }
}
