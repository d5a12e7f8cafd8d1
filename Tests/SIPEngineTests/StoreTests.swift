import Foundation
import GRDB
import SIPCore
import SIPEngine
import SIPFlow
import SIPRegistrar
import SIPReport
import SIPStore
import Synchronization
import Testing

@Suite("Engine with a store on a real file", .timeLimit(.minutes(1)))
struct EngineStoreTests {
    /// A file in a directory that ends with the test.
    private final class Folder {
        let path = NSTemporaryDirectory() + "sipglass-engine-" + UUID().uuidString.prefix(8)
        var file: String { path + "/sipglass.db" }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func start(_ store: EngineStore) throws -> SIPEngine {
        let listener = Listener(transport: .udp, address: SocketAddress(ip: .v4(0x7f00_0001), port: 0))
        return try SIPEngine.start(
            CoreConfiguration(listeners: [listener], domains: ["example.com"]),
            store: store
        )
    }

    private func open(_ folder: Folder) throws -> EngineStore {
        .file(try SIPStore(folder.file), failed: { Issue.record("\($0)") })
    }

    private func registrations(_ engine: SIPEngine) async -> [RegistrationRow] {
        await withCheckedContinuation { waiting in
            engine.snapshot { waiting.resume(returning: $0.report.registrations.sorted { $0.id < $1.id }) }
        }
    }

    @Test("every REGISTER that was answered is in the file at that moment, and back after a restart")
    func restart() async throws {
        let folder = Folder()
        let engine = try start(try open(folder))
        var phone = try Phone(engine.listeners[0].address)
        let reader = try SIPStore(folder.file, as: .command)
        for round in 0..<10 {
            phone.register(round * 20..<round * 20 + 20)
            #expect(phone.answers(20) == Array(repeating: "SIP/2.0 200 OK", count: 20))
            #expect(try reader.bindings().count == round * 20 + 20)
        }
        let rows = await registrations(engine)
        engine.stop()

        let again = try start(try open(folder))
        defer { again.stop() }
        let restored = await registrations(again)
        #expect(restored.map(\.aor) == rows.map(\.aor) && restored.map(\.id) == rows.map(\.id))
        #expect(restored.allSatisfy { $0.flow.peer == phone.address })
        // An unregistration is as lasting.
        var other = try Phone(again.listeners[0].address)
        other.register(0..<200, cseq: 2, expires: 0)
        #expect(other.answers(200) == Array(repeating: "SIP/2.0 200 OK", count: 200))
        #expect(try reader.bindings().isEmpty)
    }

    @Test("a kick is in the file when the engine has stopped, with its audit line")
    func stop() async throws {
        let folder = Folder()
        let engine = try start(try open(folder))
        var phone = try Phone(engine.listeners[0].address)
        phone.register(0..<2)
        #expect(phone.answers(2).count == 2)
        let order = KickRequest(targets: [.aor("user0@example.com")], reason: "why", actor: "test")
        engine.perform(.kick(order)) { _ in }
        engine.stop()
        #expect(
            try SIPStore(folder.file).bindings().map { String(decoding: $0.aor, as: UTF8.self) } == [
                "user1@example.com"
            ]
        )
    }

    @Test("G11 a file that can no longer be written: 500, told once, then registrations live in memory")
    func failure() async throws {
        let folder = Folder()
        let words = Mailbox()
        let engine = try start(.file(try SIPStore(folder.file), failed: { words.add($0.words) }))
        defer { engine.stop() }
        var phone = try Phone(engine.listeners[0].address)
        phone.register(0..<1)
        #expect(phone.answers(1) == ["SIP/2.0 200 OK"])
        try refuseInsertions(folder.file)
        // One alone: of two, the second may come after the failure, and is then served from memory.
        phone.register(0..<1, cseq: 2)
        #expect(phone.answers(1) == ["SIP/2.0 500 Server Internal Error"])
        #expect(words.all == ["no room"])
        let rows = await registrations(engine)
        #expect(rows.map(\.cseq) == [1])
        phone.register(0..<2, cseq: 3)
        #expect(phone.answers(2) == Array(repeating: "SIP/2.0 200 OK", count: 2))
    }
}

/// Makes the file refuse new bindings, as a disk without room would.
private func refuseInsertions(_ path: String) throws {
    try DatabaseQueue(path: path).writeWithoutTransaction { database in
        try database.execute(
            sql: "CREATE TRIGGER full BEFORE INSERT ON bindings BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    }
}

/// Texts that other threads leave.
private final class Mailbox: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ text: String) { texts.withLock { $0.append(text) } }

    var all: [String] { texts.withLock { $0 } }
}
