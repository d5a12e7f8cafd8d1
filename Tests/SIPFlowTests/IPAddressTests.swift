import SIPFlow
import Testing

@Suite("IP addresses")
struct IPAddressTests {
    @Test(
        "IPv4 is read and written as a dotted quad",
        arguments: [
            ("0.0.0.0", 0), ("127.0.0.1", 0x7f00_0001), ("192.0.2.255", 0xc000_02ff),
            ("255.255.255.255", 0xffff_ffff),
        ] as [(String, UInt32)]
    )
    func dottedQuads(text: String, bits: UInt32) {
        #expect(IPAddress(text) == .v4(bits))
        #expect(IPAddress.v4(bits).description == text)
    }

    @Test(
        "IPv6 is read in every form and written as RFC 5952 §4 wants it",
        arguments: [
            ("::", 0, 0, "::"), ("::1", 0, 1, "::1"), ("1::", 0x0001_0000_0000_0000, 0, "1::"),
            ("2001:DB8:0:0:0:0:0:1", 0x2001_0db8_0000_0000, 1, "2001:db8::1"),
            ("2001:db8:0:0:1:0:0:1", 0x2001_0db8_0000_0000, 0x0001_0000_0000_0001, "2001:db8::1:0:0:1"),
            ("2001:0db8:0:1:1:1:1:1", 0x2001_0db8_0000_0001, 0x0001_0001_0001_0001, "2001:db8:0:1:1:1:1:1"),
            ("2001:db8::1:1:1:1:1", 0x2001_0db8_0000_0001, 0x0001_0001_0001_0001, "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", 0x2001_0000_0000_0001, 1, "2001:0:0:1::1"),
            ("1:0:0:2:0:0:3:4", 0x0001_0000_0000_0002, 0x0000_0000_0003_0004, "1::2:0:0:3:4"),
            ("fe80::", 0xfe80_0000_0000_0000, 0, "fe80::"),
            ("0:0:0:0:0:0:0:ABCD", 0, 0xabcd, "::abcd"),
            ("1:2:3:4:5:6:7::", 0x0001_0002_0003_0004, 0x0005_0006_0007_0000, "1:2:3:4:5:6:7:0"),
            ("::2:3:4:5:6:7:8", 0x0000_0002_0003_0004, 0x0005_0006_0007_0008, "0:2:3:4:5:6:7:8"),
            ("1:2:3:4:5:6:7:8", 0x0001_0002_0003_0004, 0x0005_0006_0007_0008, "1:2:3:4:5:6:7:8"),
            (
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .max, .max,
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
            ),
            ("::ffff:192.0.2.10", 0, 0xffff_c000_020a, "::ffff:192.0.2.10"),
            ("::ffff:c000:20a", 0, 0xffff_c000_020a, "::ffff:192.0.2.10"),
            ("64:ff9b::192.0.2.33", 0x0064_ff9b_0000_0000, 0xc000_0221, "64:ff9b::c000:221"),
            ("1:2:3:4:5:6:192.0.2.1", 0x0001_0002_0003_0004, 0x0005_0006_c000_0201, "1:2:3:4:5:6:c000:201"),
        ] as [(String, UInt64, UInt64, String)]
    )
    func groups(text: String, high: UInt64, low: UInt64, canonical: String) {
        let address = IPAddress.v6(high: high, low: low)
        #expect(IPAddress(text) == address)
        #expect(IPAddress("[\(text)]") == address)
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
    }

    @Test(
        "M21 three colons are taken as two (RFC 5118 §4.10)",
        arguments: [("2001:db8:::192.0.2.1", "2001:db8::192.0.2.1"), (":::1", "::1"), ("1:::", "1::")]
    )
    func threeColons(text: String, meant: String) {
        #expect(IPAddress(text) != nil && IPAddress(text) == IPAddress(meant))
    }

    @Test(
        "what is no address is refused",
        arguments: [
            "", ".", ":", "::::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.", ".1.2.3", "1..2.3",
            "1.2.3.4 ",
            "0001.2.3.4", "1.2.3.-4", "1.2.3.a", "example.com", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::",
            "1::2::3", "12345::", "g::", "::1:", ":1::", "1:2", "::1.2.3", "::1.2.3.4.5",
            "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5",
            "[]", "[", "]", "[::1", "::1]", "[[::1]]", "[1.2.3", "fe80::1%eth0", "fe80::1%25eth0", "::0x1",
            "::-1", "\u{661}.2.3.4",
            "1:2:3:4:5:6:7:8:1.2.3.4", "0000:0000:0000:0000:0000:ffff:192.168.100.2280",
        ]
    )
    func refused(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("brackets hold IPv6 alone")
    func bracketedIPv4() {
        #expect(IPAddress("[1.2.3.4]") == nil)
    }

    @Test("reading what was written gives the same address, for a thousand random ones")
    func roundTrip() {
        var generator = FixedGenerator(state: 5_952)
        for _ in 0..<1_000 {
            // Each group is zero half of the time, so that runs of zeros of every length come up.
            func half() -> UInt64 {
                (0..<4).reduce(0) { sum, _ in
                    sum << 16
                        | (Bool.random(using: &generator)
                            ? 0 : UInt64(UInt16.random(in: 0 ... .max, using: &generator)))
                }
            }
            let six = IPAddress.v6(high: half(), low: half())
            let four = IPAddress.v4(.random(in: 0 ... .max, using: &generator))
            #expect(IPAddress(six.description) == six)
            #expect(IPAddress(four.description) == four)
            let text = six.description
            let isShort = !text.contains("::0:") && !text.hasSuffix("::0") && !text.contains(":0:0:0:")
            #expect(isShort, "\(text)")
        }
    }

    @Test(
        "loopback and unspecified addresses are known",
        arguments: [
            ("127.0.0.1", true, false), ("127.255.0.9", true, false), ("128.0.0.1", false, false),
            ("0.0.0.0", false, true),
            ("::1", true, false), ("::", false, true), ("::2", false, false), ("0.0.0.1", false, false),
        ]
    )
    func kinds(text: String, isLoopback: Bool, isUnspecified: Bool) {
        #expect(IPAddress(text)?.isLoopback == isLoopback)
        #expect(IPAddress(text)?.isUnspecified == isUnspecified)
        #expect(IPAddress(text)?.isV6 == text.contains(":"))
    }
}
