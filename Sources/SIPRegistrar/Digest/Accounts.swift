import SIPFlow
import SIPSyntax

/// The accounts, found by user and realm.
///
/// - Shape: one array of bytes and one of offsets; looking up allocates nothing.
/// - Cost: O(1) a look-up, about 120 bytes an account.
struct Accounts: ~Copyable {
    /// Where an account is in `text`: the user name, then HA1 by MD5, then HA1 by SHA-256.
    private struct Entry {
        var start: Int
        var userCount: Int32
        var realm: Int32
    }

    /// The realms that accounts have; the first one is for domains without a realm of their own.
    private(set) var realms: [[UInt8]] = []
    private var text: [UInt8] = []
    private var entries: [Entry] = []
    private var table: SlotTable
    private var realmTable = SlotTable(capacity: 16)
    private let keyedHash: KeyedHash
    private let decoy: [UInt8]

    /// Takes accounts; one whose hashes have another length than they must is left out.
    ///
    /// - Shape: `home` is the first realm, unless accounts are there and none has it. `decoy` stands for the HA1 of
    ///   users that are not there: 32 bytes that nobody knows.
    init(_ accounts: [Account], home: String, keyedHash: KeyedHash, decoy: [UInt8]) {
        self.keyedHash = keyedHash
        self.decoy = decoy
        table = SlotTable(capacity: accounts.count * 2)
        if accounts.isEmpty || accounts.contains(where: { $0.realm == home }) { _ = makeRealm(home) }
        entries.reserveCapacity(accounts.count)
        for account in accounts {
            guard account.md5.count == DigestAlgorithm.md5.byteCount,
                account.sha256.count == DigestAlgorithm.sha256.byteCount
            else { continue }
            let realm = makeRealm(account.realm)
            let user = Array(account.user.utf8)
            table.insert(hash(user.span, realm), UInt32(entries.count))
            entries.append(
                Entry(start: text.count, userCount: Int32(user.count), realm: Int32(realm))
            )
            text += user + account.md5 + account.sha256
        }
        if realms.isEmpty { _ = makeRealm(home) }
    }

    /// How many there are.
    var count: Int { entries.count }

    /// The realm for a domain: its own name when accounts have it, else the first.
    func realm(of domain: Span<UInt8>) -> Int {
        Int(findRealm(domain) ?? 0)
    }

    /// True when a value as written is one of the realms.
    func hasRealm(_ bytes: Span<UInt8>, _ value: Slice) -> Bool {
        for realm in realms where bytes.equalsUnquoted(value, realm.span) { return true }
        return false
    }

    /// The account of a user in a realm.
    func find(_ user: Span<UInt8>, realm: Int) -> Int? {
        table.find(hash(user, realm)) { place in
            let entry = entries[Int(place)]
            let name = text.span.extracting(entry.start..<entry.start + Int(entry.userCount))
            return Int(entry.realm) == realm && equal(name, user)
        }.map(Int.init)
    }

    /// Appends HA1 in hexadecimal digits; for nobody's account that of the decoy, at the same cost.
    func appendHA1(_ account: Int?, _ algorithm: DigestAlgorithm, to output: inout [UInt8]) {
        guard let account else {
            appendHexadecimal(decoy.span.extracting(0..<algorithm.byteCount), to: &output)
            return
        }
        let end = entries[account].start + Int(entries[account].userCount)
        let start =
            switch algorithm {
            case .md5: end
            case .sha256: end + DigestAlgorithm.md5.byteCount
            }
        appendHexadecimal(text.span.extracting(start..<start + algorithm.byteCount), to: &output)
    }

    private func findRealm(_ name: Span<UInt8>) -> UInt32? {
        realmTable.find(keyedHash.hash(name)) { place in
            let realm = realms[Int(place)]
            return equal(realm.span, name)
        }
    }

    private mutating func makeRealm(_ name: String) -> Int {
        let bytes = Array(name.utf8)
        if let found = findRealm(bytes.span) { return Int(found) }
        realmTable.insert(keyedHash.hash(bytes.span), UInt32(realms.count))
        realms.append(bytes)
        return realms.count - 1
    }

    private func hash(_ user: Span<UInt8>, _ realm: Int) -> UInt64 {
        keyedHash.hash(user, salt: UInt64(realm))
    }
}

/// True when two runs of bytes are the same.
func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    left.equals(Slice(0, left.count), right, Slice(0, right.count))
}

/// Appends bytes as lower-case hexadecimal digits.
func appendHexadecimal(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
    for index in 0..<bytes.count {
        output.append(hexadecimalDigits[Int(bytes[index] >> 4)])
        output.append(hexadecimalDigits[Int(bytes[index] & 15)])
    }
}

private let hexadecimalDigits = Array("0123456789abcdef".utf8)
