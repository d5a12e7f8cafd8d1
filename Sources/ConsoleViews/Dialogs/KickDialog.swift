import SIPFlow
import SIPReport

/// Asks before bindings are dropped: frozen targets, a reason, and Cancel first.
struct KickDialog: Sendable {
    /// What keys go to.
    enum Field: Sendable, Equatable {
        case cancel, reason, scope, banTime
    }

    /// What is done.
    enum Act: Sendable, CaseIterable {
        /// Removes the bindings.
        case drop
        /// Removes them, and has watchers told to register again.
        case bounce
        /// Removes them, and refuses what comes from their addresses for a while.
        case ban

        /// The key for it.
        var key: Character {
            switch self {
            case .drop: "k"
            case .bounce: "o"
            case .ban: "b"
            }
        }

        init?(key: Unicode.Scalar) {
            guard let act = Self.allCases.first(where: { $0.key == Character(key) }) else { return nil }
            self = act
        }
    }

    /// How long a ban lasts.
    enum BanTime: Sendable, CaseIterable {
        case minute, fiveMinutes, hour, day

        var interval: Interval {
            switch self {
            case .minute: .seconds(60)
            case .fiveMinutes: .seconds(300)
            case .hour: .seconds(3_600)
            case .day: .seconds(86_400)
            }
        }

        /// A word for it.
        var word: String {
            switch self {
            case .minute: "1 min"
            case .fiveMinutes: "5 min"
            case .hour: "1 h"
            case .day: "24 h"
            }
        }
    }

    /// What goes, beside what was selected.
    enum Scope: Sendable, Equatable {
        /// The selected contacts.
        case selected
        /// Where bindings pile up, all that look like the selected one, but the newest of them.
        case stale
        /// All contacts of the addresses of record.
        case wholeAOR
    }

    /// The bindings as they were when the dialog opened.
    let items: [RegistrationItem]
    /// All living bindings of the targets' addresses of record.
    let family: [RegistrationItem]
    /// How many calls of theirs go on.
    let calls: Int
    /// Bindings that look like the selected ones and are older; empty where nothing piles up.
    let stale: [BindingID]
    private(set) var field = Field.cancel
    private(set) var reason = TextField()
    private(set) var scope = Scope.selected
    private(set) var banTime = BanTime.fiveMinutes

    init(items: [RegistrationItem], family: [RegistrationItem], calls: Int, stale: [BindingID] = []) {
        self.items = items
        self.family = family
        self.calls = calls
        self.stale = stale
    }

    /// True when there is a choice between the contact and others.
    var hasScope: Bool { family.count > items.count }

    /// Where what is kicked came from, in order.
    var sources: [IPAddress] {
        let kicked =
            switch scope {
            case .selected: items
            case .stale: family.filter { stale.contains($0.row.id) }
            case .wholeAOR: family
            }
        var sources: [IPAddress] = []
        for item in kicked where !sources.contains(item.row.flow.peer.ip) {
            sources.append(item.row.flow.peer.ip)
        }
        return sources
    }

    private mutating func changeScope() {
        scope =
            switch scope {
            case .selected: stale.isEmpty ? .wholeAOR : .stale
            case .stale: .wholeAOR
            case .wholeAOR: .selected
            }
    }

    private mutating func changeBanTime(_ distance: Int) {
        let times = BanTime.allCases
        let place = times.firstIndex(of: banTime) ?? 0
        banTime = times[(place + distance + times.count) % times.count]
    }

    private var fields: [Field] {
        hasScope ? [.cancel, .reason, .scope, .banTime] : [.cancel, .reason, .banTime]
    }

    mutating func handle(_ key: Key) -> DialogResult {
        switch key {
        case .escape, .control("c"): return .close
        case .tab, .down: move(1)
        case .backTab, .up: move(-1)
        case .enter: if field == .cancel { return .close } else { field = .cancel }
        case .alt(let letter):
            if let act = Act(key: letter) { return .effects(effects(of: act)) }
        default: return handleInField(key)
        }
        return .stay
    }

    private mutating func handleInField(_ key: Key) -> DialogResult {
        switch field {
        case .reason: _ = reason.handle(key)
        case .scope where key == .left || key == .right || key == .character(" "): changeScope()
        case .banTime where key == .left: changeBanTime(-1)
        case .banTime where key == .right || key == .character(" "): changeBanTime(1)
        case .cancel, .scope, .banTime:
            switch key {
            case .character(let letter) where Act(key: letter) != nil:
                return .effects(Act(key: letter).map(effects) ?? [])
            case .character("q"): return .close
            case .character("t"):
                field = .banTime
                changeBanTime(1)
            case .character("r"): field = .reason
            case .character("s") where hasScope:
                field = .scope
                changeScope()
            case .paste(let text):
                field = .reason
                reason.insert(text)
            default: break
            }
        }
        return .stay
    }

    private mutating func move(_ distance: Int) {
        let place = fields.firstIndex(of: field) ?? 0
        field = fields[(place + distance + fields.count) % fields.count]
    }

    /// The kick goes first: what is said last, on the screen, is whether the ban was taken.
    private func effects(of act: Act) -> [ConsoleEffect] {
        switch act {
        case .drop: [.command(.kick(request(.drop)))]
        case .bounce: [.command(.kick(request(.bounce(retryAfter: nil))))]
        case .ban:
            [.command(.kick(request(.reject)))]
                + sources.map { source in
                    .command(
                        .ban(
                            BanRequest(
                                source: source,
                                duration: banTime.interval,
                                reason: reason.text,
                                actor: "console"
                            )
                        )
                    )
                }
        }
    }

    private func request(_ act: KickAct) -> KickRequest {
        var targets: [KickTarget] = []
        switch scope {
        case .selected: targets = items.map { .binding($0.row.id) }
        case .stale: targets = stale.map(KickTarget.binding)
        case .wholeAOR:
            for item in items where !targets.contains(.aor(item.row.aor)) {
                targets.append(.aor(item.row.aor))
            }
        }
        return KickRequest(targets: targets, act: act, reason: reason.text, actor: "console")
    }
}
