import Foundation
import SIPEngine
import SIPReport

/// Answers control requests from a running engine.
struct ControlService: Sendable {
    /// Where orders go; questions go to its engine.
    let desk: OperatorDesk

    /// Answers one line; `then` gets one line of JSON, on any queue.
    func answer(_ line: Data, then: @escaping @Sendable (Data) -> Void) {
        let request: ControlRequest
        do {
            request = try JSON.decode(ControlRequest.self, from: line)
        } catch {
            let known = ControlRequest.Command.allCases.map(\.rawValue).joined(separator: ", ")
            let refusal = ControlRefusal(
                code: .badRequest,
                message: "expected one line of JSON with a command: \(known)"
            )
            return then(Self.encode(refusal))
        }
        switch request.command {
        case .kick: kick(request, then: then)
        case .undo: undo(request, then: then)
        case .reloadUsers: reloadUsers(then: then)
        case .ban, .unban: banOrUnban(request, then: then)
        case .registrations, .transactions, .calls, .stats, .messages, .bans:
            desk.engine.snapshot { update in
                then(Self.line { try ControlAnswer.encode(request, update) })
            }
        }
    }

    private func kick(_ request: ControlRequest, then: @escaping @Sendable (Data) -> Void) {
        guard let names = request.targets, !names.isEmpty else {
            return then(Self.encode(ControlRefusal(code: .badRequest, message: "kick needs targets")))
        }
        let act: KickAct
        switch request.act {
        case nil, "drop"?: act = .drop
        case "bounce"?: act = .bounce(retryAfter: request.after)
        case "reject"?, "ban"?: act = .reject
        case let other?:
            let message = "\"\(other)\" is no act: drop, bounce, reject or ban"
            return then(Self.encode(ControlRefusal(code: .badRequest, message: message)))
        }
        guard let means = BanMeans(rawValue: request.by ?? "aor") else {
            let message = "\"\(request.by ?? "")\" is nothing to ban by: aor, source or both"
            return then(Self.encode(ControlRefusal(code: .badRequest, message: message)))
        }
        desk.engine.snapshot { update in
            let rows = update.report.registrations
            let targets = names.flatMap { Self.targets($0, in: rows) }
            var order = KickRequest(targets: targets, act: act, reason: request.reason ?? "", actor: "ctl")
            if request.act == "ban" {
                do throws(ControlRefusal) {
                    order.bans = try Self.bans(names, by: means, in: rows)
                } catch {
                    return then(Self.encode(error))
                }
                order.banTime = Self.banTime(request)
            }
            perform(.kick(order), then: then)
        }
    }

    private func undo(_ request: ControlRequest, then: @escaping @Sendable (Data) -> Void) {
        guard let number = request.number else {
            return then(
                Self.encode(ControlRefusal(code: .badRequest, message: "undo needs the audit number"))
            )
        }
        perform(.undoKick(audit: number, actor: "ctl"), then: then)
    }

    func perform(_ command: CoreCommand, then: @escaping @Sendable (Data) -> Void) {
        guard !desk.isReadOnly else {
            let refusal = ControlRefusal(code: .readOnly, message: "this sipglass runs read-only")
            return then(Self.encode(refusal))
        }
        desk.perform(command) { outcome in
            then(Self.line { try ControlAnswer.encode(outcome) })
        }
    }

    /// What a name on the command line means: the bindings with that contact, else the address of record.
    static func targets(_ name: String, in rows: [RegistrationRow]) -> [KickTarget] {
        let contacts = rows.filter { $0.contact == name }
        if !contacts.isEmpty { return contacts.map { .binding($0.id) } }
        return [.aor(addressOfRecord(name))]
    }

    /// The rows that a name on the command line means.
    static func rows(_ name: String, in rows: [RegistrationRow]) -> [RegistrationRow] {
        let contacts = rows.filter { $0.contact == name }
        return contacts.isEmpty ? rows.filter { $0.aor == addressOfRecord(name) } : contacts
    }

    private static func addressOfRecord(_ name: String) -> String {
        for scheme in ["sip:", "sips:"] where name.lowercased().hasPrefix(scheme) {
            return String(name.dropFirst(scheme.count))
        }
        return name
    }

    static func line(_ make: () throws -> Data) -> Data {
        do {
            return try make()
        } catch let refusal as ControlRefusal {
            return encode(refusal)
        } catch {
            return encode(ControlRefusal(code: .unavailable, message: "\(error)"))
        }
    }

    static func encode(_ refusal: ControlRefusal) -> Data {
        // An object of two strings always has a JSON form.
        (try? JSON.encode(ErrorJSON(refusal))) ?? Data("{}".utf8)
    }
}
