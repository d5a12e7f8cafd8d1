import SIPSyntax
import Testing

@Suite("Message index")
struct MessageIndexTests {
    @Test("M01 names in any case and in their compact form are the same header field")
    func names() throws {
        let spellings: [(HeaderID, [String])] = HeaderID.allCases.filter { $0 != .other }.map { id in
            (id, [id.name, id.name.lowercased(), id.name.uppercased()])
        }
        let compact: [(HeaderID, [String])] = [
            (.via, ["v", "V"]), (.from, ["f", "F"]), (.to, ["t", "T"]), (.callID, ["i", "I"]),
            (.contact, ["m", "M"]),
            (.contentLength, ["l", "L"]), (.contentType, ["c", "C"]), (.contentEncoding, ["e", "E"]),
            (.supported, ["k", "K"]), (.allowEvents, ["u", "U"]), (.event, ["o", "O"]),
            (.subject, ["s", "S"]),
            (.referTo, ["r", "R"]), (.referredBy, ["b", "B"]), (.sessionExpires, ["x", "X"]),
            (.acceptContact, ["a", "A"]), (.requestDisposition, ["d", "D"]), (.rejectContact, ["j", "J"]),
        ]
        for (id, names) in spellings + compact {
            for name in names {
                let message = try Parsed("OPTIONS sip:a@b SIP/2.0\n\(name): 1\n\n")
                #expect(message.index.fields.map(\.id) == [id], "\(name)")
                #expect(message.index.has(id))
            }
        }
    }

    @Test(
        "M01 a name that only resembles a known one is another",
        arguments: [
            "Vi", "Viaa", "Call_ID", "P", "z", "Contact-", "Proxy-Authorization-Info-Extended",
            "Max\u{2d}Forward",
        ]
    )
    func otherNames(name: String) throws {
        let message = try Parsed("OPTIONS sip:a@b SIP/2.0\n\(name): 1\n\n")
        #expect(message.index.fields.map(\.id) == [.other])
        #expect(message.text(message.index.fields[0].name) == name)
    }

    @Test("M02 Q01 a folded value is one value, with blanks or tabs before each part")
    func folds() throws {
        let message = try Parsed(
            request(
                "REGISTER sip:example.test SIP/2.0",
                with: ["Via": "SIP/2.0/UDP 127.0.0.1:5070\n  ;branch=z9hG4bK-f1\n\t;rport"],
                adding: ["Contact: <sip:alice@127.0.0.1:5070>\n ;expires=120"]
            )
        )
        #expect(message.fault == nil)
        let via = try #require(message.index.topVia)
        #expect(message.text(via.branch) == "z9hG4bK-f1")
        #expect(via.rport?.isEmpty == true && via.port == 5_070)
        let field = try #require(message.index.first(.contact))
        let contact = try NameAddress(message.bytes.span, field.value)
        #expect(message.text(contact.uri) == "sip:alice@127.0.0.1:5070")
        let expires = message.bytes.span.parameter("expires", in: contact.parameters)
        #expect(message.text(expires?.value) == "120")
    }

    @Test("M02 a fold may stand right after the colon, and a folded line may be blank")
    func emptyFolds() throws {
        let message = try Parsed("OPTIONS sip:a@b SIP/2.0\nSubject:\n  first\n \n second\nX: 1\n\n")
        #expect(message.values(.subject) == ["first\r\n \r\n second"])
        #expect(message.index.fields.count == 2)
    }

    @Test("M03 Q06 lines and lists give the same values in the same order")
    func lists() throws {
        let lines = try Parsed("OPTIONS sip:a@b SIP/2.0\nRoute: <sip:1>\nX: y\nRoute: <sip:2>, <sip:3>\n\n")
        let list = try Parsed("OPTIONS sip:a@b SIP/2.0\nRoute: <sip:1>,<sip:2> ,\n <sip:3>\n\n")
        #expect(lines.listed(.route) == ["<sip:1>", "<sip:2>", "<sip:3>"])
        #expect(list.listed(.route) == lines.listed(.route))
    }

    @Test("M04 an unknown header field and a challenge are kept whole, commas and all")
    func unsplit() throws {
        let message = try Parsed(
            "OPTIONS sip:a@b SIP/2.0\nX-List: a, b\nAuthorization: Digest a=\"1\", b=\"2\"\n\n"
        )
        #expect(message.values(.other) == ["a, b"])
        #expect(message.values(.authorization) == ["Digest a=\"1\", b=\"2\""])
    }

    @Test("M08 fields lie one behind the other, and each line is found byte for byte")
    func lines() throws {
        let text = "OPTIONS sip:a@b SIP/2.0\nX-One :  1  \nv: SIP/2.0/UDP h\nX-Two:\n\t2\n\n"
        let message = try Parsed(text)
        let lines = message.index.fields.map { message.bytes.text($0.line) }
        #expect(lines == ["X-One :  1  \r\n", "v: SIP/2.0/UDP h\r\n", "X-Two:\r\n\t2\r\n"])
        #expect(message.index.fields.map { message.bytes.text($0.name) } == ["X-One", "v", "X-Two"])
    }

