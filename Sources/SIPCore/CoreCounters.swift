import SIPProxy
import SIPReport
import SIPTrace

/// The counters as the hot path keeps them: numbers only.
struct CoreCounters {
    var received = 0
    var sent = 0
    var requests = 0
    var invites = 0
    var registers = 0
    var options = 0
    var retransmissions = 0
    /// By class, from 1xx.
    var responses: [Int] = [0, 0, 0, 0, 0, 0]
    /// By the raw value of `DropReason`.
    var drops = [Int](repeating: 0, count: DropReason.allCases.count)

    /// The same for a report.
    func report(bindings: Int, transactions: Int) -> EngineCounters {
        var report = EngineCounters()
        report.received = received
        report.sent = sent
        report.requests = requests
        report.invites = invites
        report.registers = registers
        report.options = options
        report.retransmissions = retransmissions
        report.responses = responses
        for reason in DropReason.allCases where drops[Int(reason.rawValue)] > 0 {
            report.drops[reason.text] = drops[Int(reason.rawValue)]
        }
        report.bindings = bindings
        report.transactions = transactions
        return report
    }
}

extension DropReason {
    /// The trace's word for the proxy's reason.
    init(_ cause: DropCause) {
        self =
            switch cause {
            case .malformed: .malformed
            case .strayResponse: .strayResponse
            case .strayAcknowledgement: .strayAcknowledgement
            case .absorbed: .absorbed
            case .overload: .overload
            }
    }
}
