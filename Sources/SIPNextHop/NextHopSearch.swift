import SIPFlow

/// Finds the places that a host name stands for (RFC 3263 §4 and §5).
///
/// - Shape: sans-I/O. `step` says which questions are open; their answers are handed in; the last step has the
///   places. A port asks for addresses at once, a transport for SRV, neither for NAPTR, then SRV, then addresses.
/// - Limits: 16 servers and 32 places; what is beyond them is left out.
public struct NextHopSearch: Sendable {
    static let serverLimit = 16
    static let hopLimit = 32

    /// What to do next.
    public enum Step: Sendable, Hashable {
        /// These questions need an answer.
        case asks([DNSQuestion])
        /// It is over.
        case done(NextHopResult)
    }

    private enum Stop: Error {
        case asks([DNSQuestion])
        case failed(NextHopFailure)
    }

    /// A server by its name.
    private struct Server {
        var transport: TransportKind
        var host: String
        var port: UInt16
    }

    private let query: NextHopQuery
    private let reach: NextHopReach
    private let seed: UInt64
    private var answers: [DNSQuestion: DNSAnswer] = [:]

    /// Starts a search; the seed decides what is drawn by weight.
    public init(_ query: NextHopQuery, reach: NextHopReach, seed: UInt64) {
        self.query = query
        self.reach = reach
        self.seed = seed
    }

    /// A question was answered.
    public mutating func receive(_ answer: DNSAnswer, to question: DNSQuestion) {
        answers[question] = answer
    }

    /// What to do next, by all that is known.
    public func step() -> Step {
        do throws(Stop) {
            return .done(.found(try hops()))
        } catch {
            switch error {
            case .asks(let questions): return .asks(questions)
            case .failed(let failure): return .done(.failed(failure))
            }
        }
    }

    /// The addresses of all servers, those of one server together.
    private func hops() throws(Stop) -> [NextHop] {
        var open: [DNSQuestion] = []
        var hops: [NextHop] = []
        var failure = NextHopFailure(.noSuchName, query.host)
        for server in try servers().prefix(Self.serverLimit) {
            for kind in reach.addressKinds(server.transport) {
                guard let answer = look(DNSQuestion(kind, server.host), &open) else { continue }
                for case .address(let ip) in answer.records {
                    let address = SocketAddress(ip: ip, port: server.port)
                    let hop = NextHop(transport: server.transport, address: address)
                    if !hops.contains(hop) && hops.count < Self.hopLimit { hops.append(hop) }
                }
                let reason = failureReason(answer)
                if reason > failure.reason { failure = NextHopFailure(reason, server.host) }
            }
        }
        guard open.isEmpty else { throw .asks(open) }
        guard !hops.isEmpty else { throw .failed(failure) }
        return hops
    }

    private func servers() throws(Stop) -> [Server] {
        let usual = query.transport ?? (query.isSecure ? .tls : .udp)
        if let port = query.port {
            guard reach.speaks(usual) else { throw .failed(NextHopFailure(.noAddress, query.host)) }
            return [Server(transport: usual, host: query.host, port: port)]
        }
        if query.transport == nil {
            let servers = try pointedServers()
            guard servers.isEmpty else { return servers }
        }
        let transports = query.transport.map { [$0] } ?? (query.isSecure ? [.tls] : [.udp, .tcp])
        let services = transports.filter(reach.speaks).compactMap { transport in
            serviceName(transport).map { (transport, $0) }
        }
        let servers = try self.servers(of: services)
        guard servers.isEmpty else { return servers }
        // No SRV record at all: the host itself, at the default port (RFC 3263 §4.2).
        return [Server(transport: usual, host: query.host, port: usual.defaultPort)]
    }

    /// The servers that NAPTR leads to, those of lower order and preference first.
    ///
    /// A name server that cannot answer NAPTR is taken as one without: many forwarders know only the usual records.
    private func pointedServers() throws(Stop) -> [Server] {
        var open: [DNSQuestion] = []
        let answer = look(DNSQuestion(.naptr, query.host), &open)
        guard let answer else { throw .asks(open) }
        if answer.outcome == .timedOut { throw .failed(NextHopFailure(.timedOut, query.host)) }
        var pointers: [(transport: TransportKind, pointer: NamingPointer)] = []
        for case .pointer(let pointer) in answer.records {
            guard let transport = transport(of: pointer.service), reach.speaks(transport) else { continue }
            pointers.append((transport, pointer))
        }
        pointers.sort {
            ($0.pointer.order, $0.pointer.preference) < ($1.pointer.order, $1.pointer.preference)
        }
        var servers: [Server] = []
        for (transport, pointer) in pointers.prefix(Self.serverLimit) {
            if pointer.flags == "s" {
                servers += try self.servers(of: [(transport, pointer.replacement)])
            } else if pointer.flags == "a" {
                let port = transport.defaultPort
                servers.append(Server(transport: transport, host: pointer.replacement, port: port))
            }
        }
        return servers
    }

    /// The servers of some SRV names, each in its trying order; none when none has a record.
    private func servers(of services: [(transport: TransportKind, name: String)]) throws(Stop) -> [Server] {
        var open: [DNSQuestion] = []
        var servers: [Server] = []
        var failure: NextHopFailure?
        var generator = SeededGenerator(seed: seed)
        for (transport, name) in services {
            guard let answer = look(DNSQuestion(.srv, name), &open) else { continue }
            var records: [ServiceRecord] = []
            for case .service(let record) in answer.records { records.append(record) }
            let offered = records.filter { !$0.target.isEmpty }
            for record in tryingOrder(offered, using: &generator) {
                servers.append(Server(transport: transport, host: record.target, port: record.port))
            }
            if offered.isEmpty && !records.isEmpty {
                failure = NextHopFailure(.notOffered, name)
            } else if failureReason(answer) > .noAddress {
                failure = NextHopFailure(failureReason(answer), name)
            }
        }
        guard open.isEmpty else { throw .asks(open) }
        if servers.isEmpty, let failure { throw .failed(failure) }
        return servers
    }

    /// The answer to a question; one that is not there yet is noted as open.
    private func look(_ question: DNSQuestion, _ open: inout [DNSQuestion]) -> DNSAnswer? {
        if let answer = answers[question] { return answer }
        if !question.isAskable { return DNSAnswer(.noSuchName) }
        if !open.contains(question) { open.append(question) }
        return nil
    }

    private func failureReason(_ answer: DNSAnswer) -> NextHopFailure.Reason {
        switch answer.outcome {
        case .records, .noData: .noAddress
        case .noSuchName: .noSuchName
        case .serverFailed: .serverFailed
        case .timedOut: .timedOut
        }
    }

    /// The transport of a NAPTR service, sips only for sips (RFC 3263 §4.1).
    private func transport(of service: String) -> TransportKind? {
        switch service {
        case "SIP+D2U": query.isSecure ? nil : .udp
        case "SIP+D2T": query.isSecure ? nil : .tcp
        case "SIPS+D2T": .tls
        case _: nil
        }
    }

    /// The SRV name of the host's service; nil for transports that have none.
    private func serviceName(_ transport: TransportKind) -> String? {
        switch transport {
        case .udp: "_sip._udp." + query.host
        case .tcp: "_sip._tcp." + query.host
        case .tls: "_sips._tcp." + query.host
        case .ws, .wss: nil
        }
    }
}
