import SIPFlow
import Testing

@Suite("Keyed hash")
struct KeyedHashTests {
    private func hash(_ text: String, seed: UInt64 = 1, salt: UInt64 = 0) -> UInt64 {
        let bytes = Array(text.utf8)
        return KeyedHash(seed: seed).hash(bytes.span, salt: salt)
    }

    @Test("equal bytes have equal hashes, and seed and salt change them")
    func keys() {
        #expect(hash("z9hG4bK-a") == hash("z9hG4bK-a"))
        #expect(hash("z9hG4bK-a") != hash("z9hG4bK-a", seed: 2))
        #expect(hash("z9hG4bK-a") != hash("z9hG4bK-a", salt: 2))
    }

    @Test("lengths, zeros and the order of bytes and words make a difference")
    func differences() {
        let zeros = (0...64).map { hash(String(repeating: "\0", count: $0)) }
        #expect(Set(zeros).count == zeros.count)
        let texts = [
            "ab", "ba", "a\0", "\0a", "12345678abcdefgh", "abcdefgh12345678", "12345678", "1234567",
            "123456789", "",
        ]
        #expect(Set(texts.map { hash($0) }).count == texts.count)
    }

    @Test("100,000 serial branches spread over a small table as evenly as chance would have it")
    func spread() {
        let buckets = 1_024
        var counts = [Int](repeating: 0, count: buckets)
        var all: Set<UInt64> = []
        for number in 0..<100_000 {
            let value = hash("z9hG4bK-524287-1---\(number)")
            counts[Int(value & UInt64(buckets - 1))] += 1
            all.insert(value)
        }
        #expect(all.count == 100_000)
        let mean = 100_000.0 / Double(buckets)
        let squares = counts.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
        // Chi squared with 1,023 degrees of freedom: mean 1,023, deviation 45.
        #expect((700.0...1_350.0).contains(squares), "\(squares)")
    }

    @Test("combining depends on both numbers")
    func combining() {
        let keyed = KeyedHash(seed: 3)
        var values: Set<UInt64> = []
        for left in 1...50 as ClosedRange<UInt64> {
            for right in 1...50 as ClosedRange<UInt64> { values.insert(keyed.combine(left, right)) }
        }
        #expect(values.count == 2_500)
    }
}
