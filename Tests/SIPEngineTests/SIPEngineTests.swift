import Glibc
import SIPCore
import SIPEngine
import SIPFlow
import SIPReport
import SIPTrace
import SIPTransport
import Testing

@Suite("Engine on real loopback sockets", .timeLimit(.minutes(1)))
struct SIPEngineTests {
    static let v4 = SocketAddress(ip: .v4(0x7f00_0001), port: 0)
    static let v6 = SocketAddress(ip: .v6(high: 0, low: 1), port: 0)

    @Test("answers OPTIONS on each of three listeners, IPv4 and IPv6", arguments: 0..<3)
    func listeners(index: Int) throws {
        let engine = try start(Self.v4, Self.v4, Self.v6)
        defer { engine.stop() }
        #expect(Set(engine.listeners.map(\.address.port)).count == 3)
        var phone = try Phone(engine.listeners[index].address)
        phone.ask(0)
        #expect(phone.answers(1) == ["SIP/2.0 200 OK"])
    }

    @Test("starts, serves, obeys and stops when used from the main actor")
    @MainActor
    func mainActor() async throws {
        let engine = try start(Self.v4)
        var phone = try Phone(engine.listeners[0].address)
        phone.ask(0)
        #expect(phone.answers(1) == ["SIP/2.0 200 OK"])
        guard case .refused = await outcome(engine, of: kickNobody) else {
            Issue.record("kicked nobody, and it was not refused")
            return
        }
        engine.stop()
    }

    @Test("an address in use is told with its listener")
    func inUse() throws {
        let first = try start(Self.v4)
        defer { first.stop() }
        let taken = first.listeners[0].address
        let refusal = TransportError(operation: .bind, code: EADDRINUSE, transport: .udp, address: taken)
        let error = #expect(throws: EngineError.self) { _ = try start(Self.v6, taken) }
        #expect(error == EngineError(.cannotListen(refusal)))
        #expect(error?.description == "udp \(taken): address already in use")
    }

