import Foundation
import SIPSyntax
import Testing

/// One line of a table in `Tests/Vectors/Expected`.
struct ExpectedMessage: Sendable {
    var file: String
    var columns: [String]

    /// All lines of a table.
    static func read(_ table: String) throws -> [ExpectedMessage] {
        let url = repository.appending(path: "Tests/Vectors/Expected/\(table).tsv")
        let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
        return text.split(separator: "\n").dropFirst().map { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return ExpectedMessage(file: columns[0], columns: Array(columns.dropFirst()))
        }
    }
}

@Suite("Messages of RFCs and products")
struct RecordedMessageTests {
    @Test("M20 every value is found where an independent reading finds it", arguments: ["flows", "products"])
    func values(table: String) throws {
        let expected = try ExpectedMessage.read(table)
        let files = try vectorFiles(table)
        #expect(files.count == expected.count)
        for row in expected {
            let file = repository.appending(path: "Tests/Vectors/Messages/\(table)/\(row.file)")
            let message = try Parsed(contents(file))
            #expect(describe(message) == row.columns, "\(row.file)")
        }
    }

    @Test("T05 every flow message is as long as its Content-Length says")
    func wholeBodies() throws {
        for file in try vectorFiles("flows") {
            let message = try Parsed(contents(file))
            #expect(message.index.body.end == message.bytes.count, "\(file.path())")
        }
    }

    @Test(
        "M20 messages whose licence keeps them out are read as well, where a checkout has them",
        .enabled(if: FileManager.default.fileExists(atPath: corpus.path()))
    )
    func corpusMessages() throws {
        let expected = try ExpectedMessage.read("unshipped")
        try #require(expected.count > 30)
        for row in expected {
            let message = try Parsed(contents(Self.corpus.appending(path: row.file)))
            #expect(describe(message) == row.columns, "\(row.file)")
        }
    }

    private static let corpus = repository.appending(path: "../shared/corpus/messages")

    /// The columns of a message, as the tables have them.
    private func describe(_ message: Parsed) -> [String] {
        let index = message.index
        let start =
            switch index.startLine {
            case .request(_, let name, _): text(message, name)
            case .response(let code, _): String(code)
            }
        let sentBy = index.topVia.map { text(message, $0.host) + ($0.port.map { ":\($0)" } ?? "") }
        let sequence = index.cseq.map { "\($0.number) \(text(message, $0.methodName))" }
        return [
            start, String(index.fields.count), String(message.listed(.via).count), sentBy ?? "-",
            text(message, index.topVia?.branch), text(message, index.callID), sequence ?? "-",
            text(message, index.fromTag), text(message, index.toTag), String(index.body.start),
            String(index.body.count),
            message.fault.map { "\($0)" }?.replacing("SIPSyntax.HeaderID.", with: "") ?? "-",
        ]
    }

    private func text(_ message: Parsed, _ slice: Slice?) -> String {
        let text = message.text(slice) ?? ""
        return text.isEmpty ? "-" : text
    }
}
