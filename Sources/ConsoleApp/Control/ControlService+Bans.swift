import Foundation
import SIPFlow
import SIPReport

extension ControlService {
    /// What keeps a kicked registration out.
    enum BanMeans: String, CaseIterable {
        case aor, source, both
    }

    func banOrUnban(_ request: ControlRequest, then: @escaping @Sendable (Data) -> Void) {
        guard let name = request.targets?.first, request.targets?.count == 1, let subject = BanSubject(name)
        else {
            let text =
                "\(request.command.rawValue) needs one IP address or address of record, "
                + "as in 203.0.113.9, 2001:db8::9 or 1001@lab.test"
            return then(Self.encode(ControlRefusal(code: .badRequest, message: text)))
        }
        guard request.command == .ban else { return perform(.unban([subject], actor: "ctl"), then: then) }
        let order = BanRequest(
            subjects: [subject],
            duration: Self.banTime(request),
            reason: request.reason ?? "",
            actor: "ctl"
        )
        perform(.ban(order), then: then)
    }

    /// How long a ban lasts: an hour when nothing is said, a year at most.
    static func banTime(_ request: ControlRequest) -> Interval {
        .seconds(min(max(0, request.seconds ?? 3_600), 366 * 86_400))
    }

    /// Who is kept out along with what is kicked, by the rows that a name stands for.
    static func bans(
        _ names: [String],
        by means: BanMeans,
        in rows: [RegistrationRow]
    ) throws(ControlRefusal) -> [BanSubject] {
        var subjects: Set<BanSubject> = []
        for name in names {
            let kicked = Self.rows(name, in: rows)
            if means != .source {
                if kicked.isEmpty { subjects.insert(.aor(name)) }
                for row in kicked { subjects.insert(.aor(row.aor)) }
            }
            if means != .aor {
                for row in kicked { subjects.insert(.source(of: row.flow.peer.ip)) }
            }
        }
        guard !subjects.isEmpty else {
            throw ControlRefusal(
                code: .notFound,
                message: "nobody is registered there whose source could be banned"
            )
        }
        return subjects.sorted()
    }
}
