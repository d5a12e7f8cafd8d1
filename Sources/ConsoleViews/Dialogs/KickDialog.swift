import SIPFlow
import SIPReport

/// Asks before bindings are dropped: frozen targets, a reason, and Cancel first.
struct KickDialog: Sendable {
    /// What keys go to.
    enum Field: Sendable, Equatable {
        case cancel, reason, scope
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
    /// How many bindings the addresses of record of the targets have altogether.
    let bindings: Int
    /// How many calls of theirs go on.
    let calls: Int
    /// Bindings that look like the selected ones and are older; empty where nothing piles up.
    let stale: [BindingID]
    private(set) var field = Field.cancel
    private(set) var reason = TextField()
    private(set) var scope = Scope.selected

    init(items: [RegistrationItem], bindings: Int, calls: Int, stale: [BindingID] = []) {
        self.items = items
        self.bindings = bindings
        self.calls = calls
        self.stale = stale
    }

    /// True when there is a choice between the contact and others.
    var hasScope: Bool { bindings > items.count }

    private mutating func changeScope() {
        scope =
            switch scope {
            case .selected: stale.isEmpty ? .wholeAOR : .stale
            case .stale: .wholeAOR
            case .wholeAOR: .selected
            }
    }

    private var fields: [Field] { hasScope ? [.cancel, .reason, .scope] : [.cancel, .reason] }

    mutating func handle(_ key: Key) -> DialogResult {
        switch key {
        case .escape, .control("c"): return .close
        case .tab, .down: move(1)
        case .backTab, .up: move(-1)
        case .enter: if field == .cancel { return .close } else { field = .cancel }
        case .alt("k"): return .effects([.command(.kick(request))])
        default: return handleInField(key)
        }
        return .stay
    }

    private mutating func handleInField(_ key: Key) -> DialogResult {
        switch field {
        case .reason: _ = reason.handle(key)
        case .scope where key == .left || key == .right || key == .character(" "): changeScope()
        case .cancel, .scope:
            switch key {
            case .character("k"): return .effects([.command(.kick(request))])
            case .character("q"): return .close
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

    private var request: KickRequest {
        var targets: [KickTarget] = []
        switch scope {
        case .selected: targets = items.map { .binding($0.row.id) }
        case .stale: targets = stale.map(KickTarget.binding)
        case .wholeAOR:
            for item in items where !targets.contains(.aor(item.row.aor)) {
                targets.append(.aor(item.row.aor))
            }
        }
        return KickRequest(targets: targets, act: .drop, reason: reason.text, actor: "console")
    }
}
