import Foundation
import SIPFlow
import SIPTrace
import Testing

extension Ladder {
    /// The ladder in plain text, one line a row.
    var text: String {
        var lines = [columns.map(\.name).joined(separator: " | ")]
        if missing > 0 { lines.append("\(missing) messages are no longer kept") }
        for row in rows {
            switch row {
            case .idle(let silence): lines.append("~ \(seconds(silence)) s")
            case .message(let message): lines.append(line(message))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ message: LadderMessage) -> String {
        var words = [String(message.sequence), message.delta.map { "+" + seconds($0) } ?? "0.000"]
        words.append(
            "\(columns[message.from].name) \(message.isRequest ? "-->" : "~~>") \(columns[message.to].name)"
        )
        words.append(
            message.label + (message.isRequest || message.method.isEmpty ? "" : " to \(message.method)")
        )
        if let fork = message.fork { words.append("(\(fork.letter))") }
        if message.retransmissions > 0 {
            words.append("x\(message.retransmissions) to \(message.lastSequence)")
        }
        if let repetition = message.repetition { words.append("rtx \(repetition)") }
        words += message.tags.map { "[\($0)]" }
        if message.isOwn { words.append("own") }
        if let drop = message.drop { words.append("dropped: \(drop.text)") }
        return words.joined(separator: "  ")
    }

    private func seconds(_ interval: Interval) -> String {
        let milliseconds = String(interval.milliseconds % 1_000)
        return
            "\(interval.wholeSeconds).\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds)"
    }
}

/// Compares a text with a file under `Tests/Vectors`, or writes that file when `RECORD_GOLDEN` is 1.
func expectGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = vectors.appending(path: "Ladders/\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let expected = golden.split(separator: "\n", omittingEmptySubsequences: false)
    let difference = lines.difference(from: expected).map { change in
        switch change {
        case .insert(let offset, let line, _): "+\(offset + 1) \(line)"
        case .remove(let offset, let line, _): "-\(offset + 1) \(line)"
        }
    }
    let report = difference.joined(separator: "\n")
    #expect(difference.isEmpty, "\(name) differs from its file:\n\(report)", sourceLocation: sourceLocation)
}

/// The folder of the test vectors.
let vectors = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Vectors")

/// The files below a folder of the vectors, in order of their paths.
func vectorFiles(_ folder: String) throws -> [URL] {
    let root = vectors.appending(path: folder)
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path())
    return paths.sorted().map { root.appending(path: $0) }.filter(isFile)
}

private func isFile(_ url: URL) -> Bool {
    (try? url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) ?? false
}
