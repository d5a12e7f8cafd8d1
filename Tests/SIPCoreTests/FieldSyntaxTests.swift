import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Cases from the field: parsing")
struct FieldSyntaxTests {
    @Test("Q01 folded fields are read as one line", arguments: ["\r\n ", "\r\n\t", " \r\n   ", "\n "])
    func folds(fold: String) throws {
        let rig = Rig()
        let lines = [
            "REGISTER sip:example.test SIP/2.0",
            "Via: SIP/2.0/UDP 127.0.0.1:5070\(fold);branch=z9hG4bK-f1\(fold);rport",
            "Max-Forwards: 70", "From: <sip:alice@example.test>\(fold);tag=a1",
            "To:\(fold)<sip:alice@example.test>",
            "Call-ID: q01@x", "CSeq: 1\(fold)REGISTER",
            "Authorization: Digest\(fold)username=\"alice\",\(fold)realm=\"elsewhere\"",
            "Contact: <sip:alice@127.0.0.1:5070>\(fold);expires=120", "Content-Length: 0",
        ]
        rig.receive(lines.joined(separator: "\r\n") + "\r\n\r\n", from: "5070")
        let answer = try #require(rig.one(to: "5070"))
        #expect(answer.code == 200)
        #expect(answer.headers("Contact") == ["<sip:alice@127.0.0.1:5070>;expires=120"])
        #expect(!answer.text.replacing("\r\n", with: "").contains("\n"))
        rig.invite("alice", extra: ["Subject: one\(fold)two"])
        #expect(try #require(rig.take(to: "5070").last).text.contains("Subject: one"))
        #expect(rig.snapshot().registrations.map(\.contact) == ["sip:alice@127.0.0.1:5070"])
    }

