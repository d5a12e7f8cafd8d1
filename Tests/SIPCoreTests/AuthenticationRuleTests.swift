import SIPFlow
import SIPReport
import Testing

@Suite("Registering with a password (rules A, G)")
struct RegisterAuthenticationTests {
    private let rig = Rig(users: [.alice, .bob])

    /// A REGISTER for bob from 5080, with some more fields; the one answer.
    private func register(
        _ user: String = "bob",
        _ fields: String...,
        cseq: Int = 1,
        domain: String = "example.test"
    ) throws -> Sent {
        let text = Make.register(user, port: "5080", cseq: cseq, extra: fields)
        rig.receive(
            text.replacing("To: <sip:\(user)@example.test>", with: "To: <sip:\(user)@\(domain)>"),
            from: "5080"
        )
        return try #require(rig.one(to: "5080"))
    }

    private func login(_ user: User, to challenge: Sent, cseq: Int, as name: String = "bob") throws -> Sent {
        try register(name, user.answer(challenge, "REGISTER", "sip:example.test"), cseq: cseq)
    }

    /// The words that stand with transactions.
    private func notes() -> [String] {
        rig.snapshot().transactions.map(\.note).filter { !$0.isEmpty }.sorted()
    }

    @Test(
        "A01 A09 a REGISTER is challenged with 401 and two WWW-Authenticate lines; SHA-256 and MD5 both let in",
        arguments: ["SHA-256", "MD5"]
    )
    func challenge(algorithm: String) throws {
        let refused = try register()
        #expect(refused.code == 401)
        #expect(refused.headers("WWW-Authenticate").count == 2)
        #expect(refused.headers("Proxy-Authenticate").isEmpty)
        #expect(rig.snapshot().registrations.isEmpty)
        let field = User.bob.answer(refused, "REGISTER", "sip:example.test", algorithm: algorithm)
        #expect(try register("bob", field, cseq: 2).code == 200)
        #expect(rig.snapshot().registrations.map(\.aor) == ["bob@example.test"])
        #expect(notes() == ["challenged: no credentials yet"])
        rig.advance(.seconds(400))
    }

    @Test("a repeat of a REGISTER is no replay: it gets the same answer again")
    func repeated() throws {
        let field = User.bob.answer(try register(), "REGISTER", "sip:example.test")
        let first = try register("bob", field, cseq: 2)
        #expect(try register("bob", field, cseq: 2).text == first.text)
        #expect(first.code == 200)
        #expect(try register("bob", field, cseq: 3).headers("WWW-Authenticate")[0].hasSuffix("stale=true"))
        #expect(notes().contains("replay: nonce count 1 was used before"))
    }

    @Test("A08 A13 an unknown user and a wrong password get the same answer, in the same words")
    func sameAnswer() throws {
        let challenge = try register()
        func answer(_ user: User, _ cseq: Int) throws -> String {
            let reply = try login(user, to: challenge, cseq: cseq)
            #expect(reply.code == 401)
            let nonce = reply.headers("WWW-Authenticate")[0].quoted("nonce")
            return reply.text.replacing(nonce, with: "N").split(separator: "\r\n").filter {
                !$0.hasPrefix("To:") && !$0.hasPrefix("CSeq:") && !$0.hasPrefix("Via:")
            }.joined(separator: "|")
        }
        let wrong = try answer(User(name: "bob", password: "guess"), 2)
        #expect(try answer(.mallory, 3) == wrong)
        #expect(!wrong.contains("stale"))
        #expect(
            notes() == ["challenged: no credentials yet", "unknown user mallory", "wrong password of bob"]
        )
        #expect(rig.snapshot().counters.failedLogins == 2)
    }

    @Test("A07 A08 nobody registers as somebody else: 403, and the bindings stay")
    func notHis() throws {
        let reply = try login(.alice, to: try register(), cseq: 2)
        #expect(reply.startLine == "SIP/2.0 403 Forbidden")
        #expect(rig.snapshot().registrations.isEmpty)
        #expect(notes().contains("not his AOR: the digest is of alice"))
    }

    @Test("A03 Q21 a refresh with an old nonce gets stale=true, a wrong password never does")
    func stale() throws {
        let challenge = try register()
        #expect(try login(.bob, to: challenge, cseq: 2).code == 200)
        rig.advance(.seconds(3))
        let stale = try login(.bob, to: challenge, cseq: 3)
        #expect(stale.code == 401)
        #expect(stale.headers("WWW-Authenticate").allSatisfy { $0.hasSuffix("stale=true") })
        #expect(try login(.bob, to: stale, cseq: 4).code == 200)
        let wrong = try login(User(name: "bob", password: "guess"), to: challenge, cseq: 5)
        #expect(!wrong.text.contains("stale"))
    }

    @Test("A13 after 60 failures at once a source is refused without a look; nothing but 403 is said of it")
    func limited() throws {
        let challenge = try register()
        for cseq in 2...61 { #expect(try login(.mallory, to: challenge, cseq: cseq).code == 401) }
        #expect(try login(.bob, to: challenge, cseq: 62).startLine == "SIP/2.0 403 Forbidden")
        #expect(notes().contains("too many failed logins from this source"))
        #expect(rig.snapshot().counters.limitedLogins == 1)
        rig.advance(.seconds(61))
        let again = try register(cseq: 63)
        #expect(try login(.bob, to: again, cseq: 64).code == 200)
    }

    @Test(
        "G01 steps run in order: Require, authentication, authorization, address of record, contacts",
        arguments: [
            (["Require: x"], nil, "bob", 420), (["Require: path"], nil, "bob", 401), ([], nil, "alice", 401),
            ([], User.bob, "alice", 403), (["Contact: nonsense"], User.bob, "alice", 403),
            (["Contact: nonsense"], User.bob, "bob", 400), ([], User.bob, "bob", 200),
        ] as [([String], User?, String, Int)]
    )
    func order(fields: [String], user: User?, name: String, code: Int) throws {
        let challenge = try register("alice")
        let login = user.map { [$0.answer(challenge, "REGISTER", "sip:example.test")] } ?? []
        rig.receive(Make.register(name, port: "5080", cseq: 2, extra: fields + login), from: "5080")
        #expect(rig.one(to: "5080")?.code == code)
    }

    @Test("G01 an owner who asks for a domain that is not served gets 404, a stranger 401")
    func foreignDomain() throws {
        let challenge = try register("bob", domain: "elsewhere.test")
        #expect(challenge.code == 401)
        let field = User.bob.answer(challenge, "REGISTER", "sip:example.test")
        #expect(try register("bob", field, cseq: 2, domain: "elsewhere.test").code == 404)
    }

    @Test("M04 credentials that cannot be read are refused with 400, an unknown scheme is challenged")
    func unreadable() throws {
        #expect(try register("bob", "Authorization: Digest username=\"bob\"").code == 400)
        #expect(try register("bob", "Authorization: NoOneKnowsThisScheme a=b", cseq: 2).code == 401)
    }

    @Test("LAB MODE ends with the first account, and does not come back with the last one gone")
    func labMode() throws {
        #expect(Rig().snapshot().mode.isLab)
        #expect(!rig.snapshot().mode.isLab)
        let challenge = try register()
        rig.replaceUsers([.alice])
        #expect(try login(.bob, to: challenge, cseq: 2).code == 401)
        rig.replaceUsers([])
        #expect(!rig.snapshot().mode.isLab)
        #expect(try register(cseq: 3).code == 401)
        let open = Rig()
        open.replaceUsers([.bob])
        #expect(open.snapshot().mode.isLab)
    }
}
