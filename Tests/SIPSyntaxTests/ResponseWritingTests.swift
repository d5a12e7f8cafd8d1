import SIPFlow
import SIPSyntax
import Testing

@Suite("Responses of our own")
struct ResponseWritingTests {
    private func response(
        _ code: Int,
        to bytes: [UInt8],
        reason: String? = nil,
        tag: UInt64? = 0x1,
        source: String = "192.0.2.1:5060",
        headers: String = ""
    ) throws -> Parsed {
        let message = try Parsed(bytes)
        var output: [UInt8] = []
        let lines = wire(headers)
        appendResponse(
            OwnResponse(code: code, reason: reason, toTag: tag),
            to: message.bytes.span,
            message.index,
            source: try #require(SocketAddress(source, defaultPort: 5_060)),
            headers: lines.span,
            into: &output
        )
        return try Parsed(output)
    }

    @Test("copies From, To, Call-ID, CSeq and every Via in order, and adds a tag (RFC 3261 §8.2.6)")
    func copies() throws {
        let bytes = request(
            "INVITE sip:bob@example.com SIP/2.0",
            with: ["Via": "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1, SIP/2.0/TCP h2;branch=z9hG4bK2"],
            adding: ["X-Other: 1", "v: SIP/2.0/TLS h3;branch=z9hG4bK3", "Subject: hello"]
        )
        let answer = try response(404, to: bytes, headers: "Server: me\n")
        #expect(answer.fault == nil && answer.index.statusCode == 404)
        #expect(
            answer.listed(.via) == [
                "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "SIP/2.0/TCP h2;branch=z9hG4bK2",
                "SIP/2.0/TLS h3;branch=z9hG4bK3",
            ]
        )
        #expect(answer.values(.from) == ["<sip:alice@example.com>;tag=a1"])
        #expect(answer.values(.to) == ["<sip:bob@example.com>;tag=0000000000000001"])
        #expect(answer.values(.callID) == ["c1@192.0.2.1"] && answer.values(.cseq) == ["1 INVITE"])
        #expect(answer.values(.server) == ["me"] && answer.values(.contentLength) == ["0"])
        #expect(!answer.index.has(.other) && !answer.index.has(.subject) && !answer.index.has(.maxForwards))
    }

    @Test("keeps a To tag, and adds none to a 100")
    func tags() throws {
        let tagged = request(with: ["To": "<sip:bob@example.com>;tag=b"])
        #expect(try response(481, to: tagged).values(.to) == ["<sip:bob@example.com>;tag=b"])
        #expect(try response(100, to: request(), tag: nil).values(.to) == ["<sip:bob@example.com>"])
    }

    @Test("a 100 carries the Timestamp, no other response does (RFC 3261 §8.2.6.1)")
    func timestamp() throws {
        let bytes = request(adding: ["Timestamp: 54"])
        #expect(try response(100, to: bytes, tag: nil).values(.timestamp) == ["54"])
        #expect(try response(200, to: bytes).values(.timestamp).isEmpty)
    }

    @Test(
        "T01 T02 M21 received and rport are filled in from the source",
        arguments: [
            ("SIP/2.0/UDP 192.0.2.1:5060;branch=b", "192.0.2.1:9", "SIP/2.0/UDP 192.0.2.1:5060;branch=b"),
            (
                "SIP/2.0/UDP 192.0.2.1;rport;branch=b", "192.0.2.1:9",
                "SIP/2.0/UDP 192.0.2.1;rport=9;branch=b;received=192.0.2.1"
            ),
            ("SIP/2.0/UDP h;branch=b", "192.0.2.7:9", "SIP/2.0/UDP h;branch=b;received=192.0.2.7"),
            (
                "SIP/2.0/UDP 10.0.0.1;received=6.6.6.6;rport=7 ; branch=b", "192.0.2.7:9",
                "SIP/2.0/UDP 10.0.0.1;rport=9;branch=b;received=192.0.2.7"
            ),
            (
                "SIP/2.0/UDP [2001:db8::1];branch=b", "[2001:db8::1]:5060",
                "SIP/2.0/UDP [2001:db8::1];branch=b"
            ),
            (
                "SIP/2.0/UDP [2001:DB8::0:2];branch=b", "[2001:db8::2]:5060",
                "SIP/2.0/UDP [2001:DB8::0:2];branch=b"
            ),
            ("SIP/2.0/UDP h", "[2001:db8::2]:5060", "SIP/2.0/UDP h;received=2001:db8::2"),
        ]
    )
    func topVia(value: String, source: String, expected: String) throws {
        let answer = try response(200, to: request(with: ["Via": value]), source: source)
        #expect(answer.values(.via) == [expected])
    }

    @Test("folds and compact names are sent back as they came, or in full, and read the same")
    func foldedFields() throws {
        let bytes = request(
            with: ["Via": "SIP/2.0/UDP 192.0.2.1\n ;branch=z9hG4bKa", "From": nil, "Call-ID": nil],
            adding: ["f: sip:a@b\n ;tag=1", "i :c9"]
        )
        let answer = try response(200, to: bytes)
        #expect(answer.fault == nil)
        #expect(answer.text(answer.index.fromTag) == "1" && answer.text(answer.index.callID) == "c9")
        #expect(answer.text(answer.index.topVia?.branch) == "z9hG4bKa")
    }

    @Test("bare line feeds of the request do not come back")
    func lineEnds() throws {
        let answer = try response(200, to: request().filter { $0 != 0x0d })
        #expect(!answer.index.hasBareLineFeed && answer.fault == nil)
    }

    @Test("M13 a request at fault can be answered with what it has", arguments: ["From", "To", "Call-ID"])
    func incomplete(missing: String) throws {
        let answer = try response(400, to: request(with: [missing: nil]), reason: "Missing \(missing)")
        guard case .response(400, let reason) = answer.index.startLine else { return }
        #expect(answer.text(reason) == "Missing \(missing)")
        #expect(answer.index.topVia != nil && answer.index.cseq != nil)
    }

    @Test(
        "every code that we send has its phrase",
        arguments: [
            (100, "Trying"), (200, "OK"), (404, "Not Found"), (483, "Too Many Hops"),
            (487, "Request Terminated"), (699, "Unknown"),
        ]
    )
    func phrases(code: Int, phrase: String) {
        #expect(reasonPhrase(code).description == phrase)
    }
}
