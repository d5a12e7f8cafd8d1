import SIPFlow
import Testing

@Suite("Slot table")
struct SlotTableTests {
    @Test(
        "agrees with a list of pairs over random insertions and removals",
        arguments: [1, 2, 3] as [UInt64]
    )
    func model(seed: UInt64) {
        var generator = FixedGenerator(state: seed)
        var table = SlotTable(capacity: 16)
        var pairs: [(hash: UInt64, slot: UInt32)] = []
        for step in 0..<4_000 {
            // Few hashes, many of them in neighbouring cells or round the end, so that probes run into each other.
            let hash = UInt64.random(in: 0..<24, using: &generator) &- 12
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1:
                table.insert(hash, UInt32(step))
                pairs.append((hash, UInt32(step)))
            case 2...3 where !pairs.isEmpty:
                let pair = pairs.remove(at: Int.random(in: 0..<pairs.count, using: &generator))
                table.remove(pair.hash, pair.slot)
            case _:
                table.remove(hash, UInt32.max - 1)
            }
            let slots = Set(pairs.filter { $0.hash == hash }.map(\.slot))
            var seen: Set<UInt32> = []
            let nothing = table.find(hash) { slot in
                seen.insert(slot)
                return false
            }
            #expect(nothing == nil && seen == slots)
            let count = table.count
            #expect(count == pairs.count)
        }
        for pair in pairs {
            let found = table.find(pair.hash) { $0 == pair.slot }
            #expect(found == pair.slot)
        }
    }

    @Test("grows past its first size and loses nothing")
    func growth() {
        var table = SlotTable(capacity: 1)
        for slot in 0..<10_000 as Range<UInt32> { table.insert(UInt64(slot) &* 0x9e37_79b9_7f4a_7c15, slot) }
        for slot in 0..<10_000 as Range<UInt32> {
            let found = table.find(UInt64(slot) &* 0x9e37_79b9_7f4a_7c15) { _ in true }
            #expect(found == slot)
        }
        let unknown = table.find(12_345) { _ in true }
        #expect(unknown == nil)
    }

    @Test("is exact while it grows, as entries come and go")
    func growing() {
        // All in one part.
        func hash(_ slot: UInt32) -> UInt64 { UInt64(slot) }
        var table = SlotTable(capacity: 16)
        var present: Set<UInt32> = []
        for slot in 0..<3_000 as Range<UInt32> {
            table.insert(hash(slot), slot)
            present.insert(slot)
            // The oldest one goes each third time.
            if slot % 3 == 2, let gone = present.min() {
                table.remove(hash(gone), gone)
                present.remove(gone)
            }
            let count = table.count
            #expect(count == present.count)
            for probe in [0, slot / 2, slot, slot + 1] {
                let found = table.find(hash(probe)) { $0 == probe }
                #expect(found == (present.contains(probe) ? probe : nil))
            }
        }
    }
}
