import Foundation
import Testing

@testable import ConsoleViews

@Suite("Built-in themes")
struct BuiltInThemesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../..").standardizedFileURL

    @Test("the program holds the files in themes/ word for word; RECORD_GOLDEN=1 writes them into it")
    func sameAsFiles() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appending(path: "themes").path
        )
        let names = files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }
        #expect(Set(names) == Set(BuiltInThemes.names))
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil { return try record() }
        for name in names {
            #expect(try BuiltInThemes.text(named: name) == file(name), "\(name)")
        }
    }

    private func file(_ name: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: "themes/\(name).toml"), encoding: .utf8)
    }

    private func record() throws {
        var code = """
            // Written by the tests of this part with RECORD_GOLDEN=1 from the files in themes/. Do not edit.

            extension BuiltInThemes {
                static let texts: [(name: String, text: String)] = [

            """
        for name in BuiltInThemes.names {
            let lines = try file(name).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            let body = lines.map { ($0.isEmpty ? "" : "            " + $0) + "\n" }.joined()
            code += "        (\n            \"\(name)\",\n            #\"\"\"\n\(body)\n"
            code += "            \"\"\"#\n        ),\n"
        }
        code += "    ]\n}\n"
        let path = "Sources/ConsoleViews/Foundation/BuiltInThemes+Text.swift"
        try code.write(to: Self.root.appending(path: path), atomically: true, encoding: .utf8)
    }
}