    @Test("does not start without a listener, or for a transport that is not spoken")
    func refusals() throws {
        #expect(throws: EngineError(.noListener)) {
            _ = try SIPEngine.start(CoreConfiguration(listeners: [], domains: []))
        }
        let stream = Listener(transport: .tls, address: Self.v4)
        #expect(throws: EngineError(.notSpoken(.tls))) {
            _ = try SIPEngine.start(CoreConfiguration(listeners: [stream], domains: []))
        }
    }

    @Test("answers each of 2,000 datagrams, 64 at a time")
    func burst() throws {
        let engine = try start(Self.v4)
        defer { engine.stop() }
        var phone = try Phone(engine.listeners[0].address)
        var answered = 0
        for first in stride(from: 0, to: 2_000, by: 64) {
            let count = min(64, 2_000 - first)
            phone.ask(first..<first + count)
            answered += phone.answers(count).count { $0 == "SIP/2.0 200 OK" }
        }
        #expect(answered == 2_000)
    }

    @Test("stopping frees the ports, may be repeated, and refuses later commands")
    func stop() async throws {
        let engine = try start(Self.v4, Self.v6)
        let addresses = engine.listeners.map(\.address)
        engine.stop()
        engine.stop()
        let again = try start(addresses[0], addresses[1])
        #expect(again.listeners.map(\.address) == addresses)
        again.stop()
        #expect(await outcome(engine, of: kickNobody) == .refused("the engine has stopped"))
    }

    @Test("an update has what is new since the one before, once")
    func deltas() throws {
        let engine = try start(Self.v4)
        defer { engine.stop() }
        var phone = try Phone(engine.listeners[0].address)
        var next: UInt64 = 0
        for round in 0..<3 {
            phone.ask(round * 10..<round * 10 + 3)
            #expect(phone.answers(3).count == 3)
            engine.requestReport()
            let update = try #require(waitForUpdate(engine))
            #expect(update.lostRecords == 0)
            let sequences = update.chunks.flatMap(\.records).map(\.sequence)
            #expect(sequences.first == next)
            #expect(sequences == Array(next..<next + UInt64(sequences.count)))
            #expect(update.report.counters.received == round * 3 + 3)
            next += UInt64(sequences.count)
            #expect(engine.takeReport() == nil)
        }
    }

    @Test("the first request is answered at once, with the listeners and without messages")
    func firstUpdate() throws {
        let engine = try start(Self.v4)
        defer { engine.stop() }
        engine.requestReport()
        let update = try #require(waitForUpdate(engine))
        #expect(update.report.listeners.map(\.listener) == engine.listeners)
        #expect(update.report.mode.domains == ["example.com"])
        #expect(update.chunks.isEmpty)
    }

    @Test("a request without news is answered when news comes, and not again unasked")
    func waitsForNews() throws {
        let engine = try start(Self.v4)
        defer { engine.stop() }
        var phone = try Phone(engine.listeners[0].address)
        phone.ask(0)
        #expect(phone.answers(1).count == 1)
        engine.requestReport()
        drain(engine)
        #expect(!isReadable(engine.reportDescriptor, milliseconds: 20))
        phone.ask(1)
        #expect(phone.answers(1).count == 1)
        #expect(isReadable(engine.reportDescriptor, milliseconds: 5_000))
        #expect(engine.takeReport() != nil)
        phone.ask(2)
        #expect(phone.answers(1).count == 1)
        #expect(!isReadable(engine.reportDescriptor, milliseconds: 20))
    }

    @Test("a second request before the first update is taken loses nothing")
    func slowReader() throws {
        let engine = try start(Self.v4)
        defer { engine.stop() }
        var phone = try Phone(engine.listeners[0].address)
        var seen = 0
        for round in 0..<5 {
            phone.ask(round)
            #expect(phone.answers(1).count == 1)
            engine.requestReport()
        }
        while seen < 10, let update = waitForUpdate(engine) {
            seen += update.chunks.reduce(0) { $0 + $1.records.count }
            engine.requestReport()
        }
        #expect(seen == 10, "five requests and five answers")
    }

    @Test("a snapshot has everything and takes nothing from the reader")
    func snapshot() async throws {
        let engine = try start(Self.v4)
        defer { engine.stop() }
        var phone = try Phone(engine.listeners[0].address)
        phone.ask(0..<4)
        #expect(phone.answers(4).count == 4)
        let sizes = await [engine.snapshot().recordCount, engine.snapshot().recordCount]
        #expect(sizes == [8, 8])
        engine.requestReport()
        #expect(try #require(waitForUpdate(engine)).recordCount == 8)
    }

    @Test("a peer that is not there does not hold up the others")
    func unreachable() throws {
        let engine = try start(Self.v4)
        defer { engine.stop() }
        let closed: SocketAddress
        do {
            var gone = try Phone(engine.listeners[0].address)
            closed = gone.address
            gone.ask(0..<20)
        }
        var phone = try Phone(engine.listeners[0].address)
        #expect(phone.address != closed)
        for round in 0..<20 {
            phone.ask(100 + round)
            #expect(phone.answers(1) == ["SIP/2.0 200 OK"])
        }
    }
}

/// A command that matches nothing.
private let kickNobody = CoreCommand.kick(KickRequest(targets: [.aor("nobody@example.com")], actor: "test"))

/// An engine with UDP listeners on some addresses.
private func start(_ addresses: SocketAddress...) throws(EngineError) -> SIPEngine {
    let listeners = addresses.map { Listener(transport: .udp, address: $0) }
    return try SIPEngine.start(CoreConfiguration(listeners: listeners, domains: ["example.com"]))
}

private func outcome(_ engine: SIPEngine, of command: CoreCommand) async -> CommandOutcome {
    await withCheckedContinuation { waiting in
        engine.perform(command) { waiting.resume(returning: $0) }
    }
}

/// Waits for the descriptor, then takes the update.
private func waitForUpdate(_ engine: SIPEngine) -> EngineUpdate? {
    isReadable(engine.reportDescriptor, milliseconds: 5_000) ? engine.takeReport() : nil
}

/// Takes updates until no news is left, with one request still open.
private func drain(_ engine: SIPEngine) {
    while isReadable(engine.reportDescriptor, milliseconds: 50) {
        _ = engine.takeReport()
        engine.requestReport()
    }
}

private func isReadable(_ descriptor: CInt, milliseconds: CInt) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // One entry, which lives until the call returns.
    return unsafe poll(&request, 1, milliseconds) > 0
}

extension SIPEngine {
    /// The snapshot, for tests that can wait.
    fileprivate nonisolated func snapshot() async -> EngineUpdate {
        await withCheckedContinuation { waiting in snapshot { waiting.resume(returning: $0) } }
    }
}

extension EngineUpdate {
    /// How many messages it brings.
    fileprivate var recordCount: Int { chunks.reduce(0) { $0 + $1.records.count } }
}
