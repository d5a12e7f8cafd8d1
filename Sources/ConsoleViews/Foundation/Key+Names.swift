extension Key {
    /// The key's name as written in key maps and help: `g`, `ctrl-b`, `alt-x`, `shift-up`, `f1`, `space`.
    ///
    /// - Shape: empty for what is no key: a paste, the mouse, a resize, the focus.
    public var name: String {
        switch self {
        case .character(" "): "space"
        case .character(let scalar): String(scalar)
        case .alt(let scalar): "alt-" + Key.character(scalar).name
        case .control(let letter): "ctrl-" + Key.character(letter).name
        case .shiftArrow(let arrow): "shift-" + arrow.rawValue
        case .controlArrow(let arrow): "ctrl-" + arrow.rawValue
        case .function(let number): "f\(number)"
        case .paste, .mouse, .resize, .focus: ""
        default: Self.named.first { $0.key == self }?.name ?? ""
        }
    }

    /// The key with that name, or nil; names are as `name` writes them.
    public init?(name: String) {
        if let special = Self.named.first(where: { $0.name == name })?.key {
            self = special
        } else if let scalar = Self.character(named: name) {
            self = .character(scalar)
        } else if let number = Self.functionNumber(name) {
            self = .function(number)
        } else if let key = Self.modified(name) {
            self = key
        } else {
            return nil
        }
    }

    private static let named: [(name: String, key: Key)] = [
        ("enter", .enter), ("esc", .escape), ("tab", .tab), ("shift-tab", .backTab),
        ("backspace", .backspace), ("delete", .delete), ("insert", .insert), ("up", .up), ("down", .down),
        ("left", .left), ("right", .right), ("home", .home), ("end", .end), ("pgup", .pageUp),
        ("pgdn", .pageDown),
    ]

    private static func character(named name: some StringProtocol) -> Unicode.Scalar? {
        if name == "space" { return " " }
        let scalars = name.unicodeScalars
        guard scalars.count == 1, let scalar = scalars.first, Printable.width(of: scalar) > 0 else {
            return nil
        }
        return scalar
    }

    private static func functionNumber(_ name: String) -> Int? {
        guard name.first == "f", let number = Int(name.dropFirst()), (1...24).contains(number) else {
            return nil
        }
        return number
    }

    private static func modified(_ name: String) -> Key? {
        guard let dash = name.firstIndex(of: "-"), dash != name.startIndex else { return nil }
        let rest = name[name.index(after: dash)...]
        switch name[..<dash] {
        case "alt": return character(named: rest).map(Key.alt)
        case "shift": return Arrow(rawValue: String(rest)).map(Key.shiftArrow)
        case "ctrl":
            if let arrow = Arrow(rawValue: String(rest)) { return .controlArrow(arrow) }
            return character(named: rest).map(Key.control)
        default: return nil
        }
    }
}
