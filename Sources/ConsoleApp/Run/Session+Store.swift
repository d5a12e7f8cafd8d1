import SIPEngine
import SIPStore

extension Session {
    /// Opens the store that was chosen; `complain` hears of one that cannot be used, now or later.
    ///
    /// - Errors: a store that belongs to somebody else: another engine, a newer version, another program. With one
    ///   that is damaged, or that the system refuses, the engine runs in memory and says so.
    static func open(
        _ choice: StoreChoice,
        complain: @escaping @Sendable (String) -> Void
    ) throws(Failure) -> EngineStore {
        guard case .file(let path) = choice else { return .memory }
        let failed: @Sendable (StoreError) -> Void = { error in
            complain("the store \(error); registrations live in memory now")
        }
        do throws(StoreError) {
            return .file(try SIPStore(path), failed: failed)
        } catch {
            if let failure = Failure(owned: error) { throw failure }
            failed(error)
            return .unusable(error)
        }
    }
}

extension Failure {
    /// A store that belongs to somebody else; nil for one that is merely unusable.
    init?(owned error: StoreError) {
        switch error.reason {
        case .inUse:
            self.init(.unavailable, "the store \(error); stop that one, or say --store PATH or memory")
        case .newerSchema:
            self.init(.configuration, "the store \(error); use that version, or say --store PATH or memory")
        case .foreign: self.init(.configuration, "the store \(error); say --store PATH or memory")
        case .damaged, .refused: return nil
        }
    }
}
