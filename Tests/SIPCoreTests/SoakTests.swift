import SIPCore
import SIPFlow
import SIPReport
import Testing

/// One simulated world: a caller, several callees with whims, and a network that loses and repeats.
private struct Soak {
    private enum Happening {
        case toCallee(Sent)
        case toCaller(Sent)
        case cancel(Int)
        case invite(Int)
        case acknowledge(Int, tag: String)
    }

    private struct Call {
        var isCancelled = false
        var finals: [String: Int] = [:]
        var answered = 0
        var invites = 0
    }

    private let rig: Rig
    private var random: SeededGenerator
    private var waiting: [(at: Moment, what: Happening)] = []
    private var calls: [Call] = []
    private let loss: Int

    init(seed: UInt64, loss: Int, loopsBack: Bool) {
        random = SeededGenerator(state: seed)
        self.loss = loss
        rig = Rig { ($0.timerC, $0.trying) = (.seconds(40), .milliseconds(100)) }
        rig.isLoopedBack = loopsBack
        let choices: [String?] = [nil, nil, "0.7", "0.3"]
        for user in 0..<4 {
            for phone in 0..<Int.random(in: 1...3, using: &random) {
                rig.register(
                    "u\(user)",
                    port: "6\(user)0\(phone)",
                    q: choices.randomElement(using: &random) ?? nil
                )
            }
            if loopsBack, user > 0 {
                rig.register("u\(user)", port: "6\(user)09", contact: "<sip:u0@127.0.0.1:5060>")
            }
        }
    }

    /// Plays so many calls to their ends and checks what the caller saw of each.
    mutating func play(calls count: Int) {
        for _ in 0..<count {
            calls.append(Call())
            plan(.invite(calls.count - 1), within: 20_000)
            if chance(35) { plan(.cancel(calls.count - 1), within: 30_000) }
        }
        let end = rig.now + .seconds(200)
        while rig.now < end { step() }
        rig.advance(.seconds(300))
        for place in calls.indices { check(place) }
        rig.expectNothingLeft()
    }

    private mutating func step() {
        waiting.sort { $0.at < $1.at }
        let next = waiting.first.map { min($0.at, rig.now + .milliseconds(250)) }
        rig.advance((next ?? rig.now + .milliseconds(250)) - rig.now)
        deliver()
        while let first = waiting.first, first.at <= rig.now {
            waiting.removeFirst()
            act(first.what)
            deliver()
        }
    }

    /// What the engine sent is lost, delayed or delivered twice.
    private mutating func deliver() {
        for message in rig.take() {
            let happening = message.to.port == 5_070 ? Happening.toCaller(message) : .toCallee(message)
            if case .toCaller = happening { note(message) }
            guard !chance(loss) else { continue }
            plan(happening, within: 30)
            if chance(loss / 2) { plan(happening, within: 200) }
        }
    }

    private mutating func act(_ happening: Happening) {
        switch happening {
        case .invite(let place):
            guard calls[place].invites < 3, calls[place].finals.isEmpty else { return }
            calls[place].invites += 1
            send("INVITE", place)
            plan(.invite(place), within: 2_000)
        case .cancel(let place):
            guard calls[place].invites > 0, calls[place].finals.isEmpty else { return }
            calls[place].isCancelled = true
            send("CANCEL", place)
            if chance(loss) { plan(.cancel(place), within: 1_000) }
        case .toCaller(let message):
            guard message.method == "INVITE", message.code >= 300, let place = number(message) else { return }
            plan(.acknowledge(place, tag: tag(message)), within: 10)
        case .acknowledge(let place, let tag):
            send("ACK", place, toTag: tag)
        case .toCallee(let message):
            answer(message)
        }
    }

    /// A callee's whim: it rings, answers, refuses, or says nothing.
    private mutating func answer(_ request: Sent) {
        switch request.method {
        case "CANCEL":
            rig.answer(200, to: request)
            if chance(80) { rig.answer(487, to: invite(of: request), tag: "p\(request.to.port)") }
        case "INVITE" where request.code == 0:
            let codes = [
                [100], [180], [180, 183], [180, 200], [200], [486], [180, 404], [503], [603], [100, 302], [],
            ]
            for code in codes.randomElement(using: &random) ?? [] {
                rig.answer(code, to: request, tag: "p\(request.to.port)")
                if code >= 200, chance(20) { rig.answer(code, to: request, tag: "p\(request.to.port)") }
            }
        case _: break
        }
    }

    private func invite(of cancel: Sent) -> Sent {
        var invite = cancel
        invite.text = cancel.text.replacing("CANCEL", with: "INVITE")
            .replacing("\r\nMax-", with: "\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKx\r\nMax-")
        return invite
    }

    private mutating func note(_ message: Sent) {
        guard message.method == "INVITE", message.code >= 200, let place = number(message) else { return }
        if message.code < 300 {
            calls[place].answered += 1
        } else if !message.isRetransmission {
            calls[place].finals["\(message.code)", default: 0] += 1
        }
    }

    private func check(_ place: Int) {
        let call = calls[place]
        guard call.invites > 0 else { return }
        let finals = call.finals.values.reduce(0, +)
        #expect(call.answered > 0 ? finals == 0 : finals == 1, "call \(place): \(call)")
    }

    private func send(_ method: String, _ place: Int, toTag: String? = nil) {
        rig.receive(
            Make.request(
                method,
                "sip:u\(place % 4)@example.test",
                port: "5070",
                branch: "call\(place)",
                callID: "call\(place)",
                toTag: toTag,
                contact: false
            ),
            from: "5070"
        )
    }

    private func number(_ message: Sent) -> Int? {
        message.headers("Call-ID").first.flatMap { Int($0.dropFirst(4)) }
    }

    private func tag(_ message: Sent) -> String {
        String(message.headers("To").first?.split(separator: "tag=").last ?? "")
    }

    private mutating func plan(_ happening: Happening, within milliseconds: Int) {
        let delay = Int.random(in: 1...milliseconds, using: &random)
        waiting.append((rig.now + .milliseconds(delay), happening))
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
}

@Suite("Soak")
struct SoakTests {
    @Test(
        "random calls, forks, spirals, cancels, losses and repeats: each INVITE ends once, and nothing is left behind",
        arguments: 1...12
    )
    func soak(seed: Int) {
        var soak = Soak(seed: UInt64(seed), loss: [0, 10, 30][seed % 3], loopsBack: seed % 2 == 0)
        soak.play(calls: 60)
    }
}
