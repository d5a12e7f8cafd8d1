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
        let first = contexts[place].nextTarget
        var (end, size) = (first, 0)
        var head: Target?
        while end < contexts[place].targets.count {
            let target = contexts[place].targets[end]
            if !target.isHeld {
                guard target.isBeside(head ?? target) else { break }
                head = target
                size += 1
            }
            end += 1
        }
        let isAlone = size == 1 && contexts[place].pending == 0
        guard size > 0, let allowed = contexts[place].breadth, !isAlone || index.has(.maxBreadth) else {
            return end
        }
        let free = max(0, allowed - breadthInUse(place))
        return deal(free, place, to: min(size, free), from: first)
    }

    /// Gives each of a number of targets its share, those that are held left out.
    ///
    /// The result is one past the last of them.
    private mutating func deal(_ breadth: Int, _ place: UInt32, to count: Int, from first: Int) -> Int {
        var (target, dealt) = (first, 0)
        while dealt < count {
            if !contexts[place].targets[target].isHeld {
                contexts[place].targets[target].breadth =
                    breadth / count + (dealt < breadth % count ? 1 : 0)
                dealt += 1
            }
            target += 1
        }
        return target
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
        for (branch, breadth) in zip(contexts[place].branches, contexts[place].breadths)
        where layer.contains(branch) && layer.record(branch).context == place {
            sum += max(1, breadth)
        }
        return sum
    }
}
