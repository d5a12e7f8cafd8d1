import Foundation
import SIPSyntax
import Testing

@Suite("Hostile input")
struct HostileInputTests {
    @Test(
        "O06 Q07 a message cut off at any byte does no harm",
        arguments: [
            "wsinv", "intmeth", "esc01", "badinv01", "quotbal", "transports", "regescrt", "noreason", "test",
        ]
    )
    func prefixes(file: String) throws {
        let bytes = try contents(repository.appending(path: "Tests/Vectors/Messages/rfc4475/\(file).dat"))
        var walk = Walk()
        for count in 0...bytes.count { walk.visit(Array(bytes[..<count])) }
        #expect(walk.readable > 0)
    }

    @Test(
        "O06 every vector survives with any of its bytes spoiled",
        arguments: ["rfc4475", "rfc5118", "products"]
    )
    func spoiledBytes(folder: String) throws {
        var generator = FixedGenerator(state: 3_261)
        var walk = Walk()
        for file in try vectorFiles(folder) {
            let bytes = try contents(file)
            walk.visit(bytes)
            for _ in 0..<20 {
                var spoiled = bytes
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let place = spoiled.indices.randomElement(using: &generator) ?? 0
                    spoiled[place] = Self.hostile.randomElement(using: &generator) ?? 0
                }
                walk.visit(spoiled)
            }
        }
        #expect(walk.readable > 0)
    }

    @Test(
        "O06 every vector survives with parts taken out, doubled or moved",
        arguments: ["rfc4475", "rfc5118"]
    )
    func movedParts(folder: String) throws {
        var generator = FixedGenerator(state: 5_118)
        var walk = Walk()
        for file in try vectorFiles(folder) {
            let bytes = try contents(file)
            for _ in 0..<20 {
                let places = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &generator) }.sorted()
                walk.visit(Array(bytes[..<places[0]] + bytes[places[1]...]))
                walk.visit(Array(bytes[..<places[1]] + bytes[places[0]...]))
                walk.visit(
                    Array(
                        bytes[..<places[0]] + bytes[places[1]..<places[2]] + bytes[places[0]..<places[1]]
                            + bytes[places[2]...]
                    )
                )
            }
        }
        #expect(walk.readable > 0)
    }

    @Test("O06 every short text of the bytes that have a meaning is read or refused")
    func shortTexts() {
        let alphabet = Array("\"\\<>;,:=@?%[] \r\na".utf8)
        var walk = Walk()
        for length in 0...3 {
            var digits = [Int](repeating: 0, count: length)
            repeat {
                let text = digits.map { alphabet[$0] }
                let head = Array("OPTIONS sip:".utf8) + text + Array(" SIP/2.0\r\nVia: SIP/2.0/UDP ".utf8)
                walk.visit(head + text + Array("\r\nFrom: ".utf8) + text + Array("\r\n\r\n".utf8))
            } while next(&digits, base: alphabet.count)
        }
        #expect(walk.readable > 0)
    }

    @Test("O06 random bytes and random texts are read or refused")
    func randomBytes() {
        var generator = FixedGenerator(state: 4_475)
        var walk = Walk()
        for _ in 0..<500 {
            let count = Int.random(in: 0...400, using: &generator)
            walk.visit((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
            let start = Array("INVITE sip:a@b SIP/2.0\r\nv:".utf8)
            walk.visit(start + (0..<count).map { _ in Self.hostile.randomElement(using: &generator) ?? 0 })
        }
        #expect(walk.readable > 0)
    }

    @Test(
        "O06 the longest messages of one kind of byte are read or refused",
        arguments: Array("\"\\<>;,:=@?%[] \r\nv\0".utf8)
    )
    func longRuns(byte: UInt8) {
        var walk = Walk()
        let run = [UInt8](repeating: byte, count: 65_000)
        for head in [
            "", "OPTIONS ", "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;a=", "SIP/2.0 200 ",
            "X y:z SIP/2.0\r\nf:",
        ] {
            walk.visit(Array(head.utf8) + run)
        }
    }

    /// Bytes that mean something somewhere, and some that mean nothing.
    private static let hostile = Array("\"\\<>;,:=@?%[]()/ \t\r\n\0a1\u{7f}\u{ff}".utf8) + [0x80, 0xff]

    private func next(_ digits: inout [Int], base: Int) -> Bool {
        for place in digits.indices {
            digits[place] += 1
            if digits[place] < base { return true }
            digits[place] = 0
        }
        return false
    }
}
