import SIPFlow

/// Which bindings changed since the last report.
///
/// - Limits: a slot is noted once however often it changes; the ends kept are the newest million.
/// - Cost: O(1) a change; nothing at all before somebody reads reports.
struct BindingChanges {
    private static let endLimit = 1_000_000

    private(set) var isTracked = false
    private var changed: [UInt32] = []
    private var isChanged: [Bool] = []
    private var ends: [BindingEnd] = []
    private var endsTaken = 0

    var isEmpty: Bool { changed.isEmpty && ends.isEmpty }

    mutating func track() { isTracked = true }

    mutating func noteChange(_ slot: UInt32) {
        guard isTracked else { return }
        while isChanged.count <= Int(slot) { isChanged.append(false) }
        guard !isChanged[Int(slot)] else { return }
        isChanged[Int(slot)] = true
        changed.append(slot)
    }

    mutating func noteEnd(_ end: BindingEnd) {
        guard isTracked else { return }
        if ends.count >= Self.endLimit {
            ends.removeFirst(Self.endLimit / 4)
            endsTaken = max(0, endsTaken - Self.endLimit / 4)
        }
        ends.append(end)
    }

    mutating func nextChanged() -> UInt32? {
        guard let slot = changed.popLast() else { return nil }
        isChanged[Int(slot)] = false
        return slot
    }

    mutating func takeEnds(limit: Int) -> [BindingEnd] {
        let past = min(ends.count, endsTaken + limit)
        let taken = Array(ends[endsTaken..<past])
        endsTaken = past
        if endsTaken == ends.count {
            ends.removeAll(keepingCapacity: ends.count < 10_000)
            endsTaken = 0
        }
        return taken
    }
}
