import SIPFlow
import SIPNextHop

/// What the name servers of a test know: `SRV name` and so on, to answers.
struct Zone {
    private var answers: [DNSQuestion: DNSAnswer] = [:]
    /// Said of all that is not in it.
    var otherwise = DNSAnswer(.noSuchName)

    subscript(_ kind: DNSQuestion.Kind, _ name: String) -> DNSAnswer {
        get { answers[DNSQuestion(kind, name)] ?? otherwise }
        set { answers[DNSQuestion(kind, name)] = newValue }
    }

    func answer(_ question: DNSQuestion) -> DNSAnswer { self[question.kind, question.name] }

    mutating func addresses(_ name: String, _ texts: [String], ttl: Int = 60) {
        let all = texts.compactMap { IPAddress($0) }
        for kind in [DNSQuestion.Kind.a, .aaaa] {
            let fit = all.filter { $0.isV6 == (kind == .aaaa) }
            self[kind, name] =
                fit.isEmpty
                ? DNSAnswer(.noData)
                : DNSAnswer(.records(fit.map { .address($0) }), timeToLive: .seconds(ttl))
        }
    }

    /// Lines of priority, weight, port, target.
    mutating func services(_ name: String, _ lines: [(UInt16, UInt16, UInt16, String)], ttl: Int = 60) {
        let records = lines.map { line in
            DNSRecord.service(ServiceRecord(priority: line.0, weight: line.1, port: line.2, target: line.3))
        }
        self[.srv, name] = DNSAnswer(.records(records), timeToLive: .seconds(ttl))
    }

    /// Lines of order, preference, flags, service, replacement.
    mutating func pointers(_ name: String, _ lines: [(UInt16, UInt16, String, String, String)]) {
        let records = lines.map { line in
            DNSRecord.pointer(
                NamingPointer(
                    order: line.0,
                    preference: line.1,
                    flags: line.2,
                    service: line.3,
                    replacement: line.4
                )
            )
        }
        self[.naptr, name] = DNSAnswer(.records(records), timeToLive: .seconds(60))
    }

    /// Runs a search to its end; the questions in the order in which they were asked.
    func search(
        _ query: NextHopQuery,
        listeners: [String] = ["udp 127.0.0.1", "udp ::1"],
        seed: UInt64 = 1
    ) -> (result: NextHopResult, asked: [String]) {
        var search = NextHopSearch(query, reach: reach(listeners), seed: seed)
        var asked: [String] = []
        while true {
            switch search.step() {
            case .done(let result): return (result, asked)
            case .asks(let questions):
                for question in questions {
                    asked.append("\(question.kind.name) \(question.name)")
                    search.receive(answer(question), to: question)
                }
            }
        }
    }
}

/// What listeners of such words reach: `udp 127.0.0.1`.
func reach(_ listeners: [String]) -> NextHopReach {
    NextHopReach(
        listeners.compactMap { text in
            let words = text.split(separator: " ")
            guard let kind = TransportKind.allCases.first(where: { $0.token.lowercased() == words[0] }),
                let address = SocketAddress(String(words[1]), defaultPort: 5060)
            else { return nil }
            return Listener(transport: kind, address: address)
        }
    )
}

extension NextHopResult {
    /// `udp 10.0.0.1:5060` each, or the failure's words.
    var words: [String] {
        switch self {
        case .found(let hops): hops.map { "\($0.transport.token.lowercased()) \($0.address)" }
        case .failed(let failure): [failure.text]
        }
    }
}
