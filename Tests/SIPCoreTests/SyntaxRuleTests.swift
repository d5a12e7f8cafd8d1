import SIPFlow
import SIPReport
import Testing

@Suite("What phones really send (rules M)")
struct SyntaxRuleTests {
    private static let invite = Make.request(
        "INVITE",
        "sip:bob@example.test",
        port: "5070",
        branch: "i1",
        body: "v=0\r\n"
    )

    @Test("M15 line ends before the start line are skipped", arguments: ["\r\n", "\r\n\r\n\n", "\n"])
    func leadingLineEnds(prefix: String) throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.receive(prefix + Self.invite, from: "5070")
        #expect(rig.one(to: "5080")?.startLine == "INVITE sip:bob@127.0.0.1:5080 SIP/2.0")
    }

    @Test("Q07 a message with bare line feeds goes on with CRLF, its body as it came; so does its answer")
    func lineFeeds() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let body = "v=0\r\n"
        rig.receive(
            Self.invite.replacing(body, with: "").replacing("\r\n", with: "\n") + body,
            from: "5070"
        )
        let invite = try #require(rig.one(to: "5080"))
        #expect(invite.body == "v=0\r\n")
        #expect(!invite.text.replacing("\r\n", with: "").contains("\n"))
        #expect(rig.take(to: "5070").allSatisfy { !$0.text.replacing("\r\n", with: "").contains("\n") })
        rig.receive(Make.response(486, to: invite).replacing("\r\n", with: "\n"), from: "5080")
        let sent = rig.take()
        #expect(sent.map(\.method) == ["ACK", "INVITE"])
        #expect(sent.allSatisfy { !$0.text.replacing("\r\n", with: "").contains("\n") })
    }

    @Test(
        "M02 M04 M05 folds, commas and brackets in quotes, and escapes change nothing of what a field means",
        arguments: [
            "From: \"Lee, \\\"A\\\" <x>\" <sip:alice@example.test>;tag=a1",
            "From: \"Lee\"\r\n <sip:alice@example.test>\r\n\t; tag = a1",
            "f:sip:alice@example.test;tag=a1", "FROM :\t<sip:alice@example.test>;x=\"a;tag=b,c\";tag=a1",
        ]
    )
    func quoted(field: String) throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.receive(Self.invite.replacing("From: <sip:alice@example.test>;tag=a1", with: field), from: "5070")
        let invite = try #require(rig.one(to: "5080"))
        #expect(invite.text.contains(field + "\r\n"))
    }

    @Test("M04 a REGISTER's contacts are split at commas outside quotes and brackets only")
    func contacts() throws {
        let rig = Rig()
        let list = "\"a, <b>\" <sip:bob@127.0.0.1:5080;x=1,2>;q=0.5 , <sip:bob@127.0.0.1:5081>"
        rig.receive(Make.register("bob", port: "5080", contact: list), from: "5080")
        #expect(
            Set(rig.snapshot().registrations.map(\.contact)) == [
                "sip:bob@127.0.0.1:5080;x=1,2", "sip:bob@127.0.0.1:5081",
            ]
        )
    }

    @Test("M01 all compact forms at once make a whole call")
    func compactForms() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let text = [
            ("Via", "v"), ("From", "f"), ("To", "t"), ("Call-ID", "i"), ("Contact", "m"),
            ("Content-Length", "l"),
        ].reduce(Self.invite) { $0.replacing($1.0 + ":", with: $1.1 + ":") }
        rig.receive(text, from: "5070")
        let invite = try #require(rig.one(to: "5080"))
        #expect(invite.text.contains("\r\nm: <sip:alice@127.0.0.1:5070>\r\nl: 5\r\n"))
        let answer = Make.response(200, to: invite)
            .replacing("Via:", with: "v:").replacing("CSeq:", with: "CSEQ:")
            .replacing(
                "Content-Length",
                with: invite.text.split(separator: "\r\n").filter {
                    $0.hasPrefix("f:") || $0.hasPrefix("t:") || $0.hasPrefix("i:")
                }.joined(separator: "\r\n") + "\r\nl"
            )
        rig.receive(answer, from: "5080")
        #expect(rig.take(to: "5070").map(\.code) == [100, 200])
    }
}
