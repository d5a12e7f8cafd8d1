import Dispatch
import Glibc
import SIPTransport
import Synchronization

/// Watches the signals that ask the program to end.
///
/// - Shape: TERM, INT and HUP; while it lives they no longer end the process by themselves.
final class SignalWatch {
    private let raised: WakeSignal
    private let sources: [any DispatchSourceSignal]

    /// Begins to watch.
    ///
    /// - Errors: nil when the process has no descriptor left.
    init?() {
        guard let raised = WakeSignal() else { return nil }
        self.raised = raised
        let queue = DispatchQueue(label: "sipglass.signals")
        sources = [SIGTERM, SIGINT, SIGHUP].map { number in
            // Dispatch sees a signal only when its default action is off.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { @Sendable in raised.raise() }
            source.activate()
            return source
        }
    }

    /// Readable once a signal came.
    var descriptor: CInt { raised.descriptor }

    /// True once a signal came.
    var isRaised: Bool { waitForInput([descriptor], milliseconds: 0) }

    /// Returns when a signal came.
    func wait() {
        while !waitForInput([descriptor], milliseconds: -1) {}
    }

    deinit {
        for source in sources { source.cancel() }
    }
}

/// Waits until one of some descriptors can be read; false after the time, or after a signal.
///
/// - Units: milliseconds; -1 waits without end.
@discardableResult
func waitForInput(_ descriptors: [CInt], milliseconds: CInt) -> Bool {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    // The call reads and writes the entries, which live until it returns.
    return unsafe poll(&entries, nfds_t(entries.count), milliseconds) > 0
}
