import CAres
import CSystem
import Glibc
import SIPFlow
import SIPNextHop

/// The sockets to the name servers, and the questions that are out on them.
///
/// - Shape: for one serial caller. `poller` becomes readable when `process` has work; `pause` says when it has at
///   the latest. The hosts file is read before a server is asked.
@safe struct NameServerChannel: ~Copyable {
    /// Readable when a name server answered.
    let poller: CInt
    private let channel: OpaquePointer

    /// How long an answer of the hosts file is kept.
    static let hostsTime = Interval.seconds(10)
    private static let hostsLimit = 16

    /// Opens nothing yet but the poller.
    ///
    /// - Errors: nil when the process has no descriptor or no memory left.
    init?(_ service: NameService) {
        poller = csystem_make_poller()
        guard poller >= 0 else { return nil }
        let servers = service.servers.map(\.description).joined(separator: ",")
        let timeout = CInt(service.timeout.milliseconds)
        // The text is copied before the call returns.
        guard let opened = unsafe cares_open(poller, timeout, CInt(service.tries), servers) else {
            close(poller)
            return nil
        }
        unsafe channel = opened
    }

    deinit {
        // Calls back every question that is out; the poller is open until after that.
        unsafe cares_close(channel)
        close(poller)
    }

    /// Asks a question; `then` runs once, maybe before this returns.
    func ask(_ question: DNSQuestion, then: @escaping (DNSAnswer) -> Void) {
        if let answer = hostsAnswer(question) {
            then(answer)
            return
        }
        let pending = PendingQuestion(question, then)
        // Called back exactly once for each question, at the latest when the channel is closed: there it is released.
        let argument = unsafe Unmanaged.passRetained(pending).toOpaque()
        unsafe cares_ask(channel, question.name, CInt(question.kind.rawValue), questionAnswered, argument)
    }

    /// Reads what arrived, sends what waits, and lets late questions try again or end.
    func process() {
        // The shim writes at most `count` entries, and says how many.
        unsafe withUnsafeTemporaryAllocation(of: csystem_ready.self, capacity: 64) { ready in
            let count = unsafe csystem_wait(poller, ready.baseAddress, CInt(ready.count), 0)
            for entry in 0..<max(0, Int(count)) {
                unsafe cares_process(channel, CInt(ready[entry].tag))
            }
        }
        unsafe cares_process(channel, -1)
    }

    /// How long nothing need be done unless the poller is readable; nil when no question is out.
    var pause: Interval? {
        let milliseconds = unsafe cares_pause(channel)
        return milliseconds < 0 ? nil : .milliseconds(Int(milliseconds))
    }

    /// What the hosts file says of a name; nil when it is not in there.
    ///
    /// A name that is in there has no other records than its addresses, and no service.
    private func hostsAnswer(_ question: DNSQuestion) -> DNSAnswer? {
        let host = question.name.split(separator: ".").drop { $0.hasPrefix("_") }.joined(separator: ".")
        let (v4, v6) = (hostsAddresses(host, length: 4), hostsAddresses(host, length: 16))
        guard !v4.isEmpty || !v6.isEmpty else { return nil }
        let addresses: [IPAddress] =
            switch question.kind {
            case .a: v4
            case .aaaa: v6
            case .srv, .naptr: []
            }
        let outcome: DNSAnswer.Outcome =
            addresses.isEmpty ? .noData : .records(addresses.map { .address($0) })
        return DNSAnswer(outcome, timeToLive: Self.hostsTime)
    }

    /// The addresses of 4 or 16 bytes that the hosts file gives a name.
    private func hostsAddresses(_ host: String, length: Int) -> [IPAddress] {
        var bytes = [UInt8](repeating: 0, count: Self.hostsLimit * length)
        // The shim writes at most `limit` addresses, each as long as its family's.
        let count = unsafe cares_hosts(channel, host, length == 16 ? 1 : 0, &bytes, CInt(Self.hostsLimit))
        func number(_ start: Int, _ count: Int) -> UInt64 {
            bytes[start..<start + count].reduce(0) { $0 << 8 | UInt64($1) }
        }
        return (0..<Int(count)).map { index in
            let start = index * length
            return length == 4
                ? .v4(UInt32(truncatingIfNeeded: number(start, 4)))
                : .v6(high: number(start, 8), low: number(start + 8, 8))
        }
    }
}

/// A question that is out.
private final class PendingQuestion {
    let question: DNSQuestion
    let then: (DNSAnswer) -> Void

    init(_ question: DNSQuestion, _ then: @escaping (DNSAnswer) -> Void) {
        self.question = question
        self.then = then
    }
}

/// The name servers answered, or will not.
private func questionAnswered(
    argument: UnsafeMutableRawPointer?,
    status: CInt,
    timeouts: CInt,
    reply: UnsafeMutablePointer<UInt8>?,
    count: CInt
) {
    guard let argument = unsafe argument else { return }
    // Retained by `ask`, and released here: this is the only call for the question.
    let pending = unsafe Unmanaged<PendingQuestion>.fromOpaque(argument).takeRetainedValue()
    switch cares_outcome(status) {
    case cares_closed: break
    case cares_silent: pending.then(DNSAnswer(.timedOut))
    case cares_replied where count > 0:
        guard let reply = unsafe reply else { fallthrough }
        // The reply has `count` bytes until this function returns.
        let bytes = unsafe Array(UnsafeBufferPointer(start: reply, count: Int(count)))
        pending.then(DNSAnswer(reply: bytes, to: pending.question))
    case _: pending.then(DNSAnswer(.serverFailed))
    }
}
