import SIPFlow
import Testing

@testable import SIPNextHop

@Suite("Searching the next hop (RFC 3263)")
struct NextHopSearchTests {
    /// example.test as a provider has it: NAPTR, SRV, two servers.
    private var provider: Zone {
        var zone = Zone()
        zone.otherwise = DNSAnswer(.noData)
        zone.pointers(
            "example.test",
            [
                (20, 1, "s", "SIP+D2T", "_sip._tcp.example.test"),
                (30, 2, "s", "SIP+D2U", "_backup._udp.example.test"),
                (10, 1, "s", "SIPS+D2T", "_sips._tcp.example.test"),
                (30, 1, "s", "SIP+D2U", "_main._udp.example.test"),
                (5, 1, "s", "SIP+D2X", "_x.example.test"), (5, 1, "u", "SIP+D2U", "_u.example.test"),
            ]
        )
        zone.services("_main._udp.example.test", [(10, 1, 5080, "a.example.test")])
        zone.services("_backup._udp.example.test", [(10, 1, 5090, "b.example.test")])
        zone.services("_sip._tcp.example.test", [(10, 1, 5070, "a.example.test")])
        zone.services("_sips._tcp.example.test", [(10, 1, 5071, "a.example.test")])
        zone.services("_sip._udp.example.test", [(10, 1, 5060, "c.example.test")])
        zone.addresses("a.example.test", ["10.0.0.1"])
        zone.addresses("b.example.test", ["10.0.0.2", "2001:db8::2"])
        zone.addresses("c.example.test", ["10.0.0.3"])
        zone.addresses("example.test", ["10.0.0.9"])
        return zone
    }

    @Test(
        "D01 a port asks for addresses alone, a transport for SRV, neither for NAPTR, SRV, then addresses",
        arguments: [
            (NextHopQuery(host: "example.test", port: 5099), ["A example.test"], ["udp 10.0.0.9:5099"]),
            (
                NextHopQuery(host: "example.test", port: 5099, transport: .udp), ["A example.test"],
                ["udp 10.0.0.9:5099"]
            ),
            (
                NextHopQuery(host: "example.test", transport: .udp),
                ["SRV _sip._udp.example.test", "A c.example.test"], ["udp 10.0.0.3:5060"]
            ),
            (
                NextHopQuery(host: "example.test"),
                [
                    "NAPTR example.test", "SRV _main._udp.example.test", "SRV _backup._udp.example.test",
                    "A a.example.test", "A b.example.test",
                ], ["udp 10.0.0.1:5080", "udp 10.0.0.2:5090"]
            ),
            (
                NextHopQuery(host: "c.example.test"),
                ["NAPTR c.example.test", "SRV _sip._udp.c.example.test", "A c.example.test"],
                ["udp 10.0.0.3:5060"]
            ),
        ]
    )
    func procedure(query: NextHopQuery, asked: [String], found: [String]) {
        let outcome = provider.search(query, listeners: ["udp 127.0.0.1"])
        #expect(outcome.asked == asked)
        #expect(outcome.result.words == found)
    }

    @Test(
        "D02 of the NAPTR services those that are spoken count, by order before preference",
        arguments: [
            (["udp 127.0.0.1"], false, ["udp 10.0.0.1:5080", "udp 10.0.0.2:5090"]),
            (
                ["udp 127.0.0.1", "tcp 127.0.0.1"], false,
                ["tcp 10.0.0.1:5070", "udp 10.0.0.1:5080", "udp 10.0.0.2:5090"]
            ),
            (
                ["udp 127.0.0.1", "tls 127.0.0.1"], false,
                ["tls 10.0.0.1:5071", "udp 10.0.0.1:5080", "udp 10.0.0.2:5090"]
            ),
            (["udp 127.0.0.1", "tls 127.0.0.1"], true, ["tls 10.0.0.1:5071"]),
        ]
    )
    func services(listeners: [String], isSecure: Bool, found: [String]) {
        let query = NextHopQuery(host: "example.test", isSecure: isSecure)
        #expect(provider.search(query, listeners: listeners).result.words == found)
    }

    @Test("D02 a pointer straight to addresses is taken with the default port; a pattern is not taken")
    func addressPointer() {
        var zone = provider
        zone.pointers("example.test", [(1, 1, "a", "SIP+D2U", "a.example.test")])
        #expect(zone.search(NextHopQuery(host: "example.test")).result.words == ["udp 10.0.0.1:5060"])
    }

    @Test("a name server that cannot answer NAPTR is asked for SRV all the same")
    func forwarder() {
        var zone = provider
        zone[.naptr, "example.test"] = DNSAnswer(.serverFailed)
        #expect(zone.search(NextHopQuery(host: "example.test")).result.words == ["udp 10.0.0.3:5060"])
    }

