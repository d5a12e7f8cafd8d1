import Glibc
import SIPFlow
import SIPTransport
import Testing

@Suite("Datagram transport on loopback", .timeLimit(.minutes(1)))
struct DatagramTransportTests {
    static let v4 = SocketAddress(ip: .v4(0x7f00_0001), port: 0)
    static let v6 = SocketAddress(ip: .v6(high: 0, low: 1), port: 0)

    @Test("names the real port where 0 was asked for", arguments: [v4, v6])
    func realPort(address: SocketAddress) throws {
        let transport = try open(address)
        #expect(transport.listeners[0].address.port != 0)
        #expect(transport.listeners[0].advertised == transport.listeners[0].address)
        #expect(transport.listeners[0].address.ip == address.ip)
    }

    @Test("keeps the advertised address apart from the bound one")
    func advertised() throws {
        let public4 = SocketAddress(ip: .v4(0xc000_0201), port: 5_062)
        let listener = Listener(transport: .udp, address: Self.v4, advertised: public4)
        let transport = try DatagramTransport(listeners: [listener], signal: try #require(WakeSignal()))
        #expect(transport.listeners[0].advertised == public4)
    }

    @Test("an IPv6 listener leaves the port free for IPv4")
    func bothFamilies() throws {
        let unspecified = SocketAddress(ip: .v6(high: 0, low: 0), port: 0)
        let first = try open(unspecified)
        let port = first.listeners[0].address.port
        let second = try open(SocketAddress(ip: .v4(0), port: port))
        #expect(second.listeners[0].address.port == port)
    }

    @Test("says which address is in use, and closes what it opened before")
    func inUse() throws {
        let holder = try open(Self.v4)
        let taken = holder.listeners[0].address
        let spare = try open(Self.v6).listeners[0].address
        do {
            _ = try open(spare, taken)
            Issue.record("bound twice")
        } catch let error as TransportError {
            #expect(
                error
                    == TransportError(operation: .bind, code: EADDRINUSE, transport: .udp, address: taken)
            )
            #expect(error.description == "udp \(taken): address already in use")
        }
        #expect(try open(spare).listeners[0].address == spare)
    }

