import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Calling with a password (rules A, F11, K06, P01, P11)")
struct ProxyAuthenticationTests {
    private static let uri = "sip:bob@example.test"

    /// alice on 5070 and bob on 5080 have accounts; bob is registered.
    private let rig: Rig

    init() throws {
        rig = Rig(users: [.alice, .bob])
        try register("bob", .bob, port: "5080")
    }

    private func register(_ name: String, _ user: User, port: String, q: String = "") throws {
        for (cseq, contact) in [1, 2].map({ ($0, "<sip:\(name)@127.0.0.1:\(port)>\(q)") }) {
            let extra =
                rig.take(to: port).first.map { [user.answer($0, "REGISTER", "sip:example.test")] } ?? []
            rig.receive(
                Make.register(
                    name,
                    port: port,
                    callID: "r\(port)",
                    cseq: cseq,
                    contact: contact,
                    extra: extra
                ),
                from: port
            )
        }
        try #require(rig.one(to: port)?.code == 200)
    }

    /// A request from 5070, with some more fields; what came back there.
    private func send(
        _ method: String = "INVITE",
        _ uri: String = uri,
        from: String = "sip:alice@example.test",
        _ fields: [String] = [],
        cseq: Int = 1,
        toTag: String? = nil,
        source: String = "5070"
    ) -> [Sent] {
        let text = Make.request(
            method,
            uri,
            to: Self.uri,
            port: source,
            branch: "p\(cseq)\(method == "CANCEL" || method == "ACK" ? "INVITE" : method)",
            cseq: cseq,
            toTag: toTag,
            extra: fields
        )
        rig.receive(text.replacing("From: <sip:alice@example.test>", with: "From: <\(from)>"), from: source)
        return rig.take(to: source)
    }

    /// alice's INVITE gets through: what bob sees of it.
    private func call(_ fields: [String] = []) throws -> Sent {
        let challenge = try #require(send().first)
        _ = send("ACK", toTag: "x")
        let field = User.alice.answer(challenge, "INVITE", Self.uri)
        #expect(send(Self.invite, Self.uri, fields + [field], cseq: 2).map(\.code) == [100])
        return try #require(rig.one(to: "5080"))
    }

    private static let invite = "INVITE"

    @Test(
        "A01 requests of our users are challenged with 407 and Proxy-Authenticate",
        arguments: ["INVITE", "MESSAGE", "SUBSCRIBE", "BYE", "REFER", "PUBLISH", "FOO"]
    )
    func challenge(method: String) throws {
        let reply = try #require(send(method).first)
        #expect(reply.code == 407)
        #expect(reply.headers("Proxy-Authenticate").count == 2)
        #expect(reply.headers("WWW-Authenticate").isEmpty)
        #expect(rig.take(to: "5080").isEmpty)
    }

    @Test("A07 who is somebody else by his digest is refused with 403")
    func notHis() throws {
        let challenge = try #require(send().first)
        let reply = send(Self.invite, Self.uri, [User.bob.answer(challenge, "INVITE", Self.uri)], cseq: 2)
        #expect(reply.map(\.startLine) == ["SIP/2.0 403 Forbidden"])
        #expect(rig.snapshot().transactions.contains { $0.note == "not his AOR: the digest is of bob" })
    }

    @Test("F11 credentials for us are consumed, those for others pass untouched, in the INVITE and its ACK")
    func consumed() throws {
        let other =
            "Proxy-Authorization: Digest username=\"alice\", realm=\"elsewhere.test\", nonce=\"n\", uri=\"x\", "
            + "response=\"r\""
        let basic = "Proxy-Authorization: Basic YTpi"
        let invite = try call([basic, other])
        #expect(invite.headers("Proxy-Authorization").map { "Proxy-Authorization: \($0)" } == [basic, other])
        rig.answer(200, to: invite, contact: "<sip:bob@127.0.0.1:5080>")
        let ok = try #require(rig.one(to: "5070"))
        let own =
            "Proxy-Authorization: Digest username=\"alice\", realm=\"example.test\", nonce=\"n\", uri=\"x\", response=\"r\""
        let route = "Route: \(ok.headers("Record-Route")[0])"
        #expect(send("ACK", "sip:bob@127.0.0.1:5080", [route, own, other], cseq: 2, toTag: "b1").isEmpty)
        let ack = try #require(rig.one(to: "5080"))
        #expect(ack.method == "ACK")
        #expect(ack.headers("Proxy-Authorization").map { "Proxy-Authorization: \($0)" } == [other])
        rig.advance(.seconds(400))
    }

