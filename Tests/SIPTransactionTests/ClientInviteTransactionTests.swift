import SIPFlow
import Testing

@testable import SIPTransaction

@Suite("Client INVITE transaction")
struct ClientInviteTransactionTests {
    @Test(
        "C01 resends at 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s on UDP, never on a stream; C02 gives up at 32 s",
        arguments: [(false, [500, 1_500, 3_500, 7_500, 15_500, 31_500]), (true, [])]
    )
    func retransmission(isReliable: Bool, expected: [Int]) {
        var clock = VirtualClock()
        var machine = ClientInviteTransaction(
            timers: TransactionTimers(),
            isReliable: isReliable,
            now: clock.now
        )
        var sent: [Int] = []
        var isOver = false
        while !isOver, let deadline = machine.nextDeadline {
            clock.advance(to: deadline)
            switch machine.fire(now: clock.now) {
            case .resend: sent.append(milliseconds(clock.now))
            case .timedOut: isOver = true
            case .nothing, .rangTooLong, .cancelTimedOut, .ended: Issue.record("unexpected result")
            }
        }
        #expect(sent == expected)
        #expect(milliseconds(clock.now) == 32_000)
        #expect(machine.name == .terminated)
        #expect(machine.nextDeadline == nil)
    }

    @Test(
        "receive: every state and class of response",
        arguments: [
            (.calling, 100, .deliver, .proceeding), (.calling, 180, .deliver, .proceeding),
            (.calling, 200, .deliver, .accepted), (.calling, 302, .acknowledge, .completed),
            (.calling, 603, .acknowledge, .completed),
            (.callingToCancel, 100, .deliverThenCancel, .proceeding),
            (.callingToCancel, 183, .deliverThenCancel, .proceeding),
            (.callingToCancel, 200, .deliver, .accepted), (.callingToCancel, 487, .acknowledge, .completed),
            (.proceeding, 100, .deliver, .proceeding), (.proceeding, 183, .deliver, .proceeding),
            (.proceeding, 200, .deliver, .accepted), (.proceeding, 404, .acknowledge, .completed),
            (.cancelling, 180, .deliver, .proceeding), (.cancelling, 200, .deliver, .accepted),
            (.cancelling, 487, .acknowledge, .completed),
            (.accepted, 180, .absorb, .accepted), (.accepted, 200, .deliver, .accepted),
            (.accepted, 299, .deliver, .accepted), (.accepted, 486, .absorb, .accepted),
            (.completed, 180, .absorb, .completed), (.completed, 200, .absorb, .completed),
            (.completed, 486, .resendAcknowledgement, .completed),
            (.completed, 500, .resendAcknowledgement, .completed),
            (.terminated, 180, .absorb, .terminated), (.terminated, 200, .absorb, .terminated),
            (.terminated, 486, .absorb, .terminated),
        ] as [(InviteSituation, Int, ClientInviteTransaction.ResponseResult, MachineState)]
    )
    func receive(
        situation: InviteSituation,
        code: Int,
        expected: ClientInviteTransaction.ResponseResult,
        state: MachineState
    ) {
        var machine = situation.make(now: .zero)
        let result = machine.receive(code: code, now: .zero)
        #expect(result == expected)
        #expect(machine.name == state)
    }

    @Test(
        "cancel: every state (RFC 3261 §9.1)",
        arguments: [
            (.calling, .wait), (.callingToCancel, .wait), (.proceeding, .send), (.cancelling, .tooLate),
            (.accepted, .tooLate), (.completed, .tooLate), (.terminated, .tooLate),
        ] as [(InviteSituation, ClientInviteTransaction.CancelResult)]
    )
    func cancel(situation: InviteSituation, expected: ClientInviteTransaction.CancelResult) {
        var machine = situation.make(now: .zero)
        let result = machine.cancel(now: .zero)
        #expect(result == expected)
    }

    @Test(
        "transport failure: every state (C09)",
        arguments: [
            (.calling, true), (.callingToCancel, true), (.proceeding, true), (.cancelling, true),
            (.accepted, false), (.completed, false), (.terminated, false),
        ] as [(InviteSituation, Bool)]
    )
    func transportFailed(situation: InviteSituation, expected: Bool) {
        var machine = situation.make(now: .zero)
        let result = machine.transportFailed()
        #expect(result == expected)
        if expected { #expect(machine.name == .terminated) }
    }

    @Test(
        "fire: every state, just before its last deadline and at it",
        arguments: [
            (.calling, 32_000, .timedOut), (.callingToCancel, 32_000, .timedOut),
            (.proceeding, 181_000, .rangTooLong), (.cancelling, 32_000, .cancelTimedOut),
            (.accepted, 32_000, .ended), (.completed, 32_000, .ended),
        ] as [(InviteSituation, Int, ClientInviteTransaction.DeadlineResult)]
    )
    func fire(situation: InviteSituation, last: Int, expected: ClientInviteTransaction.DeadlineResult) {
        var early = situation.make(now: .zero)
        let before = early.fire(now: .zero + .milliseconds(last - 1))
        switch situation {
        case .calling, .callingToCancel: #expect(before == .resend)
        case .proceeding, .cancelling, .accepted, .completed, .terminated: #expect(before == .nothing)
        }
        var machine = situation.make(now: .zero)
        let result = machine.fire(now: .zero + .milliseconds(last))
        #expect(result == expected)
    }

    @Test("F10 timer C starts anew at each 101 to 199, and not at a 100")
    func timerC() {
        var machine = InviteSituation.calling.make(now: .zero)
        _ = machine.receive(code: 100, now: .zero)
        #expect(machine.nextDeadline == .zero + .seconds(181))
        _ = machine.receive(code: 100, now: .zero + .seconds(10))
        #expect(machine.nextDeadline == .zero + .seconds(181))
        _ = machine.receive(code: 183, now: .zero + .seconds(20))
        #expect(machine.nextDeadline == .zero + .seconds(201))
    }

    @Test("C04 on a stream a failure ends the machine at once (timer D 0)")
    func reliableFailure() {
        var machine = InviteSituation.proceeding.make(now: .zero, isReliable: true)
        let result = machine.receive(code: 486, now: .zero)
        #expect(result == .acknowledge)
        #expect(machine.name == .terminated)
    }

    @Test(
        "the timers shown are the ones that run",
        arguments: [
            (.calling, [.a, .b]), (.proceeding, [.c]), (.cancelling, [.b]), (.accepted, [.m]),
            (.completed, [.d]), (.terminated, []),
        ] as [(InviteSituation, [MachineTimer])]
    )
    func timers(situation: InviteSituation, expected: [MachineTimer]) {
        let machine = situation.make(now: .zero)
        var names: [MachineTimer] = []
        machine.forEachTimer { names.append($0.timer) }
        #expect(names == expected)
    }
}
