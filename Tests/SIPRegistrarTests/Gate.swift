import SIPCrypto
import SIPFlow
import SIPSyntax

@testable import SIPRegistrar

/// A digest as a client makes it, straight from RFC 7616 §3.4: text, and nothing of the code under test.
struct ClientDigest {
    var user = "bob"
    var realm = "example.test"
    var password = "secret"
    var nonce = ""
    var method = "REGISTER"
    var uri = "sip:example.test"
    var algorithm: String? = "SHA-256"
    var qop: String? = "auth"
    var count = 1
    var clientNonce = "0a4f113b"
    var body = ""

    private var nonceCount: String {
        String(repeating: "0", count: 8 - String(count, radix: 16).count) + String(count, radix: 16)
    }

    func hash(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let functions = HashFunctions.system
        let isMD5 = algorithm?.uppercased().hasPrefix("SHA-256") != true
        let hash = isMD5 ? functions.md5(bytes.span) : functions.sha256(bytes.span)
        return hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    var response: String {
        var secret = hash("\(user):\(realm):\(password)")
        if algorithm?.lowercased().hasSuffix("-sess") == true {
            secret = hash("\(secret):\(nonce):\(clientNonce)")
        }
        let request = hash("\(method):\(uri)" + (qop == "auth-int" ? ":\(hash(body))" : ""))
        guard let qop else { return hash("\(secret):\(nonce):\(request)") }
        return hash("\(secret):\(nonce):\(nonceCount):\(clientNonce):\(qop):\(request)")
    }

    /// The value of the header field.
    var value: String {
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        var parts = [
            "username=\(quoted(user))", "realm=\(quoted(realm))", "nonce=\"\(nonce)\"", "uri=\"\(uri)\"",
            "response=\"\(response)\"",
        ]
        if let algorithm { parts.append("algorithm=\(algorithm)") }
        if let qop { parts += ["qop=\(qop)", "nc=\(nonceCount)", "cnonce=\"\(clientNonce)\""] }
        return "Digest " + parts.joined(separator: ", ")
    }
}

/// An authenticator under a virtual clock.
final class Gate {
    private var authenticator: Authenticator
    private var index = MessageIndex()
    private(set) var now = Moment.zero

    /// bob and carol of example.test.
    static let accounts = [
        ("bob", "example.test", "secret"), ("carol", "example.test", "secret of carol"),
    ]

    init(
        _ accounts: [(user: String, realm: String, password: String)] = Gate.accounts,
        secret: String = "thirty-two bytes that nobody knows",
        _ change: (inout Authentication) -> Void = { _ in }
    ) {
        var authentication = Authentication(
            accounts: Self.make(accounts),
            hashes: .system,
            secret: Array(secret.utf8),
            home: "example.test"
        )
        change(&authentication)
        authenticator = Authenticator(authentication, keyedHash: KeyedHash(seed: 5), start: .zero)
    }

    static func make(_ accounts: [(user: String, realm: String, password: String)]) -> [Account] {
        accounts.map {
            Account(user: $0.user, realm: $0.realm, password: $0.password, hashes: .system)
        }
    }

    var isEnforced: Bool { authenticator.isEnforced }
    var counts: [Int] { [authenticator.failureCount, authenticator.limitedCount] }
    func replace(_ accounts: [(user: String, realm: String, password: String)]) {
        authenticator.replaceAccounts(Self.make(accounts))
    }
    func wait(_ interval: Interval) { now = now + interval }

    /// The challenge lines for an address of record, to a request with some fields.
    func challenges(
        _ role: DigestRole = .registrar,
        aor: String = "bob@example.test",
        isStale: Bool = false,
        to fields: [String] = [],
        branch: String = "z9hG4bK9"
    ) -> [String] {
        let lines =
            ["REGISTER sip:example.test SIP/2.0", "Via: SIP/2.0/UDP 10.0.0.9;branch=\(branch)"] + fields
        let bytes = Array((lines + ["", ""]).joined(separator: "\r\n").utf8)
        guard (try? index.parse(bytes.span)) != nil else { return [] }
        let key = Array(aor.utf8)
        var headers: [UInt8] = []
        authenticator.appendChallenges(
            bytes.span,
            index,
            role,
            aor: key.span,
            isStale: isStale,
            now: now,
            to: &headers
        )
        return headers.span.text(Slice(0, headers.count)).components(separatedBy: "\r\n")
    }

    /// A new nonce.
    func nonce(aor: String = "bob@example.test") -> String {
        let line = challenges(aor: aor).first ?? ""
        return line.components(separatedBy: "nonce=\"").last?.components(separatedBy: "\"").first ?? ""
    }

    /// Judges a request with some Authorization fields; the verdict's words.
    func check(
        _ fields: [String],
        method: String = "REGISTER",
        uri: String = "sip:example.test",
        aor: String = "bob@example.test",
        source: String = "10.0.0.9",
        body: String = ""
    ) -> String {
        let lines =
            [
                "\(method) \(uri) SIP/2.0", "Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1",
                "From: <sip:\(aor)>;tag=1",
                "To: <sip:\(aor)>", "Call-ID: c", "CSeq: 1 \(method)",
            ] + fields.map { "Authorization: \($0)" } + ["Content-Length: \(body.utf8.count)", "", body]
        let bytes = Array(lines.joined(separator: "\r\n").utf8)
        let key = Array(aor.utf8)
        guard (try? index.parse(bytes.span)) != nil, let ip = IPAddress(source) else { return "no message" }
        let verdict = authenticator.check(
            bytes.span,
            index,
            as: .registrar,
            aor: key.span,
            source: ip,
            now: now
        ) { bytes, uri in
            bytes.equals(uri.host, ignoringCase: "example.test") || bytes.equals(uri.host, "10.0.0.1")
        }
        var words: [UInt8] = []
        verdict.appendWords(bytes.span, to: &words)
        return String(decoding: words, as: UTF8.self)
    }

    /// Judges one digest.
    func check(
        _ digest: ClientDigest,
        aor: String = "bob@example.test",
        source: String = "10.0.0.9"
    ) -> String {
        check(
            [digest.value],
            method: digest.method,
            uri: "sip:example.test",
            aor: aor,
            source: source,
            body: digest.body
        )
    }
}
