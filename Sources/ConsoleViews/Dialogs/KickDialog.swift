import SIPFlow
import SIPReport

/// Asks before bindings are dropped: frozen targets, a reason, and Cancel first.
struct KickDialog: Sendable {
    /// What keys go to.
    enum Field: Sendable, Equatable {
        case cancel, reason, scope, banTime, who, retry
    }

    /// What is done.
    enum Act: Sendable, CaseIterable {
        /// Removes the bindings.
        case drop
        /// Removes them, and has watchers told to register again.
        case bounce
        /// Removes them, and keeps their owners or their addresses out for a while.
        case ban
        /// Removes them, and has watchers told not to come back.
        case reject

        /// The key for it.
        var key: Character {
            switch self {
            case .drop: "k"
            case .bounce: "o"
            case .ban: "b"
            case .reject: "x"
            }
        }

        /// The word beside the key.
        var verb: String {
            switch self {
            case .drop: "drop"
            case .bounce: "bounce"
            case .ban: "ban"
            case .reject: "reject"
            }
        }

        init?(key: Unicode.Scalar) {
            guard let act = Self.allCases.first(where: { $0.key == Character(key) }) else { return nil }
            self = act
        }
    }

    /// When a bounced phone may come back.
    enum Retry: Sendable, CaseIterable {
        case atOnce, halfMinute, minute, fiveMinutes, hour

        /// In seconds; nil for at once.
        var seconds: Int? {
            switch self {
            case .atOnce: nil
            case .halfMinute: 30
            case .minute: 60
            case .fiveMinutes: 300
            case .hour: 3_600
            }
        }

        /// A word for it.
        var word: String {
            switch self {
            case .atOnce: "at once"
            case .halfMinute: "30 s"
            case .minute: "1 min"
            case .fiveMinutes: "5 min"
            case .hour: "1 h"
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
    private(set) var retry = Retry.atOnce
    private(set) var ban: BanFields

    init(items: [RegistrationItem], family: [RegistrationItem], calls: Int, stale: [BindingID] = []) {
        self.items = items
        self.family = family
        self.calls = calls
        self.stale = stale
        let aors = Set(items.map { BanSubject.aor($0.row.aor) })
        ban = BanFields(aors: aors.sorted(), sources: Self.sources(of: items))
    }

    /// True when there is a choice between the contact and others.
    var hasScope: Bool { family.count > items.count }

    private static func sources(of items: [RegistrationItem]) -> [BanSubject] {
        Set(items.map { .source(of: $0.row.flow.peer.ip) }).sorted()
    }

    /// What the chosen scope covers.
    private var kicked: [RegistrationItem] {
        switch scope {
        case .selected: items
        case .stale: family.filter { stale.contains($0.row.id) }
        case .wholeAOR: family
        }
    }

    private var scopes: [Scope] { stale.isEmpty ? [.selected, .wholeAOR] : [.selected, .stale, .wholeAOR] }

    private var fields: [Field] {
        [.cancel, .reason] + (hasScope ? [.scope] : []) + [.banTime, .who, .retry]
    }

    mutating func handle(_ key: Key) -> DialogResult {
        switch key {
        case .escape, .control("c"): return .close
        case .tab, .down: field = field.moved(1, in: fields)
        case .backTab, .up: field = field.moved(-1, in: fields)
        case .enter: if field == .cancel { return .close } else { field = .cancel }
        case .alt(let letter): if let act = Act(key: letter) { return carryOut(act) }
        default: return handleInField(key)
        }
        return .stay
    }

    private mutating func handleInField(_ key: Key) -> DialogResult {
        switch (field, key) {
        case (.reason, _): _ = reason.handle(key)
        case (.banTime, _) where ban.type(key): break
        case (_, .left): change(-1)
        case (_, .right), (_, .character(" ")): change(1)
        case (_, .character("q")): return .close
        case (_, .character("r")): field = .reason
        case (_, .character("t")): change(1, of: .banTime)
        case (_, .character("w")): change(1, of: .who)
        case (_, .character("s")) where hasScope: change(1, of: .scope)
        case (_, .character(let letter)): if let act = Act(key: letter) { return carryOut(act) }
        case (_, .paste(let text)):
            field = .reason
            reason.insert(text)
        default: break
        }
        return .stay
    }

    private mutating func change(_ distance: Int, of other: Field) {
        field = other
        change(distance)
    }

    /// Takes the next choice of the field, or the one before.
    private mutating func change(_ distance: Int) {
        switch field {
        case .cancel, .reason: break
        case .scope:
            scope = scope.moved(distance, in: scopes)
            ban.sources = Self.sources(of: kicked)
        case .banTime: ban.changeTime(distance)
        case .who: ban.changeWho(distance)
        case .retry: retry = retry.moved(distance, in: Retry.allCases)
        }
    }

    private mutating func carryOut(_ act: Act) -> DialogResult {
        var request = KickRequest(targets: targets(scope), reason: reason.text, actor: "console")
        switch act {
        case .drop: break
        case .bounce: request.act = .bounce(retryAfter: retry.seconds)
        case .reject: request.act = .reject
        case .ban:
            guard let duration = ban.duration else {
                field = .banTime
                return .stay
            }
            request.act = .reject
            // Whose address of record is kept out has no binding of it left.
            if ban.hasAOR { request.targets = targets(.wholeAOR) }
            request.bans = ban.subjects
            request.banTime = duration
        }
        return .effects([.command(.kick(request))])
    }

    private func targets(_ scope: Scope) -> [KickTarget] {
        switch scope {
        case .selected: items.map { .binding($0.row.id) }
        case .stale: stale.map(KickTarget.binding)
        case .wholeAOR:
            items.reduce(into: []) { targets, item in
                if !targets.contains(.aor(item.row.aor)) { targets.append(.aor(item.row.aor)) }
            }
        }
    }
}
