import SIPSyntax
import Testing

@Suite("Mandatory header fields")
struct MessageChecksTests {
    @Test("the base request is sound")
    func sound() throws {
        #expect(try Parsed(request()).fault == nil)
        #expect(try Parsed(request(body: "hello")).index.body.count == 5)
    }

    @Test(
        "M13 a missing field is named; without a Via or a CSeq nobody can be answered",
        arguments: [
            ("Via", .via, false), ("From", .from, true), ("To", .to, true), ("Call-ID", .callID, true),
            ("CSeq", .cseq, false),
        ] as [(String, HeaderID, Bool)]
    )
    func missing(name: String, id: HeaderID, isAnswerable: Bool) throws {
        let message = try Parsed(request(with: [name: nil]))
        #expect(message.fault == .missingHeader(id))
        #expect(message.isAnswerable == isAnswerable)
    }

    @Test(
        "M13 M14 a field that may stand once is at fault when it stands twice",
        arguments: [
            ("From: <sip:x@example.org>;tag=z", .duplicateHeader(.from)),
            ("To: <sip:x@example.org>", .duplicateHeader(.to)), ("Call-ID: z", .duplicateHeader(.callID)),
            ("i: c1@192.0.2.1", .duplicateHeader(.callID)), ("CSeq: 2 OPTIONS", .duplicateHeader(.cseq)),
            ("Max-Forwards: 5", .malformedValue(.maxForwards)),
            ("Content-Length: 5", .duplicateHeader(.contentLength)),
        ] as [(String, SyntaxError.Reason)]
    )
    func duplicates(line: String, fault: SyntaxError.Reason) throws {
        let message = try Parsed(request(adding: [line]))
        #expect(message.fault == fault && message.isAnswerable)
    }

    @Test("two Content-Length that agree, several Via and several Contact are no fault")
    func allowedRepeats() throws {
        let lines = [
            "l: 0", "v: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx", "m: <sip:a@b>", "Contact: <sip:c@d>",
        ]
        #expect(try Parsed(request(adding: lines)).fault == nil)
    }

    @Test(
        "M11 CSeq is a number below 2^32 and a method",
        arguments: [
            ("0 OPTIONS", 0), ("2147483647 OPTIONS", 2_147_483_647), ("4294967295 OPTIONS", 4_294_967_295),
            ("0000000001 OPTIONS", 1), ("\t7\t OPTIONS", 7), ("4294967296 OPTIONS", nil),
            ("18446744073709551617 OPTIONS", nil), ("-1 OPTIONS", nil), ("+1 OPTIONS", nil),
            ("0x10 OPTIONS", nil),
            ("1.0 OPTIONS", nil), ("1", nil), ("", nil), ("OPTIONS", nil), ("1OPTIONS", nil),
            (String(repeating: "1", count: 1_000) + " OPTIONS", nil),
        ] as [(String, UInt32?)]
    )
    func sequences(value: String, number: UInt32?) throws {
        let message = try Parsed(request(with: ["CSeq": value]))
        #expect(message.index.cseq?.number == number)
        #expect(message.fault == (number == nil ? .malformedValue(.cseq) : nil))
        #expect(message.isAnswerable)
    }

    @Test(
        "M12 the CSeq method is the request's, unknown ones and their case included",
        arguments: [
            ("OPTIONS", "OPTIONS", true), ("OPTIONS", "BYE", false), ("OPTIONS", "options", false),
            ("FOO", "FOO", true), ("FOO", "BAR", false), ("FOO", "foo", false), ("INVITE", "ACK", false),
        ]
    )
    func sequenceMethods(method: String, other: String, agrees: Bool) throws {
        let message = try Parsed(request("\(method) sip:a@b SIP/2.0", with: ["CSeq": "1 \(other)"]))
        #expect(message.fault == (agrees ? nil : .sequenceMethodMismatch))
    }

    @Test(
        "M14 Max-Forwards is 0 to 255; none at all is no fault",
        arguments: [
            ("0", true), ("70", true), ("255", true), ("0068", true), ("256", false), ("-1", false),
            ("many", false),
            ("7 0", false), ("", false), ("18446744073709551686", false), (nil, true),
        ] as [(String?, Bool)]
    )
    func maxForwards(value: String?, isSound: Bool) throws {
        let message = try Parsed(request(with: ["Max-Forwards": value]))
        #expect(message.fault == (isSound ? nil : .malformedValue(.maxForwards)))
    }

