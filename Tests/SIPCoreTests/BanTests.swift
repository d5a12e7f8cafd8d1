import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Bans of sources")
struct BanTests {
    private let source = IPAddress.v4(0xc633_6407)

    private func ban(_ rig: Rig, seconds: Int = 60, source: IPAddress? = nil) -> CommandOutcome {
        rig.perform(
            .ban(
                BanRequest(
                    subjects: [.source(of: source ?? self.source)],
                    duration: .seconds(seconds),
                    reason: "noise",
                    actor: "ops"
                )
            )
        )
    }

    private func isAnswered(_ rig: Rig, from place: String = "198.51.100.7:5060") -> Bool {
        rig.receive(Make.request("OPTIONS", "sip:example.test", port: "5060"), from: place)
        return !rig.take().isEmpty
    }

    @Test("a banned source gets no answer to anything until the ban is over, and is counted meanwhile")
    func ends() throws {
        let rig = Rig()
        #expect(isAnswered(rig))
        guard case .banned(let entry) = ban(rig) else { throw Refused() }
        #expect(entry.act == "ban" && entry.targets == ["198.51.100.7"] && entry.reason == "noise")
        #expect(!isAnswered(rig) && !isAnswered(rig, from: "198.51.100.7:9"))
        #expect(isAnswered(rig, from: "198.51.100.8:5060"))
        let row = try #require(rig.snapshot().bans.first)
        #expect(row.cause == .ban && row.refused == 2 && row.actor == "ops")
        #expect(row.until == .zero + .seconds(60))
        #expect(rig.snapshot().counters.drops == ["banned": 2])
        rig.advance(.seconds(59))
        #expect(!isAnswered(rig))
        rig.advance(.seconds(1))
        #expect(isAnswered(rig))
        #expect(rig.snapshot().bans.isEmpty)
    }

    @Test("a ban can be lifted, once, and is on the audit list both times")
    func lifted() {
        let rig = Rig()
        _ = ban(rig)
        #expect(rig.hasChanges && rig.changes().bans.count == 1)
        guard case .unbanned = rig.perform(.unban([.source(source)], actor: "ops")) else {
            Issue.record("not lifted")
            return
        }
        #expect(isAnswered(rig))
        let report = rig.changes()
        #expect(report.bans.isEmpty && report.removedBans == [.source(source)])
        #expect(report.audit.map(\.act) == ["unban"])
        guard case .refused(let text) = rig.perform(.unban([.source(source)], actor: "ops")) else {
            Issue.record("lifted twice")
            return
        }
        #expect(text == "198.51.100.7 is not banned.")
    }

    @Test("banning again sets a new end")
    func extended() {
        let rig = Rig()
        _ = ban(rig, seconds: 10)
        _ = ban(rig, seconds: 100)
        rig.advance(.seconds(50))
        #expect(!isAnswered(rig) && rig.snapshot().bans.count == 1)
        _ = ban(rig, seconds: 1)
        rig.advance(.seconds(1))
        #expect(isAnswered(rig))
    }

    @Test("this machine cannot ban itself by mistake, and no time is no ban")
    func refused() {
        let rig = Rig()
        for outcome in [ban(rig, source: .v4(0x7f00_0001)), ban(rig, seconds: 0)] {
            guard case .refused = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        #expect(isAnswered(rig) && isAnswered(rig, from: "127.0.0.1:5060"))
        let watched = Rig { $0.sources.includesLoopback = true }
        guard case .banned = ban(watched, source: .v4(0x7f00_0002)) else {
            Issue.record("loopback is watched here")
            return
        }
        #expect(!isAnswered(watched, from: "127.0.0.2:5060"))
    }

    @Test("O05 a ban too many is refused with what to do")
    func tooMany() {
        let rig = Rig()
        for number in 0..<10_000 { _ = ban(rig, source: .v4(0x0a00_0000 + UInt32(number))) }
        guard case .refused(let text) = ban(rig) else {
            Issue.record("10,001 bans")
            return
        }
        #expect(text == "There are 10000 bans already; lift some first.")
    }

    private struct Refused: Error {}
}
