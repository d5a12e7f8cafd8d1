import SIPFlow

@testable import SIPTransaction

/// A virtual clock that a machine is driven by: it jumps from deadline to deadline.
struct VirtualClock {
    var now = Moment.zero

    mutating func advance(to moment: Moment) { now = max(now, moment) }
    mutating func advance(by interval: Interval) { now = now + interval }
}

/// Milliseconds since the clock's start.
func milliseconds(_ moment: Moment) -> Int { (moment - .zero).milliseconds }

/// What the tests call a client INVITE machine's state.
enum InviteSituation: String, CaseIterable {
    case calling, callingToCancel, proceeding, cancelling, accepted, completed, terminated

    func make(now: Moment, isReliable: Bool = false) -> ClientInviteTransaction {
        var machine = ClientInviteTransaction(timers: TransactionTimers(), isReliable: isReliable, now: now)
        switch self {
        case .calling: break
        case .callingToCancel: _ = machine.cancel(now: now)
        case .proceeding: _ = machine.receive(code: 180, now: now)
        case .cancelling:
            _ = machine.receive(code: 180, now: now)
            _ = machine.cancel(now: now)
        case .accepted: _ = machine.receive(code: 200, now: now)
        case .completed: _ = machine.receive(code: 486, now: now)
        case .terminated: _ = machine.fire(now: now + .seconds(32))
        }
        return machine
    }
}
