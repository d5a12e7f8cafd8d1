import SIPFlow
import Testing

@Suite("Transports")
struct TransportKindTests {
    @Test(
        "T10 each has its word, its port and its reliability",
        arguments: [
            (.udp, "UDP", 5_060, false), (.tcp, "TCP", 5_060, true), (.tls, "TLS", 5_061, true),
            (.ws, "WS", 80, true),
            (.wss, "WSS", 443, true),
        ] as [(TransportKind, String, UInt16, Bool)]
    )
    func kinds(kind: TransportKind, token: String, port: UInt16, isReliable: Bool) {
        #expect(kind.token == token && kind.defaultPort == port && kind.isReliable == isReliable)
    }

    @Test("a listener is advertised as it is bound, unless told otherwise")
    func listeners() throws {
        let bound = try #require(SocketAddress("0.0.0.0:5060", defaultPort: 0))
        let outside = try #require(SocketAddress("192.0.2.1:5060", defaultPort: 0))
        #expect(Listener(transport: .udp, address: bound).advertised == bound)
        #expect(Listener(transport: .udp, address: bound, advertised: outside).advertised == outside)
    }
}
