import CNcurses
import ConsoleViews

/// Names the key sequences that terminal descriptions leave out, and what each code means.
enum KeyTable {
    /// What a code of the library means; nil for codes we have no use for.
    static func input(for code: CInt) -> KeyDecoder.Input? {
        if let index = own.indices.first(where: { firstOwnCode + CInt($0) == code }) {
            return own[index].input
        }
        if let key = standard[code] { return .key(key) }
        let function = Int(code - cncurses_key_f(0))
        return (1...24).contains(function) ? .key(.function(function)) : nil
    }

    /// Tells the library our sequences; a sequence it knew keeps only our meaning.
    static func register() {
        for (index, entry) in own.enumerated() {
            unsafe define_key("\u{1B}" + entry.text, firstOwnCode + CInt(index))
        }
    }

    /// Above every code that the library gives out itself.
    private static let firstOwnCode: CInt = 2_000

    private static let standard: [CInt: Key] = [
        KEY_UP: .up, KEY_DOWN: .down, KEY_LEFT: .left, KEY_RIGHT: .right,
        KEY_HOME: .home, KEY_END: .end, KEY_PPAGE: .pageUp, KEY_NPAGE: .pageDown,
        KEY_DC: .delete, KEY_IC: .insert, KEY_BACKSPACE: .backspace, KEY_ENTER: .enter, KEY_BTAB: .backTab,
        KEY_SR: .shiftArrow(.up), KEY_SF: .shiftArrow(.down),
        KEY_SLEFT: .shiftArrow(.left), KEY_SRIGHT: .shiftArrow(.right),
        KEY_RESIZE: .resize,
    ]

    private static let own: [Sequence] = special + arrows + functions

    private static let special: [Sequence] = [
        Sequence("[<", .mousePrefix), Sequence("[200~", .pasteBegin), Sequence("[201~", .pasteEnd),
        Sequence("[I", .focus(true)), Sequence("[O", .focus(false)), Sequence("[Z", .backTab),
        Sequence("OM", .enter), Sequence("[1~", .home), Sequence("[7~", .home), Sequence("[4~", .end),
        Sequence("[8~", .end), Sequence("[H", .home), Sequence("OH", .home), Sequence("[F", .end),
        Sequence("OF", .end), Sequence("[2~", .insert), Sequence("[3~", .delete), Sequence("[5~", .pageUp),
        Sequence("[6~", .pageDown),
    ]

    private static let arrows: [Sequence] = Key.Arrow.allCases.flatMap { arrow in
        let (letter, plain): (String, Key) =
            switch arrow {
            case .up: ("A", .up)
            case .down: ("B", .down)
            case .right: ("C", .right)
            case .left: ("D", .left)
            }
        return [
            Sequence("[" + letter, plain), Sequence("O" + letter, plain),
            Sequence("[1;2" + letter, .shiftArrow(arrow)), Sequence("[1;5" + letter, .controlArrow(arrow)),
        ]
    }

    private static let functions: [Sequence] = [
        ("OP", 1), ("OQ", 2), ("OR", 3), ("OS", 4), ("[11~", 1), ("[12~", 2), ("[13~", 3), ("[14~", 4),
        ("[15~", 5), ("[17~", 6), ("[18~", 7), ("[19~", 8), ("[20~", 9), ("[21~", 10), ("[23~", 11),
        ("[24~", 12),
    ].map { Sequence($0.0, .function($0.1)) }
}

/// What follows an Escape, and what it means.
private struct Sequence {
    var text: String
    var input: KeyDecoder.Input

    init(_ text: String, _ input: KeyDecoder.Input) {
        self.text = text
        self.input = input
    }

    init(_ text: String, _ key: Key) {
        self.init(text, .key(key))
    }
}
