public import SIPFlow
public import SIPReport

/// A binding on the screen: alive, or gone and remembered for a while.
public struct RegistrationItem: Sendable, Equatable {
    /// What happened to a binding that is gone.
    public struct Ghost: Sendable, Equatable {
        /// Why it went.
        public var reason: BindingRemoval
        /// When it went.
        public var moment: Moment
        /// When the same phone registered again; nil while it is away.
        public var returnedAt: Moment?
    }

    /// The binding's last values.
    public var row: RegistrationRow
    /// What happened to it; nil while it lives.
    public var ghost: Ghost?

    /// True for one of many bindings that look like a single phone's, left over but for the newest.
    var isPiledUp: Bool { ghost == nil && row.isPiledUp }

    /// True when something about it is odd, although it works.
    func isOdd(_ context: RowContext) -> Bool { isPiledUp || !marks(context).isEmpty }

    /// What is odd about it beside a pile; nothing of what is gone.
    func marks(_ context: RowContext) -> [RegistrationMark] {
        ghost == nil ? row.marks(context.mirror.twins) : []
    }

    /// What a mark means.
    func words(_ mark: RegistrationMark, _ context: RowContext) -> String {
        switch mark {
        case .rawByte:
            return "\(row.aor): a byte of its contact must be escaped; called as it is."
        case .caseTwin:
            let other = context.mirror.twins.others(of: row.aor).min() ?? ""
            return "\(other) is registered too: names that differ by case are two users (RFC 3261 19.1.4)."
        case .unaskedPath:
            return "\(row.aor) has a Path unasked for: require_path_support is off."
        }
    }

    /// What stands behind the state: how many look like it, or a sign that something else is odd.
    func sign(_ context: RowContext) -> String {
        isPiledUp ? " \(row.alike)x" : isOdd(context) ? " !" : ""
    }

    /// The words in the state column.
    func stateWord(at now: Moment) -> String {
        switch ghost?.reason {
        case nil: row.state(at: now).rawValue
        case .expired: "expired"
        case .unregistered: "left"
        case .kicked: "kicked"
        case .replaced: "replaced"
        case .evicted: "evicted"
        }
    }

    /// What a binding that is gone has done since; nil while it lives.
    func story(at now: Moment) -> String? {
        guard let ghost else { return nil }
        if let returned = ghost.returnedAt {
            return "\(stateWord(at: now)), re-registered after \(Format.latency(returned - ghost.moment))"
        }
        switch ghost.reason {
        case .kicked:
            return "kicked, still away \(Format.span(now - ghost.moment))"
        case .expired: return "expired, not refreshed in time"
        case .unregistered: return "left, the phone unregistered"
        case .replaced: return "replaced by a newer binding"
        case .evicted: return "evicted, the address of record was full"
        }
    }

    /// How long a ghost stays: a kicked one until somebody can have read what became of it.
    func isForgotten(at now: Moment) -> Bool {
        guard let ghost else { return false }
        if let returned = ghost.returnedAt { return now - returned >= .seconds(10) }
        return now - ghost.moment >= (ghost.reason == .kicked ? .seconds(600) : .seconds(5))
    }

    /// True when another binding is the same phone come back.
    func isSamePhone(as other: RegistrationRow) -> Bool {
        guard row.aor == other.aor else { return false }
        if row.contact == other.contact || row.callID == other.callID { return true }
        if !row.instance.isEmpty && row.instance == other.instance { return true }
        return row.flow.peer.ip == other.flow.peer.ip && row.userAgent == other.userAgent
    }
}
