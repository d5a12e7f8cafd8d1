import Foundation
import SIPFlow
import SIPSyntax
import SIPTransaction
import Testing

@testable import SIPProxy

@Suite("Read, written, read again")
struct RoundTripTests {
    /// A message as it is compared: names and values with folds as they came.
    private struct Reading: Equatable {
        var fields: [String]
        var vias: [String]
        var body: [UInt8]
    }

    private static let repository = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All recorded messages, with those of the corpus beside a checkout.
    private func messages() throws -> [(name: String, bytes: [UInt8])] {
        var messages: [(String, [UInt8])] = []
        for folder in ["Tests/Vectors/Messages", "../shared/corpus/messages"] {
            let root = Self.repository.appending(path: folder)
            guard FileManager.default.fileExists(atPath: root.path()) else { continue }
            for path in try FileManager.default.subpathsOfDirectory(atPath: root.path()).sorted()
            where path.hasSuffix(".sip") || path.hasSuffix(".dat") {
                messages.append((path, [UInt8](try Data(contentsOf: root.appending(path: path)))))
            }
        }
        return messages
    }

    private func index(_ bytes: [UInt8]) throws -> MessageIndex {
        var index = MessageIndex()
        try index.parse(bytes.span)
        return index
    }

    /// What a proxy leaves alone, and all Via values.
    private func read(_ bytes: [UInt8], _ index: MessageIndex) -> Reading {
        var reading = Reading(fields: [], vias: [], body: Array(bytes[index.body.range]))
        for field in index.fields {
            switch field.id {
            case .via:
                var cursor = ValueCursor(field.value)
                while let value = cursor.next(bytes.span) { reading.vias.append(bytes.span.text(value)) }
            case .maxForwards: break
            case _:
                // Bare line feeds inside a fold are repaired on the way.
                let value = bytes.span.text(field.value).replacing("\r\n", with: "\n")
                reading.fields.append("\(bytes.span.text(field.name))=\(value)")
            }
        }
        return reading
    }

    private func plan() throws -> ForwardPlan {
        let address = try #require(SocketAddress("10.0.0.1:5060", defaultPort: 5_060))
        let listener = ListenerMarks(Listener(transport: .udp, address: address))
        return ForwardPlan(
            branch: Branch(transaction: TransactionID(number: 0x16), loopHash: 0xff),
            sending: listener,
            receiving: listener,
            source: try #require(SocketAddress("10.0.0.7:5070", defaultPort: 5_060)),
            routeToken: nil,
            hops: 69,
            replacesRoutes: false
        )
    }

    @Test("M20 F01 every sound request that is forwarded reads as it came, but for Via and Max-Forwards")
    func requests() throws {
        var count = 0
        let uri = Array("sip:bob@10.0.0.9".utf8)
        for (name, bytes) in try messages() {
            guard let index = try? index(bytes), index.problem == nil, index.method != nil else { continue }
            var written: [UInt8] = []
            appendForwardedRequest(
                bytes.span,
                index,
                plan: try plan(),
                uri: uri.span,
                path: [UInt8]().span,
                routes: [],
                lastRoute: [UInt8]().span,
                into: &written
            )
            let again = try self.index(written)
            #expect(again.problem == nil && again.method == index.method, "\(name)")
            let (before, after) = (read(bytes, index), read(written, again))
            #expect(after.fields == before.fields && after.body == before.body, "\(name)")
            #expect(after.vias.count == before.vias.count + 1, "\(name)")
            #expect(after.vias.dropFirst(2) == before.vias.dropFirst(1), "\(name)")
            #expect(again.cseq?.number == index.cseq?.number && again.first(.maxForwards) != nil, "\(name)")
            count += 1
        }
        #expect(count > 150)
    }

    @Test("M20 R13 every sound response that is forwarded reads as it came, but for the top Via")
    func responses() throws {
        var count = 0
        for (name, bytes) in try messages() {
            guard let index = try? index(bytes), index.problem == nil, let code = index.statusCode,
                read(bytes, index).vias.count > 1
            else { continue }
            var written: [UInt8] = []
            appendForwardedResponse(
                bytes.span,
                index,
                code: code,
                challenges: [UInt8]().span,
                into: &written
            )
            let again = try self.index(written)
            #expect(again.problem == nil && again.statusCode == code, "\(name)")
            let (before, after) = (read(bytes, index), read(written, again))
            #expect(after.fields == before.fields && after.body == before.body, "\(name)")
            #expect(after.vias[...] == before.vias.dropFirst(), "\(name)")
            count += 1
        }
        #expect(count > 20)
    }

    @Test("M20 S11 every sound request gets an answer that reads well and names what it answers")
    func answers() throws {
        var count = 0
        for (name, bytes) in try messages() {
            guard let index = try? index(bytes), index.problem == nil, index.method != nil else { continue }
            var written: [UInt8] = []
            appendResponse(
                OwnResponse(code: 486, toTag: 7),
                to: bytes.span,
                index,
                source: try plan().source,
                headers: [UInt8]().span,
                into: &written
            )
            let again = try self.index(written)
            #expect(again.problem == nil && again.statusCode == 486, "\(name)")
            #expect(written.span.text(again.callID) == bytes.span.text(index.callID), "\(name)")
            #expect(again.cseq?.number == index.cseq?.number && again.toTag != nil, "\(name)")
            #expect(read(written, again).vias.count == read(bytes, index).vias.count, "\(name)")
            count += 1
        }
        #expect(count > 150)
    }
}
