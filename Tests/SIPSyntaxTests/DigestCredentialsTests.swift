import SIPSyntax
import Testing

@Suite("Digest credentials")
struct DigestCredentialsTests {
    private static let whole = """
        Digest username="bob", realm="example.test", nonce="n", uri="sip:example.test", response="r"
        """

    /// Reads a value; nil for another scheme.
    private func read(_ text: String) throws -> (bytes: [UInt8], credentials: DigestCredentials?) {
        let bytes = Array(text.utf8)
        return (bytes, try DigestCredentials(bytes.span, Slice(0, bytes.count)))
    }

    private func unquoted(_ bytes: [UInt8], _ value: Slice?) -> String? {
        guard let value else { return nil }
        var output: [UInt8] = []
        bytes.span.appendUnquoted(value, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private func username(_ text: String) throws -> String? {
        let (bytes, credentials) = try read(text)
        var output: [UInt8] = []
        guard credentials?.appendUsername(bytes.span, to: &output) == true else { return nil }
        return String(decoding: output, as: UTF8.self)
    }

    @Test(
        "A02 every field is found, quoted or bare, in any order and case, with folds and unknown ones between"
    )
    func fields() throws {
        let (bytes, found) = try read(
            "dIgEsT  nc=00000001,NONCE = \"n=1, x\" ,\r\n\tqop=auth,uri=\"sip:example.test;a=b\", x-new=\"1\","
                + "realm=\"example.test\",cnonce=\"\",username=bob,Algorithm=MD5, opaque=\"o\", response=\"r\""
        )
        let credentials = try #require(found)
        let values = [
            credentials.username, credentials.realm, credentials.nonce, credentials.uri, credentials.response,
            credentials.algorithm, credentials.qop, credentials.nonceCount, credentials.clientNonce,
            credentials.opaque,
        ].map { unquoted(bytes, $0) }
        #expect(
            values == [
                "bob", "example.test", "n=1, x", "sip:example.test;a=b", "r", "MD5", "auth", "00000001", "",
                "o",
            ]
        )
    }

    @Test("what is not written is nil")
    func absent() throws {
        let credentials = try #require(try read(Self.whole).credentials)
        #expect(credentials.algorithm == nil && credentials.qop == nil && credentials.nonceCount == nil)
        #expect(credentials.clientNonce == nil && credentials.opaque == nil)
    }

    @Test(
        "A11 another scheme is not read at all",
        arguments: [
            "Basic YTpi", "Digestive username=\"a\"", "NoOneKnowsThisScheme opaque-data=here", "",
            "\"Digest\"",
        ]
    )
    func schemes(text: String) throws {
        #expect(try read(text).credentials == nil)
    }

    @Test(
        "credentials that do not follow the grammar are refused, never guessed",
        arguments: [
            "Digest", "Digest ", "Digest username=\"bob\"",
            whole.replacing("realm=\"example.test\", ", with: ""), whole.replacing("\"bob\"", with: "\"bob"),
            whole.replacing("\"bob\"", with: "\"bob\\\""), whole.replacing("\"bob\"", with: "bob b"),
            whole.replacing("\"bob\"", with: "\"bob\"x"), whole.replacing("\"bob\"", with: "x\"bob\""),
            whole.replacing("\"bob\"", with: ""), whole + ", username=\"bob\"", whole + ", nc",
            whole + ", =x",
            whole + ", a b=c", whole + ", username*=UTF-8''bob", whole + ", " + whole,
        ]
    )
    func malformed(text: String) {
        #expect(throws: SyntaxError.self) { try read(text) }
    }

    @Test(
        "A12 Q20 a user name is taken whole: with @, colons, escapes and UTF-8",
        arguments: [
            ("username=\"bob@example.test\"", "bob@example.test"), ("username=\"a\\\"b\\\\c\"", "a\"b\\c"),
            ("username=\"Jäsøn, Doe=x\"", "Jäsøn, Doe=x"), ("username=\"\"", ""), ("username=bob", "bob"),
            ("username*=UTF-8''J%C3%A4s%C3%B8n%20Doe", "Jäsøn Doe"), ("username*=utf-8'en'bob", "bob"),
            ("username*=ISO-8859-1''bob", nil), ("username*=UTF-8''b%4", nil), ("username*=bob", nil),
        ]
    )
    func usernames(field: String, expected: String?) throws {
        #expect(try username(Self.whole.replacing("username=\"bob\"", with: field)) == expected)
    }

    @Test("M04 commas in quotes do not end a field; quotes are compared by what they mean")
    func quoting() throws {
        let (bytes, found) = try read(
            Self.whole.replacing("example.test\"", with: "a, \\\"b\\\"\"", maxReplacements: 1)
        )
        let credentials = try #require(found)
        let same = Array("a, \"b\"".utf8)
        let shorter = Array("a, \"b".utf8)
        let isSame = bytes.span.equalsUnquoted(credentials.realm, same.span)
        let isShorter = bytes.span.equalsUnquoted(credentials.realm, shorter.span)
        #expect(isSame && !isShorter)
        var output: [UInt8] = []
        appendQuoted(same.span, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "\"a, \\\"b\\\"\"")
    }

    @Test("a quoted string never carries a line end into a header field")
    func controlCharacters() {
        var output: [UInt8] = []
        let text = Array("a\r\nX: b\0\u{7f}".utf8)
        appendQuoted(text.span, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "\"aX: b\"")
    }
}
