import SIPCore
import SIPFlow
public import SIPStore

/// Where an engine keeps its registrations.
public enum EngineStore: Sendable {
    /// In memory, by choice.
    case memory
    /// In a file, which the engine closes when it stops; `failed` hears when it can no longer be written.
    case file(SIPStore, failed: @Sendable (StoreError) -> Void)
    /// In memory, since the file that was asked for cannot be used.
    case unusable(StoreError)

    /// The file; nil where registrations live in memory.
    public var file: SIPStore? {
        switch self {
        case .file(let store, _): store
        case .memory, .unusable: nil
        }
    }

    /// Hands a fresh core what the store holds; gives the store where it can be used.
    func begin(_ core: inout SIPCore, now: Moment) -> (SIPStore, @Sendable (StoreError) -> Void)? {
        switch self {
        case .memory: return nil
        case .unusable(let error):
            core.goOnWithoutStore(error.path, reason: error.words)
            return nil
        case .file(let store, let failed):
            do throws(StoreError) {
                let (bindings, bans) = (try store.bindings(), try store.bans())
                core.keep(in: store.path, holding: bindings, bans: bans, now: now)
                return (store, failed)
            } catch {
                core.goOnWithoutStore(error.path, reason: error.words)
                failed(error)
                return nil
            }
        }
    }
}
