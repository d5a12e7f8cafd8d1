import SIPFlow
import SIPNextHop
import Testing

@Suite("Replies of name servers")
struct DNSReplyTests {
    /// Writes a reply byte by byte, as RFC 1035 §4 has it.
    private struct Writer {
        var bytes: [UInt8]

        init(code: UInt8 = 0, counts: [UInt16]) {
            bytes = [0x12, 0x34, 0x81, 0x80 | code]
            for count in counts { number(count) }
        }

        mutating func number(_ value: UInt16) { bytes += [UInt8(value >> 8), UInt8(value & 0xff)] }

        mutating func name(_ text: String) {
            for label in text.split(separator: ".") {
                bytes.append(UInt8(label.utf8.count))
                bytes += Array(label.utf8)
            }
            bytes.append(0)
        }

        mutating func question(_ name: String, _ kind: UInt16) {
            self.name(name)
            number(kind)
            number(1)
        }

        /// A record of the name at byte 12, unless another is given.
        mutating func record(_ kind: UInt16, of owner: String? = nil, ttl: UInt16, _ data: [UInt8]) {
            if let owner { name(owner) } else { number(0xc00c) }
            number(kind)
            number(1)
            number(0)
            number(ttl)
            number(UInt16(data.count))
            bytes += data
        }
    }

    private static func data(_ write: (inout Writer) -> Void) -> [UInt8] {
        var writer = Writer(counts: [])
        writer.bytes = []
        write(&writer)
        return writer.bytes
    }

    private static func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    /// Two SRV records, the second by a pointer into the first, and an A record that nobody asked for.
    static let services: [UInt8] = {
        var reply = Writer(counts: [1, 3, 0, 0])
        reply.question("_SIP._udp.Example.test", 33)
        reply.record(
            33,
            ttl: 300,
            data {
                for number in [10, 60, 5060] as [UInt16] { $0.number(number) }
                $0.name("a.b.test")
            }
        )
        let target = UInt16(reply.bytes.count - 10)
        reply.record(
            33,
            ttl: 60,
            data { for number in [20, 0, 5080, 0xc000 | target] as [UInt16] { $0.number(number) } }
        )
        reply.record(1, of: "a.b.test", ttl: 1, [10, 0, 0, 1])
        return reply.bytes
    }()

