import SIPFlow
import Testing

@testable import SIPTransaction

@Suite("Server INVITE transaction")
struct ServerInviteTransactionTests {
    enum Situation: String {
        case silent, proceeding, accepted, completed, confirmed, terminated

        func make(isReliable: Bool = false) -> ServerInviteTransaction {
            var machine = ServerInviteTransaction(
                timers: TransactionTimers(),
                isReliable: isReliable,
                now: .zero
            )
            switch self {
            case .silent: break
            case .proceeding: _ = machine.send(code: 180, now: .zero)
            case .accepted: _ = machine.send(code: 200, now: .zero)
            case .completed: _ = machine.send(code: 486, now: .zero)
            case .confirmed:
                _ = machine.send(code: 486, now: .zero)
                _ = machine.receiveAcknowledgement(now: .zero)
            case .terminated:
                _ = machine.send(code: 486, now: .zero)
                _ = machine.fire(now: .zero + .seconds(32))
            }
            return machine
        }
    }

    @Test("S05 a failure is resent at 0.5, 1.5, 3.5, then every 4 s; timer H ends it at 32 s")
    func retransmission() {
        var clock = VirtualClock()
        var machine = Situation.completed.make()
        var sent: [Int] = []
        var isOver = false
        while !isOver, let deadline = machine.nextDeadline {
            clock.advance(to: deadline)
            switch machine.fire(now: clock.now) {
            case .resend: sent.append(milliseconds(clock.now))
            case .timedOut: isOver = true
            case .nothing, .tryingIsDue, .ended: Issue.record("unexpected result")
            }
        }
        #expect(sent == [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500])
        #expect(milliseconds(clock.now) == 32_000)
    }

    @Test(
        "a repeated INVITE: every state (S04, S06)",
        arguments: [
            (.silent, .resendResponse), (.proceeding, .resendResponse), (.accepted, .absorb),
            (.completed, .resendResponse),
            (.confirmed, .absorb), (.terminated, .absorb),
        ] as [(Situation, ServerInviteTransaction.InviteResult)]
    )
    func receiveInvite(situation: Situation, expected: ServerInviteTransaction.InviteResult) {
        var machine = situation.make()
        let result = machine.receiveInvite()
        #expect(result == expected)
    }

    @Test(
        "an ACK: every state (S05, S06)",
        arguments: [
            (.silent, .absorb, .proceeding), (.proceeding, .absorb, .proceeding),
            (.accepted, .deliver, .accepted),
            (.completed, .absorb, .confirmed), (.confirmed, .absorb, .confirmed),
            (.terminated, .absorb, .terminated),
        ] as [(Situation, ServerInviteTransaction.AcknowledgementResult, MachineState)]
    )
    func receiveAcknowledgement(
        situation: Situation,
        expected: ServerInviteTransaction.AcknowledgementResult,
        state: MachineState
    ) {
        var machine = situation.make()
        let result = machine.receiveAcknowledgement(now: .zero)
        #expect(result == expected)
        #expect(machine.name == state)
    }

    @Test(
        "sending: every state and class of response",
        arguments: [
            (.silent, 100, .send, .proceeding), (.silent, 200, .send, .accepted),
            (.silent, 486, .send, .completed), (.proceeding, 183, .send, .proceeding),
            (.proceeding, 200, .send, .accepted),
            (.proceeding, 487, .send, .completed), (.accepted, 180, .refuse, .accepted),
            (.accepted, 200, .send, .accepted), (.accepted, 486, .refuse, .accepted),
            (.completed, 180, .refuse, .completed), (.completed, 200, .refuse, .completed),
            (.confirmed, 200, .refuse, .confirmed), (.terminated, 200, .refuse, .terminated),
        ] as [(Situation, Int, ServerInviteTransaction.SendResult, MachineState)]
    )
    func send(
        situation: Situation,
        code: Int,
        expected: ServerInviteTransaction.SendResult,
        state: MachineState
    ) {
        var machine = situation.make()
        let result = machine.send(code: code, now: .zero)
        #expect(result == expected)
        #expect(machine.name == state)
    }

    @Test(
        "fire: every state at its last deadline",
        arguments: [
            (.silent, 99, .nothing), (.silent, 100, .tryingIsDue), (.proceeding, 400_000, .nothing),
            (.accepted, 32_000, .ended), (.completed, 32_000, .timedOut),
            (.confirmed, 5_000, .ended), (.terminated, 40_000, .ended),
        ] as [(Situation, Int, ServerInviteTransaction.DeadlineResult)]
    )
    func fire(situation: Situation, last: Int, expected: ServerInviteTransaction.DeadlineResult) {
        var machine = situation.make()
        let result = machine.fire(now: .zero + .milliseconds(last))
        #expect(result == expected)
    }

    @Test("S03 a 100 is due once, unless a response went or the owner says it at once")
    func trying() {
        var machine = Situation.silent.make()
        #expect(machine.nextDeadline == .zero + .milliseconds(100))
        _ = machine.fire(now: .zero + .milliseconds(100))
        #expect(machine.nextDeadline == nil && machine.name == .proceeding)
        let answered = Situation.proceeding.make()
        #expect(answered.nextDeadline == nil)
        let atOnce = ServerInviteTransaction(
            timers: TransactionTimers(trying: .zero),
            isReliable: false,
            now: .zero
        )
        #expect(atOnce.nextDeadline == nil)
    }

    @Test("on a stream a failure is not repeated, and its ACK ends the machine (timers G off, I 0)")
    func reliable() {
        var machine = Situation.completed.make(isReliable: true)
        #expect(machine.nextDeadline == .zero + .seconds(32))
        _ = machine.receiveAcknowledgement(now: .zero)
        #expect(machine.name == .terminated)
    }
}
