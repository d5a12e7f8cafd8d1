import SIPFlow
import SIPNextHop
import SIPTransaction

/// A target whose next hop is a host name.
struct NamedHop {
    /// What is to be found.
    var query: NextHopQuery
    /// True when the name stands in a Route or is a phone's, not the Request-URI's.
    var isRoute: Bool
    /// Where to send when name servers know nothing: the flow that a phone registered from.
    var fallback: Flow?

    /// The name of a destination; nil for one that has none.
    init?(_ destination: Destination?, isRoute: Bool, fallback: Flow? = nil) {
        guard case .name(let query) = destination else { return nil }
        self.query = query
        self.isRoute = isRoute
        self.fallback = fallback
    }
}

/// One target by name, from its search to the last of its hops (RFC 3263 §4.3).
///
/// - Shape: pending in its response context from the search on; each hop is a client transaction of its own.
struct HopSearch {
    /// How far it is.
    enum State {
        /// Name servers are asked.
        case waiting(NextHopFinder.Ticket)
        /// The request went to a hop, which may be the last.
        case trying(TransactionID, at: NextHop)
        /// No hop is left, or none is wanted.
        case over
    }

    /// The place among the context's names, which leads to the target: targets may move.
    var name: Int
    var state = State.over
    /// The hops that were not tried yet.
    var hops: ArraySlice<NextHop> = []

    /// The client transaction of the hop that is tried.
    var branch: TransactionID? {
        switch state {
        case .trying(let id, _): id
        case .waiting, .over: nil
        }
    }

    /// The search that is waited for.
    var ticket: NextHopFinder.Ticket? {
        switch state {
        case .waiting(let ticket): ticket
        case .trying, .over: nil
        }
    }
}

/// What waits for a search.
enum HopWaiter {
    /// A target of a response context: the context's place, and the search's in it.
    case target(context: UInt32, search: Int)
    /// An ACK to a 2xx, as it came.
    case acknowledgement(StoredBytes, Flow)
    /// A server transaction whose response could not be sent to an address.
    case response(TransactionID, failed: SocketAddress)
}