    @Test("SRV records with compressed names; the shortest time counts, and only what was asked for")
    func srv() {
        let answer = DNSAnswer(reply: Self.services, to: DNSQuestion(.srv, "_sip._udp.example.test"))
        #expect(
            answer
                == DNSAnswer(
                    .records([
                        .service(ServiceRecord(priority: 10, weight: 60, port: 5060, target: "a.b.test")),
                        .service(ServiceRecord(priority: 20, weight: 0, port: 5080, target: "a.b.test")),
                    ]),
                    timeToLive: .seconds(60)
                )
        )
    }

    @Test("addresses behind two aliases; what belongs to another name is left")
    func alias() {
        var reply = Writer(counts: [1, 4, 0, 0])
        reply.question("gw.test", 1)
        reply.record(1, of: "other.test", ttl: 9, [10, 9, 9, 9])
        reply.record(5, ttl: 30, Self.data { $0.name("MID.test") })
        reply.record(5, of: "mid.test", ttl: 7, Self.data { $0.name("end.test") })
        reply.record(1, of: "end.test", ttl: 60, [10, 0, 0, 1])
        let answer = DNSAnswer(reply: reply.bytes, to: DNSQuestion(.a, "gw.test"))
        #expect(answer == DNSAnswer(.records([.address(.v4(0x0a00_0001))]), timeToLive: .seconds(7)))
    }

    @Test("aliases in a circle lead nowhere")
    func circle() {
        var reply = Writer(counts: [1, 2, 0, 0])
        reply.question("a.test", 1)
        reply.record(5, of: "a.test", ttl: 30, Self.data { $0.name("b.test") })
        reply.record(5, of: "b.test", ttl: 30, Self.data { $0.name("a.test") })
        #expect(DNSAnswer(reply: reply.bytes, to: DNSQuestion(.a, "a.test")).outcome == .noData)
    }

    @Test("IPv6 addresses, and NAPTR with its texts; a NAPTR with a pattern is left out")
    func others() {
        var reply = Writer(counts: [1, 1, 0, 0])
        reply.question("gw.test", 28)
        reply.record(28, ttl: 60, [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1])
        let address = IPAddress.v6(high: 0x2001_0db8_0000_0000, low: 1)
        #expect(
            DNSAnswer(reply: reply.bytes, to: DNSQuestion(.aaaa, "gw.test")).outcome
                == .records([.address(address)])
        )
        reply = Writer(counts: [1, 2, 0, 0])
        reply.question("gw.test", 35)
        for pattern in ["!.*!sip:x!", ""] {
            reply.record(
                35,
                ttl: 60,
                Self.data {
                    $0.number(10)
                    $0.number(20)
                    for text in ["S", "sip+d2u", pattern] { $0.bytes += Self.text(text) }
                    $0.name("_sip._udp.gw.test")
                }
            )
        }
        let pointer = NamingPointer(
            order: 10,
            preference: 20,
            flags: "s",
            service: "SIP+D2U",
            replacement: "_sip._udp.gw.test"
        )
        #expect(
            DNSAnswer(reply: reply.bytes, to: DNSQuestion(.naptr, "gw.test")).outcome
                == .records([.pointer(pointer)])
        )
    }

    @Test(
        "no such name and no data carry the zone's time for no; other codes are failures",
        arguments: [
            (3, DNSAnswer(.noSuchName, timeToLive: .seconds(20))),
            (0, DNSAnswer(.noData, timeToLive: .seconds(20))), (2, DNSAnswer(.serverFailed)),
            (5, DNSAnswer(.serverFailed)),
        ] as [(UInt8, DNSAnswer)]
    )
    func negative(code: UInt8, expected: DNSAnswer) {
        var reply = Writer(code: code, counts: [1, 0, 1, 0])
        reply.question("gw.test", 1)
        reply.record(
            6,
            of: "test",
            ttl: 300,
            Self.data {
                $0.name("ns.test")
                $0.name("root.test")
                for number in [0, 1, 0, 2, 0, 3, 0, 4, 0, 20] as [UInt16] { $0.number(number) }
            }
        )
        #expect(DNSAnswer(reply: reply.bytes, to: DNSQuestion(.a, "gw.test")) == expected)
    }

    @Test("O06 cut anywhere, or with any byte changed, a reply is read without harm")
    func hostile() {
        let question = DNSQuestion(.srv, "_sip._udp.example.test")
        for count in 0..<Self.services.count {
            #expect(DNSAnswer(reply: Array(Self.services[..<count]), to: question).outcome == .serverFailed)
            for value in [0, 1, 0x3f, 0x40, 0xc0, 0xff] as [UInt8] {
                var bytes = Self.services
                bytes[count] = value
                _ = DNSAnswer(reply: bytes, to: question)
            }
        }
    }

    @Test("O06 a name that points at itself, and control bytes in a name, do no harm")
    func hostileNames() {
        var reply = Writer(counts: [1, 1, 0, 0])
        reply.number(0xc00c)
        #expect(DNSAnswer(reply: reply.bytes, to: DNSQuestion(.a, "x")).outcome == .serverFailed)
        reply = Writer(counts: [1, 1, 0, 0])
        reply.question("gw.test", 33)
        reply.record(33, ttl: 1, [0, 1, 0, 1, 0x13, 0xc4, 4, 0x1b, UInt8(ascii: "["), 0x2e, 0, 0])
        let answer = DNSAnswer(reply: reply.bytes, to: DNSQuestion(.srv, "gw.test"))
        let record = ServiceRecord(priority: 1, weight: 1, port: 5060, target: "????")
        #expect(answer.outcome == .records([.service(record)]))
    }
}
