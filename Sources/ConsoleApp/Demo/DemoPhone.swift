import SIPFlow

/// A simulated phone: a small user agent without sockets or clock.
///
/// - Shape: `receive`, `fire` and the acts append datagrams to `outbox`; all go to the server.
/// - Source: RFC 3261 §8, §9, §10, §12 to §15 and §17, as far as a plain phone needs them.
struct DemoPhone: Sendable {
    /// Something to do at a moment.
    enum Step: Sendable, Hashable {
        case register
        case answer(call: String, code: Int)
        case cancel(call: String)
        case hangUp(call: String)
        case repeatMessage(key: String)
        case forget(key: String)
    }

    /// A message that is repeated until somebody answers (timers A, E and G of RFC 3261 §17).
    struct Repeated: Sendable {
        var bytes: [UInt8]
        var interval: Interval
        var giveUpAt: Moment
    }

    static let t1 = Interval.milliseconds(500)
    static let t2 = Interval.seconds(4)
    /// 64 times T1.
    static let patience = Interval.seconds(32)

    /// Who it is.
    let identity: PhoneIdentity
    /// Its own address.
    let address: SocketAddress
    /// What is to be sent to the server.
    var outbox: [[UInt8]] = []
    /// True between a 200 to a REGISTER with an expiry and one without.
    private(set) var isRegistered = false
    /// What it does with a call that is announced here by its Call-ID.
    var plans: [String: AnswerPlan] = [:]

    var agenda: [(moment: Moment, step: Step)] = []
    var repeated: [String: Repeated] = [:]
    var responses: [String: [UInt8]] = [:]
    var calls: [String: PhoneCall] = [:]
    var random: SeededGenerator
    private let registerCallID: String
    private let registerTag: String
    private var registerSequence = 0
    private var expiry: Int

    /// Makes a phone that has done nothing yet.
    init(_ identity: PhoneIdentity, address: SocketAddress, seed: UInt64) {
        self.identity = identity
        self.address = address
        random = SeededGenerator(seed: seed)
        expiry = identity.expiry
        registerCallID = random.token() + random.token()
        registerTag = random.token()
    }

    /// True while it is in no call.
    var isFree: Bool { calls.values.allSatisfy { $0.state == .over } }

    /// The moment of the next thing to do.
    var nextDeadline: Moment? { agenda.map(\.moment).min() }

    /// `sip:anna@demo.test`.
    var aor: String { "sip:\(identity.user)@\(DemoCast.domain)" }

    /// Registers, and keeps the registration fresh.
    mutating func register(now: Moment) {
        sendRegister(expiry: expiry, now: now)
    }

    /// Takes its registration back.
    mutating func unregister(now: Moment) {
        agenda.removeAll { $0.step == .register }
        sendRegister(expiry: 0, now: now)
    }

    /// Does what is due.
    mutating func fire(now: Moment) {
        while let index = agenda.firstIndex(where: { $0.moment <= now }) {
            let step = agenda.remove(at: index).step
            switch step {
            case .register: sendRegister(expiry: expiry, now: now)
            case .answer(let call, let code): answer(call, code: code, now: now)
            case .cancel(let call): cancel(call, now: now)
            case .hangUp(let call): hangUp(call, now: now)
            case .repeatMessage(let key): sendAgain(key, now: now)
            case .forget(let key): forget(key)
            }
        }
    }

    /// Takes in a datagram.
    mutating func receive(_ bytes: [UInt8], now: Moment) {
        guard let message = PhoneMessage(bytes) else { return }
        if message.code == nil {
            receiveRequest(message, now: now)
        } else if message["CSeq"]?.hasSuffix("REGISTER") == true {
            receiveRegistered(message, now: now)
        } else {
            receiveResponse(message, now: now)
        }
    }

    mutating func plan(_ step: Step, at moment: Moment) {
        agenda.append((moment, step))
    }

    private mutating func sendRegister(expiry: Int, now: Moment) {
        registerSequence += 1
        let parts = RequestParts(
            method: "REGISTER",
            uri: "sip:\(DemoCast.domain)",
            from: "\(nameAddress);tag=\(registerTag)",
            to: nameAddress,
            callID: registerCallID,
            sequence: registerSequence
        )
        var request = request(parts)
        request.add("Expires", "\(expiry)")
        send(request, key: request.transaction, now: now)
    }

    private mutating func receiveRegistered(_ response: PhoneMessage, now: Moment) {
        guard let code = response.code, code >= 200, repeated.removeValue(forKey: response.transaction) != nil
        else { return }
        agenda.removeAll { $0.step == .register }
        if code == 423, let least = response["Min-Expires"].flatMap({ Int($0) }) {
            expiry = least
            return register(now: now)
        }
        let own = response.values("Contact").first { uri(in: $0) == contactURI }
        isRegistered = code == 200 && own != nil
        guard isRegistered else {
            // Kept out: tries again as phones do.
            if code != 200 { plan(.register, at: now + .seconds(30)) }
            return
        }
        let granted = own.flatMap { parameter("expires", of: $0) }.flatMap { Int($0) } ?? expiry
        let early = Int.random(in: 5...15, using: &random)
        plan(.register, at: now + .seconds(max(granted * 3 / 4 - early, granted / 2)))
    }

    private mutating func sendAgain(_ key: String, now: Moment) {
        guard var message = repeated[key] else { return }
        guard now < message.giveUpAt else {
            repeated[key] = nil
            return gaveUp(key, now: now)
        }
        outbox.append(message.bytes)
        // An INVITE's timer A doubles without bound; all others stop at T2.
        message.interval = min(message.interval * 2, key.hasSuffix(" INVITE") ? Self.patience : Self.t2)
        repeated[key] = message
        plan(.repeatMessage(key: key), at: min(now + message.interval, message.giveUpAt))
    }

    private mutating func gaveUp(_ key: String, now: Moment) {
        if key.hasSuffix(" REGISTER") { plan(.register, at: now + .seconds(30)) }
        for (id, call) in calls where call.invite.transaction == key { end(id, now: now) }
    }

    private mutating func forget(_ key: String) {
        responses[key] = nil
        if calls[key]?.state == .over {
            calls[key] = nil
            plans[key] = nil
        }
    }
}
