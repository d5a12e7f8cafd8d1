import SIPSyntax
import Testing

@Suite("Name and address")
struct NameAddressTests {
    /// A value, its display name, its URI and its header parameters.
    static let table = [
        ("<sip:a@b>", "", "sip:a@b", ""), ("sip:a@b", "", "sip:a@b", ""),
        (" \t<sip:a@b>\r\n ", "", "sip:a@b", ""),
        ("Alice <sip:a@b>;tag=1", "Alice", "sip:a@b", ";tag=1"),
        ("Alice de la Cruz <sip:a@b> ; tag = 1 ", "Alice de la Cruz", "sip:a@b", "; tag = 1"),
        (#""A \"B\" <x> \\" <sip:a@b;lr>;q=1"#, #""A \"B\" <x> \\""#, "sip:a@b;lr", ";q=1"),
        (#""caller"<sip:a@b>"#, #""caller""#, "sip:a@b", ""),
        (#"\"alice\" <sip:a@b>;tag=1"#, #"\"alice\""#, "sip:a@b", ";tag=1"),
        ("<sip:a@b?Route=%3Csip:c%3E>", "", "sip:a@b?Route=%3Csip:c%3E", ""),
        (
            "sip:a@b;expires=60;+sip.instance=\"<urn:uuid:1>\"", "", "sip:a@b",
            ";expires=60;+sip.instance=\"<urn:uuid:1>\""
        ),
        ("<sip:+358-555;postd=pp22@h;user=phone>", "", "sip:+358-555;postd=pp22@h;user=phone", ""),
        ("Bell, Alexander <sip:a@b>", "Bell, Alexander", "sip:a@b", ""),
        ("tel:+15550100;phone-context=x", "", "tel:+15550100", ";phone-context=x"),
        ("<http://example.com/?a=b>", "", "http://example.com/?a=b", ""),
    ]

    @Test("M05 M06 Q02 Q03 Q08 name, URI and header parameters are told apart", arguments: table)
    func parts(text: String, name: String, uri: String, parameters: String) throws {
        let bytes = Array(text.utf8)
        let address = try NameAddress(bytes.span, Slice(0, bytes.count))
        #expect(bytes.text(address.displayName) == name)
        #expect(bytes.text(address.uri) == uri)
        #expect(bytes.text(address.parameters) == parameters)
        #expect(address.isBracketed == text.contains("<sip:") || address.isBracketed == text.hasPrefix("<"))
    }

    @Test(
        "Q08 faults name their kind and place",
        arguments: [
            (#""open <sip:a@b>"#, .unterminatedQuote, 0), (#""Sam\" <sip:a@b>;tag=1"#, .unterminatedQuote, 0),
            ("\"", .unterminatedQuote, 0), ("\"\\", .unterminatedQuote, 0), (#""x\"#, .unterminatedQuote, 0),
            ("<sip:a@b>;x=\"y", .unterminatedQuote, 9), ("<sip:a@b>;x=\"\\\"", .unterminatedQuote, 9),
            ("<sip:a@b", .malformedURI, 0), ("<sip:a@b>x", .malformedURI, 9), ("", .malformedURI, 0),
            ("sip:a@b?x=y", .malformedURI, 7), ("sip:a@b c", .malformedURI, 7),
            ("sip:\"a@b", .malformedURI, 4),
            ("\"x\" sip:a@b", .malformedURI, 3), ("<>", .malformedURI, 0), ("<", .malformedURI, 0),
            (">", .malformedURI, 0),
            ("< sip:a@b >", .malformedURI, 0), ("*", .malformedURI, 0), (";tag=1", .malformedURI, 0),
        ] as [(String, SyntaxError.Reason, Int)]
    )
    func faults(text: String, reason: SyntaxError.Reason, offset: Int) {
        let bytes = Array(text.utf8)
        #expect(throws: SyntaxError(reason, at: offset)) {
            try NameAddress(bytes.span, Slice(0, bytes.count))
        }
    }

    @Test("5,000 escaped quotes are one name")
    func manyQuotes() throws {
        let bytes = Array(("\"" + String(repeating: "\\\"", count: 5_000) + "\" <sip:a@b>").utf8)
        let address = try NameAddress(bytes.span, Slice(0, bytes.count))
        #expect(address.displayName.count == 10_002)
    }
}
