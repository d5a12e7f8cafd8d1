import Foundation
import SIPFlow
import SIPTrace
import Testing

@Suite("Trace book on messages of others")
struct VectorTests {
    /// A flow's messages as one element sees them that all of them pass: each from the host in its top Via.
    private func book(_ files: [URL]) throws -> TraceBook {
        var log = TraceLog()
        var branches: [String: UInt16] = [:]
        for (number, file) in files.enumerated() {
            let bytes = [UInt8](try Data(contentsOf: file))
            let text = String(decoding: bytes, as: UTF8.self)
            let branch =
                text.split(separator: "branch=").dropFirst().first?.prefix { !";\r\n, ".contains($0) } ?? ""
            let port = branches[String(branch), default: UInt16(branches.count)]
            branches[String(branch)] = port
            let record = TraceRecord(
                sequence: 0,
                moment: .zero + .milliseconds(number),
                direction: text.hasPrefix("SIP/2.0") ? .sent : .received,
                flow: Flow(
                    transport: .udp,
                    listener: ListenerID(0),
                    peer: SocketAddress(ip: .v4(1), port: port)
                )
            )
            _ = log.append(record, bytes.span)
        }
        var book = TraceBook()
        for chunk in log.chunks(since: 0) { book.absorb(chunk) }
        return book
    }

    @Test(
        "follows the calls of RFC 3665 §3",
        arguments: [
            ("3.01", [.ended]), ("3.02", [.ended]), ("3.03", [.talking]), ("3.04", [.calling, .ended]),
            ("3.05", [.ended]), ("3.06", [.ended]), ("3.07", [.ended]), ("3.08", [.cancelled]),
            ("3.09", [.failed(code: 486)]), ("3.10", [.failed(code: 480)]), ("3.11", [.failed(code: 480)]),
        ] as [(String, [CallState])]
    )
    func calls(section: String, states: [CallState]) throws {
        let files = try vectorFiles("Messages/flows/rfc3665").filter { $0.path().contains("/\(section)_") }
        try #require(!files.isEmpty)
        let book = try book(files)
        #expect(book.calls.map(\.state) == states)
        let ladder = book.ladder(callIDs: book.calls.map(\.callID), listeners: [], expandRetransmits: true)
        #expect(ladder.rows.compactMap(\.message).map(\.sequence) == Array(0..<UInt64(files.count)))
    }

    @Test("reads every message of every flow without a fault, in order")
    func flows() throws {
        let folders = Dictionary(grouping: try vectorFiles("Messages/flows")) {
            $0.deletingLastPathComponent()
        }
        try #require(!folders.isEmpty)
        for files in folders.values {
            let book = try book(files)
            #expect(book.messages.count == files.count)
            for row in book.messages {
                #expect(row.kind != .unreadable && row.callID != nil, "\(files[Int(row.sequence)].path())")
                #expect(book.decoded(row.sequence)?.headers.isEmpty == false)
            }
        }
    }

    @Test(
        "survives torture, and gives back its bytes",
        arguments: ["Messages/rfc4475", "Messages/rfc5118", "Messages/products"]
    )
    func torture(folder: String) throws {
        let files = try vectorFiles(folder)
        try #require(!files.isEmpty)
        try survive(try files.map { [UInt8](try Data(contentsOf: $0)) })
    }

    @Test("survives every message cut off anywhere, and with any byte spoiled")
    func truncated() throws {
        let files = try vectorFiles("Messages/rfc4475")
        var messages: [[UInt8]] = []
        var generator = Linear(state: 1)
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            guard !bytes.isEmpty else { continue }
            for step in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
                messages.append(Array(bytes[..<step]))
                var spoiled = bytes
                spoiled[Int(generator.next() % UInt64(bytes.count))] = UInt8(
                    truncatingIfNeeded: generator.next()
                )
                messages.append(spoiled)
            }
        }
        try survive(messages)
    }

    private func survive(_ messages: [[UInt8]]) throws {
        var script = Scenario()
        for message in messages { script.raw(.from(Scenario.alice), message) }
        let book = script.book()
        #expect(book.messages.count == messages.count)
        for (place, row) in book.messages.enumerated() {
            let decoded = try #require(book.decoded(row.sequence))
            #expect(decoded.raw == messages[place])
            for header in decoded.headers { #expect(header.line.upperBound <= decoded.raw.count) }
            #expect(decoded.bodyRange.upperBound <= decoded.raw.count)
        }
        for callID in Set(book.messages.compactMap(\.callID)) {
            let ladder = book.ladder(callIDs: [callID], listeners: [], expandRetransmits: true)
            #expect(ladder.rows.compactMap(\.message).count == book.sequences(callID: callID).count)
        }
    }
}

/// A small generator with a fixed seed.
private struct Linear: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 11
    }
}
