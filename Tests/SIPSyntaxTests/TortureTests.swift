import Foundation
import SIPFlow
import SIPSyntax
import Testing

/// What the parser must make of one torture message.
struct Torture: Sendable, CustomTestStringConvertible {
    /// The outcome, and for messages that can be read the values to find in them.
    enum Outcome: Sendable {
        /// No fault; the proxy core decides what becomes of it.
        case sound
        /// A request that gets a 400 (or the code that its reason calls for).
        case refused(SyntaxError.Reason)
        /// A fault that nobody is told of: a response, or a request without a Via to answer to.
        case dropped(SyntaxError.Reason)
    }

    var file: String
    var outcome: Outcome
    var start: String
    var sequence: UInt32?
    var fields: Int
    var vias: Int
    var body: Int

    init(
        _ file: String,
        _ outcome: Outcome,
        _ start: String,
        sequence: UInt32?,
        fields: Int,
        vias: Int = 1,
        body: Int = 0
    ) {
        self.file = file
        self.outcome = outcome
        self.start = start
        self.sequence = sequence
        self.fields = fields
        self.vias = vias
        self.body = body
    }

    var testDescription: String { file }
}

@Suite("Torture messages of RFC 4475")
struct TortureTests {
    static let valid: [Torture] = [
        Torture("wsinv", .sound, "INVITE", sequence: 9, fields: 14, vias: 3, body: 150),
        Torture("intmeth", .sound, strangeMethod, sequence: 139_122_385, fields: 8),
        Torture("esc01", .sound, "INVITE", sequence: 234_234, fields: 9, body: 150),
        Torture("escnull", .sound, "REGISTER", sequence: 14_398_234, fields: 9),
        Torture("esc02", .sound, "RE%47IST%45R", sequence: 29_344, fields: 10),
        Torture("lwsdisp", .sound, "OPTIONS", sequence: 60, fields: 7),
        Torture("longreq", .sound, "INVITE", sequence: 3_882_340, fields: 43, vias: 34, body: 150),
        Torture("dblreq", .sound, "REGISTER", sequence: 8, fields: 8),
        Torture("semiuri", .sound, "OPTIONS", sequence: 8, fields: 8),
        Torture("transports", .sound, "OPTIONS", sequence: 60, fields: 12, vias: 5),
        Torture("mpart01", .sound, "MESSAGE", sequence: 1, fields: 14, body: 553),
        Torture("unreason", .sound, "200", sequence: 35, fields: 8, body: 154),
        Torture("noreason", .sound, "100", sequence: 35, fields: 7),
    ]

    static let invalid: [Torture] = [
        Torture(
            "badinv01",
            .refused(.malformedValue(.via)),
            "INVITE",
            sequence: 8,
            fields: 9,
            vias: 2,
            body: 152
        ),
        Torture("clerr", .refused(.bodyTooShort), "INVITE", sequence: 8, fields: 9, body: 154),
        Torture(
            "ncl",
            .refused(.malformedValue(.contentLength)),
            "INVITE",
            sequence: 0,
            fields: 9,
            body: 152
        ),
        Torture("scalar02", .refused(.malformedValue(.cseq)), "REGISTER", sequence: nil, fields: 9),
        Torture("scalarlg", .dropped(.malformedValue(.cseq)), "503", sequence: nil, fields: 8),
        Torture("quotbal", .refused(.malformedValue(.to)), "INVITE", sequence: 8, fields: 9, body: 152),
        Torture("ltgtruri", .refused(.malformedURI), "INVITE", sequence: 1, fields: 9, body: 159),
        Torture(
            "lwsruri",
            .refused(.malformedRequestURI),
            "INVITE",
            sequence: 2_130_706_432,
            fields: 9,
            body: 159
        ),
        Torture(
            "lwsstart",
            .refused(.malformedStartLine),
            "INVITE",
            sequence: 1_893_884,
            fields: 9,
            body: 150
        ),
        Torture("trws", .refused(.malformedStartLine), "OPTIONS", sequence: 238_923, fields: 8),
        // The next three are for those who need the part at fault: a proxy reads neither Date nor these Contacts.
        Torture("escruri", .sound, "INVITE", sequence: 149_209_342, fields: 9, body: 150),
        Torture("baddate", .sound, "INVITE", sequence: 1_392_934, fields: 10, body: 150),
        Torture("regbadct", .sound, "REGISTER", sequence: 1, fields: 8),
        Torture("badaspec", .refused(.malformedValue(.to)), "OPTIONS", sequence: 3_923_239, fields: 8),
        Torture("baddn", .refused(.unterminatedHeaders), "OPTIONS", sequence: 3_923_239, fields: 8),
        Torture("badvers", .refused(.unsupportedVersion), "OPTIONS", sequence: 1, fields: 7),
        Torture("mismatch01", .refused(.sequenceMethodMismatch), "OPTIONS", sequence: 8, fields: 7),
        Torture(
            "mismatch02",
            .refused(.sequenceMethodMismatch),
            "NEWMETHOD",
            sequence: 8,
            fields: 9,
            body: 138
        ),
    ]

