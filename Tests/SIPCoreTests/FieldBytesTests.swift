import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Cases from the field: bytes")
struct FieldBytesTests {
    private static let options = Make.request("OPTIONS", "sip:bob@example.test", port: "5070")

    @Test(
        "Q06 several Via values on a line are a list: one comes, one goes, each leaves on a line of its own"
    )
    func viaList() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let own = "SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1;rport"
        let lower = ["SIP/2.0/UDP 127.0.0.9:5062;branch=z9hG4bK-0", "SIP/2.0/TCP [::9];branch=z9hG4bK-9"]
        rig.receive(
            Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "1")
                .replacing("Via: \(own)", with: "Via: \(own),\(lower.joined(separator: " ,\t"))"),
            from: "5070"
        )
        let invite = try #require(rig.take(to: "5080").first)
        let vias = invite.headers("Via")
        #expect(vias.count == 4 && Array(vias.suffix(2)) == lower)
        let combined = Make.response(200, to: invite).replacing(
            vias.map { "Via: \($0)\r\n" }.joined(),
            with: "Via: \(vias.joined(separator: ","))\r\n"
        )
        rig.receive(combined, from: "5080")
        let answer = try #require(rig.take(to: "5070").last)
        #expect(answer.code == 200 && answer.headers("Via") == Array(vias.dropFirst()))
    }

    @Test("Q06 Route and Record-Route values on one line are the same as on several")
    func routeList() throws {
        let rig = Rig()
        rig.register("alice", port: "5070")
        rig.register("bob", port: "5080")
        let foreign = ["<sip:127.0.0.8:5098;lr>", "\"x, y\" <sip:127.0.0.9;lr>;z=\"1,2\""]
        rig.send(
            "INVITE",
            "sip:bob@127.0.0.1:5080",
            branch: "1",
            extra: [
                "Route: <sip:127.0.0.1:5060;lr>, \(foreign.joined(separator: ","))",
                "Record-Route: <sip:127.0.0.6;lr>,<sip:127.0.0.7;lr>",
            ]
        )
        let invite = try #require(rig.one(to: "127.0.0.8:5098"))
        #expect(invite.headers("Route") == foreign)
        #expect(invite.headers("Record-Route").count == 2)
        #expect(invite.headers("Record-Route").last == "<sip:127.0.0.6;lr>,<sip:127.0.0.7;lr>")
    }

    @Test("Q07 a line feed alone ends a line; a carriage return alone does not, and neither hurts")
    func lineEnds() throws {
        let rig = Rig()
        let plain = Make.request("OPTIONS", "sip:example.test", port: "5070", contact: false)
        for text in [plain.replacing("\r\n", with: "\n"), plain.replacing("\r\nFrom", with: "\nFrom")] {
            rig.receive(text, from: "5070")
            #expect(rig.one(to: "5070")?.code == 200)
        }
        rig.receive(plain.replacing("\r\n", with: "\r"), from: "5070")
        #expect(rig.take().isEmpty)
        #expect(rig.snapshot().counters.drops == ["malformed": 1])
    }

    @Test(
        "Q07 cut after any byte, a request is refused with 400 or dropped and counted, and the next is served"
    )
    func cutMessages() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let whole = Array(Self.options.replacing("OPTIONS", with: "MESSAGE").utf8)
        var refused = 0
        var dropped = 0
        for count in 1..<whole.count {
            rig.receive(Array(whole[..<count]), from: "5070")
            let answers = rig.take()
            #expect(answers.allSatisfy { $0.code == 400 } && answers.count < 2, "after \(count) bytes")
            if answers.isEmpty { dropped += 1 } else { refused += 1 }
            #expect(rig.snapshot().transactions.count == 1, "the REGISTER")
        }
        // What has its Via can be answered.
        #expect(refused > 100 && dropped > 20 && refused + dropped == whole.count - 1)
        let drops = rig.snapshot().counters.drops
        #expect(
            drops["malformed", default: 0] + drops["keep-alive", default: 0] == whole.count - 1,
            "\(drops)"
        )
        rig.receive(whole, from: "5070")
        #expect(rig.take(to: "5080").count == 1)
    }

    @Test(
        "Q08 names of any bytes pass untouched, with a body cut by bytes; an open quote in From is 400",
        arguments: [
            ("\"名前 𤭢 é\"", true), (#""say \"hi\"""#, true), (#""back \\""#, true), (#""Sam\""#, false),
        ]
    )
    func displayNames(name: String, isSound: Bool) throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let from = "From: \(name) <sip:alice@example.test>;tag=a1"
        let body = "v=0\r\ns=名前 𤭢 é\r\n"
        rig.receive(
            Make.request("INVITE", "sip:bob@example.test", port: "5070", body: body)
                .replacing("From: <sip:alice@example.test>;tag=a1", with: from) + "junk after the body",
            from: "5070"
        )
        #expect(rig.take(to: "5070").map(\.code) == [isSound ? 100 : 400])
        let invites = rig.take(to: "5080")
        #expect(invites.count == (isSound ? 1 : 0))
        for invite in invites {
            #expect(invite.text.contains("\r\n\(from)\r\n"))
            #expect(invite.body == body)
        }
    }

    @Test("Q08 an open quote in a field that is none of our business passes untouched")
    func foreignQuote() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.send("MESSAGE", branch: "1", extra: [#"P-Asserted-Identity: "Sam\" <sip:a@b>"#])
        #expect(rig.one(to: "5080")?.headers("P-Asserted-Identity") == [#""Sam\" <sip:a@b>"#])
    }

    @Test(
        "Q09 a user is known by the unescaped name, and the contact's bytes go out as they came",
        arguments: [
            ("bob%2B1", "bob+1", "bob%2b1@127.0.0.1:5080", "bob+1@example.test"),
            ("a%40b", "%61%40b", "a%40b@127.0.0.1:5080", "a@b@example.test"),
            ("9901%231", "9901#1", "9901#1@127.0.0.1:5080", "9901#1@example.test"),
        ]
    )
    func escapes(registered: String, called: String, contact: String, aor: String) throws {
        let rig = Rig()
        rig.register(registered, port: "5080", contact: "<sip:\(contact)>")
        #expect(rig.snapshot().registrations.map(\.aor) == [aor])
        rig.invite(called)
        #expect(rig.take(to: "5080").map(\.startLine) == ["INVITE sip:\(contact) SIP/2.0"])
    }

    @Test("Q09 a contact with a raw # does not keep the others out")
    func illegalContact() throws {
        let rig = Rig()
        let list = ["bob@127.0.0.1:5080", "9901#1@127.0.0.1:5081", "bob@127.0.0.1:5082"].map { "<sip:\($0)>" }
        rig.receive(Make.register("bob", port: "5080", contact: list.joined(separator: ",")), from: "5080")
        let answer = try #require(rig.one(to: "5080"))
        #expect(answer.code == 200)
        let given = answer.headers("Contact").joined(separator: ",")
        #expect(list.allSatisfy(given.contains))
    }

    @Test(
        "Q11 keep-alives in a datagram get no answer and are no fault; a request after line ends is served",
        arguments: [[0], [0, 0, 0, 0], [13, 10, 13, 10], [13, 10], [13, 10, 0], []] as [[UInt8]]
    )
    func keepAlives(bytes: [UInt8]) throws {
        let rig = Rig()
        rig.receive(bytes, from: "5070")
        #expect(rig.take().isEmpty)
        #expect(rig.snapshot().counters.drops == ["keep-alive": 1])
        if bytes.last == 10 {
            let options = Make.request("OPTIONS", "sip:example.test", port: "5070")
            rig.receive(bytes + Array(options.utf8), from: "5070")
            #expect(rig.one(to: "5070")?.code == 200)
        }
    }

    @Test("Q11 a keep-alive moves the moment its source was last heard of; a message is no keep-alive")
    func lastHeard() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        #expect(rig.snapshot().heard.isEmpty)
        _ = rig.core.changes(now: rig.now)
        rig.advance(.seconds(20))
        rig.receive([13, 10, 13, 10], from: "5080")
        rig.receive([0], from: "5081")
        rig.advance(.seconds(5))
        rig.receive([13, 10, 13, 10], from: "5080")
        let hasChanges = rig.core.hasChanges
        #expect(hasChanges)
        let news = rig.core.changes(now: rig.now).heard
        #expect(news.map(\.peer.port) == [5080, 5081])
        #expect(news.map { $0.moment - .zero } == [.seconds(25), .seconds(20)])
        #expect(rig.core.changes(now: rig.now).heard.isEmpty && rig.snapshot().heard.count == 2)
    }

    @Test("Q11 a flood of keep-alives from everywhere takes no more memory than the table has")
    func keepAliveFlood() throws {
        let rig = Rig()
        for port in 1_024..<41_024 { rig.receive([0], from: "\(port)") }
        let heard = rig.snapshot().heard
        #expect(heard.count <= 16_384 && Set(heard.map(\.peer)).count == heard.count)
        var told: Set<HeardSource> = []
        while rig.core.hasChanges {
            let news = rig.core.changes(now: rig.now).heard
            #expect(news.count <= 2_000)
            told.formUnion(news)
        }
        #expect(told == Set(heard))
    }

    @Test("Q11 a STUN message is no broken SIP", arguments: [(0, 1), (1, 1), (0, 17)] as [(UInt8, UInt8)])
    func stun(first: UInt8, second: UInt8) throws {
        let rig = Rig()
        rig.receive(
            [first, second, 0, 0, 0x21, 0x12, 0xa4, 0x42] + [UInt8](repeating: 7, count: 12),
            from: "5070"
        )
        // A Binding request is answered (T07); all else is silence.
        #expect(rig.take().count == (first == 0 && second == 1 ? 1 : 0))
        #expect(rig.snapshot().counters.drops == ["keep-alive": 1])
    }
}
