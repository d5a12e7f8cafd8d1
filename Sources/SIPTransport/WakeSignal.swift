import CSystem
import Glibc

/// A flag that wakes whoever polls its descriptor (an eventfd).
public final class WakeSignal: Sendable {
    /// Readable while the signal is raised; for poll, epoll and Dispatch sources.
    public let descriptor: CInt

    /// Makes a lowered signal.
    ///
    /// - Errors: nil when the process has no descriptor left.
    public init?() {
        descriptor = csystem_make_signal()
        guard descriptor >= 0 else { return nil }
    }

    /// Raises it; raising it twice is raising it once.
    public func raise() {
        var one: UInt64 = 1
        // The call reads eight bytes of `one`, which lives until it returns.
        _ = unsafe write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Lowers it.
    public func lower() {
        var count: UInt64 = 0
        // The call writes eight bytes into `count`, which lives until it returns.
        _ = unsafe read(descriptor, &count, MemoryLayout<UInt64>.size)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