    @Test("Q05 white space round the colon, or none, means nothing")
    func compactMessage() throws {
        let message = try Parsed(
            """
            OPTIONS sip:127.0.0.1 SIP/2.0
            v:SIP/2.0/UDP 127.0.0.1:5070;rport;branch=z9hG4bK-c1
            MAX-forwards : 70
            f:"X"<sip:a@example.test>;tag=1
            t:<sip:127.0.0.1>
            i:c1@x
            cseq:\t7   OPTIONS
            l:0


            """
        )
        #expect(message.fault == nil)
        #expect(message.text(message.index.topVia?.branch) == "z9hG4bK-c1")
        #expect(message.text(message.index.from?.displayName) == "\"X\"")
        #expect(message.text(message.index.fromTag) == "1")
        #expect(message.text(message.index.callID) == "c1@x")
        #expect(message.index.cseq?.number == 7 && message.index.cseq?.method == .options)
        #expect(message.values(.maxForwards) == ["70"])
    }

    @Test(
        "M15 line ends before the start line are skipped",
        arguments: ["\r\n", "\r\n\r\n", "\n", "\r\n\n\r\n"]
    )
    func leadingLineEnds(prefix: String) throws {
        let message = try Parsed(Array(prefix.utf8) + request())
        #expect(message.fault == nil)
        #expect(message.index.startLineSlice.start == prefix.utf8.count)
    }

    @Test("M15 nothing but line ends is no message", arguments: ["", "\r\n", "\r\n\r\n", "\n\n\n\n"])
    func onlyLineEnds(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: SyntaxError(.empty, at: bytes.count)) { try Parsed(bytes) }
    }

    @Test("Q07 bare line feeds are taken, and remembered")
    func bareLineFeeds() throws {
        let all = try Parsed(request().filter { $0 != 0x0d })
        #expect(all.fault == nil && all.index.hasBareLineFeed)
        var bytes = request()
        let place = try #require(bytes.firstIndex(of: 0x0d))
        bytes.remove(at: place)
        let one = try Parsed(bytes)
        #expect(one.fault == nil && one.index.hasBareLineFeed && one.index.fields.count == 7)
        let none = try Parsed(request())
        #expect(!none.index.hasBareLineFeed)
    }

    @Test("Q07 bare carriage returns end no line")
    func bareCarriageReturns() {
        #expect(throws: SyntaxError.self) { try Parsed(request().filter { $0 != 0x0a }) }
    }

    @Test("Q07 a message without its empty line is at fault, and still answerable")
    func noEmptyLine() throws {
        let message = try Parsed(request().dropLast(2))
        #expect(message.fault == .unterminatedHeaders && message.isAnswerable)
        #expect(message.index.fields.count == 7)
    }

    @Test(
        "a line that is no header field is a fault",
        arguments: ["NoColon", ": no name", "X Header: 1", "X-\u{e9}: 1", "\u{1}: 1", "(: 1"]
    )
    func malformedHeaders(line: String) throws {
        let message = try Parsed(request(adding: [line]))
        #expect(message.fault == .malformedHeader && message.isAnswerable)
    }

    @Test("a fold before the first field is a fault")
    func foldFirst() throws {
        let message = try Parsed(request("OPTIONS sip:a@b SIP/2.0\n folded", with: ["CSeq": "1 OPTIONS"]))
        #expect(message.fault == .malformedHeader)
    }

    @Test(
        "M19 256 header fields are taken, one more is a fault",
        arguments: [(249, nil), (250, .tooManyHeaders)] as [(Int, SyntaxError.Reason?)]
    )
    func fieldLimit(added: Int, fault: SyntaxError.Reason?) throws {
        let message = try Parsed(request(adding: Array(repeating: "X: y", count: added)))
        #expect(message.fault == fault)
        #expect(message.index.fields.count == MessageIndex.fieldLimit)
    }

    @Test("M19 a message of 65,535 bytes is read to its last byte")
    func largest() throws {
        let bare = request(adding: ["X-Pad: "])
        let message = try Parsed(
            request(adding: ["X-Pad: " + String(repeating: "p", count: 65_535 - bare.count)])
        )
        #expect(message.bytes.count == 65_535 && message.fault == nil)
        #expect(message.index.fields.last?.line.end == 65_533)
        #expect(message.index.body.start == 65_535)
    }

    @Test("an index used again holds nothing of the message before")
    func reuse() throws {
        var index = MessageIndex()
        let first = request("INVITE sip:a@b SIP/2.0", adding: ["Route: <sip:r>", "X: 1"], body: "v=0")
        let bare = first.filter { $0 != 0x0d }
        try index.parse(bare.span)
        let second = wire("SIP/2.0 200 OK\nCSeq: 1 BYE\n\n")
        try index.parse(second.span)
        var fresh = MessageIndex()
        try fresh.parse(second.span)
        #expect(index.fields == fresh.fields && index.problem == fresh.problem && index.body == fresh.body)
        #expect(!index.has(.route) && index.first(.via) == nil && index.topVia == nil && index.from == nil)
        #expect(index.to == nil && index.fromTag == nil && index.toTag == nil && index.callID.isEmpty)
        #expect(!index.hasBareLineFeed && index.statusCode == 200 && index.method == nil)
    }

    @Test("an index is empty again after bytes that are no message")
    func reuseAfterError() throws {
        var index = MessageIndex()
        let sound = request()
        try index.parse(sound.span)
        let junk = Array("junk".utf8)
        do {
            try index.parse(junk.span)
            Issue.record("junk was taken for a message")
        } catch {
            #expect(error.reason == .notSIP)
        }
        #expect(index.fields.isEmpty && !index.has(.via) && index.cseq == nil)
    }
}
