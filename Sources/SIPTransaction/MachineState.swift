public import SIPFlow

/// The states of the four machines by their names in RFC 3261 §17 and RFC 6026.
public enum MachineState: UInt8, Sendable, Hashable {
    /// Client INVITE, nothing heard.
    case calling
    /// Non-INVITE, nothing heard or answered.
    case trying
    /// A provisional response came or went.
    case proceeding
    /// A 2xx to an INVITE came or went.
    case accepted
    /// A final response came or went.
    case completed
    /// Server INVITE: the ACK to a failure came.
    case confirmed
    /// Over.
    case terminated
}

/// The timers of the four machines, and Timer C of the proxy.
public enum MachineTimer: UInt8, Sendable, Hashable {
    /// RFC 3261 §17 and §16.6; RFC 6026 for L and M.
    case a, b, c, d, e, f, g, h, i, j, k, l, m
}

/// A timer of a machine and when it fires.
public struct MachineDeadline: Sendable, Hashable {
    /// Which timer.
    public var timer: MachineTimer
    /// When it fires.
    public var moment: Moment

    /// Pairs a timer with a moment.
    public init(_ timer: MachineTimer, _ moment: Moment) {
        self.timer = timer
        self.moment = moment
    }
}

/// The earlier of two deadlines, either of which may be missing.
func earlier(_ left: Moment?, _ right: Moment) -> Moment {
    guard let left else { return right }
    return min(left, right)
}
