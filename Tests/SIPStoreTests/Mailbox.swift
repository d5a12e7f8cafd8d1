import Synchronization

/// Numbers that other threads leave.
final class Mailbox: Sendable {
    private let numbers = Mutex<[UInt64]>([])

    func add(_ number: UInt64) { numbers.withLock { $0.append(number) } }

    var all: [UInt64] { numbers.withLock { $0 } }
}
