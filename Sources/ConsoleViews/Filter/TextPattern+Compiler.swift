extension TextPattern {
    /// Why a pattern cannot be used.
    struct CompileError: Error, Equatable {
        /// Counts characters from the pattern's beginning.
        var offset: Int
        /// A few words for people.
        var message: String
    }

    /// Compiles a glob: `*` is anything, `?` one character; the whole text must match.
    init(glob: String) {
        var compiler = PatternCompiler(Array(glob.utf8))
        compiler.glob()
        self.init(steps: compiler.steps, isAnchored: true)
    }

    /// Compiles a regular expression of `. [] () | * + ? ^ $ \`, found anywhere in the text.
    init(expression: String) throws(CompileError) {
        var compiler = PatternCompiler(Array(expression.utf8))
        try compiler.expression()
        self.init(steps: compiler.steps, isAnchored: false)
    }
}

/// Writes the steps of a pattern while reading it once.
private struct PatternCompiler {
    var steps: [TextPattern.Step] = []
    private let pattern: [UInt8]
    private var index = 0
    private var depth = 0

    init(_ pattern: [UInt8]) {
        self.pattern = pattern
    }

    mutating func glob() {
        for byte in pattern {
            switch byte {
            case UInt8(ascii: "*"): repeatLast(from: addAnyByte(), atLeastOnce: false)
            case UInt8(ascii: "?"): addCharacter()
            default: steps.append(.take(ByteSet(ignoringCase: byte)))
            }
        }
        steps.append(.end)
        steps.append(.match)
    }

    mutating func expression() throws(TextPattern.CompileError) {
        try alternatives()
        if index < pattern.count { throw error("unmatched )") }
        steps.append(.match)
    }

    private func error(_ message: String) -> TextPattern.CompileError {
        TextPattern.CompileError(offset: index, message: message)
    }

    private mutating func alternatives() throws(TextPattern.CompileError) {
        depth += 1
        defer { depth -= 1 }
        if depth > 30 { throw error("too many parentheses") }
        let start = steps.count
        try sequence()
        guard index < pattern.count, pattern[index] == UInt8(ascii: "|") else { return }
        index += 1
        insert(.split(start + 1, steps.count + 2), at: start)
        let jump = steps.count
        steps.append(.jump(0))
        try alternatives()
        steps[jump] = .jump(steps.count)
    }

    private mutating func sequence() throws(TextPattern.CompileError) {
        while index < pattern.count {
            let byte = pattern[index]
            if byte == UInt8(ascii: "|") || byte == UInt8(ascii: ")") { return }
            let start = steps.count
            try atom()
            try quantifiers(of: start)
            if steps.count > 1_000 { throw error("pattern too long") }
        }
    }

    private mutating func quantifiers(of start: Int) throws(TextPattern.CompileError) {
        while index < pattern.count {
            switch pattern[index] {
            case UInt8(ascii: "*"): repeatLast(from: start, atLeastOnce: false)
            case UInt8(ascii: "+"): repeatLast(from: start, atLeastOnce: true)
            case UInt8(ascii: "?"): insert(.split(start + 1, steps.count + 1), at: start)
            default: return
            }
            index += 1
        }
    }

    /// One thing that can be repeated; a repeat sign with nothing before it is itself, as in `+4420`.
    private mutating func atom() throws(TextPattern.CompileError) {
        let byte = pattern[index]
        index += 1
        switch byte {
        case UInt8(ascii: "."): addCharacter()
        case UInt8(ascii: "^"): steps.append(.begin)
        case UInt8(ascii: "$"): steps.append(.end)
        case UInt8(ascii: "["): try bracket()
        case UInt8(ascii: "("):
            try alternatives()
            guard index < pattern.count else { throw error("missing )") }
            index += 1
        case UInt8(ascii: "\\"): try escape()
        default: steps.append(.take(ByteSet(ignoringCase: byte)))
        }
    }

    private mutating func escape() throws(TextPattern.CompileError) {
        guard index < pattern.count else { throw error("nothing after \\") }
        let byte = pattern[index]
        index += 1
        let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
        switch byte {
        case UInt8(ascii: "d"): steps.append(.take(digits))
        case UInt8(ascii: "D"): steps.append(.take(digits.inverted))
        case UInt8(ascii: "s"): steps.append(.take(ByteSet(9...13).union(ByteSet(32...32))))
        case UInt8(ascii: "w"):
            let letters = ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z")).union(
                ByteSet(UInt8(ascii: "A")...UInt8(ascii: "Z"))
            )
            steps.append(.take(digits.union(letters).union(ByteSet(95...95))))
        default: steps.append(.take(ByteSet(ignoringCase: byte)))
        }
    }

    private mutating func bracket() throws(TextPattern.CompileError) {
        var set = ByteSet()
        let isInverted = index < pattern.count && pattern[index] == UInt8(ascii: "^")
        if isInverted { index += 1 }
        var isFirst = true
        while index < pattern.count, isFirst || pattern[index] != UInt8(ascii: "]") {
            isFirst = false
            let low = pattern[index]
            if index + 2 < pattern.count, pattern[index + 1] == UInt8(ascii: "-"),
                pattern[index + 2] != UInt8(ascii: "]")
            {
                let high = pattern[index + 2]
                guard low <= high else { throw error("range runs backwards") }
                for byte in low...high { set.insert(ignoringCase: byte) }
                index += 3
            } else {
                set.insert(ignoringCase: low)
                index += 1
            }
        }
        guard index < pattern.count else { throw error("missing ]") }
        index += 1
        steps.append(.take(isInverted ? set.inverted : set))
    }

    /// One UTF-8 character: a first byte and the continuation bytes behind it.
    private mutating func addCharacter() {
        let continuation = ByteSet(0x80...0xbf)
        steps.append(.take(continuation.inverted))
        let start = steps.count
        steps.append(.take(continuation))
        repeatLast(from: start, atLeastOnce: false)
    }

    private mutating func addAnyByte() -> Int {
        steps.append(.take(ByteSet(0...255)))
        return steps.count - 1
    }

    private mutating func repeatLast(from start: Int, atLeastOnce: Bool) {
        if atLeastOnce {
            steps.append(.split(start, steps.count + 1))
        } else {
            insert(.split(start + 1, steps.count + 2), at: start)
            steps.append(.jump(start))
        }
    }

    /// Inserts a step and moves the targets behind it.
    private mutating func insert(_ step: TextPattern.Step, at place: Int) {
        func moved(_ target: Int) -> Int { target >= place ? target + 1 : target }
        for index in place..<steps.count {
            switch steps[index] {
            case .split(let first, let second): steps[index] = .split(moved(first), moved(second))
            case .jump(let target): steps[index] = .jump(moved(target))
            case .take, .begin, .end, .match: break
            }
        }
        steps.insert(step, at: place)
    }
}