    @Test("gives bytes, listener and peer of what a plain socket sends", arguments: ["127.0.0.1", "::1"])
    func receives(host: String) throws {
        var transport = try open(Self.v4, Self.v6)
        let listener = ListenerID(host.contains(":") ? 1 : 0)
        let plain = try PlainSocket(host: host)
        let port = transport.listeners[listener.index].address.port
        try plain.send("hello", toPort: port, host: host)
        let received = collect(&transport, 1)
        let peer = SocketAddress(ip: try #require(IPAddress(host)), port: plain.port)
        #expect(received == [Received("hello", Flow(transport: .udp, listener: listener, peer: peer))])
    }

    @Test(
        "sends what a plain socket receives, from the listener's own port",
        arguments: ["127.0.0.1", "::1"]
    )
    func sends(host: String) throws {
        var transport = try open(Self.v4, Self.v6)
        let plain = try PlainSocket(host: host)
        let peer = SocketAddress(ip: try #require(IPAddress(host)), port: plain.port)
        var outbox = Outbox()
        let listener = ListenerID(host.contains(":") ? 1 : 0)
        outbox.add("answer", to: Flow(transport: .udp, listener: listener, peer: peer))
        transport.send(outbox)
        #expect(plain.receive() == "answer")
        #expect(transport.failures.isEmpty)
    }

    @Test("carries more than a batch in order, and the largest datagram whole")
    func batches() throws {
        var left = try open(Self.v4)
        var right = try open(Self.v4)
        let flow = left.flow(to: right)
        var outbox = Outbox()
        let texts = (0..<200).map { "message \($0)" } + [String(repeating: "x", count: 65_507)]
        for text in texts { outbox.add(text, to: flow) }
        left.send(outbox)
        #expect(left.failures.isEmpty)
        #expect(collect(&right, texts.count).map(\.text) == texts)
    }

    @Test("an empty datagram is a datagram")
    func empty() throws {
        var left = try open(Self.v4)
        var right = try open(Self.v4)
        var outbox = Outbox()
        outbox.add("", to: left.flow(to: right))
        left.send(outbox)
        #expect(collect(&right, 1).map(\.text) == [""])
    }

    @Test("a refused message is told with its transaction, and the ones around it leave")
    func refused() throws {
        var left = try open(Self.v4)
        var right = try open(Self.v4)
        let good = left.flow(to: right)
        var bad = good
        bad.peer = SocketAddress(ip: .v6(high: 0, low: 1), port: 5_060)
        var outbox = Outbox()
        outbox.add("before", to: good)
        outbox.add("refused", to: bad, transaction: 7)
        outbox.add("too large" + String(repeating: "x", count: 65_507), to: good, transaction: 8)
        outbox.add("after", to: good)
        left.send(outbox)
        #expect(left.failures.map(\.transaction) == [7, 8])
        #expect(left.failures.map(\.flow) == [bad, good])
        #expect(left.failures.last?.code == EMSGSIZE)
        #expect(collect(&right, 2).map(\.text) == ["before", "after"])
    }

    @Test("an ICMP error names its peer and spares messages to others (RFC 3261 §18.4)", arguments: [v4, v6])
    func unreachable(address: SocketAddress) throws {
        var left = try open(address)
        var right = try open(address)
        let closed = try open(address).listeners[0].address
        let good = left.flow(to: right)
        var bad = good
        bad.peer = closed
        for round in 0..<3 {
            var outbox = Outbox()
            outbox.add("lost", to: bad)
            outbox.add("kept \(round)", to: good)
            left.send(outbox)
            #expect(collect(&right, 1).map(\.text) == ["kept \(round)"])
            _ = left.wait(milliseconds: 100)
            let expected = TransportFailure(transaction: 0, flow: bad, code: ECONNREFUSED)
            #expect(left.failures == [expected])
            left.failures = []
            #expect(!left.wait(milliseconds: 0).hasTraffic, "the error was taken away")
        }
    }

    @Test("a wait ends for the signal, until it is lowered")
    func signal() throws {
        let signal = try #require(WakeSignal())
        let listener = Listener(transport: .udp, address: Self.v4)
        var transport = try DatagramTransport(listeners: [listener], signal: signal)
        signal.raise()
        signal.raise()
        let raised = transport.wait(milliseconds: 1_000)
        #expect(raised.isSignalled && !raised.hasTraffic)
        signal.lower()
        #expect(!transport.wait(milliseconds: 0).isSignalled)
    }

    @Test("gathering takes what came meanwhile in one batch")
    func gathers() throws {
        var transport = try open(Self.v4)
        let plain = try PlainSocket(host: "127.0.0.1")
        let port = transport.listeners[0].address.port
        for number in 0..<3 { try plain.send("\(number)", toPort: port, host: "127.0.0.1") }
        transport.gather(for: .microseconds(100))
        var texts: [String] = []
        #expect(transport.receive { bytes, _ in texts.append(String(bytes: bytes)) } == 3)
        #expect(texts == ["0", "1", "2"])
        let hasBacklog = transport.hasBacklog
        #expect(!hasBacklog)
    }

    @Test("after shutting down its port is free")
    func shutDown() throws {
        var transport = try open(Self.v4)
        let address = transport.listeners[0].address
        transport.shutDown()
        #expect(try open(address).listeners[0].address == address)
        #expect(transport.receive { _, _ in } == 0)
    }
}

/// A datagram as the tests compare it.
struct Received: Equatable {
    var text: String
    var flow: Flow

    init(_ text: String, _ flow: Flow) {
        self.text = text
        self.flow = flow
    }
}

/// A transport that listens on some addresses.
func open(_ addresses: SocketAddress...) throws -> DatagramTransport {
    let listeners = addresses.map { Listener(transport: .udp, address: $0) }
    return try DatagramTransport(listeners: listeners, signal: try #require(WakeSignal()))
}

/// Receives until there are enough datagrams, or none comes for five seconds.
func collect(_ transport: inout DatagramTransport, _ count: Int) -> [Received] {
    var result: [Received] = []
    while result.count < count {
        guard transport.hasBacklog || transport.wait(milliseconds: 5_000).hasTraffic else { break }
        _ = transport.receive { bytes, flow in result.append(Received(String(bytes: bytes), flow)) }
    }
    return result
}

extension DatagramTransport {
    /// The way from the first listener to another transport's.
    func flow(to other: borrowing DatagramTransport) -> Flow {
        Flow(transport: .udp, listener: ListenerID(0), peer: other.listeners[0].address)
    }
}

extension Outbox {
    /// Adds a text as a message.
    mutating func add(_ text: String, to flow: Flow, transaction: UInt64 = 0) {
        bytes.append(contentsOf: text.utf8)
        finish(to: flow, transaction: transaction)
    }
}
