import SIPCrypto
import SIPFlow
import SIPSyntax
import Synchronization
import Testing

@testable import SIPRegistrar

@Suite("Nonces and failures (rules A03, A04, A08, A13, O05)")
struct NonceTests {
    @Test("A03 Q21 a right digest with an old nonce is stale, a wrong one never is")
    func stale() {
        let gate = Gate { $0.nonceLife = .seconds(2) }
        var digest = ClientDigest(nonce: gate.nonce())
        #expect(gate.check(digest) == "granted to bob")
        gate.wait(.seconds(3))
        digest.count = 2
        #expect(gate.check(digest) == "stale nonce: 3 s old")
        digest.password = "guess"
        #expect(gate.check(digest) == "wrong password of bob")
        #expect(DigestVerdict.staleNonce(age: nil).consequence == .challenge(isStale: true))
        #expect(DigestVerdict.wrongPassword(user: Slice(0, 0)).consequence == .challenge(isStale: false))
    }

    @Test("Q21 a nonce of an earlier start is stale, not an attack")
    func restart() {
        let before = Gate(secret: "the secret of the start before this")
        let digest = ClientDigest(nonce: before.nonce())
        #expect(Gate().check(digest) == "stale nonce: made before this start")
    }

    @Test("A03 nobody makes or changes a nonce")
    func forgery() {
        let gate = Gate()
        let nonce = gate.nonce()
        let later = "00000001" + nonce.dropFirst(8)
        let other = nonce.dropLast() + (nonce.hasSuffix("0") ? "1" : "0")
        for forged in [later, String(other), "", "abc", String(nonce.dropLast()), nonce + "0"]
        where !forged.isEmpty {
            #expect(gate.check(ClientDigest(nonce: forged)) == "stale nonce: made before this start")
        }
        #expect(gate.check(ClientDigest(nonce: nonce)) == "granted to bob")
    }

    @Test("A04 the nonce count must rise; a lower or equal one is a replay")
    func counts() {
        let gate = Gate()
        let nonce = gate.nonce()
        func use(_ count: Int) -> String { gate.check(ClientDigest(nonce: nonce, count: count)) }
        #expect(use(1) == "granted to bob")
        #expect(use(1) == "replay: nonce count 1 was used before")
        #expect(use(5) == "granted to bob")
        #expect(use(4) == "replay: nonce count 4 was used before")
        #expect(use(6) == "granted to bob")
        #expect(DigestVerdict.replay(count: 1).consequence == .challenge(isStale: true))
    }

    @Test("A04 a count is looked up only after the digest was found right")
    func wrongDigestUsesNothing() {
        let gate = Gate()
        let nonce = gate.nonce()
        for count in [9, 0xffff_ffff] {
            let guess = ClientDigest(password: "guess", nonce: nonce, count: count)
            #expect(gate.check(guess) == "wrong password of bob")
        }
        #expect(gate.check(ClientDigest(nonce: nonce)) == "granted to bob")
    }

    @Test("O05 challenges take no place; a nonce whose place a newer one took is stale, and never good again")
    func boundedCounts() {
        let gate = Gate()
        let old = gate.nonce()
        #expect(gate.check(ClientDigest(nonce: old)) == "granted to bob")
        for _ in 1..<NonceBook.capacity { _ = gate.challenges() }
        #expect(gate.check(ClientDigest(nonce: old, count: 2)) == "granted to bob")
        #expect(gate.check(ClientDigest(nonce: gate.nonce())) == "granted to bob")
        #expect(gate.check(ClientDigest(nonce: old, count: 1)) == "stale nonce: 0 s old")
        #expect(gate.check(ClientDigest(nonce: old, count: 3)) == "stale nonce: 0 s old")
    }

    @Test("A08 an unknown user is answered as a wrong password is, after the same work")
    func unknownUser() {
        let counter = HashCounter()
        let gate = Gate { $0.hashes = counter.functions }
        func cost(_ digest: ClientDigest) -> Int {
            let before = counter.calls
            _ = gate.check(digest)
            return counter.calls - before
        }
        let wrong = cost(ClientDigest(password: "guess", nonce: gate.nonce()))
        #expect(wrong == 2)
        #expect(cost(ClientDigest(user: "nobody", nonce: gate.nonce())) == wrong)
        #expect(gate.check(ClientDigest(user: "nobody", nonce: gate.nonce())) == "unknown user nobody")
        let both: [DigestVerdict] = [.unknownUser(Slice(0, 0)), .wrongPassword(user: Slice(0, 0))]
        #expect(Set(both.map(\.consequence)) == [.challenge(isStale: false)])
    }

    @Test(
        "A13 a phone that repeats a wrong password 16 times at once gets in as soon as it has the right one"
    )
    func honestBurst() {
        let gate = Gate()
        let nonce = gate.nonce()
        for count in 1...16 {
            #expect(
                gate.check(ClientDigest(password: "old", nonce: nonce, count: count))
                    == "wrong password of bob"
            )
        }
        #expect(gate.check(ClientDigest(nonce: gate.nonce())) == "granted to bob")
        #expect(gate.counts == [16, 0])
    }

    @Test("A13 a source that guesses is no longer listened to, others are; it gets one try a second")
    func guessing() {
        let gate = Gate()
        let nonce = gate.nonce()
        func guess(source: String = "10.0.0.9") -> String {
            gate.check(ClientDigest(password: "guess", nonce: nonce), source: source)
        }
        for _ in 0..<FailureMeter.burst { #expect(guess() == "wrong password of bob") }
        #expect(guess() == "too many failed logins from this source")
        #expect(gate.check(ClientDigest(nonce: nonce)) == "too many failed logins from this source")
        #expect(gate.check([]) == "challenged: no credentials yet")
        #expect(guess(source: "10.0.0.10") == "wrong password of bob")
        gate.wait(.seconds(1))
        #expect(guess() == "wrong password of bob")
        #expect(guess() == "too many failed logins from this source")
        gate.wait(.seconds(60))
        #expect(gate.check(ClientDigest(nonce: nonce)) == "granted to bob")
        #expect(gate.counts == [62, 3])
        #expect(DigestVerdict.tooManyFailures.consequence == .refuse(code: 403))
    }

    @Test("A13 an IPv6 source is its /64; failures of many sources stay in fixed memory")
    func sources() throws {
        var meter = FailureMeter(keyedHash: KeyedHash(seed: 3))
        let first = try #require(IPAddress("2001:db8::1"))
        let second = try #require(IPAddress("2001:db8::ffff:2"))
        let other = try #require(IPAddress("2001:db8:0:1::1"))
        for _ in 0..<FailureMeter.burst { meter.note(first, now: .zero) }
        for number in 0..<20_000 { meter.note(.v4(UInt32(number)), now: .zero) }
        #expect(meter.isLimited(second, now: .zero))
        #expect(!meter.isLimited(other, now: .zero))
    }
}

/// Counts how often a hash is asked for.
private final class HashCounter: Sendable {
    private let count = Atomic(0)

    var calls: Int { count.load(ordering: .relaxed) }

    var functions: HashFunctions {
        let system = HashFunctions.system
        return HashFunctions(
            md5: { [self] in
                count.add(1, ordering: .relaxed)
                return system.md5($0)
            },
            sha256: { [self] in
                count.add(1, ordering: .relaxed)
                return system.sha256($0)
            }
        )
    }
}
