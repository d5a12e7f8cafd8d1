import Foundation
import SIPFlow
import SIPReport
import Testing

/// What the engine does with one message of a file.
struct Treatment: Sendable, CustomTestStringConvertible {
    var file: String
    /// The status code sent back; 0 when nothing is.
    var code: Int
    /// The reason of a drop, as counted.
    var drop: String?

    init(_ file: String, _ code: Int, drop: String? = nil) {
        self.file = file
        self.code = code
        self.drop = drop
    }

    var testDescription: String { file }
}

@Suite("Torture messages through the engine")
struct TortureTests {
    private static let malformed = "malformed"
    private static let messages = "Tests/Vectors/Messages"

    static let torments: [Treatment] = [
        Treatment("badaspec", 400, drop: malformed), Treatment("badbranch", 404),
        Treatment("baddate", 404), Treatment("baddn", 400, drop: malformed),
        Treatment("badinv01", 400, drop: malformed), Treatment("badvers", 505, drop: malformed),
        Treatment("bcast", 0, drop: "stray response"), Treatment("bext01", 420),
        Treatment("bigcode", 0, drop: malformed), Treatment("clerr", 400, drop: malformed),
        Treatment("cparam01", 200), Treatment("cparam02", 200), Treatment("dblreq", 200),
        Treatment("esc01", 404), Treatment("esc02", 403), Treatment("escnull", 200),
        Treatment("escruri", 400), Treatment("insuf", 400, drop: malformed), Treatment("intmeth", 404),
        Treatment("inv2543", 404), Treatment("invut", 404), Treatment("longreq", 404),
        Treatment("ltgtruri", 400), Treatment("lwsdisp", 404),
        Treatment("lwsruri", 400, drop: malformed), Treatment("lwsstart", 400, drop: malformed),
        Treatment("mcl01", 400, drop: malformed), Treatment("mismatch01", 400, drop: malformed),
        Treatment("mismatch02", 400, drop: malformed), Treatment("mpart01", 403),
        Treatment("multi01", 400, drop: malformed), Treatment("ncl", 400, drop: malformed),
        Treatment("noreason", 0, drop: "stray response"), Treatment("novelsc", 416),
        Treatment("quotbal", 400, drop: malformed), Treatment("regaut01", 200),
        Treatment("regbadct", 400), Treatment("regescrt", 200),
        Treatment("scalar02", 400, drop: malformed), Treatment("scalarlg", 0, drop: malformed),
        Treatment("sdp01", 404), Treatment("semiuri", 404), Treatment("test", 0, drop: malformed),
        Treatment("transports", 404), Treatment("trws", 400, drop: malformed),
        Treatment("unkscm", 416), Treatment("unksm2", 404),
        Treatment("unreason", 0, drop: "stray response"), Treatment("wsinv", 403),
        Treatment("zeromf", 483),
    ]

    static let addresses: [Treatment] = [
        Treatment("ipv4-mapped-ipv6", 404), Treatment("ipv6-bad", 400),
        Treatment("ipv6-bug-abnf-3-colons", 403), Treatment("ipv6-correct-abnf-2-colons", 403),
        Treatment("ipv6-good", 403), Treatment("ipv6-in-sdp", 400, drop: malformed),
        Treatment("mult-ip-in-header", 403), Treatment("mult-ip-in-sdp", 403),
        Treatment("port-ambiguous", 403), Treatment("port-unambiguous", 403),
        Treatment("via-received-param-no-delim", 403), Treatment("via-received-param-with-delim", 403),
    ]

    private static var repository: URL {
        URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
    }

    private static func files(_ folder: String) throws -> [URL] {
        let root = repository.appending(path: "\(messages)/\(folder)")
        return try FileManager.default.subpathsOfDirectory(atPath: root.path()).sorted()
            .filter { [".dat", ".sip"].contains(String($0.suffix(4))) }.map { root.appending(path: $0) }
    }

    private func rig() -> Rig {
        Rig(domains: ["example.com", "biloxi.example.com", "example.net", "example.org"])
    }

    private func check(_ treatment: Treatment, in folder: String) throws {
        let file = try #require(
            Self.files(folder).first {
                $0.deletingPathExtension().lastPathComponent == treatment.file
            }
        )
        let rig = rig()
        rig.receive([UInt8](try Data(contentsOf: file)), from: "192.0.2.1:5060")
        #expect((rig.take().first?.code ?? 0) == treatment.code)
        #expect(rig.snapshot().counters.drops == (treatment.drop.map { [$0: 1] } ?? [:]))
        rig.expectEnd()
    }

    @Test("M20 each RFC 4475 message gets its answer, or none", arguments: torments)
    func treat(_ treatment: Treatment) throws { try check(treatment, in: "rfc4475") }

    @Test("M20 each RFC 5118 message gets its answer, or none", arguments: addresses)
    func readAddress(_ treatment: Treatment) throws { try check(treatment, in: "rfc5118") }

    @Test("M20 every file is in a table")
    func completeness() throws {
        for (folder, table) in [("rfc4475", Self.torments), ("rfc5118", Self.addresses)] {
            #expect(
                try Self.files(folder).map { $0.deletingPathExtension().lastPathComponent }
                    == table.map(\.file).sorted()
            )
        }
    }

    @Test("O06 every recorded message, cut at each byte and with bytes changed, harms nothing")
    func truncations() throws {
        var random = SeededGenerator(state: 11)
        let rig = rig()
        for file in try Self.files("") {
            let bytes = [UInt8](try Data(contentsOf: file))
            for length in stride(from: 0, to: bytes.count, by: 1 + bytes.count / 60) {
                rig.receive(Array(bytes.prefix(length)), from: "192.0.2.1:5060")
            }
            for _ in 0..<20 {
                var changed = bytes
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: changed.indices, using: &random)
                    changed[place] = UInt8.random(in: 0...255, using: &random)
                }
                rig.receive(changed, from: "192.0.2.1:5060")
            }
            _ = rig.take()
        }
        rig.advance(.seconds(7_300))
        _ = rig.take()
        rig.expectEnd()
        rig.send("OPTIONS", "sip:example.com", branch: "alive")
        #expect(rig.one(to: "5070")?.code == 200)
    }

    @Test("O06 random bytes are counted and dropped, and get no answer")
    func randomBytes() {
        var random = SeededGenerator(state: 5)
        let rig = rig()
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...200, using: &random)
            rig.receive((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, from: "5070")
        }
        #expect(rig.take().isEmpty)
        #expect(rig.snapshot().counters.drops.values.reduce(0, +) == 3_000)
        rig.expectEnd()
    }
}

/// A small random number generator with a fixed seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 32) | (state << 32)
    }
}
