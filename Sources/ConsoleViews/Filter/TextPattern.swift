/// A compiled pattern: a glob or a regular expression, case-insensitive, matched in linear time.
///
/// - Shape: a program for a list of threads; there is no backtracking, so no pattern can hang the screen.
/// - Limits: patterns of at most 1,000 steps.
/// - Cost: O(text × steps) at worst, no allocation beside two short lists.
struct TextPattern: Sendable, Hashable {
    /// One step of the program.
    enum Step: Sendable, Hashable {
        /// Takes one byte of a set.
        case take(ByteSet)
        /// Goes on at two places.
        case split(Int, Int)
        /// Goes on elsewhere.
        case jump(Int)
        /// Holds at the beginning of the text.
        case begin
        /// Holds at the end of the text.
        case end
        /// Found.
        case match
    }

    private let steps: [Step]
    private let isAnchored: Bool

    /// Makes a pattern from the steps of its compiler.
    init(steps: [Step], isAnchored: Bool) {
        self.steps = steps
        self.isAnchored = isAnchored
    }

    /// True when the pattern occurs in the text; an anchored one must begin at its beginning.
    func matches(_ text: String) -> Bool {
        let bytes = text.utf8.span
        var current = Threads(count: steps.count)
        var next = Threads(count: steps.count)
        for position in 0...bytes.count {
            if position == 0 || !isAnchored {
                if follow(0, at: position, of: bytes.count, into: &current) { return true }
            }
            guard position < bytes.count else { return false }
            if isAnchored && current.list.isEmpty { return false }
            next.clear()
            for place in current.list {
                if case .take(let set) = steps[place], set.contains(bytes[position]),
                    follow(place + 1, at: position + 1, of: bytes.count, into: &next)
                {
                    return true
                }
            }
            swap(&current, &next)
        }
        return false
    }

    /// Adds a thread and all that it reaches without taking a byte; true when that is the match.
    private func follow(_ start: Int, at position: Int, of count: Int, into threads: inout Threads) -> Bool {
        var pending = [start]
        while let place = pending.popLast() {
            guard threads.insert(place) else { continue }
            switch steps[place] {
            case .take: threads.list.append(place)
            case .split(let first, let second):
                pending.append(second)
                pending.append(first)
            case .jump(let target): pending.append(target)
            case .begin: if position == 0 { pending.append(place + 1) }
            case .end: if position == count { pending.append(place + 1) }
            case .match: return true
            }
        }
        return false
    }
}

/// The threads alive at one place of the text.
private struct Threads {
    var list: [Int] = []
    private var seen: [Bool]

    init(count: Int) {
        seen = Array(repeating: false, count: count)
    }

    mutating func insert(_ place: Int) -> Bool {
        if seen[place] { return false }
        seen[place] = true
        return true
    }

    mutating func clear() {
        list.removeAll(keepingCapacity: true)
        for index in seen.indices { seen[index] = false }
    }
}