    static let applied: [Torture] = [
        Torture("badbranch", .sound, "OPTIONS", sequence: 8, fields: 8),
        Torture("insuf", .refused(.missingHeader(.from)), "INVITE", sequence: 193_942, fields: 4, body: 152),
        Torture("unkscm", .sound, "OPTIONS", sequence: 3_923_423, fields: 7),
        Torture("novelsc", .sound, "OPTIONS", sequence: 3_923_423, fields: 7),
        Torture("unksm2", .sound, "REGISTER", sequence: 234_902, fields: 8),
        Torture("bext01", .sound, "OPTIONS", sequence: 8, fields: 9),
        Torture("invut", .sound, "INVITE", sequence: 235_448, fields: 9, body: 40),
        Torture("regaut01", .sound, "REGISTER", sequence: 9_338, fields: 8),
        Torture("multi01", .refused(.duplicateHeader(.cseq)), "INVITE", sequence: 5, fields: 15, body: 154),
        Torture(
            "mcl01",
            .refused(.duplicateHeader(.contentLength)),
            "OPTIONS",
            sequence: 15_932,
            fields: 9,
            body: 13
        ),
        Torture("bcast", .sound, "200", sequence: 35, fields: 9, vias: 2, body: 154),
        Torture("zeromf", .sound, "OPTIONS", sequence: 39_234_321, fields: 7),
        Torture("cparam01", .sound, "REGISTER", sequence: 2, fields: 8),
        Torture("cparam02", .sound, "REGISTER", sequence: 3, fields: 8),
        Torture("regescrt", .sound, "REGISTER", sequence: 14_398_234, fields: 8),
        Torture("sdp01", .sound, "INVITE", sequence: 8, fields: 10, body: 150),
        Torture("inv2543", .sound, "INVITE", sequence: 56, fields: 7, body: 105),
        // In the archive, but in no section: it has neither Via nor CSeq, so nobody is answered.
        Torture(
            "test",
            .dropped(.malformedStartLine),
            "INVITE",
            sequence: nil,
            fields: 10,
            vias: 0,
            body: 18
        ),
    ]

    @Test("M20 every message but bigcode is in the tables")
    func completeness() throws {
        let named = Set((Self.valid + Self.invalid + Self.applied).map { $0.file + ".dat" } + ["bigcode.dat"])
        #expect(try Set(vectorFiles("rfc4475").map { $0.lastPathComponent }) == named)
    }

    @Test("M20 gives the outcome and the values that the RFC states", arguments: valid + invalid + applied)
    func outcome(_ torture: Torture) throws {
        let message = try parsed(torture.file)
        switch torture.outcome {
        case .sound:
            #expect(message.fault == nil)
        case .refused(let reason):
            #expect(message.fault == reason)
            #expect(message.isAnswerable)
        case .dropped(let reason):
            #expect(message.fault == reason)
            #expect(!message.isAnswerable)
        }
        #expect(start(of: message) == torture.start)
        #expect(message.index.cseq?.number == torture.sequence)
        #expect(message.index.fields.count == torture.fields)
        #expect(message.listed(.via).count == torture.vias)
        #expect(message.index.body.count == torture.body)
        if torture.file != "insuf" {
            #expect(message.text(message.index.callID)?.hasPrefix(callIDPrefix(torture.file)) == true)
        }
    }

    @Test("M18 a status above three digits makes no message (RFC 4475 §3.1.2.19)")
    func bigCode() {
        #expect(throws: SyntaxError(.statusOutOfRange, at: 8)) { try parsed("bigcode") }
    }

