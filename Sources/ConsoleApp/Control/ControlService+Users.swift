import Foundation
import SIPStore

extension ControlService {
    /// Reads the accounts from the store again and hands them to the engine.
    func reloadUsers(then: @escaping @Sendable (Data) -> Void) {
        guard let store = desk.store else {
            return then(
                Self.encode(ControlRefusal(code: .notFound, message: "this sipglass runs without a store"))
            )
        }
        do throws(StoreError) {
            let accounts = try store.accounts()
            desk.takeAccounts(accounts)
            then(Self.line { try JSON.encode(["users": accounts.count]) })
        } catch {
            then(Self.encode(ControlRefusal(code: .unavailable, message: "the store \(error)")))
        }
    }
}
