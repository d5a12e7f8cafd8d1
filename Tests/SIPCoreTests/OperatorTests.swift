import SIPFlow
import SIPReport
import Testing

@Suite("Kick, undo and audit")
struct OperatorTests {
    private func kick(_ targets: [KickTarget], reason: String = "test") -> CoreCommand {
        .kick(KickRequest(targets: targets, reason: reason, actor: "ops"))
    }

    private func entry(_ outcome: CommandOutcome) -> AuditEntry? {
        switch outcome {
        case .kicked(let entry), .kickedAndBanned(let entry, _), .undone(let entry), .banned(let entry),
            .unbanned(let entry):
            entry
        case .refused: nil
        }
    }

    private func isRefused(_ outcome: CommandOutcome) -> Bool { entry(outcome) == nil }

    @Test("a kick by row, by contact and by address of record removes just that, and says so in the audit")
    func targets() throws {
        for (place, left) in [(0, ["5081"]), (1, ["5080"]), (2, [])] {
            let rig = Rig()
            rig.register("bob", port: "5080")
            rig.register("bob", port: "5081")
            let row = try #require(rig.snapshot().registrations.first { $0.contact.contains("5080") })
            let target: [KickTarget] = [
                .binding(row.id), .contact(aor: "bob@example.test", contact: "sip:bob@127.0.0.1:5081"),
                .aor("bob@example.test"),
            ]
            let audit = try #require(entry(rig.perform(kick([target[place]]))))
            #expect(
                audit.actor == "ops" && audit.act == "drop" && audit.reason == "test" && audit.number == 1
            )
            #expect(audit.targets.count == 2 - left.count)
            #expect(audit.targets.allSatisfy { $0.hasPrefix("bob@example.test sip:bob@127.0.0.1:508") })
            #expect(rig.snapshot().registrations.map { String($0.contact.suffix(4)) } == left)
            rig.invite("bob")
            #expect(rig.take().filter { $0.method == "INVITE" && $0.code == 0 }.count == left.count)
        }
    }

    @Test("a kick of what is not there is refused and leaves no audit line")
    func nothing() {
        let rig = Rig()
        #expect(isRefused(rig.perform(kick([.aor("bob@example.test")]))))
        #expect(isRefused(rig.perform(kick([.binding(BindingID(77))]))))
        #expect(isRefused(rig.perform(kick([]))))
        #expect(rig.changes().audit.isEmpty)
    }

    @Test("undo brings the binding back within 10 s, once, and not over a newer registration")
    func undo() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let first = try #require(entry(rig.perform(kick([.aor("bob@example.test")]))))
        rig.advance(.seconds(10))
        let undone = try #require(entry(rig.perform(.undoKick(audit: first.number, actor: "ops"))))
        #expect(undone.act == "undo" && undone.targets == first.targets && undone.number == 2)
        #expect(rig.snapshot().registrations.count == 1)
        #expect(isRefused(rig.perform(.undoKick(audit: first.number, actor: "ops"))))
        let second = try #require(entry(rig.perform(kick([.aor("bob@example.test")]))))
        rig.advance(.milliseconds(10_001))
        #expect(isRefused(rig.perform(.undoKick(audit: second.number, actor: "ops"))))
        rig.receive(Make.register("bob", port: "5080", cseq: 5), from: "5080")
        let third = try #require(entry(rig.perform(kick([.aor("bob@example.test")]))))
        rig.receive(Make.register("bob", port: "5080", cseq: 6), from: "5080")
        #expect(isRefused(rig.perform(.undoKick(audit: third.number, actor: "ops"))))
        #expect(rig.snapshot().registrations.count == 1)
    }

    @Test("a call in progress outlives the kick of the callee's registration")
    func runningCall() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        _ = rig.perform(kick([.aor("bob@example.test")]))
        rig.answer(200, to: invite)
        #expect(rig.take(to: "5070").map(\.code) == [180, 200])
        rig.expectEnd()
    }

    @Test("each audit line is in one report")
    func reported() {
        let rig = Rig()
        rig.register("bob", port: "5080")
        _ = rig.perform(kick([.aor("bob@example.test")]))
        #expect(rig.hasChanges)
        let reports = [rig.changes(), rig.changes()]
        #expect(reports.map { $0.audit.map(\.act) } == [["drop"], []])
        #expect(reports[0].audit.first?.unixNanoseconds == 1_700_000_000_000_000_000)
    }
}
