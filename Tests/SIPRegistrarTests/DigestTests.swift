import SIPCrypto
import SIPFlow
import SIPSyntax
import Testing

@testable import SIPRegistrar

@Suite("Digest authentication (rules A)")
struct DigestTests {
    @Test(
        "A02 A09 Q22 the challenge has a line for each algorithm, SHA-256 before MD5, in the form of the grammar"
    )
    func challenge() throws {
        let gate = Gate()
        for (role, name) in [(DigestRole.registrar, "WWW"), (.proxy, "Proxy")] {
            let lines = gate.challenges(role)
            try #require(lines.count == 2)
            for (line, algorithm) in zip(lines, ["SHA-256", "MD5"]) {
                let form = try Regex(
                    "\(name)-Authenticate: Digest realm=\"example\\.test\", nonce=\"[0-9a-f]{48}\", qop=\"auth\", algorithm=\(algorithm)"
                )
                #expect(line.wholeMatch(of: form) != nil, "\(line)")
            }
        }
        let stale = gate.challenges(isStale: true)
        #expect(stale.allSatisfy { $0.hasSuffix(", stale=true") })
        let both = Gate { $0.offersIntegrity = true }.challenges()
        #expect(both.allSatisfy { $0.contains("qop=\"auth,auth-int\"") })
    }

