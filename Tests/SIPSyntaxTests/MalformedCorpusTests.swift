import Foundation
import SIPSyntax
import Testing

/// One line of the manifest that the generator of hostile inputs writes.
private struct Case {
    var file: String
    var transport: String
    var outcome: String
}

@Suite("Generated hostile inputs")
struct MalformedCorpusTests {
    private static let generator = repository.appending(path: "Tests/Integration/make_malformed.py")

    /// Inputs whose fault is the business of those who read the field or the method concerned.
    private static let judgedElsewhere: Set<String> = [
        // No fault of syntax: the proxy answers 416 to the scheme and leaves out the URI's headers.
        "start-uri-scheme.bin", "start-uri-headers.bin",
        // A repeated parameter is passed on as it is: its first value counts.
        "start-uri-dup-param.bin",
        // The registrar reads Contact and Expires, the digest check Authorization.
        "contact-star-mixed.bin", "contact-star-expires.bin", "digest-unclosed.bin",
        // A proxy does not look into bodies.
        "body-no-type.bin",
    ]

    /// Inputs for which another outcome is right as well.
    private static let alsoRight = [
        // Cut off in a field, but with enough before it for an answer.
        "udp-cut-in-header.bin": "400",
        // An answer without a CSeq would match no transaction (RFC 3261 §17.1.3).
        "missing-cseq.bin": "drop",
    ]

    @Test("M20 O06 every generated input has the outcome that its manifest states")
    func manifest() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "malformed-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let cases = try generate(into: folder)
        try #require(cases.count > 300)
        var walk = Walk()
        for row in cases {
            let bytes = try contents(folder.appending(path: row.file))
            walk.visit(bytes)
            guard row.transport == "udp", !Self.judgedElsewhere.contains(row.file) else { continue }
            let outcome = self.outcome(bytes)
            let expected: Set<String> =
                switch row.outcome {
                case "accept", "400", "drop": [row.outcome]
                case "keepalive": ["empty", "drop"]
                case _: ["accept", "400", "drop"]
                }
            let allowed = Self.alsoRight[row.file].map { expected.union([$0]) } ?? expected
            #expect(allowed.contains(outcome), "\(row.file): \(outcome), not \(row.outcome)")
        }
    }

    /// What becomes of a datagram as far as its syntax decides.
    private func outcome(_ bytes: [UInt8]) -> String {
        do {
            let message = try Parsed(bytes)
            if message.fault == nil { return "accept" }
            return message.isAnswerable ? "400" : "drop"
        } catch {
            return error.reason == .empty ? "empty" : "drop"
        }
    }

    private func generate(into folder: URL) throws -> [Case] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Self.generator.path(), folder.path()]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let manifest = try Data(contentsOf: folder.appending(path: "manifest.tsv"))
        return String(decoding: manifest, as: UTF8.self).split(separator: "\n").dropFirst().map { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Case(file: columns[0], transport: columns[1], outcome: columns[2])
        }
    }
}
