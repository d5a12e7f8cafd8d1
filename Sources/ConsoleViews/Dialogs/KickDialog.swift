import SIPFlow
import SIPReport

/// Asks before bindings are dropped: frozen targets, a reason, and Cancel first.
struct KickDialog: Sendable {
    /// What keys go to.
    enum Field: Sendable, Equatable {
        case cancel, reason, scope
    }

    /// The bindings as they were when the dialog opened.
    let items: [RegistrationItem]
    /// How many bindings the addresses of record of the targets have altogether.
    let bindings: Int
    /// How many calls of theirs go on.
    let calls: Int
    private(set) var field = Field.cancel
    private(set) var reason = TextField()
    private(set) var isWholeAOR = false

    init(items: [RegistrationItem], bindings: Int, calls: Int) {
        self.items = items
        self.bindings = bindings
        self.calls = calls
    }

    /// True when there is a choice between the contact and all contacts.
    var hasScope: Bool { bindings > items.count }

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
        case .scope where key == .left || key == .right || key == .character(" "): isWholeAOR.toggle()
        case .cancel, .scope:
            switch key {
            case .character("k"): return .effects([.command(.kick(request))])
            case .character("q"): return .close
            case .character("r"): field = .reason
            case .character("s") where hasScope:
                field = .scope
                isWholeAOR.toggle()
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
        for item in items {
            let target: KickTarget = isWholeAOR ? .aor(item.row.aor) : .binding(item.row.id)
            if !targets.contains(target) { targets.append(target) }
        }
        return KickRequest(targets: targets, act: .drop, reason: reason.text, actor: "console")
    }
}
