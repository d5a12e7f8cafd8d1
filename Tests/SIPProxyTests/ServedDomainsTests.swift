import SIPFlow
import SIPSyntax
import Testing

@testable import SIPProxy

@Suite("Served domains")
struct ServedDomainsTests {
    /// Two listeners, the first behind a NAT whose outer address it advertises.
    private func domains() throws -> ServedDomains {
        let inner = try #require(SocketAddress("10.0.0.1:5060", defaultPort: 5_060))
        let outer = try #require(SocketAddress("203.0.113.1:5080", defaultPort: 5_060))
        let other = try #require(SocketAddress("[2001:db8::1]:5062", defaultPort: 5_060))
        return ServedDomains(
            listeners: [
                Listener(transport: .udp, address: inner, advertised: outer),
                Listener(transport: .udp, address: other),
            ],
            domains: ["example.test", "second.test"],
            aliases: ["pbx"],
            keyedHash: KeyedHash(seed: 1)
        )
    }

    @Test(
        "P10 Q29 host and port are compared with every listener, advertised address, domain and alias",
        arguments: [
            ("sip:a@example.test", true), ("sip:EXAMPLE.test;transport=udp", true),
            ("sip:a@example.test:5060;user=phone", true), ("sip:a@example.test:5062", true),
            ("sip:a@example.test:5080", true), ("sip:a@example.test:5999", false),
            ("sip:a@second.test", true), ("sip:a@pbx", true), ("sip:a@localhost", true),
            ("sip:a@10.0.0.1", true), ("sip:a@10.0.0.1:5060", true), ("sip:a@10.0.0.1:5061", false),
            ("sip:a@203.0.113.1:5080", true), ("sip:a@203.0.113.1", false),
            ("sip:a@[2001:DB8:0::1]:5062", true), ("sip:a@[2001:db8::1]", false),
            ("sip:a@10.0.0.2", false), ("sip:a@notexample.test", false), ("sip:a@example.test.evil", false),
        ]
    )
    func served(text: String, expected: Bool) throws {
        let bytes = Array(text.utf8)
        let isServed = try domains().serves(bytes.span, URI(bytes.span, Slice(0, bytes.count)))
        #expect(isServed == expected)
    }

    @Test(
        "U07 one key for every way to write an address of record; own addresses and aliases count as home",
        arguments: [
            ("sip:bob@Example.TEST:5060;user=phone", "bob@example.test"),
            ("sip:b%6Fb@pbx", "bob@example.test"),
            ("sip:bob@10.0.0.1", "bob@example.test"), ("sip:Bob@second.test", "Bob@second.test"),
            ("sip:bob:secret@localhost:5062", "bob@example.test"), ("tel:+1-201", "+1201@example.test"),
            ("tel:201;phone-context=+1", "+1201@example.test"), ("tel:201", "201@example.test"),
            ("tel:201;phone-context=Second.test", "201@second.test"),
            ("tel:201;phone-context=pbx", "201@example.test"),
        ]
    )
    func key(text: String, expected: String) throws {
        let bytes = Array(text.utf8)
        var key: [UInt8] = []
        try domains().appendKey(bytes.span, URI(bytes.span, Slice(0, bytes.count)), to: &key)
        #expect(String(decoding: key, as: UTF8.self) == expected)
    }

    @Test(
        "an address of record is ours by its host, whatever its port",
        arguments: [
            ("sip:bob@example.test:7000", true), ("sip:bob@10.0.0.1:7000", true), ("sip:bob@pbx", true),
            ("sip:bob@10.0.0.9", false), ("sip:bob@foreign.test", false),
        ]
    )
    func addressOfRecord(text: String, expected: Bool) throws {
        let bytes = Array(text.utf8)
        let uri = try URI(bytes.span, Slice(0, bytes.count))
        let isServed = try domains().servesAddressOfRecord(bytes.span, uri)
        #expect(isServed == expected)
    }

    @Test(
        "R01 a Via is ours by the advertised host and port",
        arguments: [
            ("SIP/2.0/UDP 203.0.113.1:5080;branch=z9hG4bK1", true), ("SIP/2.0/UDP 203.0.113.1", false),
            ("SIP/2.0/UDP 10.0.0.1:5060", false), ("SIP/2.0/UDP [2001:db8:0:0::1]:5062", true),
            ("SIP/2.0/UDP example.test:5060", false),
        ]
    )
    func sentBy(text: String, expected: Bool) throws {
        let bytes = Array(text.utf8)
        let isOurs = try domains().wrote(bytes.span, Via(bytes.span, Slice(0, bytes.count)))
        #expect(isOurs == expected)
    }

    @Test("P11 a Route value proves its dialog by a token for that Call-ID alone")
    func routeToken() throws {
        let bytes = Array("call-1 call-2".utf8)
        let served = try domains()
        let token = served.routeToken(bytes.span, callID: Slice(0, 6))
        var text: [UInt8] = Array("call-1 call-2 sip:10.0.0.1;lr;sg=".utf8)
        appendHexadecimal(token, to: &text)
        let route = try URI(text.span, Slice(14, text.count))
        let bare = Array("sip:10.0.0.1;lr".utf8)
        let bareRoute = try URI(bare.span, Slice(0, bare.count))
        let proofs = [
            served.isTrusted(text.span, route: route, callID: Slice(0, 6)),
            served.isTrusted(text.span, route: route, callID: Slice(7, 13)),
            served.isTrusted(bare.span, route: bareRoute, callID: Slice(0, 3)),
        ]
        #expect(proofs == [true, false, false])
    }

    @Test(
        "F03 the listener of an address's family is taken, the preferred one when it fits",
        arguments: [("10.0.0.9", 0, 0), ("10.0.0.9", 1, 0), ("2001:db8::9", 0, 1), ("2001:db8::9", 1, 1)]
    )
    func listener(address: String, preferred: Int, expected: Int) throws {
        let ip = try #require(IPAddress(address))
        #expect(try domains().listener(for: ip, preferring: ListenerID(preferred)) == ListenerID(expected))
    }
}