    @Test("M01 M02 M03 wsinv: folds, compact names and lists read as the RFC spells them out")
    func foldedInvite() throws {
        let message = try parsed("wsinv")
        #expect(message.text(message.index.fromTag) == "98asjd8")
        #expect(message.text(message.index.toTag) == "1918181833n")
        #expect(message.values(.maxForwards) == ["0068"])
        #expect(message.values(.subject) == [""])
        #expect(message.listed(.via).count == 3)
        #expect(
            message.listed(.route) == ["<sip:services.example.com;lr;unknownwith=value;unknown-no-value>"]
        )
        let via = try #require(message.index.topVia)
        #expect(message.text(via.host) == "192.0.2.2")
        #expect(message.text(via.branch) == "390skdjuw")
        #expect(via.kind == .udp)
        let field = try #require(message.index.first(.contact))
        let contact = try NameAddress(message.bytes.span, field.value)
        #expect(message.text(contact.displayName) == #""Quoted string \"\"""#)
        #expect(message.text(contact.uri) == "sip:jdrosen@example.com")
        let q = message.bytes.span.parameter("q", in: contact.parameters)
        #expect(message.text(q?.value) == "0.33")
        let unknown = message.index.fields.filter { $0.id == .other }.map {
            message.bytes.text($0.value)
        }
        #expect(unknown == ["newfangled value\r\n continued newfangled value", ";;,,;;,;"])
    }

    @Test("M07 intmeth: any token is a method, and its name is kept")
    func strangeTokens() throws {
        let message = try parsed("intmeth")
        #expect(message.index.method == .other)
        #expect(message.text(message.index.cseq?.methodName) == Self.strangeMethod)
        #expect(message.text(message.index.topVia?.branch) == "z9hG4bK-.!%66*_+`'~")
        #expect(message.text(message.index.fromTag) == "_token~1'+`*%!-.")
    }

    @Test("U04 esc01: a user with escapes keeps them, and the @ inside it ends nothing")
    func escapes() throws {
        let message = try parsed("esc01")
        guard case .request(.invite, _, let slice) = message.index.startLine else {
            Issue.record("no INVITE")
            return
        }
        let uri = try URI(message.bytes.span, slice)
        #expect(message.text(uri.user) == "sips%3Auser%40example.com")
        #expect(message.text(uri.host) == "example.net")
        let to = try URI(message.bytes.span, #require(message.index.to).uri)
        #expect(message.text(to.user) == "%75se%72")
    }

    @Test("escnull: an escaped NUL cuts no user part")
    func escapedNull() throws {
        let message = try parsed("escnull")
        let to = try URI(message.bytes.span, #require(message.index.to).uri)
        #expect(message.text(to.user) == "null-%00-null")
        var key: [UInt8] = []
        to.appendAddressOfRecord(message.bytes.span, to: &key)
        #expect(key == Array("null-\0-null@example.com".utf8))
        #expect(
            message.listed(.contact) == ["<sip:%00@host5.example.com>", "<sip:%00%00@host5.example.com>"]
        )
    }

    @Test("U08 semiuri: semicolons before the @ belong to the user")
    func semicolons() throws {
        let message = try parsed("semiuri")
        guard case .request(_, _, let slice) = message.index.startLine else { return }
        let uri = try URI(message.bytes.span, slice)
        #expect(message.text(uri.user) == "user;par=u%40example.net")
        #expect(uri.parameters.isEmpty)
    }

    @Test("M10 unreason and noreason: a reason phrase may be UTF-8 or empty")
    func reasonPhrases() throws {
        let named = try parsed("unreason")
        guard case .response(200, let reason) = named.index.startLine else { return }
        #expect(named.text(reason) == "= 2**3 * 5**2 но сто девяносто девять - простое")
        let unnamed = try parsed("noreason")
        guard case .response(100, let nothing) = unnamed.index.startLine else { return }
        #expect(nothing.isEmpty)
    }

    @Test("M17 mpart01: a body is opaque, NULs and all")
    func binaryBody() throws {
        let message = try parsed("mpart01")
        let body = message.bytes[message.index.body.range]
        #expect(body.contains(0) && body.endIndex == message.bytes.endIndex)
    }

    @Test("T05 dblreq: what follows the body is no part of the message")
    func trailingBytes() throws {
        let message = try parsed("dblreq")
        #expect(message.index.body.isEmpty && message.bytes.count > message.index.body.end)
    }

    @Test("transports: every Via is read, whatever its transport")
    func transports() throws {
        let message = try parsed("transports")
        let kinds = try message.listed(.via).map { value in
            let bytes = Array(value.utf8)
            return try Via(bytes.span, Slice(0, bytes.count)).kind
        }
        #expect(kinds == [.udp, nil, .tls, nil, .tcp])
    }

    @Test("M06 regbadct: a URI with headers needs brackets")
    func bareHeaders() throws {
        let message = try parsed("regbadct")
        let field = try #require(message.index.first(.contact))
        #expect(throws: SyntaxError.self) { try NameAddress(message.bytes.span, field.value) }
    }

    @Test("badbranch: the cookie alone is no branch of RFC 3261")
    func emptyBranch() throws {
        let message = try parsed("badbranch")
        let hasCookie = message.index.topVia?.hasMagicCookie(message.bytes.span)
        #expect(hasCookie == false)
    }

    @Test(
        "unkscm, novelsc: other schemes are read, and told apart",
        arguments: [
            ("unkscm", "nobodyKnowsThisScheme:totallyopaquecontent"),
            ("novelsc", "soap.beep://192.0.2.103:3002"),
        ]
    )
    func otherSchemes(file: String, text: String) throws {
        let message = try parsed(file)
        guard case .request(_, _, let slice) = message.index.startLine else { return }
        let uri = try URI(message.bytes.span, slice)
        #expect(uri.scheme == .other && message.text(uri.whole) == text)
    }

    private static let strangeMethod = "!interesting-Method0123456789_*+`.%indeed'~"

    private func parsed(_ file: String) throws -> Parsed {
        try Parsed(contents(repository.appending(path: "Tests/Vectors/Messages/rfc4475/\(file).dat")))
    }

    private func start(of message: Parsed) -> String? {
        switch message.index.startLine {
        case .request(_, let name, _): message.text(name)
        case .response(let code, _): String(code)
        }
    }

    private func callIDPrefix(_ file: String) -> String {
        file == "mpart01" ? "3d9485ad0c49859b@" : file + "."
    }
}
