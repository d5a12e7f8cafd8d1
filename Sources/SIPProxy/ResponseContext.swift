import SIPFlow
import SIPTransaction

/// One place that a request may be forwarded to (RFC 3261 §16.5).
struct Target {
    /// The Request-URI there.
    var uri: StoredBytes
    /// Route values that go first: the binding's Path (RFC 3327 §5.4); `none` when there are none.
    var path: StoredBytes
    /// The next hop.
    var flow: Flow
    /// The q value in thousandths.
    var q: Int
    /// A number that the flows of one phone share; 0 for a target that is no flow.
    var phone: UInt64 = 0
    /// True for a flow that waits until another one of the same phone fails (RFC 5626 §7).
    var isHeld = false
    /// The client transaction that went there; `none` before.
    var branch = TransactionID.none
    /// The branches that it may have downstream; 0 when nobody counts them (RFC 5393 §5.3).
    var breadth = 0
    /// True when a 3xx named it; such targets are tried at once, apart from those that wait.
    var isRedirected = false
    /// The place among the context's names, when the next hop is yet to be found by its name.
    var name: Int? = nil
}

extension Target {
    /// True when both are tried at the same time.
    func isBeside(_ other: Target) -> Bool { q == other.q && isRedirected == other.isRedirected }
}

/// What became of one request that was forwarded to one or more targets (RFC 3261 §16.7).
///
/// - Shape: its place is used again by another request, so that its own arrays keep their room.
struct ResponseContext {
    /// How far it is.
    enum Phase {
        /// The place is free.
        case free
        /// No final response is settled; more targets may be tried.
        case searching
        /// A 6xx came: no new branches, it wins once all ended.
        case declined
        /// The caller cancelled: no new branches.
        case cancelled
        /// A 2xx went upstream.
        case answered
    }

    var phase = Phase.free
    /// The transaction to answer.
    var server = TransactionID.none
    var isInvite = false
    /// True when the Request-URI is ours, so that targets may be added (RFC 3261 §16.5).
    var isOwn = false
    /// The loop hash of the request.
    var loopHash: UInt64 = 0
    /// All targets, highest q first.
    var targets: [Target] = []
    var nextTarget = 0
    /// The client transactions, in the order they were started; some may be over.
    var branches: [TransactionID] = []
    var pending = 0
    /// The branches that the request may have at a time; nil when nobody counts them (RFC 5393 §5.3).
    var breadth: Int?
    /// The breadth of each branch, in the same order.
    var breadths: [Int] = []
    /// The best final response so far, as received; `none` when it would be our own.
    var best = StoredBytes.none
    /// Its status code, 0 when there is none yet.
    var bestCode = 0
    /// The challenges of the 401 and 407 responses that were not the best, as whole lines.
    var challenges: [UInt8] = []
    /// Why, when the best is our own.
    var ownReason: String?
    /// True once the transaction has words about targets that failed: what others answer stands with them.
    var hasVerdicts = false
    /// The host names of targets.
    var names: [NamedHop] = []
    /// The targets by name that were begun.
    var searches: [HopSearch] = []

    /// Makes the place ready for another request; arrays keep their room.
    mutating func reset() {
        phase = .free
        server = .none
        isOwn = false
        breadth = nil
        targets.removeAll(keepingCapacity: true)
        nextTarget = 0
        branches.removeAll(keepingCapacity: true)
        pending = 0
        breadths.removeAll(keepingCapacity: true)
        best = .none
        bestCode = 0
        challenges.removeAll(keepingCapacity: true)
        ownReason = nil
        hasVerdicts = false
        names.removeAll(keepingCapacity: true)
        searches.removeAll(keepingCapacity: true)
    }

    /// True until a 2xx, a 6xx or a CANCEL: a failed branch may be replaced.
    var isSearching: Bool {
        switch phase {
        case .searching: true
        case .free, .declined, .cancelled, .answered: false
        }
    }

    /// True while targets remain that may still be tried.
    var mayContinue: Bool {
        switch phase {
        case .searching: nextTarget < targets.count
        case .free, .declined, .cancelled, .answered: false
        }
    }
}

/// How good a final response is to be sent upstream; lower is better (RFC 3261 §16.7 step 6).
func responseRank(_ code: Int) -> Int {
    switch code {
    case 600...: 0
    case 401, 407: 400
    case 415, 420, 484: 401
    case 408: 403
    case 400..<500: 402
    case 503: 501
    case 500..<600: 500
    case _: code / 100 * 100
    }
}
