import ConsoleViews
import SIPTransport
import Synchronization

/// Where other threads leave events for the console's loop.
final class ConsoleInbox: Sendable {
    private let events = Mutex<[ConsoleEvent]>([])
    private let signal: WakeSignal

    /// Makes an empty one.
    ///
    /// - Errors: nil when the process has no descriptor left.
    init?() {
        guard let signal = WakeSignal() else { return nil }
        self.signal = signal
    }

    /// Readable while events wait.
    var descriptor: CInt { signal.descriptor }

    /// Leaves an event; from any thread.
    func post(_ event: ConsoleEvent) {
        events.withLock { $0.append(event) }
        signal.raise()
    }

    /// Takes all events that wait.
    func take() -> [ConsoleEvent] {
        signal.lower()
        return events.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
