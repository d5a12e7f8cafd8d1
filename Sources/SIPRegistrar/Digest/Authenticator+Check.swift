public import SIPFlow
public import SIPSyntax

extension Authenticator {
    /// Judges the credentials of a request.
    ///
    /// - Shape: `aor` is the address of record that the sender claims: of To for a REGISTER, of From for all else.
    ///   Nothing about a nonce is looked up before the digest was found right, and an unknown user costs what a wrong
    ///   password does. `isServed` says whether a URI's host is ours.
    /// - Source: RFC 7616 §3.4. Policy: an account owns `user@` every domain of its realm; an account whose name has a
    ///   domain in it owns that address alone. The digest's uri may differ from the Request-URI in port and parameters,
    ///   and in the host when both are ours, since phones and proxies before us change those.
    public mutating func check(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        as role: DigestRole,
        aor: Span<UInt8>,
        source: IPAddress,
        now: Moment,
        isServed: (Span<UInt8>, URI) -> Bool
    ) -> DigestVerdict {
        let realm = accounts.realm(of: aor.extracting(domainStart(of: aor)...))
        let proof: DigestProof
        switch choose(bytes, index, role, realm) {
        case .none(let verdict): return verdict
        case .proof(let chosen): proof = chosen
        }
        guard proof.protection != .absent || acceptsAbsentQop else { return .absentQop }
        guard !failures.isLimited(source, now: now) else {
            limitedCount += 1
            return .tooManyFailures
        }
        let credentials = proof.credentials
        name.removeAll(keepingCapacity: true)
        guard credentials.appendUsername(bytes, to: &name) else { return .malformed }
        let account = accounts.find(name.span, realm: realm)
        guard isRight(bytes, index, proof, account) else {
            failures.note(source, now: now)
            failureCount += 1
            return account == nil
                ? .unknownUser(credentials.username) : .wrongPassword(user: credentials.username)
        }
        switch nonces.use(bytes, credentials.nonce, count: proof.count, now: now, hashes) {
        case .stale(let age): return .staleNonce(age: age)
        case .foreign: return .staleNonce(age: nil)
        case .replayed: return .replay(count: proof.count)
        case .fresh: break
        }
        guard isSameTarget(bytes, index, bytes.unquoted(credentials.uri), isServed) else {
            return .uriDiffers(credentials.uri)
        }
        return owns(name.span, aor)
            ? .granted(user: credentials.username) : .notHisAddress(user: credentials.username)
    }

    /// The credentials to check, or why there are none.
    private enum Choice {
        case proof(DigestProof)
        case none(DigestVerdict)
    }

    /// Takes the first field for our realm that can be checked; else says why there is none.
    ///
    /// A field with an empty nonce answers no challenge: some phones say who they are before they are asked.
    private func choose(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ role: DigestRole,
        _ realm: Int
    ) -> Choice {
        let realm = accounts.realms[realm]
        var verdict = DigestVerdict.noCredentials
        var field = index.first(role.credentials)
        while let present = field {
            field = index.next(after: present)
            do {
                guard let credentials = try DigestCredentials(bytes, present.value),
                    !bytes.unquoted(credentials.nonce).isEmpty
                else { continue }
                guard bytes.equalsUnquoted(credentials.realm, realm.span) else {
                    if verdict == .noCredentials { verdict = .realmDiffers(credentials.realm) }
                    continue
                }
                do throws(DigestProof.Fault) {
                    return .proof(try DigestProof(bytes, credentials, algorithms))
                } catch {
                    switch error {
                    case .unsupportedAlgorithm(let name): verdict = .unsupportedAlgorithm(name)
                    case .malformed: verdict = .malformed
                    }
                }
            } catch {
                if verdict == .noCredentials { verdict = .malformed }
            }
        }
        return .none(verdict)
    }

    /// True when the digest was made for this request (RFC 7616 §3.4.6).
    private func isSameTarget(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ value: Slice,
        _ isServed: (Span<UInt8>, URI) -> Bool
    ) -> Bool {
        guard case .request(_, _, let slice) = index.startLine else { return false }
        if bytes.equals(value, bytes, slice) { return true }
        guard let asked = try? URI(bytes, slice), let signed = try? URI(bytes, value), asked.isSIP,
            signed.isSIP
        else { return false }
        return asked.hasSameUser(bytes, as: signed, bytes)
            && (bytes.equals(asked.host, ignoringCase: bytes, signed.host)
                || isServed(bytes, asked) && isServed(bytes, signed))
    }

    /// True when an address of record is the user's.
    private func owns(_ user: Span<UInt8>, _ aor: Span<UInt8>) -> Bool {
        let start = domainStart(of: aor)
        guard start > 0 else { return false }
        return equal(user, aor) || equal(user, aor.extracting(0..<start - 1))
    }
}
