import SIPFlow
import SIPRegistrar
import SIPSyntax
import SIPTransaction
import Testing

@testable import SIPProxy

@Suite("Route decisions")
struct RouteDecisionTests {
    private struct Outcome {
        var uri: String
        var routes: [String]
        var hasChanged: Bool
        var isOwn: Bool
        var nextHop: String?
    }

    private func decide(_ uri: String, routes: [String]) throws -> Outcome {
        let address = try #require(SocketAddress("10.0.0.1:5060", defaultPort: 5_060))
        let hash = KeyedHash(seed: 3)
        var proxy = SIPProxy(
            domains: ServedDomains(
                listeners: [Listener(transport: .udp, address: address)],
                domains: ["example.test"],
                keyedHash: hash
            ),
            layer: TransactionLayer(timers: TransactionTimers(), limit: 100, keyedHash: hash, now: .zero),
            registrar: Registrar(limits: RegistrarLimits(), seed: 1, now: .zero),
            clock: ClockAnchor(moment: .zero, unixNanoseconds: 0)
        )
        let lines = [
            "MESSAGE \(uri) SIP/2.0", "Via: SIP/2.0/UDP 10.0.0.7;branch=z9hG4bKa", "From: <sip:a@x>;tag=1",
            "To: <sip:b@x>", "Call-ID: c1", "CSeq: 1 MESSAGE",
        ]
        let bytes = Array(
            (lines + routes.map { "Route: \($0)" } + ["", ""]).joined(separator: "\r\n").utf8
        )
        var index = MessageIndex()
        try index.parse(bytes.span)
        guard case .request(_, _, let slice) = index.startLine else { throw SyntaxError(.notSIP, at: 0) }
        let flow = Flow(transport: .udp, listener: ListenerID(0), peer: address)
        let uri = try URI(bytes.span, slice)
        let decision = proxy.takeRoutes(bytes.span, index, uri, .message, over: flow)
        return Outcome(
            uri: bytes.span.text(decision.uri.whole),
            routes: proxy.routes.map { bytes.span.text($0) },
            hasChanged: decision.hasChanged,
            isOwn: proxy.isOwn(bytes.span, decision),
            nextHop: proxy.nextHop(bytes.span, decision)?.flow?.peer.description
        )
    }

    @Test(
        "P09 our values leave the top of the route; foreign ones stay, one list or many fields",
        arguments: [
            (["<sip:10.0.0.1;lr>"], []),
            (["<sip:10.0.0.1:5060;lr>, <sip:example.test;lr>"], []),
            (
                ["<sip:10.0.0.1;lr>", "\"a, b\" <sip:10.0.0.8;lr>;x=1, <sip:10.0.0.1;lr>"],
                ["\"a, b\" <sip:10.0.0.8;lr>;x=1", "<sip:10.0.0.1;lr>"]
            ),
            (["<sip:10.0.0.8;lr>"], ["<sip:10.0.0.8;lr>"]),
            (["<sip:10.0.0.1:5061;lr>"], ["<sip:10.0.0.1:5061;lr>"]),
        ] as [([String], [String])]
    )
    func ownRoutes(routes: [String], left: [String]) throws {
        let outcome = try decide("sip:b@10.0.0.9", routes: routes)
        #expect(outcome.uri == "sip:b@10.0.0.9")
        #expect(outcome.routes == left)
        #expect(outcome.hasChanged == (routes.joined() != left.joined()))
    }

    @Test("P07 a Request-URI that is our Record-Route value gives way to the last Route value")
    func strictUpstream() throws {
        let outcome = try decide("sip:10.0.0.1;lr;sg=1", routes: ["<sip:10.0.0.8;lr>, <sip:b@10.0.0.9:5070>"])
        #expect(outcome.uri == "sip:b@10.0.0.9:5070")
        #expect(outcome.routes == ["<sip:10.0.0.8;lr>"])
        #expect(outcome.nextHop == "10.0.0.8:5060")
    }

    @Test(
        "F06 P08 F04 the next hop is the top Route, else the Request-URI with its maddr, never sips",
        arguments: [
            ("sip:b@10.0.0.9:5070", [], "10.0.0.9:5070", false),
            ("sip:b@10.0.0.9", ["<sip:10.0.0.8:5081;lr>"], "10.0.0.8:5081", false),
            ("sip:b@10.0.0.9;maddr=10.0.0.7", [], "10.0.0.7:5060", false),
            ("sip:b@10.0.0.9:5060;maddr=10.0.0.1", [], "10.0.0.9:5060", false),
            ("sip:b@example.test;maddr=10.0.0.7", [], "10.0.0.7:5060", false),
            ("sip:b@example.test;maddr=10.0.0.1", [], nil, true),
            ("sip:b@example.test", [], nil, true),
            ("sip:b@10.0.0.9;transport=tcp", [], nil, false),
            ("sips:b@10.0.0.9", [], nil, false),
            ("sip:b@10.0.0.9", ["<sips:10.0.0.8;lr>"], nil, false),
            ("sip:b@10.0.0.9", ["<nonsense>"], nil, false),
            ("sip:b@host.test", [], nil, false),
        ] as [(String, [String], String?, Bool)]
    )
    func nextHop(uri: String, routes: [String], expected: String?, isOwn: Bool) throws {
        let outcome = try decide(uri, routes: routes)
        #expect(outcome.nextHop == expected)
        #expect(outcome.isOwn == isOwn)
    }
}