    @Test("D03 priority goes before weight, and one seed always draws the same")
    func priority() {
        var zone = provider
        let lines: [(UInt16, UInt16, UInt16, String)] = [
            (20, 100, 5062, "b.example.test"), (10, 0, 5061, "a.example.test"),
            (10, 65_535, 5060, "a.example.test"),
        ]
        zone.services("_sip._udp.example.test", lines)
        let query = NextHopQuery(host: "example.test", transport: .udp)
        var mixed = zone
        mixed.services("_sip._udp.example.test", lines.reversed())
        for seed in 0..<100 {
            let words = zone.search(query, listeners: ["udp 10.1.1.1"], seed: UInt64(seed)).result.words
            #expect(words.last == "udp 10.0.0.2:5062")
            #expect(
                mixed.search(query, listeners: ["udp 10.1.1.1"], seed: UInt64(seed)).result.words == words
            )
        }
    }

    @Test("D03 weights share the first place as they say, and one of weight 0 is drawn now and then")
    func weights() {
        let records = [0, 1, 3].map { weight in
            ServiceRecord(priority: 1, weight: weight * 100, port: weight, target: "x")
        }
        var generator = SeededGenerator(seed: 42)
        var first: [UInt16: Int] = [:]
        for _ in 0..<10_000 { first[tryingOrder(records, using: &generator)[0].port, default: 0] += 1 }
        #expect((2_300...2_700).contains(first[1] ?? 0), "\(first)")
        #expect((7_300...7_700).contains(first[3] ?? 0), "\(first)")
        #expect((1...100).contains(first[0] ?? 0), "\(first)")
    }

    @Test(
        "D08 both families are tried, IPv6 first, and only those that a listener has are asked for",
        arguments: [
            (["udp 127.0.0.1", "udp [::1]"], ["udp [2001:db8::2]:1", "udp 10.0.0.2:1"], 2),
            (["udp 127.0.0.1"], ["udp 10.0.0.2:1"], 1), (["udp [::1]"], ["udp [2001:db8::2]:1"], 1),
        ]
    )
    func families(listeners: [String], found: [String], questions: Int) {
        let outcome = provider.search(NextHopQuery(host: "b.example.test", port: 1), listeners: listeners)
        #expect(outcome.result.words == found)
        #expect(outcome.asked.count == questions)
    }

    @Test("D08 one family without an answer does not hide the other")
    func halfFailed() {
        var zone = provider
        zone[.aaaa, "b.example.test"] = DNSAnswer(.timedOut)
        #expect(zone.search(NextHopQuery(host: "b.example.test", port: 1)).result.words == ["udp 10.0.0.2:1"])
    }

    @Test(
        "nothing found is told in words: no such name, no address, not offered, failed, silent",
        arguments: [
            (DNSAnswer.Outcome.noSuchName, "No Such Host: gone.test"),
            (.noData, "No Address That a Listener Reaches: gone.test"),
            (.serverFailed, "Name Server Failed: _sip._udp.gone.test"),
            (.timedOut, "No Name Server Answered: gone.test"),
            (
                .records([.service(ServiceRecord(priority: 0, weight: 0, port: 0, target: ""))]),
                "SIP Not Offered by _sip._udp.gone.test"
            ),
        ]
    )
    func failures(outcome: DNSAnswer.Outcome, text: String) {
        var zone = Zone()
        zone.otherwise = DNSAnswer(outcome)
        #expect(zone.search(NextHopQuery(host: "gone.test")).result.words == [text])
    }

    @Test("Q30 where SRV exists, a dead target is no reason to ask for the domain's own address")
    func noFallback() {
        var zone = provider
        zone.services("_sip._udp.example.test", [(1, 1, 5060, "gone.example.test")])
        zone[.a, "gone.example.test"] = DNSAnswer(.noSuchName)
        let outcome = zone.search(
            NextHopQuery(host: "example.test", transport: .udp),
            listeners: ["udp 127.0.0.1"]
        )
        #expect(outcome.asked == ["SRV _sip._udp.example.test", "A gone.example.test"])
        #expect(outcome.result.words == ["No Such Host: example.test"])
    }

    @Test("Q17 names under .invalid, empty labels and names that are too long are never asked for")
    func invalid() {
        let long = Array(repeating: "abcdefgh", count: 32).joined(separator: ".")
        for host in ["a.invalid", "INVALID", "a..b", long, String(repeating: "x", count: 64) + ".test"] {
            let outcome = Zone().search(NextHopQuery(host: host))
            #expect(outcome.asked.isEmpty, "\(host)")
        }
    }

    @Test("a flood of records gives 32 places at most, from 16 servers")
    func flood() {
        var zone = provider
        let names = (0..<60).map { "s\($0).example.test" }
        zone.services("_sip._udp.example.test", names.map { (1, 1, 5060, $0) })
        for (number, name) in names.enumerated() {
            zone.addresses(name, (0..<60).map { "10.1.\(number).\($0)" })
        }
        let outcome = zone.search(
            NextHopQuery(host: "example.test", transport: .udp),
            listeners: ["udp 127.0.0.1"]
        )
        #expect(outcome.asked.count == 17)
        #expect(outcome.result.words.count == 32)
    }
}