    @Test("Q02 without brackets every parameter belongs to the field, and a quoted <urn:…> is no address")
    func bareAddresses() throws {
        let rig = Rig()
        let instance = "\"<urn:uuid:00000000-0000-1000-8000-000000000001>\""
        rig.receive(
            Make.register(
                "alice",
                port: "5070",
                contact: "sip:alice@127.0.0.1:5070;expires=60;+sip.instance=\(instance)"
            )
            .replacing("From: <sip:alice@example.test>", with: "From: sip:alice@example.test"),
            from: "5070"
        )
        let answer = try #require(rig.one(to: "5070"))
        #expect(answer.headers("Contact").first?.hasPrefix("<sip:alice@127.0.0.1:5070>;") == true)
        #expect(answer.headers("Contact").first?.contains("+sip.instance=\(instance)") == true)
        #expect(answer.headers("Contact").first?.contains("expires=60") == true)
        #expect(rig.snapshot().registrations.map(\.contact) == ["sip:alice@127.0.0.1:5070"])
        rig.register("bob", port: "5080")
        let bare = { (text: String) in
            text.replacing("From: <sip:alice@example.test>", with: "From: sip:alice@example.test")
                .replacing("To: <sip:bob@example.test>", with: "To: sip:bob@example.test")
        }
        rig.receive(
            bare(Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "i")),
            from: "5070"
        )
        let invite = try #require(rig.take(to: "5080").first)
        #expect(invite.headers("From") == ["sip:alice@example.test;tag=a1"])
        rig.answer(200, to: invite)
        #expect(rig.take(to: "5070").last?.headers("To") == ["sip:bob@example.test;tag=b1"])
        let route = "Route: \(try #require(invite.headers("Record-Route").first))"
        rig.receive(
            bare(
                Make.request(
                    "BYE",
                    "sip:bob@127.0.0.1:5080",
                    to: "sip:bob@example.test",
                    port: "5070",
                    branch: "b",
                    cseq: 2,
                    toTag: "b1",
                    extra: [route]
                )
            ),
            from: "5070"
        )
        #expect(rig.take(to: "5080").map(\.method) == ["BYE"])
    }

    @Test("Q03 a semicolon in the user part is part of the user: in a Contact, a Request-URI and a Route")
    func semicolonInUser() throws {
        let rig = Rig()
        let contact = "sip:+358-555-1234567;postd=pp22@127.0.0.1:5071;user=phone"
        rig.register("bob", port: "5071", contact: "<\(contact)>")
        rig.invite("bob")
        #expect(rig.take(to: "5071").map(\.startLine) == ["INVITE \(contact) SIP/2.0"])
        rig.register("alice", port: "5070")
        rig.send("MESSAGE", contact, branch: "1")
        #expect(rig.take(to: "5071").map(\.startLine) == ["MESSAGE \(contact) SIP/2.0"])
        let route = "<sip:a;b=c@127.0.0.1:5098;lr>"
        rig.send("MESSAGE", "sip:x@127.0.0.1:5099", branch: "2", extra: ["Route: \(route)"])
        #expect(rig.one(to: "5098")?.headers("Route") == [route])
        let aor = "sip:+358;postd=pp22@example.test"
        rig.register("+358;postd=pp22", port: "5081")
        rig.send("MESSAGE", aor, branch: "3")
        #expect(rig.take(to: "5081").count == 1)
    }

    @Test(
        "Q04 a telephone number finds the user of that name, an unknown one is 404, a broken one 400",
        arguments: [
            ("tel:+15550100;phone-context=example.test", true, 100), ("tel:+1-555-0100", true, 100),
            ("tel:+1(555)01.00", true, 100), ("tel:5550100;phone-context=Example.test", true, 100),
            ("tel:5550199;phone-context=example.test", false, 404),
            ("tel:5550100;phone-context=other.test", false, 404), ("tel:+15550199", false, 404),
            ("tel:abc@127.0.0.1", false, 400), ("tel:", false, 400), ("tel:;phone-context=x", false, 400),
        ]
    )
    func telephoneNumbers(uri: String, isKnown: Bool, code: Int) throws {
        let rig = Rig()
        rig.register("+15550100", port: "5080")
        rig.register("5550100", port: "5080")
        rig.receive(
            Make.request("INVITE", uri, to: "sip:bob@example.test", port: "5070"),
            from: "5070"
        )
        #expect(rig.take(to: "5070").map(\.code) == [code])
        #expect(rig.take(to: "5080").count == (isKnown ? 1 : 0))
    }

    @Test("Q05 compact names, odd case and odd spacing are the same request")
    func compact() throws {
        let rig = Rig()
        rig.receive(
            "OPTIONS sip:127.0.0.1 SIP/2.0\r\nv:SIP/2.0/UDP 127.0.0.1:5070;rport;branch=z9hG4bK-c1\r\n"
                + "MAX-forwards : 70\r\nf:\"X\"<sip:a@example.test>;tag=1\r\nt:<sip:127.0.0.1>\r\ni:c1@x\r\n"
                + "cseq:\t7   OPTIONS\r\nl:0\r\n\r\n",
            from: "5070"
        )
        #expect(rig.one(to: "5070")?.code == 200)
    }

    @Test("Q05 a whole call in compact form gives the transactions and responses of one in long form")
    func compactCall() throws {
        let forms = [
            ("Via", "v"), ("From", "f"), ("To", "t"), ("Call-ID", "i"), ("Contact", "m"),
            ("Content-Length", "l"), ("CSeq", "cseq"),
        ]
        let compact = { (text: String) in
            forms.reduce(text) { $0.replacing("\r\n\($1.0): ", with: "\r\n\($1.1):") }
        }
        var outcomes: [[String]] = []
        for change in [{ $0 }, compact] {
            let rig = Rig()
            rig.receive(change(Make.register("bob", port: "5080")), from: "5080")
            rig.receive(
                change(Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "i")),
                from: "5070"
            )
            let long = Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "i")
            let invite = try #require(rig.take(to: "5080").last)
            let spelled = forms.reduce(invite.text) { $0.replacing("\r\n\($1.1):", with: "\r\n\($1.0): ") }
            #expect(spelled.contains(long.split(separator: "\r\n").last { $0.hasPrefix("From") } ?? ""))
            let readable = Sent(
                text: spelled,
                to: invite.to,
                at: invite.at,
                isOwn: false,
                isRetransmission: false
            )
            for code in [180, 200] { rig.receive(change(Make.response(code, to: readable)), from: "5080") }
            let route = "Route: \(try #require(readable.headers("Record-Route").first))"
            for (method, cseq) in [("ACK", 1), ("BYE", 2)] {
                let request = Make.request(
                    method,
                    "sip:bob@127.0.0.1:5080",
                    to: "sip:bob@example.test",
                    port: "5070",
                    branch: method,
                    cseq: cseq,
                    toTag: "b1",
                    extra: [route]
                )
                rig.receive(change(request), from: "5070")
            }
            outcomes.append(rig.take().map { "\($0.to) \($0.startLine)" })
            #expect(rig.snapshot().transactions.count == 5)
        }
        #expect(outcomes[0] == outcomes[1] && outcomes[0].count == 5, "\(outcomes)")
    }

    @Test("Q05 a method is case-sensitive: register is no REGISTER")
    func lowerCaseMethod() throws {
        let rig = Rig()
        rig.receive(Make.register("bob", port: "5080").replacing("REGISTER", with: "register"), from: "5080")
        #expect(rig.one(to: "5080")?.code == 404)
        #expect(rig.snapshot().registrations.isEmpty)
    }
}
