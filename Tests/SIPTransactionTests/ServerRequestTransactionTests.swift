import SIPFlow
import Testing

@testable import SIPTransaction

@Suite("Server non-INVITE transaction")
struct ServerRequestTransactionTests {
    enum Situation: String {
        case trying, proceeding, completed, terminated

        func make(isReliable: Bool = false) -> ServerRequestTransaction {
            var machine = ServerRequestTransaction(
                timers: TransactionTimers(),
                isReliable: isReliable,
                now: .zero
            )
            switch self {
            case .trying: break
            case .proceeding: _ = machine.send(code: 100, now: .zero)
            case .completed: _ = machine.send(code: 200, now: .zero)
            case .terminated:
                _ = machine.send(code: 200, now: .zero)
                _ = machine.fire(now: .zero + .seconds(32))
            }
            return machine
        }
    }

    @Test(
        "S08 a repeated request: every state",
        arguments: [
            (.trying, .absorb), (.proceeding, .resendResponse), (.completed, .resendResponse),
            (.terminated, .absorb),
        ] as [(Situation, ServerRequestTransaction.RequestResult)]
    )
    func receiveRequest(situation: Situation, expected: ServerRequestTransaction.RequestResult) {
        var machine = situation.make()
        let result = machine.receiveRequest()
        #expect(result == expected)
    }

    @Test(
        "sending: every state and class of response",
        arguments: [
            (.trying, 100, .send, .proceeding), (.trying, 200, .send, .completed),
            (.proceeding, 100, .send, .proceeding), (.proceeding, 404, .send, .completed),
            (.completed, 100, .refuse, .completed), (.completed, 200, .refuse, .completed),
            (.terminated, 200, .refuse, .terminated),
        ] as [(Situation, Int, ServerRequestTransaction.SendResult, MachineState)]
    )
    func send(
        situation: Situation,
        code: Int,
        expected: ServerRequestTransaction.SendResult,
        state: MachineState
    ) {
        var machine = situation.make()
        let result = machine.send(code: code, now: .zero)
        #expect(result == expected)
        #expect(machine.name == state)
    }

    @Test(
        "fire: every state at its last deadline (timer J 32 s; an unanswered request ends at 37 s)",
        arguments: [
            (.trying, 37_000), (.proceeding, 37_000), (.completed, 32_000), (.terminated, 40_000),
        ] as [(Situation, Int)]
    )
    func fire(situation: Situation, last: Int) {
        var machine = situation.make()
        let result = machine.fire(now: .zero + .milliseconds(last))
        #expect(result == .ended)
        var early = situation.make()
        if situation != .terminated {
            let before = early.fire(now: .zero + .milliseconds(last - 1))
            #expect(before == .nothing)
        }
    }

    @Test("on a stream the final response ends the machine (timer J 0)")
    func reliable() {
        let machine = Situation.completed.make(isReliable: true)
        #expect(machine.name == .terminated)
    }
}
