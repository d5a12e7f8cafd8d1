public import SIPFlow
public import SIPNextHop
import SIPProxy

extension SIPCore {
    /// True when questions wait for name servers.
    public var hasQuestions: Bool { proxy.hasQuestions }

    /// Takes the questions for name servers; each is answered by `resolved`, or gives up by itself.
    public mutating func takeQuestions() -> [DNSQuestion] { proxy.takeQuestions() }

    /// A question was answered; what waited for it goes on.
    public mutating func resolved(
        _ question: DNSQuestion,
        _ answer: DNSAnswer,
        now: Moment,
        into outbox: inout Outbox
    ) {
        let firstSent = outbox.entries.count
        proxy.resolved(question, answer, now: now, into: &outbox)
        traceSent(from: firstSent, outbox, now: now)
    }
}
