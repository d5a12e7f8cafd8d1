import Foundation
import SIPCore
import SIPEngine
import SIPFlow
import SIPReport
import Testing

@testable import ConsoleApp

/// A running engine with a control socket and a phone, in a directory of its own.
private final class Lab {
    let directory: String
    let engine: SIPEngine
    let server: ControlServer
    let phone: PhoneSocket

    var control: String { directory + "/s" }
    var audit: String { directory + "/state/audit.log" }

    init(isReadOnly: Bool = false) throws {
        directory = NSTemporaryDirectory() + "sipglass-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let address = SocketAddress(ip: .v4(0x7f00_0001), port: 0)
        engine = try SIPEngine.start(
            CoreConfiguration(
                listeners: [Listener(transport: .udp, address: address)],
                domains: ["demo.test"]
            )
        )
        let desk = OperatorDesk(
            engine: engine,
            store: nil,
            takeAccounts: { _ in },
            audit: AuditLog(path: directory + "/state/audit.log"),
            isReadOnly: isReadOnly,
            log: Log(level: .error),
            complain: { Issue.record("\($0)") }
        )
        server = try ControlServer(path: directory + "/s", service: ControlService(desk: desk))
        phone = try PhoneSocket(server: engine.listeners[0].address)
    }

    /// Registers a phone and waits for the answer.
    func register() throws {
        var agent = DemoPhone(DemoCast.phones[2], address: phone.address, seed: 1)
        agent.register(now: SystemClock.now)
        for bytes in agent.outbox { phone.send(bytes) }
        #expect(waitForInput([phone.descriptor], milliseconds: 5_000))
        agent.receive(try #require(phone.receive()), now: SystemClock.now)
        #expect(agent.isRegistered)
    }

    func ask(_ request: ControlRequest) throws -> JSONValue {
        try JSON.decode(JSONValue.self, from: try ControlClient.ask(request, at: control))
    }

    deinit {
        server.stop()
        engine.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }
}

@Suite("Control socket", .timeLimit(.minutes(1)))
struct ControlSocketTests {
    @Test("lists, kicks, brings back, and keeps an audit line of each act")
    func kickAndUndo() throws {
        let lab = try Lab()
        try lab.register()
        let rows = try lab.ask(ControlRequest(.registrations))["registrations"].elements
        #expect(rows.map(\.["aor"]) == [.string("anna@demo.test")])

        var kick = ControlRequest(.kick)
        kick.targets = ["sip:anna@demo.test"]
        kick.reason = "moved desk"
        let kicked = try lab.ask(kick)["kicked"]
        #expect(kicked["reason"] == .string("moved desk"))
        #expect(try lab.ask(ControlRequest(.registrations))["registrations"] == .array([]))

        var undo = ControlRequest(.undo)
        undo.number = UInt64(kicked["number"].text)
        #expect(try lab.ask(undo)["undone"]["act"] == .string("undo"))
        #expect(try lab.ask(ControlRequest(.registrations))["registrations"].elements.count == 1)

        let lines = try String(contentsOfFile: lab.audit, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.contains(#""reason":"moved desk""#) == true)
        let mode = try FileManager.default.attributesOfItem(atPath: lab.audit)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("shows the messages byte for byte, and counts them")
    func messages() throws {
        let lab = try Lab()
        try lab.register()
        let rows = try lab.ask(ControlRequest(.messages))["messages"].elements
        #expect(rows.map(\.["start_line"].text) == ["REGISTER sip:demo.test", "200 OK"])
        #expect(rows.first?["raw"].text.hasPrefix("REGISTER sip:demo.test SIP/2.0\r\nVia: ") == true)
        var last = ControlRequest(.messages)
        last.last = 1
        #expect(try lab.ask(last)["messages"].elements.count == 1)
        #expect(try lab.ask(ControlRequest(.stats))["stats"]["registers"] == .number(1))
        #expect(try lab.ask(ControlRequest(.transactions))["transactions"].elements.count == 1)
        #expect(try lab.ask(ControlRequest(.calls))["calls"] == .array([]))
    }

    @Test("bans a source, lists it with its time, and lets it in again")
    func bans() throws {
        let lab = try Lab()
        var ban = ControlRequest(.ban)
        ban.targets = ["203.0.113.9"]
        ban.seconds = 600
        ban.reason = "noise"
        #expect(try lab.ask(ban)["banned"]["targets"] == .array([.string("203.0.113.9")]))
        let rows = try lab.ask(ControlRequest(.bans))["bans"].elements
        #expect(rows.map(\.["subject"].text) == ["203.0.113.9"])
        #expect(rows.first?["cause"] == .string("ban") && rows.first?["reason"] == .string("noise"))
        #expect(rows.first?["actor"] == .string("ctl") && rows.first?["refused"] == .number(0))

        var unban = ControlRequest(.unban)
        unban.targets = ["203.0.113.9"]
        #expect(try lab.ask(unban)["unbanned"]["act"] == .string("unban"))
        #expect(try lab.ask(unban)["error"]["code"] == .string("not_found"))
        #expect(try lab.ask(ControlRequest(.bans))["bans"] == .array([]))
        unban.targets = ["localhost"]
        #expect(try lab.ask(unban)["error"]["code"] == .string("bad_request"))
        let lines = try String(contentsOfFile: lab.audit, encoding: .utf8).split(separator: "\n")
        #expect(lines.map { $0.contains(#""act":"ban""#) } == [true, false])
    }

    @Test(
        "a kick says what was done; one with an act that there is not is refused",
        arguments: [
            ("bounce", 60, "bounce"), ("reject", nil, "reject"), (nil, nil, "drop"), ("hug", nil, nil),
        ] as [(String?, Int?, String?)]
    )
    func acts(act: String?, after: Int?, done: String?) throws {
        let lab = try Lab()
        try lab.register()
        var kick = ControlRequest(.kick)
        kick.targets = ["anna@demo.test"]
        kick.act = act
        kick.after = after
        let answer = try lab.ask(kick)
        if let done {
            #expect(answer["kicked"]["act"] == .string(done))
        } else {
            #expect(answer["error"]["code"] == .string("bad_request"))
        }
    }

    @Test("refuses a kick that meets nobody")
    func notFound() throws {
        let lab = try Lab()
        var kick = ControlRequest(.kick)
        kick.targets = ["nobody@demo.test"]
        #expect(try lab.ask(kick)["error"]["code"] == .string("not_found"))
    }

    @Test("refuses orders when read-only")
    func readOnly() throws {
        let lab = try Lab(isReadOnly: true)
        try lab.register()
        var kick = ControlRequest(.kick)
        kick.targets = ["anna@demo.test"]
        #expect(try lab.ask(kick)["error"]["code"] == .string("read_only"))
        #expect(try lab.ask(ControlRequest(.registrations))["registrations"].elements.count == 1)
    }

    @Test(
        "answers a line that is no request with an error",
        arguments: ["hello", "{}", #"{"command":"reboot"}"#]
    )
    func badRequest(line: String) throws {
        let lab = try Lab()
        let connection = try UNIXSocket.connect(to: lab.control)
        #expect(connection.write((line + "\n").utf8))
        let answer = Data(connection.readBytes(until: nil, limit: 10_000))
        #expect(try JSON.decode(JSONValue.self, from: answer)["error"]["code"] == .string("bad_request"))
    }

    @Test("is this user's alone, and not taken from a living one; what a dead one left is replaced")
    func ownership() throws {
        let lab = try Lab()
        let mode = try FileManager.default.attributesOfItem(atPath: lab.control)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(throws: UNIXSocket.Problem.taken) { try UNIXSocket.listen(at: lab.control) }

        let stale = lab.directory + "/stale"
        _ = try UNIXSocket.listen(at: stale)
        #expect(throws: UNIXSocket.Problem.nobody) { try UNIXSocket.connect(to: stale) }
        _ = try UNIXSocket.listen(at: stale)

        let file = lab.directory + "/file"
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        #expect(throws: UNIXSocket.Problem.noSocket) { try UNIXSocket.listen(at: file) }
        let long = "/tmp/" + String(repeating: "x", count: 120)
        #expect(throws: UNIXSocket.Problem.pathTooLong) { try UNIXSocket.listen(at: long) }
    }
}
