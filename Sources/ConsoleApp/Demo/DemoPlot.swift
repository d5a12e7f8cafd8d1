import SIPFlow

/// What happens in the demo, and when.
///
/// - Shape: the scenes come round in a fixed order, so that each is seen within the first minute; who plays in
///   them is drawn by lot.
struct DemoPlot: Sendable {
    /// One thing that a newcomer should see.
    enum Scene: Sendable, CaseIterable {
        case talkCallerHangsUp
        case busy
        case reception
        case cancelled
        case declined
        case options
        case talkCalledHangsUp
        case unplugged
        case coffeeBreak
        case unknownUser
        case noAnswer
    }

    private static let registrationPace = Interval.milliseconds(250)
    private static let scenePace = 2_500...4_500
    private var nextScene = 0
    private var nextPhone = 0
    private var random: SeededGenerator
    private var sceneMoment: Moment
    private var returning: [(moment: Moment, phone: Int)] = []

    /// Begins at a moment.
    init(now: Moment, seed: UInt64) {
        sceneMoment = now
        random = SeededGenerator(seed: seed)
    }

    /// When something happens next.
    var nextMoment: Moment { returning.map(\.moment).reduce(sceneMoment, min) }

    /// Lets happen what is due.
    mutating func advance(_ phones: inout [DemoPhone], now: Moment) {
        for back in returning where back.moment <= now { phones[back.phone].register(now: now) }
        returning.removeAll { $0.moment <= now }
        guard sceneMoment <= now else { return }
        if nextPhone < phones.count {
            phones[nextPhone].register(now: now)
            nextPhone += 1
            sceneMoment = now + Self.registrationPace
        } else {
            play(Scene.allCases[nextScene], &phones, now: now)
            nextScene = (nextScene + 1) % Scene.allCases.count
            sceneMoment = now + .milliseconds(Int.random(in: Self.scenePace, using: &random))
        }
    }

    private mutating func play(_ scene: Scene, _ phones: inout [DemoPhone], now: Moment) {
        guard let caller = pick(phones, except: []) else { return }
        switch scene {
        case .talkCallerHangsUp:
            call(
                &phones,
                caller,
                nil,
                .talk(hangUpAfter: talk()),
                .answer(after: ringing(), hangUpAfter: nil),
                now
            )
        case .talkCalledHangsUp:
            call(
                &phones,
                caller,
                nil,
                .talk(hangUpAfter: nil),
                .answer(after: ringing(), hangUpAfter: talk()),
                now
            )
        case .busy: call(&phones, caller, nil, .talk(hangUpAfter: nil), .refuse(code: 486, after: .zero), now)
        case .declined:
            call(&phones, caller, nil, .talk(hangUpAfter: nil), .refuse(code: 603, after: ringing()), now)
        case .cancelled: call(&phones, caller, nil, .giveUp(after: .seconds(4)), .ring, now)
        case .noAnswer:
            call(&phones, caller, nil, .talk(hangUpAfter: nil), .refuse(code: 480, after: .seconds(20)), now)
        case .unplugged: call(&phones, caller, "warehouse", .giveUp(after: .seconds(60)), .silence, now)
        case .unknownUser: call(&phones, caller, "ian", .talk(hangUpAfter: nil), .ring, now)
        case .reception: callReception(&phones, caller, now)
        case .options: phones[caller].askOptions(now: now)
        case .coffeeBreak:
            phones[caller].unregister(now: now)
            returning.append((now + .seconds(12), caller))
        }
    }

    /// Both phones of the reception ring; the second answers, and the first is cancelled by the proxy.
    private mutating func callReception(_ phones: inout [DemoPhone], _ caller: Int, _ now: Moment) {
        let callID = phones[caller].call("reception", .talk(hangUpAfter: talk()), now: now)
        let both = phones.indices.filter { phones[$0].identity.user == "reception" }
        for phone in both { phones[phone].plans[callID] = .ring }
        if let last = both.last { phones[last].plans[callID] = .answer(after: ringing(), hangUpAfter: nil) }
    }

    private mutating func call(
        _ phones: inout [DemoPhone],
        _ caller: Int,
        _ user: String?,
        _ plan: CallerPlan,
        _ answer: AnswerPlan,
        _ now: Moment
    ) {
        let picked = user == nil ? pick(phones, except: [phones[caller].identity.user]) : nil
        guard let called = user ?? picked.map({ phones[$0].identity.user }) else { return }
        let callID = phones[caller].call(called, plan, now: now)
        for phone in phones.indices where phones[phone].identity.user == called {
            phones[phone].plans[callID] = answer
        }
    }

    /// A phone that is registered and in no call; those of the special scenes take part in nothing else.
    private mutating func pick(_ phones: [DemoPhone], except users: [String]) -> Int? {
        let reserved = users + ["reception", "warehouse"]
        return phones.indices.filter { phone in
            phones[phone].isRegistered && phones[phone].isFree
                && !reserved.contains(phones[phone].identity.user)
        }.randomElement(using: &random)
    }

    private mutating func ringing() -> Interval {
        .milliseconds(Int.random(in: 1_500...4_000, using: &random))
    }

    private mutating func talk() -> Interval { .milliseconds(Int.random(in: 6_000...20_000, using: &random)) }
}
