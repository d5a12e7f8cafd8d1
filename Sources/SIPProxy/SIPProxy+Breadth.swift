import SIPFlow
import SIPSyntax
import SIPTransaction

extension SIPProxy {
    /// One past the last target to try now: those of the highest q, in parallel.
    ///
    /// - Shape: no more than Max-Breadth allows; what the request may have of branches is dealt out to the group evenly. A group that is too large is
    ///   tried in parts, one after the other.
    ///
    /// Deviation: a request that goes to one target, and came without Max-Breadth, gets none. The next proxy then
    /// counts from its own maximum, as it would have counted from ours.
    /// - Source: RFC 5393 §5.3.3.
    mutating func endOfGroup(_ place: UInt32, _ index: MessageIndex) -> Int {
        let first = contexts[Int(place)].nextTarget
        let targets = contexts[Int(place)].targets.count
        guard first < targets else { return first }
        let head = contexts[Int(place)].targets[first]
        var end = first + 1
        while end < targets && contexts[Int(place)].targets[end].isBeside(head) { end += 1 }
        let isAlone = end == first + 1 && contexts[Int(place)].pending == 0
        guard let allowed = contexts[Int(place)].breadth, !isAlone || index.has(.maxBreadth) else {
            return end
        }
        let free = max(0, allowed - breadthInUse(place))
        end = min(end, first + free)
        for target in first..<end {
            let share = free / (end - first) + (target - first < free % (end - first) ? 1 : 0)
            contexts[Int(place)].targets[target].breadth = share
        }
        return end
    }

    /// How many branches a request may have: its Max-Breadth, at most our own limit.
    ///
    /// Nil when nobody counts.
    func breadthAllowed(_ bytes: Span<UInt8>, _ index: MessageIndex) -> Int? {
        guard options.maximumBreadth > 0 else { return nil }
        guard let field = index.first(.maxBreadth), let value = bytes.number(field.value) else {
            return options.maximumBreadth
        }
        return min(Int(value), options.maximumBreadth)
    }

    /// What the branches that still run were given.
    private func breadthInUse(_ place: UInt32) -> Int {
        var sum = 0
        for (branch, breadth) in zip(contexts[Int(place)].branches, contexts[Int(place)].breadths)
        where layer.contains(branch) && layer.record(branch).context == place {
            sum += max(1, breadth)
        }
        return sum
    }
}
