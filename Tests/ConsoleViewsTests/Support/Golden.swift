import Foundation
import Testing

/// Compares text with a file of `Tests/Vectors/Screens`; `RECORD_GOLDEN=1` writes it instead.
func expectGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Vectors/Screens")
    let file = folder.appendingPathComponent(name + ".txt")
    let shown = text + "\n"
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
        #expect(throws: Never.self, sourceLocation: sourceLocation) {
            try shown.write(to: file, atomically: true, encoding: .utf8)
        }
        return
    }
    guard let wanted = try? String(contentsOf: file, encoding: .utf8) else {
        Issue.record("no file \(name).txt: RECORD_GOLDEN=1 makes it", sourceLocation: sourceLocation)
        return
    }
    guard wanted != shown else { return }
    let difference = lineDifference(wanted, shown)
    Issue.record("\(name) differs:\n\(difference)", sourceLocation: sourceLocation)
}

/// The lines that differ, by their numbers: `-` wanted, `+` shown.
private func lineDifference(_ wanted: String, _ shown: String) -> String {
    let left = wanted.split(separator: "\n", omittingEmptySubsequences: false)
    let right = shown.split(separator: "\n", omittingEmptySubsequences: false)
    var lines: [String] = []
    for place in 0..<max(left.count, right.count) {
        let old = place < left.count ? String(left[place]) : nil
        let new = place < right.count ? String(right[place]) : nil
        guard old != new else { continue }
        if let old { lines.append("\(place + 1) - \(old)") }
        if let new { lines.append("\(place + 1) + \(new)") }
    }
    return lines.joined(separator: "\n")
}
