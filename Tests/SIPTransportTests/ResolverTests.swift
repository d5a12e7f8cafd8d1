import SIPFlow
import SIPNextHop
import SIPTransport
import Testing

@Suite("Resolver on loopback", .timeLimit(.minutes(1)))
struct ResolverTests {
    /// A name server that answers one question after the other, as it is told to.
    private struct NameServer: ~Copyable {
        private var transport: DatagramTransport

        init() throws {
            let address = SocketAddress(ip: .v4(0x7f00_0001), port: 0)
            transport = try DatagramTransport(
                listeners: [Listener(transport: .udp, address: address)],
                signal: try #require(WakeSignal())
            )
        }

        var address: SocketAddress { transport.listeners[0].address }

        /// Answers the next question with a code and a record's data; gives the question's bytes.
        mutating func answer(code: UInt8 = 0, data: [UInt8] = []) -> [UInt8] {
            var question: [UInt8] = []
            var flow: Flow?
            while flow == nil, transport.wait(milliseconds: 5_000).hasTraffic {
                _ = transport.receive { bytes, from in
                    question.append(copying: bytes)
                    flow = from
                }
            }
            guard let flow, question.count > 12 else { return [] }
            var outbox = Outbox()
            outbox.bytes = question
            outbox.bytes[2] |= 0x80
            outbox.bytes[3] = 0x80 | code
            if !data.isEmpty {
                outbox.bytes[7] = 1
                let type = question[question.count - 4..<question.count]
                outbox.bytes += [0xc0, 0x0c] + type + [0, 0, 0, 60, 0, UInt8(data.count)] + data
            }
            outbox.finish(to: flow)
            transport.send(outbox)
            return question
        }
    }

    private func resolver(
        _ servers: [SocketAddress],
        timeout: Int = 5_000,
        tries: Int = 1
    ) -> (resolver: Resolver, answers: AsyncStream<DNSAnswer>) {
        var service = NameService()
        service.servers = servers
        service.timeout = .milliseconds(timeout)
        service.tries = tries
        let (stream, continuation) = AsyncStream.makeStream(of: DNSAnswer.self)
        return (Resolver(service) { _, answer in continuation.yield(answer) }, stream)
    }

    private func first(_ answers: AsyncStream<DNSAnswer>) async -> DNSAnswer? {
        for await answer in answers { return answer }
        return nil
    }

    @Test("asks the configured server, and hands over what it says with its time")
    func answer() async throws {
        var server = try NameServer()
        let (resolver, answers) = resolver([server.address])
        defer { resolver.stop() }
        resolver.ask([DNSQuestion(.a, "Gw.Example.test")])
        let question = server.answer(data: [10, 0, 0, 1])
        let name: [UInt8] =
            [2] + Array("gw".utf8) + [7] + Array("example".utf8) + [4] + Array("test".utf8) + [0]
        #expect(Array(question.dropFirst(12).prefix(name.count)) == name)
        let expected = DNSAnswer(.records([.address(.v4(0x0a00_0001))]), timeToLive: .seconds(60))
        #expect(await first(answers) == expected)
    }

    @Test(
        "tells no such name, no such record and a failed server apart",
        arguments: [(3, .noSuchName), (0, .noData), (1, .serverFailed), (2, .serverFailed)]
            as [(UInt8, DNSAnswer.Outcome)]
    )
    func codes(code: UInt8, outcome: DNSAnswer.Outcome) async throws {
        var server = try NameServer()
        let (resolver, answers) = resolver([server.address])
        defer { resolver.stop() }
        resolver.ask([DNSQuestion(.srv, "_sip._udp.example.test")])
        _ = server.answer(code: code)
        #expect(await first(answers)?.outcome == outcome)
    }

    @Test("a server that cannot answer is left for the next one")
    func secondServer() async throws {
        var bad = try NameServer()
        var good = try NameServer()
        let (resolver, answers) = resolver([bad.address, good.address])
        defer { resolver.stop() }
        resolver.ask([DNSQuestion(.a, "gw.test")])
        _ = bad.answer(code: 2)
        _ = good.answer(data: [10, 0, 0, 2])
        #expect(await first(answers)?.outcome == .records([.address(.v4(0x0a00_0002))]))
    }

    @Test("a silent server is told as silence, a closed port as a failed server")
    func silence() async throws {
        let server = try NameServer()
        let closed = SocketAddress(ip: .v4(0x7f00_0001), port: 1)
        for (address, outcome) in [(server.address, DNSAnswer.Outcome.timedOut), (closed, .serverFailed)] {
            let (resolver, answers) = resolver([address], timeout: 50, tries: 2)
            defer { resolver.stop() }
            resolver.ask([DNSQuestion(.a, "gw.test")])
            #expect(await first(answers) == DNSAnswer(outcome))
        }
    }

    @Test("names of the hosts file need no server, and have no services")
    func hosts() async throws {
        let server = try NameServer()
        let (resolver, answers) = resolver([server.address])
        defer { resolver.stop() }
        resolver.ask([
            DNSQuestion(.naptr, "localhost"), DNSQuestion(.srv, "_sip._udp.localhost"),
            DNSQuestion(.a, "localhost"),
        ])
        var outcomes: [DNSAnswer.Outcome] = []
        for await answer in answers {
            outcomes.append(answer.outcome)
            if outcomes.count == 3 { break }
        }
        #expect(outcomes.dropLast() == [.noData, .noData])
        guard case .records(let records)? = outcomes.last else {
            Issue.record("localhost is not in the hosts file")
            return
        }
        #expect(records.contains(.address(.v4(0x7f00_0001))))
    }

    @Test("a thousand questions at once are all answered, some by nobody")
    func many() async throws {
        var server = try NameServer()
        let (resolver, answers) = resolver([server.address], timeout: 200, tries: 1)
        defer { resolver.stop() }
        resolver.ask((0..<1_000).map { DNSQuestion(.a, "h\($0).test") })
        _ = server.answer(data: [10, 0, 0, 1])
        var counts = [0, 0]
        for await answer in answers {
            counts[answer.outcome == .timedOut ? 1 : 0] += 1
            if counts[0] + counts[1] == 1_000 { break }
        }
        #expect(counts[0] >= 1)
    }

    @Test("asking after the stop is allowed, and brings nothing")
    func stopped() throws {
        let server = try NameServer()
        let (resolver, _) = resolver([server.address])
        resolver.ask([DNSQuestion(.a, "gw.test")])
        resolver.stop()
        resolver.ask([DNSQuestion(.a, "gw.test")])
        resolver.stop()
    }
}
