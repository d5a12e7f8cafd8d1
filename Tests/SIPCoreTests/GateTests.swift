import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("What a source may send (rules O)")
struct GateTests {
    private static let scanner = "198.51.100.7:5060"

    private func register(_ user: Int, from source: String, into rig: Rig, extra: [String] = []) {
        rig.receive(
            Make.register("\(user)", port: "5070", callID: "c\(source)\(user)", extra: extra),
            from: source
        )
    }

    private func drops(_ rig: Rig) -> [String: Int] { rig.snapshot().counters.drops }

    @Test("O03 a source that sends more than its rate is refused before anything is made of it")
    func flood() {
        let rig = Rig {
            $0.sources.rate = 100
            $0.sources.burst = 50
        }
        for user in 0..<300 { register(user, from: Self.scanner, into: rig) }
        #expect(rig.take().count == 50)
        #expect(rig.snapshot().counters.transactions == 50)
        #expect(drops(rig) == ["rate limit": 250])
        #expect(rig.records().count == 100, "what is refused does not wash the trace out")
        rig.advance(.seconds(1))
        for user in 300..<600 { register(user, from: Self.scanner, into: rig) }
        #expect((49...50).contains(rig.take().count), "a second fills a bucket of 50 at 100 a second")
    }

    @Test("O03 Q32 1000 requests a second are refused within two seconds, and others are not touched")
    func others() {
        let rig = Rig()
        rig.register("bob", port: "5080")
        var firstRefusal: Int?
        for millisecond in 0..<5_000 {
            register(millisecond % 500, from: Self.scanner, into: rig)
            if firstRefusal == nil, drops(rig)["rate limit"] != nil { firstRefusal = millisecond }
            if millisecond % 100 == 0 {
                let branch = "m\(millisecond)"
                for source in ["5070", "203.0.113.9:5070"] {
                    rig.receive(
                        Make.request(
                            "MESSAGE",
                            "sip:bob@example.test",
                            port: "5070",
                            branch: branch + source
                        ),
                        from: source
                    )
                }
                let messages = rig.take(to: "5080")
                #expect(messages.count == 2)
                for message in messages { rig.answer(200, to: message) }
            }
            rig.advance(.milliseconds(1))
        }
        #expect(firstRefusal.map { $0 > 1_000 && $0 < 2_000 } == true)
        let row = rig.snapshot().bans.first
        #expect(row?.subject.text == "198.51.100.7" && row?.cause == .rateLimit)
        #expect(row?.refused == drops(rig)["rate limit"])
        #expect((row?.refused ?? 0) > 1_500)
    }

    @Test("O03 an office of a thousand phones behind one address that all come back at once is served")
    func burst() {
        let rig = Rig()
        for user in 0..<1_000 { register(user, from: Self.scanner, into: rig) }
        #expect(rig.take().filter { $0.code == 200 }.count == 1_000)
        #expect(drops(rig).isEmpty)
    }

    @Test("O03 responses, loopback, trusted sources and a rate of 0 know no limit")
    func exempt() throws {
        let trusted = try #require(IPAddress("198.51.100.7"))
        let rigs = [
            ("5070", Rig { $0.sources.burst = 1 }),
            (
                Self.scanner,
                Rig {
                    $0.sources.burst = 1
                    $0.sources.trusted = [trusted]
                }
            ),
            (Self.scanner, Rig { $0.sources.rate = 0 }),
        ]
        for (source, rig) in rigs {
            for user in 0..<2_000 { register(user, from: source, into: rig) }
            #expect(drops(rig).isEmpty)
        }
        let six = Rig(listeners: ["[2001:db8::1]:5060"]) { $0.sources.burst = 2 }
        for user in 0..<10 { register(user, from: "[2001:db8::1]:5060", into: six) }
        #expect(drops(six).isEmpty, "what we send to ourselves")
        for user in 0..<10 { register(user, from: "[2001:db8::2]:5060", into: six) }
        #expect(drops(six) == ["rate limit": 8], "a neighbour on our network is bound")
        let rig = Rig { $0.sources.burst = 1 }
        rig.register("bob", port: "5080")
        rig.invite("bob")
        let invite = try #require(rig.take(to: "5080").first)
        for _ in 0..<20 { rig.receive(Make.response(180, to: invite), from: Self.scanner) }
        #expect(rig.take(to: "5070").filter { $0.code == 180 }.count == 20)
    }

    @Test("O03 loopback is watched when that is wanted")
    func loopback() {
        let rig = Rig {
            $0.sources.burst = 3
            $0.sources.includesLoopback = true
        }
        for user in 0..<10 { register(user, from: "127.0.0.2:5070", into: rig) }
        #expect(drops(rig) == ["rate limit": 7])
    }

    @Test("O03 an IPv6 host has one bucket for its whole /64, and another network its own")
    func network() {
        let rig = Rig(listeners: ["[2001:db8::1]:5060"]) { $0.sources.burst = 3 }
        for user in 0..<10 { register(user, from: "[2001:db8:0:7::\(user + 1)]:5060", into: rig) }
        for user in 0..<3 { register(user, from: "[2001:db8:0:8::1]:5060", into: rig) }
        #expect(drops(rig) == ["rate limit": 7])
        #expect(rig.snapshot().bans.map(\.subject.text) == ["2001:db8:0:7::/64"])
    }

    @Test("O05 invented addresses fill no more than the table, and lift no ban")
    func spoofed() throws {
        let rig = Rig { $0.sources.burst = 2 }
        let source = try #require(IPAddress("198.51.100.7"))
        _ = rig.perform(
            .ban(BanRequest(subjects: [.source(of: source)], duration: .seconds(600), actor: "ops"))
        )
        for number in 0..<40_000 {
            rig.receive("\r\n\r\n", from: "10.\(number / 65_536).\(number / 256 % 256).\(number % 256):5060")
        }
        register(1, from: Self.scanner, into: rig)
        #expect(rig.take().isEmpty)
        #expect(drops(rig)["banned"] == 1)
    }

    @Test(
        "O03 Q32 the requests of scanners are dropped unanswered and counted",
        arguments: [
            ("User-Agent: friendly-scanner", true), ("User-Agent: sipcli/v1.8", true),
            ("User-Agent: SIPVicious", true), ("User-Agent: VaxSIPUserAgent/3.5", true),
            ("user-agent:pplsip", true), ("User-Agent: Sipsak 0.9", false),
            ("User-Agent: snom-friendly-scanner", false), ("User-Agent: Phone 1", false),
            ("User-Agent:", false),
        ]
    )
    func scanners(agent: String, isRefused: Bool) {
        let rig = Rig()
        register(1, from: Self.scanner, into: rig, extra: [agent])
        #expect(rig.take().isEmpty == isRefused)
        #expect(drops(rig) == (isRefused ? ["scanner": 1] : [:]))
        #expect(rig.snapshot().bans.map(\.cause) == (isRefused ? [.scanner] : []))
        let lenient = Rig { $0.sources.scanners = .answer }
        register(1, from: Self.scanner, into: lenient, extra: [agent])
        #expect(lenient.take().map(\.code) == [200])
    }

    @Test("O03 Q32 a scanner that changed its user agent is known by the name in From")
    func nameInFrom() {
        let rig = Rig()
        let probe = Make.request("OPTIONS", "sip:100@127.0.0.1", from: "100", port: "5060")
            .replacing("From: <", with: "From: \"sipvicious\"<")
        rig.receive(probe, from: Self.scanner)
        #expect(rig.take().isEmpty && drops(rig) == ["scanner": 1])
    }
}
