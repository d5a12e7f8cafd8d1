import SIPSyntax
import Testing

@Suite("URI")
struct URITests {
    /// A URI and its user, password, host, parameters and headers, and its port.
    static let table: [(String, [String?], UInt16?)] = [
        ("sip:h", [nil, nil, "h", "", ""], nil), ("sip:a@h", ["a", nil, "h", "", ""], nil),
        ("SIPS:a:secret@h:5061;lr", ["a", "secret", "h", ";lr", ""], 5_061),
        ("sip:a:@h", ["a", "", "h", "", ""], nil),
        ("sip:a@[2001:db8::1]:5060;transport=tcp", ["a", nil, "[2001:db8::1]", ";transport=tcp", ""], 5_060),
        ("sip:[2001:db8::10:5070]", [nil, nil, "[2001:db8::10:5070]", "", ""], nil),
        ("sip:a@h?Subject=x&Priority=y", ["a", nil, "h", "", "Subject=x&Priority=y"], nil),
        ("sip:a@h;p=v?Subject=x", ["a", nil, "h", ";p=v", "Subject=x"], nil),
        ("sip:user;par=u%40example.net@h", ["user;par=u%40example.net", nil, "h", "", ""], nil),
        (
            "sip:+358-555;postd=pp22@127.0.0.1:5071;user=phone",
            ["+358-555;postd=pp22", nil, "127.0.0.1", ";user=phone", ""], 5_071
        ),
        ("sip:9901#1@h", ["9901#1", nil, "h", "", ""], nil),
        ("sip:%00@h", ["%00", nil, "h", "", ""], nil),
        ("sip:a?b@h", ["a?b", nil, "h", "", ""], nil),
        ("sip:my_host.example-1.com.", [nil, nil, "my_host.example-1.com.", "", ""], nil),
    ]

    @Test("U08 Q03 Q09 M21 the parts of sip and sips are found", arguments: table)
    func parts(text: String, parts: [String?], port: UInt16?) throws {
        let bytes = Array(text.utf8)
        let uri = try URI(bytes.span, Slice(0, bytes.count))
        let found: [Slice?] = [uri.user, uri.password, uri.host, uri.parameters, uri.headers]
        #expect(found.map { slice in slice.map { bytes.text($0) } } == parts)
        #expect(uri.port == port && uri.isSIP)
    }

    @Test(
        "U01 U09 Q04 schemes are told apart in any case",
        arguments: [
            ("sip:h", .sip), ("SIPS:h", .sips), ("tel:+1-555-0100;phone-context=example.test", .tel),
            ("TEL:*21#", .tel),
            ("tel:911", .tel), ("urn:service:sos", .other), ("soap.beep://192.0.2.103:3002", .other),
            ("http://example.com/", .other), ("a+b-c.9:x", .other),
        ] as [(String, URIScheme)]
    )
    func schemes(text: String, scheme: URIScheme) throws {
        let bytes = Array(text.utf8)
        #expect(try URI(bytes.span, Slice(0, bytes.count)).scheme == scheme)
    }

    @Test(
        "Q04 Q09 M16 what is no URI is refused",
        arguments: [
            "", ":", "sip", "sip:", ":sip", "sip:@h", "sip::x@h", "sip:a@", "sip:a@:5060", "sip:a@h:",
            "sip:a@h:0", "sip:a@h:-1",
            "sip:a@h:65536", "sip:a@h:18446744073709556676", "sip:a@h:5x", "sip:2001:db8::10",
            "sip:a@2001:db8::1",
            "sip:a@[2001:db8::1", "sip:a@[fe80::1%25eth0]", "sip:a@[]", "sip:a@[h]", "sip:a@b@h", "<sip:a@h>",
            "sip:a b@h",
            "sip:a\tb@h", "sip:a\0b@h", "sip:a\u{7f}@h", "sip:b\u{f6}b@h", "sip:a%zz@h", "sip:a%4@h",
            "sip:a@h;x=%", "sip:a@h%41",
            "tel:", "tel:;x=y", "tel:abx@127.0.0.1", "tel:abc@127.0.0.1", "isbn:", "s ip:h", "sip :h",
            "sip:a@h h", "sip:a@h\r\n x",
        ]
    )
    func refused(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: SyntaxError.self) { try URI(bytes.span, Slice(0, bytes.count)) }
    }

    @Test("Q04 Q09 no byte that a URI may not hold gets through, wherever it stands")
    func everyByte() {
        for place in 4..<24 {
            for byte in UInt8.min...UInt8.max {
                var bytes = Array("sip:ghijklmnopqrstuvwxyz@h".utf8)
                bytes[place] = byte
                let isRead = (try? URI(bytes.span, Slice(0, bytes.count))) != nil
                let mayStand = byte > 0x20 && byte < 0x7f && !"%:@".utf8.contains(byte)
                // A colon begins a password, and needs a user before it.
                let isPassword = byte == UInt8(ascii: ":") && place > 4
                #expect(isRead == (mayStand || isPassword), "byte \(byte) at \(place)")
            }
        }
    }

    @Test(
        "U09 lr counts with a value or without",
        arguments: [
            ("sip:h;lr", true), ("sip:h;LR", true), ("sip:h;lr=on", true), ("sip:h;lr=true;x", true),
            ("sip:h", false),
            ("sip:h;lrx", false), ("sip:lr@h", false), ("sip:h?lr", false),
        ]
    )
    func looseRouters(text: String, expected: Bool) throws {
        let bytes = Array(text.utf8)
        let isLooseRouter = try URI(bytes.span, Slice(0, bytes.count)).isLooseRouter(bytes.span)
        #expect(isLooseRouter == expected)
    }

    @Test(
        "U07 Q09 an address of record is the unescaped user at the host in lower case",
        arguments: [
            ("sip:Alice@EXAMPLE.test:5070;x=y?z=1", "Alice@example.test"), ("sip:bob%2B1@h", "bob+1@h"),
            ("sip:bob+1@H", "bob+1@h"), ("sip:a%40b@h", "a@b@h"), ("sips:a:pw@h", "a@h"), ("sip:H", "h"),
            ("tel:+1-555", "tel:+1-555"), ("sip:%41%6Cice@h", "Alice@h"),
        ]
    )
    func addressOfRecord(text: String, expected: String) throws {
        let bytes = Array(text.utf8)
        var key: [UInt8] = []
        try URI(bytes.span, Slice(0, bytes.count)).appendAddressOfRecord(bytes.span, to: &key)
        #expect(String(decoding: key, as: UTF8.self) == expected)
    }

    @Test("1,000 parameters are read")
    func manyParameters() throws {
        let bytes = Array(("sip:a@h" + (0..<1_000).map { ";p\($0)=v" }.joined()).utf8)
        let uri = try URI(bytes.span, Slice(0, bytes.count))
        let last = bytes.span.parameter("p999", in: uri.parameters)
        #expect(last != nil)
    }
}
