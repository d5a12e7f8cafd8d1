public import SIPFlow
public import SIPSyntax

/// Challenges requests and checks their credentials (RFC 3261 §22, RFC 7616, RFC 8760).
///
/// - Shape: sans-I/O. Once there was an account it never lets everybody in again.
/// - Limits: fixed memory beside the accounts: 1 MiB of nonce counts, 64 KiB of sources.
/// - Cost: three hashes a checked request, one a challenge.
public struct Authenticator: ~Copyable {
    /// True when requests must prove who sent them.
    public private(set) var isEnforced: Bool
    /// True when callers from elsewhere must prove it too.
    public let asksStrangers: Bool
    /// Digests that were wrong.
    public internal(set) var failureCount = 0
    /// Credentials that were not looked at, since their source had too many failures.
    public internal(set) var limitedCount = 0

    let hashes: HashFunctions
    let acceptsAbsentQop: Bool
    /// Strongest first.
    let algorithms: [DigestAlgorithm]
    private let home: String
    private let qop: StaticString
    private let keyedHash: KeyedHash
    private let decoy: [UInt8]
    var accounts: Accounts
    var nonces: NonceBook
    var failures: FailureMeter
    /// Written anew for each hash.
    var text: [UInt8] = []
    /// The user name of the credentials at hand.
    var name: [UInt8] = []

    /// Makes one that has seen nothing.
    public init(_ authentication: Authentication, keyedHash: KeyedHash, start: Moment) {
        hashes = authentication.hashes
        acceptsAbsentQop = authentication.acceptsAbsentQop
        asksStrangers = authentication.asksStrangers
        algorithms = DigestAlgorithm.allCases.filter(authentication.algorithms.contains)
        qop = authentication.offersIntegrity ? "auth,auth-int" : "auth"
        home = authentication.home
        self.keyedHash = keyedHash
        decoy = authentication.hashes.sha256(authentication.secret.span)
        isEnforced = !authentication.accounts.isEmpty
        accounts = Accounts(authentication.accounts, home: home, keyedHash: keyedHash, decoy: decoy)
        nonces = NonceBook(life: authentication.nonceLife, secret: authentication.secret, start: start)
        failures = FailureMeter(keyedHash: keyedHash)
    }

    /// Takes other accounts in the place of all there are.
    public mutating func replaceAccounts(_ new: [Account]) {
        accounts = Accounts(new, home: home, keyedHash: keyedHash, decoy: decoy)
        isEnforced = isEnforced || !new.isEmpty
    }

    /// True when a realm, as written in credentials, is one that we challenge for.
    public func hasRealm(_ bytes: Span<UInt8>, _ realm: Slice) -> Bool { accounts.hasRealm(bytes, realm) }

    /// Appends a challenge line for each algorithm, the strongest first.
    ///
    /// The realm is that of the domain of an address of record.
    /// A client that knows only MD5, and fails at more, gets MD5 alone.
    public mutating func appendChallenges(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ role: DigestRole,
        aor: Span<UInt8>,
        isStale: Bool,
        now: Moment,
        to headers: inout [UInt8]
    ) {
        var nonce: [UInt8] = []
        nonces.append(now: now, hashes, to: &nonce)
        let realm = accounts.realms[accounts.realm(of: aor.extracting(domainStart(of: aor)...))]
        let isLenient = algorithms.contains(.md5) && knowsOnlyMD5(bytes, index)
        for algorithm in isLenient ? [.md5] : algorithms {
            switch role {
            case .registrar: headers.append(ascii: "WWW-Authenticate: Digest realm=")
            case .proxy: headers.append(ascii: "Proxy-Authenticate: Digest realm=")
            }
            appendQuoted(realm.span, to: &headers)
            headers.append(ascii: ", nonce=\"")
            headers.append(copying: nonce.span)
            headers.append(ascii: "\", qop=\"")
            headers.append(ascii: qop)
            headers.append(ascii: "\", algorithm=")
            headers.append(contentsOf: algorithm.rawValue.utf8)
            headers.append(ascii: isStale ? ", stale=true\r\n" : "\r\n")
        }
    }
}

/// Where the domain of an address of record begins: after its last `@`, else at its head.
func domainStart(of aor: Span<UInt8>) -> Int {
    var start = aor.count
    while start > 0 && aor[start - 1] != UInt8(ascii: "@") { start -= 1 }
    return start
}
