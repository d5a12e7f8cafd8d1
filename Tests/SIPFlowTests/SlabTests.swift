import SIPFlow
import Testing

/// A value that can be held once, and that counts its end.
private struct Token: ~Copyable {
    final class Ends {
        var count = 0
    }

    var number: Int
    private let ends: Ends

    init(_ number: Int, _ ends: Ends) {
        self.number = number
        self.ends = ends
    }

    deinit { ends.count += 1 }
}

@Suite("Slab")
struct SlabTests {
    @Test(
        "agrees with a dictionary over random additions, changes and removals",
        arguments: [1, 2, 3] as [UInt64]
    )
    func model(seed: UInt64) {
        var generator = FixedGenerator(state: seed)
        let ends = Token.Ends()
        var slab = Slab<Token>()
        var model: [UInt32: (generation: UInt32, number: Int)] = [:]
        var old: [(slot: UInt32, generation: UInt32)] = []
        var removed = 0
        for step in 0..<1_500 {
            let slot = model.keys.sorted().randomElement(using: &generator)
            switch (Int.random(in: 0..<5, using: &generator), slot) {
            case (0, let slot?):
                old.append((slot, model[slot]?.generation ?? 0))
                slab.remove(slot)
                model[slot] = nil
                removed += 1
            case (1, let slot?):
                slab[slot].number += 1
                model[slot]?.number += 1
            case _:
                let place = slab.add(Token(step, ends))
                if model[place.slot] != nil { Issue.record("slot \(place.slot) was taken twice") }
                model[place.slot] = (place.generation, step)
            }
            if ends.count != removed || slab.count != model.count { Issue.record("step \(step)") }
        }
        for (slot, value) in model {
            let number = slab[slot].number
            let isThere = slab.contains(slot, generation: value.generation) && slab.isUsed(slot)
            #expect(number == value.number && isThere && slab.generation(slot) == value.generation)
        }
        for reference in old {
            let isThere = slab.contains(reference.slot, generation: reference.generation)
            #expect(!isThere)
        }
        #expect(slab.end > 256)
    }

    @Test("values end once: when removed, or with the slab")
    func ends() {
        let ends = Token.Ends()
        fill(ends)
        #expect(ends.count == 1_000)
    }

    private func fill(_ ends: Token.Ends) {
        var slab = Slab<Token>()
        for number in 0..<1_000 { _ = slab.add(Token(number, ends)) }
        for slot in stride(from: UInt32(0), to: 1_000, by: 3) { slab.remove(slot) }
        #expect(ends.count == 334 && slab.count == 666)
    }

    @Test("references to slots that never were find nothing")
    func unknownSlots() {
        let slab = Slab<Int>()
        #expect(!slab.contains(0, generation: 0) && !slab.contains(.max, generation: 1) && !slab.isUsed(.max))
    }
}
