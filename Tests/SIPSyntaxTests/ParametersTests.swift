import SIPSyntax
import Testing

@Suite("Parameters and lists")
struct ParametersTests {
    @Test(
        "M02 M05 names and values are found; white space and stray semicolons mean nothing",
        arguments: [
            ("", []), (";", []), (" ; ; ", []), (";a", ["a"]), (";a=1;b", ["a=1", "b"]),
            ("a = 1 ; b", ["a=1", "b"]),
            (";a=\"x;y\";b=2", ["a=\"x;y\"", "b=2"]), (";a=\"x\\\";y\";b", ["a=\"x\\\";y\"", "b"]),
            (";a=b=c", ["a=b=c"]), (";=x", ["=x"]), (";a=", ["a="]), (";a=\"open;b=1", ["a=\"open;b=1"]),
            (";a=\"open\\", ["a=\"open\\"]), (";a\r\n =\r\n 1", ["a=1"]),
            (";a=1;b=\"x;y=z\";c", ["a=1", "b=\"x;y=z\"", "c"]), (";a=x\"y;z\";b", ["a=x\"y;z\"", "b"]),
            (";a=\\;b", ["a=\\", "b"]),
        ] as [(String, [String])]
    )
    func cursor(text: String, expected: [String]) {
        let bytes = Array(text.utf8)
        var cursor = ParameterCursor(Slice(0, bytes.count))
        var found: [String] = []
        while let parameter = cursor.next(bytes.span) {
            let value = parameter.value.map { "=" + bytes.text($0) } ?? ""
            found.append(bytes.text(parameter.name) + value)
        }
        #expect(found == expected)
    }

    @Test("a parameter is found by its name in any case, and only the whole name")
    func byName() {
        let bytes = Array(";tagx=0;xtag=1;TaG=2;tag=3".utf8)
        let list = Slice(0, bytes.count)
        let tag = bytes.span.parameter("tag", in: list)
        let lr = bytes.span.parameter("lr", in: list)
        #expect(tag?.value.map { bytes.text($0) } == "2")
        #expect(lr == nil)
    }

    @Test(
        "quotes are taken off a whole quoted string and nothing else",
        arguments: [
            ("\"a b\"", "a b"), ("\"\"", ""), ("a", "a"), ("\"", "\""), ("\"a", "\"a"), ("a\"", "a\""),
            ("", ""),
            ("\"a\\\"b\"", "a\\\"b"),
        ]
    )
    func unquoting(text: String, expected: String) {
        let bytes = Array(text.utf8)
        #expect(bytes.text(bytes.span.unquoted(Slice(0, bytes.count))) == expected)
    }

    @Test(
        "M04 commas split a list, but not in quotes or brackets; empty values are passed over",
        arguments: [
            ("", []), (",", []), ("a", ["a"]), ("a,b", ["a", "b"]), (" a , ,b,", ["a", "b"]),
            ("\"x, y\" <sip:a,b@c>;q=1,<sip:d>", ["\"x, y\" <sip:a,b@c>;q=1", "<sip:d>"]),
            ("\"a\\\",b\",c", ["\"a\\\",b\"", "c"]), ("\"open,b", ["\"open,b"]), ("<open,b", ["<open,b"]),
            ("<sip:a\"b>,c", ["<sip:a\"b>", "c"]), ("\"<\",b", ["\"<\"", "b"]), ("\"a,b\\", ["\"a,b\\"]),
            ("a,\r\n b", ["a", "b"]), (">,<,>,b", [">", "<,>", "b"]),
        ] as [(String, [String])]
    )
    func values(text: String, expected: [String]) {
        let bytes = Array(text.utf8)
        var cursor = ValueCursor(Slice(0, bytes.count))
        var found: [String] = []
        while let value = cursor.next(bytes.span) { found.append(bytes.text(value)) }
        #expect(found == expected)
    }
}
