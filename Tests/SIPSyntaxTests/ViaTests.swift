import SIPFlow
import SIPSyntax
import Testing

@Suite("Via")
struct ViaTests {
    /// A value and its transport, host, port, branch, received and rport; nil where it has none.
    static let table: [(String, [String?], UInt16?)] = [
        ("SIP/2.0/UDP h", ["UDP", "h", nil, nil, nil], nil),
        (
            "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa;rport", ["UDP", "192.0.2.1", "z9hG4bKa", nil, ""],
            5_060
        ),
        ("SIP / 2.0 / TCP   h : 1 ; branch = b ; rport = 9", ["TCP", "h", "b", nil, "9"], 1),
        ("SIP\r\n /2.0/TLS\r\n\th\r\n ;BRANCH=b", ["TLS", "h", "b", nil, nil], nil),
        (
            "sip/2.0/ws df7jal23ls0d.invalid;received=192.0.2.4",
            ["ws", "df7jal23ls0d.invalid", nil, "192.0.2.4", nil], nil
        ),
        ("SIP/2.0/SCTP [2001:db8::1]:65535;branch=b", ["SCTP", "[2001:db8::1]", "b", nil, nil], 65_535),
        ("SIP/2.0/UDP h;branch", ["UDP", "h", nil, nil, nil], nil),
        ("SIP/2.0/UDP h;branch=", ["UDP", "h", "", nil, nil], nil),
        ("SIP/2.0/UDP a_b.c-d;x=\";branch=no,\";branch=b", ["UDP", "a_b.c-d", "b", nil, nil], nil),
        ("SIP/2.0/UDP h;branch=1,SIP/2.0/TCP i;branch=2", ["UDP", "h", "1", nil, nil], nil),
        ("SIP/2.0/UDP h;;branch=b;", ["UDP", "h", "b", nil, nil], nil),
        ("SIP/7.0/UDP h;branch=b", ["UDP", "h", "b", nil, nil], nil),
    ]

    @Test("M02 Q06 the first value's parts are found", arguments: table)
    func parts(text: String, parts: [String?], port: UInt16?) throws {
        let bytes = Array(text.utf8)
        let via = try Via(bytes.span, Slice(0, bytes.count))
        let found = [via.transport, via.host, via.branch, via.received, via.rport].map { slice in
            slice.map { bytes.text($0) }
        }
        #expect(found == parts)
        #expect(via.port == port)
    }

    @Test(
        "a value without transport, host or a port from 1 to 65,535 is refused",
        arguments: [
            "", ",,,", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0/UDP ;branch=a", "SIP/2.0 h", "SIP/UDP h",
            "HTTP/2.0/UDP h",
            "SIP//UDP h", "SIP/2.0/ h", "SIP/2.0/UDP h:0", "SIP/2.0/UDP h:65536", "SIP/2.0/UDP h:99999",
            "SIP/2.0/UDP h:",
            "SIP/2.0/UDP h:5x", "SIP/2.0/UDP h h", "SIP/2.0/UDP [::1", "SIP/2.0/UDP [x]",
            "SIP/2.0/UDP 2001:db8::1",
            "SIP/2.0/UDP h;=x", "SIP/2.0/UDP[::1]", "/", "//", "SIP/2.0/UDP :5060", "SIP/2.0/UDP h\0",
        ]
    )
    func refused(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: SyntaxError.self) { try Via(bytes.span, Slice(0, bytes.count)) }
    }

    @Test("T10 transports are known in any case", arguments: TransportKind.allCases)
    func transports(kind: TransportKind) throws {
        for word in [kind.token, kind.token.lowercased()] {
            let bytes = Array(word.utf8)
            let found = transportKind(bytes.span, Slice(0, bytes.count))
            #expect(found == kind)
        }
    }

    @Test(
        "N04 the cookie counts in any case, with something behind it",
        arguments: [
            ("z9hG4bKa", true), ("Z9HG4BKa", true), ("z9hG4bK", false), ("z9hG4b", false), ("1", false),
            ("", false),
            ("xz9hG4bKa", false),
        ]
    )
    func cookies(branch: String, expected: Bool) throws {
        let bytes = Array("SIP/2.0/UDP h;branch=\(branch)".utf8)
        let hasCookie = try Via(bytes.span, Slice(0, bytes.count)).hasMagicCookie(bytes.span)
        #expect(hasCookie == expected)
    }
}
