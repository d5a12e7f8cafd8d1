import SIPFlow
import Testing

@Suite("Byte store")
struct ByteStoreTests {
    @Test("gives back what it was given, over random additions and removals", arguments: [1, 2] as [UInt64])
    func model(seed: UInt64) {
        var generator = FixedGenerator(state: seed)
        var store = ByteStore()
        var model: [(place: StoredBytes, bytes: [UInt8])] = []
        for _ in 0..<2_000 {
            if Int.random(in: 0..<3, using: &generator) == 0, !model.isEmpty {
                var entry = model.remove(at: Int.random(in: 0..<model.count, using: &generator))
                store.remove(&entry.place)
                #expect(entry.place.isNone)
            } else {
                let count =
                    1 << Int.random(in: 0...12, using: &generator) + Int.random(in: -1...1, using: &generator)
                let bytes = [UInt8](
                    repeating: .random(in: 0 ... .max, using: &generator),
                    count: max(0, count)
                )
                model.append((store.add(bytes.span), bytes))
            }
        }
        for entry in model {
            var copy: [UInt8] = []
            store.read(entry.place) { copy.append(copying: $0) }
            #expect(copy == entry.bytes && entry.place.count == entry.bytes.count)
        }
        for index in model.indices { store.remove(&model[index].place) }
        let rest = store.bytesInUse
        #expect(rest == 0)
    }

    @Test(
        "every size up to 65,536 has its class; more is cut off",
        arguments: [0, 1, 63, 64, 65, 127, 128, 129, 4_096, 32_769, 65_535, 65_536, 65_537, 100_000]
    )
    func sizes(count: Int) {
        var store = ByteStore()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let place = store.add(bytes.span)
        var copy: [UInt8] = []
        store.read(place) { copy.append(copying: $0) }
        #expect(copy == Array(bytes.prefix(65_536)))
        let inUse = store.bytesInUse
        #expect(inUse >= copy.count && inUse <= max(64, copy.count * 2))
    }

    @Test("nothing is stored nowhere, and can be removed")
    func none() {
        var store = ByteStore()
        var none = StoredBytes.none
        store.remove(&none)
        let count = store.read(none) { $0.count }
        #expect(count == 0 && none.isNone)
    }
}
