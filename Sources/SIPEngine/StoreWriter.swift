import SIPCore
import SIPStore

/// Takes batches to the store's queue, and leaves word of each in the engine's mailbox.
struct StoreWriter {
    private let store: SIPStore
    private let failed: @Sendable (StoreError) -> Void
    private let mailbox: EngineMailbox

    /// Writes to a store; nil when there is none.
    init?(_ place: (SIPStore, @Sendable (StoreError) -> Void)?, _ mailbox: EngineMailbox) {
        guard let place else { return nil }
        (store, failed) = place
        self.mailbox = mailbox
    }

    /// Begins to write a batch; the engine's queue does not wait.
    func write(_ batch: StoreBatch) {
        store.commit(batch.bindings, bans: batch.bans, audit: batch.audit) { [mailbox, failed] failure in
            // The operator hears of it before any phone does.
            if let failure { failed(failure) }
            _ = mailbox.post(.stored(batch.number, failure))
        }
    }

    /// Writes a batch at once; gives the failure.
    func writeNow(_ batch: StoreBatch) -> StoreError? {
        do throws(StoreError) {
            try store.commit(batch.bindings, bans: batch.bans, audit: batch.audit)
            return nil
        } catch {
            failed(error)
            return error
        }
    }

    /// Closes the store.
    func close() { store.close() }

    /// Returns when the batch that was handed over is written, and its word is in the mailbox.
    func finish() { store.finish() }
}
