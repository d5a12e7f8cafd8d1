import SIPCore
import SIPFlow
import SIPNextHop

/// What the name servers of a test know, by `SRV name` and so on; of all else they say that there is none.
typealias Names = [String: DNSAnswer]

extension Rig {
    /// Answers every question, and those that follow from the answers; the questions in their order.
    @discardableResult
    func answerNames(_ names: Names, otherwise: DNSAnswer = DNSAnswer(.noSuchName)) -> [String] {
        var asked: [String] = []
        while core.hasQuestions {
            for question in core.takeQuestions() {
                let words = "\(question.kind.name) \(question.name)"
                asked.append(words)
                core.resolved(question, names[words] ?? otherwise, now: now, into: &outbox)
                collect()
            }
        }
        return asked
    }

    /// ICMP says that nothing reaches a place.
    func unreachable(_ place: String) { refuse(place) }
}

extension DNSAnswer {
    /// Addresses, good for a minute.
    static func addresses(_ texts: String..., ttl: Int = 60) -> DNSAnswer {
        let records = texts.compactMap { IPAddress($0) }.map { DNSRecord.address($0) }
        return DNSAnswer(.records(records), timeToLive: .seconds(ttl))
    }

    /// Servers in the order given, by lines of `port target`.
    static func services(_ lines: String...) -> DNSAnswer {
        let records = lines.enumerated().map { priority, line in
            let words = line.split(separator: " ")
            return DNSRecord.service(
                ServiceRecord(
                    priority: UInt16(priority),
                    weight: 1,
                    port: UInt16(words[0]) ?? 0,
                    target: String(words[1])
                )
            )
        }
        return DNSAnswer(.records(records), timeToLive: .seconds(60))
    }
}
