import SIPSyntax
import Testing

@Suite("Start lines")
struct StartLineTests {
    @Test("M07 method names are case-sensitive tokens")
    func methods() throws {
        for method in Method.allCases where method != .other {
            let message = try Parsed(request("\(method.name) sip:a@b SIP/2.0"))
            #expect(message.index.method == method)
            let lower = try Parsed(request("\(method.name.description.lowercased()) sip:a@b SIP/2.0"))
            #expect(lower.index.method == .other && lower.fault == nil)
        }
        for word in ["INVITEX", "INVIT", "REGISTERED", "X", "!%*_+`'~-."] {
            let message = try Parsed(request("\(word) sip:a@b SIP/2.0"))
            #expect(message.index.method == .other && message.fault == nil)
            guard case .request(_, let name, _) = message.index.startLine else { continue }
            #expect(message.text(name) == word)
        }
    }

    @Test(
        "M09 the version is 2.0 in any case; another is told apart from other protocols",
        arguments: [
            ("SIP/2.0", nil), ("sip/2.0", nil), ("SIP/3.0", .unsupportedVersion),
            ("SIP/2.00", .unsupportedVersion),
            ("SIP/", .unsupportedVersion), ("SIP/" + String(repeating: "9", count: 400), .unsupportedVersion),
        ] as [(String, SyntaxError.Reason?)]
    )
    func versions(version: String, fault: SyntaxError.Reason?) throws {
        let message = try Parsed(request("OPTIONS sip:a@b \(version)"))
        #expect(message.fault == fault && message.isAnswerable)
    }

    @Test(
        "M16 a request line that is not quite right is a fault that can be answered",
        arguments: [
            ("OPTIONS  sip:a@b  SIP/2.0", .malformedStartLine, "sip:a@b"),
            ("OPTIONS sip:a@b SIP/2.0 ", .malformedStartLine, "sip:a@b"),
            ("OPTIONS\tsip:a@b\tSIP/2.0", .malformedStartLine, "sip:a@b"),
            ("OPTIONS sip:a@b  SIP/2.0", .malformedStartLine, "sip:a@b"),
            ("OPTIONS sip:a@b", .malformedStartLine, "sip:a@b"),
            ("OPTIONS SIP/2.0", .malformedRequestURI, ""), ("OPTIONS  SIP/2.0", .malformedRequestURI, ""),
            ("OPTIONS sip:a b@c SIP/2.0", .malformedRequestURI, "sip:a b@c"),
            ("OPTIONS sip:a\tb@c SIP/2.0", .malformedRequestURI, "sip:a\tb@c"),
            ("OPTIONS <sip:a@b> SIP/2.0", .malformedURI, "<sip:a@b>"),
        ] as [(String, SyntaxError.Reason, String)]
    )
    func requestLines(line: String, fault: SyntaxError.Reason, uri: String) throws {
        let message = try Parsed(request(line, with: ["CSeq": "1 OPTIONS"]))
        #expect(message.fault == fault && message.isAnswerable)
        guard case .request(.options, _, let slice) = message.index.startLine else {
            Issue.record("no OPTIONS")
            return
        }
        #expect(message.text(slice) == uri)
    }

    @Test(
        "what is no start line of SIP is refused at once",
        arguments: [
            "GET / HTTP/1.1", "OPTIONS", "OPTIONS ", " OPTIONS sip:a@b SIP/2.0", "OPTIONS sip:a\0b@c SIP/2.0",
            "OPTIONS sip:a@b SIP/2.0\rVia: x", "hello world", "\u{feff}OPTIONS sip:a@b SIP/2.0",
            "<x> y:z SIP/2.0",
            "\u{16}\u{3}\u{1}", "OPTIONS sip:a@b XSIP/2.0",
        ]
    )
    func foreign(line: String) {
        #expect(throws: SyntaxError(.notSIP, at: 0)) {
            try Parsed(request(line, with: ["CSeq": "1 OPTIONS"]))
        }
    }

    @Test(
        "M10 M18 status codes 100 to 699 are read, with any reason phrase or none",
        arguments: [
            ("SIP/2.0 100 ", 100, ""), ("SIP/2.0 100", 100, ""), ("SIP/2.0 200 OK", 200, "OK"),
            ("sip/2.0 699 Füße  weh ", 699, "Füße  weh "), ("SIP/2.0 299 200", 299, "200"),
        ]
    )
    func statusLines(line: String, code: Int, phrase: String) throws {
        let message = try Parsed(request(line, with: ["CSeq": "1 OPTIONS"]))
        guard case .response(let status, let reason) = message.index.startLine else {
            Issue.record("no response")
            return
        }
        #expect(status == code && message.index.statusCode == code && message.index.method == nil)
        #expect(message.text(reason) == phrase)
        #expect(message.fault == nil)
    }

    @Test(
        "M18 other status codes make no message",
        arguments: ["", "1", "20", "0200", "099", "700", "999", "4294967301", "-200", "2OO", " 200"]
    )
    func statusCodes(code: String) {
        #expect(throws: SyntaxError(.statusOutOfRange, at: 8)) { try Parsed("SIP/2.0 \(code) Weird\n\n") }
    }

    @Test(
        "M09 a response of another version makes no message",
        arguments: ["SIP/3.0 200 OK", "SIP/2.0", "SIP/ 200 OK"]
    )
    func statusVersions(line: String) {
        #expect(throws: SyntaxError(.unsupportedVersion, at: 0)) { try Parsed(line + "\n\n") }
    }
}
