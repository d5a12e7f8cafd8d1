import SIPCrypto
import SIPFlow
import SIPRegistrar

/// Somebody with a password, who answers challenges as RFC 7616 §3.4 says: text, and nothing of the code under test.
struct User: Sendable {
    var name: String
    var password: String
    var realm = "example.test"

    static let alice = User(name: "alice", password: "wonderland")
    static let bob = User(name: "bob", password: "builder")
    static let mallory = User(name: "mallory", password: "guess")

    var account: Account { Account(user: name, realm: realm, password: password, hashes: .system) }

    static func authentication(_ users: [User], domains: [String]) -> Authentication {
        var authentication = Authentication(
            accounts: users.map(\.account),
            hashes: .system,
            secret: Array("thirty-two bytes that nobody knows".utf8),
            home: domains.first ?? "127.0.0.1"
        )
        authentication.nonceLife = .seconds(2)
        return authentication
    }

    /// The credentials field that answers a 401 or 407; the first algorithm offered, unless another is asked for.
    func answer(
        _ challenge: Sent,
        _ method: String,
        _ uri: String,
        algorithm: String = "SHA-256",
        count: String = "00000001"
    ) -> String {
        let isProxy = challenge.code == 407
        let offers = challenge.headers(isProxy ? "Proxy-Authenticate" : "WWW-Authenticate")
        let offer = offers.first { $0.contains("algorithm=\(algorithm)") } ?? ""
        func hash(_ text: String) -> String {
            let bytes = Array(text.utf8)
            let functions = HashFunctions.system
            let hash = algorithm == "MD5" ? functions.md5(bytes.span) : functions.sha256(bytes.span)
            return hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        let nonce = offer.quoted("nonce")
        let response = hash(
            [hash("\(name):\(realm):\(password)"), nonce, count, "c0", "auth", hash("\(method):\(uri)")]
                .joined(
                    separator: ":"
                )
        )
        return """
            \(isProxy ? "Proxy-Authorization" : "Authorization"): Digest username="\(name)", realm="\(realm)", \
            nonce="\(nonce)", uri="\(uri)", response="\(response)", algorithm=\(algorithm), cnonce="c0", qop=auth, \
            nc=\(count)
            """
    }
}

extension String {
    /// The value of `name="value"` in a list of parameters.
    func quoted(_ name: String) -> String {
        guard let start = firstRange(of: "\(name)=\"") else { return "" }
        return String(self[start.upperBound...].prefix { $0 != "\"" })
    }
}
