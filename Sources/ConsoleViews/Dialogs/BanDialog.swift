import SIPFlow
import SIPReport

/// Asks for how long somebody is kept out: frozen targets, a reason, and Cancel first.
struct BanDialog: Sendable {
    /// What keys go to.
    enum Field: Sendable, Equatable {
        case cancel, reason, banTime, who
    }

    /// The bans that the targets have already.
    let former: [BanRow]
    private(set) var field = Field.cancel
    private(set) var reason: TextField
    private(set) var ban: BanFields

    init(aors: [BanSubject], sources: [BanSubject], former: [BanRow]) {
        self.former = former
        ban = BanFields(aors: aors, sources: sources)
        // The new ban takes the old one's place, with its reason unless another is given.
        reason = TextField(former.first?.reason ?? "")
    }

    /// True when there is a choice of what the ban goes by.
    ///
    /// Several bans that are given another time stay what they are.
    var hasWho: Bool { former.isEmpty && ban.choices.count > 1 }

    /// Who is kept out.
    var subjects: [BanSubject] { former.isEmpty ? ban.subjects : ban.aors + ban.sources }

    /// The fields in the order of the tab key.
    var fields: [Field] { hasWho ? [.cancel, .reason, .banTime, .who] : [.cancel, .reason, .banTime] }

    mutating func handle(_ key: Key) -> DialogResult {
        switch key {
        case .escape, .control("c"): return .close
        case .tab, .down: field = field.moved(1, in: fields)
        case .backTab, .up: field = field.moved(-1, in: fields)
        case .enter: if field == .cancel { return .close } else { field = .cancel }
        case .alt("b"): return carryOut()
        default: return handleInField(key)
        }
        return .stay
    }

    private mutating func handleInField(_ key: Key) -> DialogResult {
        switch (field, key) {
        case (.reason, _): _ = reason.handle(key)
        case (.banTime, _) where ban.type(key): break
        case (.banTime, .left): ban.changeTime(-1)
        case (.banTime, .right), (.banTime, .character(" ")): ban.changeTime()
        case (.who, .left): ban.changeWho(-1)
        case (.who, .right), (.who, .character(" ")): ban.changeWho()
        case (_, .character("q")): return .close
        case (_, .character("r")): field = .reason
        case (_, .character("t")):
            field = .banTime
            ban.changeTime()
        case (_, .character("w")) where hasWho:
            field = .who
            ban.changeWho()
        case (_, .character("b")): return carryOut()
        case (_, .paste(let text)):
            field = .reason
            reason.insert(text)
        default: break
        }
        return .stay
    }

    private mutating func carryOut() -> DialogResult {
        guard let duration = ban.duration else {
            field = .banTime
            return .stay
        }
        let request = BanRequest(
            subjects: subjects,
            duration: duration,
            reason: reason.text,
            actor: "console"
        )
        return .effects([.command(.ban(request))])
    }
}
