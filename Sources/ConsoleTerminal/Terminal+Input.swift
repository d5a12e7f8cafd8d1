import CNcurses
public import ConsoleViews
import Glibc

/// What ended a wait.
public struct InputWait: Sendable, Equatable {
    /// Whether to read keys now: some came, or a signal such as a change of the window broke the wait.
    public var hasKeys = false
    /// The other descriptors that have something to read.
    public var ready: [CInt] = []
    /// Whether the terminal is gone for good, as when its window was closed.
    public var isHungUp = false
}

extension Terminal {
    /// Reads all keys that have come; never waits.
    ///
    /// - Cost: a lone Escape takes 25 ms, in which the rest of a sequence could still come.
    public func readKeys() -> [Key] {
        var code: wint_t = 0
        while true {
            // The one out parameter is written before the call returns.
            switch unsafe get_wch(&code) {
            case OK:
                if let scalar = Unicode.Scalar(code) { decoder.take(.scalar(scalar)) }
            case KEY_CODE_YES:
                if CInt(bitPattern: code) == KEY_RESIZE { adoptSize() }
                if let input = KeyTable.input(for: CInt(bitPattern: code)) { decoder.take(input) }
            default:
                return decoder.finish()
            }
        }
    }

    /// Waits until a key comes, a descriptor can be read, or the time is over.
    ///
    /// - Shape: call it only after `readKeys`, since the library may hold keys of its own. No timeout waits for
    ///   ever.
    public func waitForInput(descriptors: [CInt] = [], timeout: Duration? = nil) -> InputWait {
        var polled = ([STDIN_FILENO] + descriptors).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let count = nfds_t(polled.count)
        // The array outlives the call, and the count is its own.
        let result = unsafe poll(&polled, count, Self.milliseconds(timeout))
        var wait = InputWait()
        guard result >= 0 else {
            wait.hasKeys = errno == EINTR
            return wait
        }
        wait.hasKeys = polled[0].revents & Int16(POLLIN) != 0
        wait.isHungUp = polled[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
        wait.ready = polled.dropFirst().filter { $0.revents != 0 }.map(\.fd)
        return wait
    }

    /// Whole milliseconds, rounded up so that a wait never ends early; -1 for no limit.
    private static func milliseconds(_ timeout: Duration?) -> CInt {
        guard let timeout else { return -1 }
        let (seconds, attoseconds) = timeout.components
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return CInt(max(0, seconds * 1_000 + rest))
    }
}
