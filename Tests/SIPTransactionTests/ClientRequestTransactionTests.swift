import SIPFlow
import Testing

@testable import SIPTransaction

@Suite("Client non-INVITE transaction")
struct ClientRequestTransactionTests {
    enum Situation: String {
        case trying, proceeding, completed, terminated

        func make(isReliable: Bool = false) -> ClientRequestTransaction {
            var machine = ClientRequestTransaction(
                timers: TransactionTimers(),
                isReliable: isReliable,
                now: .zero
            )
            switch self {
            case .trying: break
            case .proceeding: _ = machine.receive(code: 100, now: .zero)
            case .completed: _ = machine.receive(code: 200, now: .zero)
            case .terminated: _ = machine.fire(now: .zero + .seconds(32))
            }
            return machine
        }
    }

    @Test(
        "C06 resends with doubling gaps up to T2 and gives up at 32 s",
        arguments: [
            (Situation.trying, [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]),
            (Situation.proceeding, [4_000, 8_000, 12_000, 16_000, 20_000, 24_000, 28_000]),
        ]
    )
    func retransmission(situation: Situation, expected: [Int]) {
        var clock = VirtualClock()
        var machine = situation.make()
        var sent: [Int] = []
        var isOver = false
        while !isOver, let deadline = machine.nextDeadline {
            clock.advance(to: deadline)
            switch machine.fire(now: clock.now) {
            case .resend: sent.append(milliseconds(clock.now))
            case .timedOut: isOver = true
            case .nothing, .ended: Issue.record("unexpected result")
            }
        }
        #expect(sent == expected)
        #expect(milliseconds(clock.now) == 32_000)
    }

    @Test("C10 nothing is repeated on a stream")
    func reliable() {
        var machine = Situation.trying.make(isReliable: true)
        #expect(machine.nextDeadline == .zero + .seconds(32))
        let result = machine.receive(code: 200, now: .zero)
        #expect(result == .deliver)
        #expect(machine.name == .terminated, "C07 timer K is 0")
    }

    @Test(
        "receive: every state and class of response",
        arguments: [
            (.trying, 100, .deliver, .proceeding), (.trying, 200, .deliver, .completed),
            (.trying, 503, .deliver, .completed), (.proceeding, 183, .deliver, .proceeding),
            (.proceeding, 404, .deliver, .completed), (.completed, 100, .absorb, .completed),
            (.completed, 200, .absorb, .completed), (.terminated, 100, .absorb, .terminated),
            (.terminated, 200, .absorb, .terminated),
        ] as [(Situation, Int, ClientRequestTransaction.ResponseResult, MachineState)]
    )
    func receive(
        situation: Situation,
        code: Int,
        expected: ClientRequestTransaction.ResponseResult,
        state: MachineState
    ) {
        var machine = situation.make()
        let result = machine.receive(code: code, now: .zero)
        #expect(result == expected)
        #expect(machine.name == state)
    }

    @Test(
        "transport failure: every state",
        arguments: [(.trying, true), (.proceeding, true), (.completed, false), (.terminated, false)]
            as [(Situation, Bool)]
    )
    func transportFailed(situation: Situation, expected: Bool) {
        var machine = situation.make()
        let result = machine.transportFailed()
        #expect(result == expected)
    }

    @Test(
        "fire: every state at its last deadline",
        arguments: [
            (.trying, 32_000, .timedOut), (.proceeding, 32_000, .timedOut), (.completed, 5_000, .ended),
            (.terminated, 40_000, .ended),
        ] as [(Situation, Int, ClientRequestTransaction.DeadlineResult)]
    )
    func fire(situation: Situation, last: Int, expected: ClientRequestTransaction.DeadlineResult) {
        var machine = situation.make()
        let result = machine.fire(now: .zero + .milliseconds(last))
        #expect(result == expected)
        var early = situation.make()
        if situation == .completed {
            let before = early.fire(now: .zero + .milliseconds(last - 1))
            #expect(before == .nothing)
        }
    }
}
