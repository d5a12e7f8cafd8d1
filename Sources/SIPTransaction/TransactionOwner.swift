/// What the server asks on its own account, as a user agent.
public enum OwnRequest: Sendable, Hashable {
    /// A NOTIFY of a subscription, by the subscription's number.
    case notify(UInt64)
    /// An OPTIONS to a contact, by the binding's number.
    case ping(UInt64)
}

/// Who wants to hear what becomes of a transaction.
public enum TransactionOwner: Sendable, Hashable {
    /// Nobody, or nobody any more.
    case nobody
    /// A response context of the proxy, by its place.
    case context(UInt32)
    /// The server itself.
    case server(OwnRequest)

    /// The response context's place; nil for any other owner.
    public var context: UInt32? {
        switch self {
        case .context(let place): place
        case .nobody, .server: nil
        }
    }
}