    @Test(
        "A09 A10 Q22 the algorithm that the client names is the one that counts, in any case; none means MD5",
        arguments: ["SHA-256", "sha-256", "\"SHA-256\"", "MD5", "md5", nil, "MD5-sess", "SHA-256-sess"]
    )
    func algorithms(name: String?) {
        let gate = Gate()
        var digest = ClientDigest(nonce: gate.nonce(), algorithm: name?.replacing("\"", with: ""))
        #expect(
            gate.check([digest.value.replacing(digest.algorithm ?? "-", with: name ?? "-")])
                == "granted to bob"
        )
        digest.nonce = gate.nonce()
        digest.password = "guess"
        #expect(gate.check(digest) == "wrong password of bob")
    }

    @Test("Q22 an algorithm that nobody offered is challenged again", arguments: ["FOO", "SHA-512-256"])
    func unknownAlgorithm(name: String) {
        let gate = Gate()
        var digest = ClientDigest(nonce: gate.nonce())
        digest.algorithm = name
        #expect(gate.check(digest) == "unsupported algorithm \(name)")
        #expect(DigestVerdict.unsupportedAlgorithm(Slice(0, 0)).consequence == .challenge(isStale: false))
        let good = ClientDigest(nonce: gate.nonce(), algorithm: "MD5")
        #expect(gate.check([digest.value, good.value]) == "granted to bob")
    }

    @Test("only the algorithms that are configured are offered and taken")
    func configuredAlgorithms() {
        let gate = Gate { $0.algorithms = [.sha256] }
        #expect(gate.challenges().count == 1)
        #expect(gate.check(ClientDigest(nonce: gate.nonce(), algorithm: nil)) == "unsupported algorithm ")
        #expect(gate.check(ClientDigest(nonce: gate.nonce())) == "granted to bob")
    }

    @Test(
        "clients that are known to fail at SHA-256 are offered MD5 alone, unless MD5 is not wanted at all",
        arguments: [
            ("User-Agent: baresip v1.0.0 (x86_64/linux)", "9", true),
            ("User-Agent: baresip v3.11.0", "9", true),
            ("User-Agent: baresip v3.12.0", "9", false), ("User-Agent: baresip v10.1", "9", false),
            ("User-Agent: sipsak 0.9.8.1", "9", true), ("User-Agent: Linphone/5.1", "9", false),
            ("X: y", "-2030-1-0", true), ("X: y", "-2030-1", false), ("X: y", "-2030-1-0x", false),
        ]
    )
    func leniency(field: String, branch: String, isLenient: Bool) {
        let offers = Gate().challenges(to: [field], branch: "z9hG4bK" + branch)
        #expect(offers.map { $0.contains("algorithm=MD5") } == (isLenient ? [true] : [false, true]))
        let strict = Gate { $0.algorithms = [.sha256] }.challenges(to: [field], branch: "z9hG4bK" + branch)
        #expect(strict.map { $0.contains("algorithm=SHA-256") } == [true])
    }

    @Test("Q22 qop and nc are taken quoted and bare")
    func quotedFields() {
        let gate = Gate()
        let value = ClientDigest(nonce: gate.nonce()).value
        let quoted = value.replacing("qop=auth", with: "qop=\"auth\"").replacing(
            "nc=00000001",
            with: "nc=\"00000001\""
        )
        #expect(gate.check([quoted]) == "granted to bob")
    }

    @Test("A10 auth-int covers the body; a changed one is refused")
    func integrity() {
        let gate = Gate()
        var digest = ClientDigest(nonce: gate.nonce(), method: "MESSAGE", qop: "auth-int", body: "hello\r\n")
        #expect(gate.check(digest) == "granted to bob")
        digest.nonce = gate.nonce()
        #expect(gate.check([digest.value], method: "MESSAGE", body: "hallo\r\n") == "wrong password of bob")
    }

    @Test(
        "A10 the digests of RFC 2617 §3.5 and RFC 7616 §3.9.1 come out",
        arguments: [
            (
                "testrealm@host.com", "Circle Of Life",
                "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", cnonce=\"0a4f113b\"",
                "", "6629fae49393a05397450978507c4ef1"
            ),
            (
                "http-auth@example.org", "Circle of Life",
                "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\"",
                ", algorithm=MD5", "8ca523f5e9506fed4657c9700eebdbec"
            ),
            (
                "http-auth@example.org", "Circle of Life",
                "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\"",
                ", algorithm=SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
            ),
        ]
    )
    func vectors(realm: String, password: String, nonces: String, algorithm: String, response: String) throws
    {
        let account = Account(user: "Mufasa", realm: realm, password: password, hashes: .system)
        let authentication = Authentication(accounts: [account], hashes: .system, secret: [1], home: realm)
        for (expected, digest) in [
            (true, response), (false, response.replacing("6", with: "7")), (false, ""),
        ] {
            var authenticator = Authenticator(authentication, keyedHash: KeyedHash(seed: 1), start: .zero)
            let bytes = Array(
                """
                GET /dir/index.html SIP/2.0\r
                Authorization: Digest username="Mufasa", realm="\(realm)", uri="/dir/index.html", qop=auth, \
                nc=00000001, response="\(digest)", \(nonces)\(algorithm)\r
                \r

                """.utf8
            )
            var index = MessageIndex()
            try index.parse(bytes.span)
            let field = try #require(index.first(.authorization))
            let credentials = try #require(try DigestCredentials(bytes.span, field.value))
            let proof = try DigestProof(bytes.span, credentials, DigestAlgorithm.allCases)
            let user = Array("Mufasa".utf8)
            let found = authenticator.accounts.find(user.span, realm: 0)
            let isRight = authenticator.isRight(bytes.span, index, proof, found)
            #expect(isRight == expected)
        }
    }

    @Test("A06 a client without qop gets in only where that is allowed, and its nonce serves once")
    func absentQop() {
        var gate = Gate()
        #expect(gate.check(ClientDigest(nonce: gate.nonce(), qop: nil)) == "no qop, as before RFC 2617")
        gate = Gate { $0.acceptsAbsentQop = true }
        let digest = ClientDigest(nonce: gate.nonce(), algorithm: nil, qop: nil)
        #expect(gate.check(digest) == "granted to bob")
        #expect(gate.check(digest) == "replay: the nonce was used before")
    }

    @Test("A11 of several fields the one for our realm counts; an unknown scheme is no credentials")
    func severalFields() {
        let gate = Gate()
        let other = ClientDigest(realm: "elsewhere.test", nonce: "x").value
        let unknown = "NoOneKnowsThisScheme opaque-data=here"
        #expect(gate.check([unknown, other, ClientDigest(nonce: gate.nonce()).value]) == "granted to bob")
        #expect(gate.check([unknown]) == "challenged: no credentials yet")
        #expect(gate.check([unknown, other]) == "realm differs: the credentials are for elsewhere.test")
        #expect(gate.check([]) == "challenged: no credentials yet")
    }

    @Test("A12 Q20 a user name with @ is an account of its own, compared as a whole")
    func userWithDomain() {
        let gate = Gate([("bob", "example.test", "one"), ("bob@example.test", "example.test", "two")])
        func login(_ user: String, _ password: String, aor: String = "bob@example.test") -> String {
            gate.check(ClientDigest(user: user, password: password, nonce: gate.nonce()), aor: aor)
        }
        #expect(login("bob", "one") == "granted to bob")
        #expect(login("bob@example.test", "two") == "granted to bob@example.test")
        #expect(login("bob", "two") == "wrong password of bob")
        #expect(login("bob@example.test", "one") == "wrong password of bob@example.test")
        #expect(login("bob@elsewhere.test", "one") == "unknown user bob@elsewhere.test")
        #expect(login("BOB", "one") == "unknown user BOB")
        #expect(login("bob", "one", aor: "bob@other.test") == "granted to bob")
        #expect(
            login("bob@example.test", "two", aor: "bob@other.test")
                == "not his AOR: the digest is of bob@example.test"
        )
    }

    @Test("A12 names and realms with quotes, backslashes and UTF-8 are compared by what they mean")
    func oddNames() {
        let gate = Gate([("J\"\\ø", "a \"b\"", "secret")])
        #expect(gate.challenges()[0].contains("realm=\"a \\\"b\\\"\""))
        let digest = ClientDigest(user: "J\"\\ø", realm: "a \"b\"", nonce: gate.nonce())
        #expect(gate.check(digest, aor: "J\"\\ø@example.test") == "granted to J\\\"\\\\ø")
    }

    @Test("A07 only the owner of an address of record is let in")
    func owner() {
        let gate = Gate()
        let digest = ClientDigest(nonce: gate.nonce())
        #expect(gate.check(digest, aor: "carol@example.test") == "not his AOR: the digest is of bob")
        #expect(DigestVerdict.notHisAddress(user: Slice(0, 0)).consequence == .refuse(code: 403))
        for aor in ["bobby@example.test", "ob@example.test", "bob", "@example.test", ""] {
            let verdict = gate.check(ClientDigest(nonce: gate.nonce()), aor: aor)
            #expect(verdict == "not his AOR: the digest is of bob", "\(aor)")
        }
    }

    @Test("A03 each domain has the realm that accounts have for it, and the first realm else")
    func realms() {
        let gate = Gate([
            ("bob", "example.test", "one"), ("bob", "second.test", "two"), ("eve", "third.test", "3"),
        ])
        for (domain, realm) in [
            ("example.test", "example.test"), ("second.test", "second.test"), ("third.test", "third.test"),
            ("other.test", "example.test"),
        ] {
            #expect(gate.challenges(aor: "bob@" + domain)[0].contains("realm=\"\(realm)\""))
        }
        var digest = ClientDigest(realm: "second.test", password: "two", nonce: gate.nonce())
        #expect(gate.check(digest, aor: "bob@second.test") == "granted to bob")
        digest.nonce = gate.nonce()
        #expect(gate.check(digest) == "realm differs: the credentials are for second.test")
        #expect(Gate([("bob", "pbx", "one")]).challenges()[0].contains("realm=\"pbx\""))
    }

    @Test(
        "A05 the digest's uri may differ from the Request-URI in port and parameters, and in the host when both are ours",
        arguments: [
            ("sip:example.test", true), ("sip:EXAMPLE.test", true),
            ("sip:example.test:5060;transport=udp", true),
            ("sip:10.0.0.1", true), ("sips:example.test", true), ("sip:elsewhere.test", false),
            ("sip:bob@example.test", false), ("/dir/index.html", false), ("tel:+1", false),
        ]
    )
    func targets(uri: String, isGood: Bool) {
        let gate = Gate()
        let verdict = gate.check(ClientDigest(nonce: gate.nonce(), uri: uri))
        #expect(verdict == (isGood ? "granted to bob" : "uri differs: the digest is for \(uri)"))
        #expect(DigestVerdict.uriDiffers(Slice(0, 0)).consequence == .refuse(code: 400))
    }

    @Test("an empty nonce answers no challenge, and is no failure")
    func emptyNonce() {
        let gate = Gate()
        let early =
            "Digest username=\"bob\", realm=\"example.test\", nonce=\"\", uri=\"sip:example.test\", response=\"\""
        #expect(gate.check([early]) == "challenged: no credentials yet")
        #expect(gate.counts == [0, 0])
    }

    @Test(
        "credentials that cannot be read are refused with 400",
        arguments: [
            ("nc=00000001", "nc=0000000g"), ("nc=00000001", "nc=000000001"), ("nc=00000001, ", ""),
            ("qop=auth", "qop=conf"), (", cnonce=\"0a4f113b\"", ""), ("\"bob\"", "\"bob"),
        ]
    )
    func malformed(part: String, replacement: String) {
        let gate = Gate()
        let value = ClientDigest(nonce: gate.nonce()).value.replacing(part, with: replacement)
        #expect(gate.check([value]) == "malformed credentials")
        #expect(DigestVerdict.malformed.consequence == .refuse(code: 400))
    }

    @Test("accounts are replaced at run time; without one left nobody gets in")
    func replacement() {
        let gate = Gate([])
        #expect(!gate.isEnforced)
        gate.replace(Gate.accounts)
        #expect(gate.isEnforced)
        #expect(gate.check(ClientDigest(nonce: gate.nonce())) == "granted to bob")
        gate.replace([("bob", "example.test", "other")])
        #expect(gate.check(ClientDigest(nonce: gate.nonce())) == "wrong password of bob")
        gate.replace([])
        #expect(gate.isEnforced)
        #expect(gate.check(ClientDigest(nonce: gate.nonce())) == "unknown user bob")
    }

    @Test("an account whose hashes have the wrong length is left out, so that an empty HA1 opens nothing")
    func brokenAccount() {
        let broken = [Account(user: "bob", realm: "example.test", md5: [], sha256: [])]
        let gate = Gate([]) { $0.accounts = broken }
        #expect(gate.isEnforced)
        #expect(gate.check(ClientDigest(nonce: gate.nonce())) == "unknown user bob")
    }
}
