public import Dispatch

/// Runs an actor on a serial Dispatch queue, so that handlers on that queue are inside the actor.
public final class QueueExecutor: SerialExecutor {
    /// The queue.
    public let queue: DispatchQueue

    /// Makes a queue for one actor.
    public init(label: String, qos: DispatchQoS = .userInteractive) {
        queue = DispatchQueue(label: label, qos: qos)
    }

    /// Runs a job of the actor on the queue.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The job runs exactly once, here; this executor lives until it has.
        queue.async { @Sendable [self] in
            unsafe job.runSynchronously(on: asUnownedSerialExecutor())
        }
    }

    /// Ends the process when it is not called on the queue.
    public func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
