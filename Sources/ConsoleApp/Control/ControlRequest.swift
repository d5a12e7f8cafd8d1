/// One question or order on the control socket: one line of JSON.
struct ControlRequest: Codable, Sendable, Hashable {
    /// What is wanted.
    enum Command: String, Codable, Sendable, CaseIterable {
        case registrations
        case transactions
        case calls
        case stats
        case messages
        case bans
        case kick
        case undo
        /// The accounts in the store have changed.
        case reloadUsers = "reload-users"
        case ban
        case unban
    }

    /// What is wanted.
    var command: Command
    /// Whom to kick: addresses of record or contacts; whom to ban: one of either, or an IP address.
    var targets: [String]?
    /// Why, in the operator's words.
    var reason: String?
    /// What a kick does: `drop`, `bounce`, `reject` or `ban`; drop when nothing is said.
    var act: String?
    /// After how many seconds a bounced phone shall register again.
    var after: Int?
    /// The audit number of the kick to take back.
    var number: UInt64?
    /// With the act `ban`: by what, `aor`, `source` or `both`; the first when nothing is said.
    var by: String?
    /// How long a ban lasts, in seconds.
    var seconds: Int?
    /// Only messages of this call.
    var call: String?
    /// Only so many of the newest messages.
    var last: Int?

    /// Asks for something; what belongs to other commands stays nil.
    init(_ command: Command) {
        self.command = command
    }
}

/// Why a request is not answered as it wishes.
struct ControlRefusal: Error, Sendable, Hashable {
    /// What sort of reason.
    enum Code: String, Codable, Sendable {
        case badRequest = "bad_request"
        case notFound = "not_found"
        case readOnly = "read_only"
        case unavailable
    }

    /// What sort of reason.
    var code: Code
    /// In words.
    var message: String
}

/// The answer of a refused request, and of a client that reaches nobody.
struct ErrorJSON: Codable, Sendable, Equatable {
    struct Body: Codable, Sendable, Equatable {
        var code: ControlRefusal.Code
        var message: String
    }

    var error: Body

    init(_ refusal: ControlRefusal) {
        error = Body(code: refusal.code, message: refusal.message)
    }
}