    @Test("F11 credentials do not go to the targets that are tried later either")
    func laterTargets() throws {
        try register("bob", .bob, port: "5081", q: ";q=0.5")
        let first = try call()
        #expect(first.headers("Proxy-Authorization").isEmpty)
        rig.answer(486, to: first)
        let second = try #require(rig.one(to: "5081"))
        #expect(second.headers("Proxy-Authorization").isEmpty)
        #expect(second.startLine == "INVITE sip:bob@127.0.0.1:5081 SIP/2.0")
    }

    @Test("K06 CANCEL and ACK are never challenged")
    func neverChallenged() throws {
        let invite = try call()
        rig.answer(180, to: invite)
        _ = rig.take(to: "5070")
        #expect(send("CANCEL", cseq: 2).map(\.code).contains(200))
        #expect(rig.take(to: "5080").map(\.method) == ["CANCEL"])
        rig.answer(487, to: invite)
        #expect(rig.take(to: "5070").map(\.code) == [487])
        #expect(send("CANCEL", cseq: 9).map(\.code) == [481])
        #expect(send("ACK", cseq: 9, toTag: "x").isEmpty)
    }

    @Test("requests in the dialog go by our Record-Route value, from both sides and without credentials")
    func inDialog() throws {
        let invite = try call()
        rig.answer(200, to: invite, contact: "<sip:bob@127.0.0.1:5080>")
        let route = try #require(rig.one(to: "5070")?.headers("Record-Route").first)
        #expect(send("INFO", "sip:bob@127.0.0.1:5080", ["Route: \(route)"], cseq: 3, toTag: "b1").isEmpty)
        #expect(rig.one(to: "5080")?.method == "INFO")
        #expect(
            send(
                "BYE",
                "sip:alice@127.0.0.1:5070",
                from: "sip:bob@example.test",
                ["Route: \(route)"],
                cseq: 4,
                toTag: "a1",
                source: "5080"
            ).isEmpty
        )
        #expect(rig.one(to: "5070")?.method == "BYE")
        let forged = route.replacing("sg=", with: "sg=0")
        #expect(
            send("BYE", "sip:bob@127.0.0.1:5080", ["Route: \(forged)"], cseq: 5, toTag: "b1").map(\.code) == [
                407
            ]
        )
    }

    @Test(
        "P11 who is not of our users may reach them, and nobody else",
        arguments: ["sip:carol@elsewhere.test", "sip:anonymous@anonymous.invalid", "tel:+15550100"]
    )
    func foreignCaller(from: String) throws {
        #expect(send(from: from).map(\.code) == [100])
        #expect(rig.one(to: "5080")?.method == "INVITE")
        for (cseq, uri) in ["sip:x@203.0.113.9", "sip:x@elsewhere.test"].enumerated() {
            let replies = send("MESSAGE", uri, from: from, cseq: cseq + 10)
            #expect(replies.map(\.startLine) == ["SIP/2.0 403 Relaying Refused"])
        }
        let words = "neither for a domain served here nor from one of its users"
        #expect(rig.snapshot().transactions.count { $0.note == words } == 2)
    }

    @Test(
        "A01 where strangers are to log in, who is from elsewhere needs an account too (RFC 3665 §3.3)",
        arguments: ["sip:alice@elsewhere.test", "sip:alice@127.0.0.9:5070"]
    )
    func stranger(from: String) throws {
        let rig = Rig(users: [.alice, .bob], asksStrangers: true)
        var cseq = 0
        func send(_ fields: [String] = [], from: String = from) -> Sent? {
            cseq += 1
            let text = Make.request(
                "MESSAGE",
                Self.uri,
                port: "5070",
                branch: "\(cseq)",
                cseq: cseq,
                extra: fields
            )
            rig.receive(
                text.replacing("From: <sip:alice@example.test>", with: "From: <\(from)>"),
                from: "5070"
            )
            return rig.one(to: "5070")
        }
        let challenge = try #require(send())
        #expect(challenge.code == 407)
        #expect(challenge.headers("Proxy-Authenticate").allSatisfy { $0.contains("realm=\"example.test\"") })
        // Nobody is bound, so who is let in gets 480 or 404 instead.
        #expect(send([User.alice.answer(challenge, "MESSAGE", Self.uri)])?.code == 404)
        let notHis = User.bob.answer(challenge, "MESSAGE", Self.uri, count: "00000002")
        #expect(send([notHis])?.code == 403)
        #expect(send(from: "sip:")?.code == 403)
        #expect(send(from: "tel:+15550100")?.code == 407)
        #expect(send(from: "sip:anonymous@anonymous.invalid")?.code == 407)
    }

    @Test("P11 a user reaches elsewhere with his password; a registered phone alone does not")
    func userElsewhere() throws {
        try register("alice", .alice, port: "5070")
        let uri = "sip:x@203.0.113.9"
        let challenge = try #require(send("MESSAGE", uri).first)
        #expect(challenge.code == 407)
        let field = User.alice.answer(challenge, "MESSAGE", uri)
        #expect(send("MESSAGE", uri, [field], cseq: 2).isEmpty)
        #expect(rig.one(to: "203.0.113.9:5060")?.headers("Proxy-Authorization") == [])
    }

    @Test(
        "P01 Proxy-Authorization comes after syntax, scheme, Max-Forwards and Proxy-Require, and before the target",
        arguments: [
            ("sip:bob@example.test", ["Proxy-Require: a"], 420),
            ("sip:bob@example.test", ["Route: <nonsense>"], 400),
            ("sips:bob@example.test", [], 416), ("sip:nobody@example.test", [], 407),
            ("sip:x@203.0.113.9", [], 407),
            ("sip:bob@example.test", ["Route: <sip:203.0.113.9;lr>"], 407),
        ] as [(String, [String], Int)]
    )
    func order(uri: String, fields: [String], code: Int) {
        #expect(send("MESSAGE", uri, fields).map(\.code) == [code])
    }

    @Test("who calls under another name of his gives his own password")
    func alias() throws {
        let rig = Rig(users: [.alice, .bob]) {
            $0.userAliases = ["sip:100@example.test": "sip:alice@example.test"]
        }
        func call(_ cseq: Int, _ fields: [String]) throws -> Sent {
            let text = Make.request(
                "MESSAGE",
                Self.uri,
                from: "100",
                port: "5070",
                branch: "\(cseq)",
                cseq: cseq,
                extra: fields
            )
            rig.receive(text, from: "5070")
            return try #require(rig.one(to: "5070"))
        }
        let challenge = try call(1, [])
        #expect(challenge.code == 407)
        #expect(try call(2, [User.bob.answer(challenge, "MESSAGE", Self.uri)]).code == 403)
        #expect(
            try call(3, [User.alice.answer(challenge, "MESSAGE", Self.uri, count: "00000002")]).code == 404
        )
    }

    @Test("OPTIONS to the server itself need no password")
    func pings() {
        #expect(send("OPTIONS", "sip:example.test").map(\.code) == [200])
        #expect(send("OPTIONS", "sip:example.test;x=y", cseq: 2).map(\.code) == [200])
    }

    @Test("a request that we sent to ourselves was checked when it came first")
    func spiral() throws {
        rig.isLoopedBack = true
        rig.replaceUsers([.alice, .bob, User(name: "desk", password: "d")])
        let desk = User(name: "desk", password: "d")
        let contact = "<sip:bob@127.0.0.1:5060>"
        rig.receive(Make.register("desk", port: "5090", contact: contact), from: "5090")
        let field = desk.answer(try #require(rig.one(to: "5090")), "REGISTER", "sip:example.test")
        rig.receive(
            Make.register("desk", port: "5090", cseq: 2, contact: contact, extra: [field]),
            from: "5090"
        )
        #expect(rig.one(to: "5090")?.code == 200)
        let uri = "sip:desk@example.test"
        let challenge = try #require(send("MESSAGE", uri).first)
        #expect(send("MESSAGE", uri, [User.alice.answer(challenge, "MESSAGE", uri)], cseq: 2).isEmpty)
        #expect(rig.one(to: "5080")?.method == "MESSAGE")
    }

    @Test("nothing is left of calls that were challenged, granted and refused")
    func nothingLeft() throws {
        _ = try call()
        _ = send("CANCEL", cseq: 2)
        _ = send("MESSAGE", cseq: 7)
        rig.expectEnd()
    }
}
