import Foundation
import SIPFlow
import SIPSyntax
import Testing

@Suite("IPv6 messages of RFC 5118")
struct IPv6MessageTests {
    /// A file, its fault, and the host and port of its Request-URI and of its topmost Via.
    static let table: [(String, SyntaxError.Reason?, String, UInt16?, String, UInt16?)] = [
        ("ipv6-good", nil, "[2001:db8::10]", nil, "[2001:db8::9:1]", nil),
        ("ipv6-bad", .malformedURI, "", nil, "[2001:db8::9:1]", nil),
        ("port-ambiguous", nil, "[2001:db8::10:5070]", nil, "[2001:db8::9:1]", nil),
        ("port-unambiguous", nil, "[2001:db8::10]", 5_070, "[2001:db8::9:1]", nil),
        ("via-received-param-with-delim", nil, "[2001:db8::10]", nil, "[2001:db8::9:1]", nil),
        ("via-received-param-no-delim", nil, "[2001:db8::10]", nil, "[2001:db8::9:1]", nil),
        // The archive keeps a Content-Length of 268 over a body whose line ends make 251: short on a datagram.
        ("ipv6-in-sdp", .bodyTooShort, "[2001:db8::10]", nil, "[2001:db8::20]", nil),
        ("mult-ip-in-header", nil, "host.example.net", nil, "[2001:db8::9:1]", 6_050),
        ("mult-ip-in-sdp", nil, "[2001:db8::10]", nil, "[2001:db8::9:1]", nil),
        ("ipv4-mapped-ipv6", nil, "example.com", nil, "[::ffff:192.0.2.10]", 19_823),
        ("ipv6-bug-abnf-3-colons", nil, "[2001:db8:::192.0.2.1]", nil, "lab1.east.example.com", nil),
        ("ipv6-correct-abnf-2-colons", nil, "[2001:db8::192.0.2.1]", nil, "lab1.east.example.com", nil),
    ]

    @Test("M20 M21 hosts, ports and faults are those that the RFC states", arguments: table)
    func outcome(
        file: String,
        fault: SyntaxError.Reason?,
        host: String,
        port: UInt16?,
        sentBy: String,
        sentByPort: UInt16?
    ) throws {
        let message = try parsed(file)
        #expect(message.fault == fault)
        #expect(message.text(message.index.topVia?.host) == sentBy)
        #expect(message.index.topVia?.port == sentByPort)
        #expect(message.isAnswerable)
        if fault == .malformedURI { return }
        let uri = try requestURI(message)
        #expect(message.text(uri.host) == host)
        #expect(uri.port == port)
    }

    @Test("M20 every file is in the table")
    func completeness() throws {
        let named = Set(Self.table.map { $0.0 + ".sip" })
        #expect(try Set(vectorFiles("rfc5118").map { $0.lastPathComponent }) == named)
    }

    @Test(
        "M21 received is read with brackets and without (§4.5)",
        arguments: [
            ("via-received-param-with-delim", "[2001:db8::9:255]"),
            ("via-received-param-no-delim", "2001:db8::9:255"),
        ]
    )
    func received(file: String, text: String) throws {
        let message = try parsed(file)
        let received = try #require(message.index.topVia?.received)
        #expect(message.text(received) == text)
        let address = IPAddress(message.bytes.span.extracting(received.range))
        #expect(
            address == .v6(high: 0x2001_0db8_0000_0000, low: 0x0000_0000_0009_0255)
        )
    }

    @Test("M21 IPv4 and IPv6 stand beside each other in Via (§4.7)")
    func mixed() throws {
        let message = try parsed("mult-ip-in-header")
        let hosts = try message.listed(.via).map { value in
            let bytes = Array(value.utf8)
            return bytes.text(try Via(bytes.span, Slice(0, bytes.count)).host)
        }
        #expect(hosts == ["[2001:db8::9:1]", "192.0.2.1", "[2001:db8::9:255]"])
    }

    @Test("M21 three colons are taken as two (§4.10)")
    func threeColons() throws {
        let addresses = try ["ipv6-bug-abnf-3-colons", "ipv6-correct-abnf-2-colons"].map { file in
            let message = try parsed(file)
            return IPAddress(message.bytes.span.extracting(try requestURI(message).host.range))
        }
        #expect(addresses[0] != nil && addresses[0] == addresses[1])
    }

    private func parsed(_ file: String) throws -> Parsed {
        try Parsed(contents(repository.appending(path: "Tests/Vectors/Messages/rfc5118/\(file).sip")))
    }

    private func requestURI(_ message: Parsed) throws -> URI {
        guard case .request(_, _, let slice) = message.index.startLine else {
            throw SyntaxError(.notSIP, at: 0)
        }
        return try URI(message.bytes.span, slice)
    }
}