    @Test("M14 a response's Max-Forwards is nobody's business")
    func responseMaxForwards() throws {
        let message = try Parsed(request("SIP/2.0 200 OK", with: ["Max-Forwards": "many", "CSeq": "1 BYE"]))
        #expect(message.fault == nil)
    }

    @Test(
        "T05 Content-Length is decimal digits and no more than there is",
        arguments: [
            ("0", 0, nil), ("2", 2, nil), ("8", 8, nil), ("0008", 8, nil), ("9", 8, .bodyTooShort),
            ("4294967295", 8, .bodyTooShort), ("-1", 8, .malformedValue(.contentLength)),
            ("99999999999999999999", 8, .malformedValue(.contentLength)),
            ("4294967296", 8, .malformedValue(.contentLength)), ("0x0", 8, .malformedValue(.contentLength)),
            ("+0", 8, .malformedValue(.contentLength)), ("0, 0", 8, .malformedValue(.contentLength)),
            ("", 8, .malformedValue(.contentLength)), (nil, 8, nil),
        ] as [(String?, Int, SyntaxError.Reason?)]
    )
    func contentLength(value: String?, body: Int, fault: SyntaxError.Reason?) throws {
        let message = try Parsed(request(with: ["Content-Length": value], body: "12345678"))
        #expect(message.fault == fault)
        #expect(message.index.body.count == body)
    }

    @Test("M13 an empty Call-ID is a fault")
    func emptyCallID() throws {
        #expect(try Parsed(request(with: ["Call-ID": ""])).fault == .malformedValue(.callID))
    }

    @Test(
        "Q02 Q08 From takes every form of address, and refuses the broken ones",
        arguments: [
            ("sip:alice@example.test;tag=a1", "a1"), ("<sip:a@b>;tag=a1", "a1"),
            ("<sip:a@b> ; TAG = a1", "a1"),
            ("<sip:a@b;tag=no>", ""), ("Alice Smith <sip:a@b>;x=1;tag=a1;y", "a1"),
            ("\"名前 𤭢 é\" <sip:a@b>;tag=1", "1"),
            ("\"say \\\"hi\\\"\" <sip:a@b>;tag=1", "1"), ("\"<sip:x@y>;tag=no\" <sip:a@b>;tag=1", "1"),
            ("<tel:+15550100>;tag=1", "1"), ("\"A\"<sip:a@b>;note=\";tag=no\";tag=1", "1"), ("", nil),
            ("<sip:a@b", nil), ("<<sip:a@b>>;tag=1", nil), ("\"Sam\\\" <sip:a@b>;tag=1", nil),
            ("\"Sam <sip:a@b>;tag=1", nil), ("<sip:a@b>;tag=1;tag=2", nil), ("<sip:a@b>x", nil),
            ("<>;tag=1", nil),
            ("alice", nil), ("<alice>", nil), ("sip:a@b?Subject=x", nil), ("< sip:a@b>", nil),
            ("sip:a b@c", nil),
            ("<sip:a@b>;x=\"open;tag=1", nil), (String(repeating: "<", count: 5_000), nil),
        ] as [(String, String?)]
    )
    func fromForms(value: String, tag: String?) throws {
        let message = try Parsed(request(with: ["From": value]))
        #expect(message.fault == (tag == nil ? .malformedValue(.from) : nil))
        if let tag { #expect(message.text(message.index.fromTag) ?? "" == tag) }
        #expect(message.isAnswerable)
    }

    @Test("a Via value that begins well, with stray commas behind it, is at fault and still answerable")
    func strayCommas() throws {
        let message = try Parsed(request(with: ["Via": "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa;;,;,,"]))
        #expect(message.fault == .malformedValue(.via) && message.isAnswerable)
    }

    @Test("the first of several faults is the one that is told, with its place")
    func firstFault() throws {
        let message = try Parsed(request("OPTIONS sip:a@b SIP/3.0", with: ["CSeq": "x", "To": nil]))
        #expect(message.index.problem == SyntaxError(.unsupportedVersion, at: 16))
    }
}
