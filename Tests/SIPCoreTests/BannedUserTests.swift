import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Bans of addresses of record")
struct BannedUserTests {
    private static let bob = BanSubject.aor("bob@example.test")

    private func ban(_ rig: Rig, _ name: String = "bob@example.test", seconds: Int = 60) -> CommandOutcome {
        rig.perform(
            .ban(
                BanRequest(
                    subjects: [.aor(name)],
                    duration: .seconds(seconds),
                    reason: "say \"no\"\r\nX: y",
                    actor: "ops"
                )
            )
        )
    }

    private func kick(_ bans: [BanSubject], _ targets: [KickTarget]) -> CoreCommand {
        .kick(
            KickRequest(targets: targets, reason: "lost", bans: bans, banTime: .seconds(600), actor: "ops")
        )
    }

    @Test("its REGISTER is answered 403 with the time that is left and the reason, and counted")
    func register() throws {
        let rig = Rig()
        guard case .banned(let entry) = ban(rig) else { throw Refused() }
        #expect(entry.targets == ["bob@example.test"])
        rig.advance(.milliseconds(9_500))
        rig.receive(Make.register("bob", port: "5080"), from: "5080")
        let answer = try #require(rig.one(to: "5080"))
        #expect(answer.startLine == "SIP/2.0 403 Banned for a Time")
        #expect(answer.headers("Retry-After") == ["51"])
        #expect(answer.headers("Warning") == [#"399 127.0.0.1:5060 "say \"no\"  X: y""#])
        #expect(rig.snapshot().registrations.isEmpty)
        let row = try #require(rig.snapshot().bans.first)
        #expect(row.subject == Self.bob && row.refused == 1 && row.lastRefusal == rig.now)
        #expect(
            rig.snapshot().transactions.first?.note
                == "an operator keeps this address of record out for a time"
        )
        rig.receive(Make.register("carol", port: "5090"), from: "5090")
        #expect(rig.one(to: "5090")?.code == 200)
        rig.advance(.milliseconds(50_500))
        #expect(rig.snapshot().bans.isEmpty)
        rig.receive(Make.register("bob", port: "5080", cseq: 2), from: "5080")
        #expect(rig.take(to: "5080").last?.code == 200)
    }

    @Test("what begins something in its name is refused, and what goes on is not")
    func calls() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        _ = ban(rig, "alice@example.test")
        for method in ["INVITE", "MESSAGE", "SUBSCRIBE", "OPTIONS"] {
            rig.receive(Make.request(method, "sip:bob@example.test", port: "5070"), from: "5070")
            #expect(rig.take(to: "5070").map(\.code) == [403], "\(method)")
            #expect(rig.take(to: "5080").isEmpty)
        }
        let (other, invite) = try Rig.calling()
        other.answer(200, to: invite)
        _ = other.take()
        _ = ban(other, "alice@example.test")
        let route = try #require(invite.headers("Record-Route").first)
        other.receive(
            Make.request(
                "BYE",
                "sip:bob@127.0.0.1:5080",
                port: "5070",
                callID: invite.headers("Call-ID")[0],
                cseq: 2,
                toTag: "b1",
                extra: ["Route: \(route)"]
            ),
            from: "5070"
        )
        #expect(other.take(to: "5080").map(\.method) == ["BYE"], "a banned caller may still hang up")
    }

    @Test(
        "who has to prove who he is hears of a ban only afterwards, and a stranger adds nothing to its count"
    )
    func afterLogin() throws {
        let rig = Rig(users: [.bob])
        _ = ban(rig)
        rig.receive(Make.register("bob", port: "5080"), from: "5080")
        #expect(rig.one(to: "5080")?.code == 401)
        #expect(rig.snapshot().bans.first?.refused == 0)
    }

    @Test("names are read as people write them, and those that are not served here are refused")
    func names() {
        for name in ["bob@example.test", "sip:bob@EXAMPLE.test", "sip:b%6fb@example.test"] {
            let rig = Rig()
            _ = ban(rig, name)
            #expect(rig.snapshot().bans.map(\.subject) == [Self.bob], "\(name)")
            guard case .unbanned(let entry) = rig.perform(.unban([.aor(name)], actor: "ops")) else {
                Issue.record("\(name) was not lifted")
                continue
            }
            #expect(entry.targets == ["bob@example.test"])
        }
        for name in ["bob@elsewhere.test", "example.test", "@example.test", ""] {
            guard case .refused(let text) = ban(Rig(), name) else {
                Issue.record("\(name) was banned")
                continue
            }
            #expect(text == "\(name) is no address of record of a domain served here.")
        }
    }

    @Test(
        "a kick with a ban is one act: two audit lines, watchers hear when to come back, undo takes back both"
    )
    func kicked() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let order = kick([Self.bob], [.aor("bob@example.test")])
        guard case .kickedAndBanned(let drop, let ban) = rig.perform(order) else { throw Refused() }
        #expect([drop.act, ban.act] == ["drop", "ban"] && ban.targets == ["bob@example.test"])
        rig.receive(Make.register("bob", port: "5080", cseq: 7), from: "5080")
        #expect(rig.one(to: "5080")?.code == 403)
        guard case .undone(let undo) = rig.perform(.undoKick(audit: drop.number, actor: "ops")) else {
            throw Refused()
        }
        #expect(undo.targets == ["bob@example.test sip:bob@127.0.0.1:5080", "bob@example.test"])
        #expect(rig.snapshot().registrations.count == 1 && rig.snapshot().bans.isEmpty)
    }

    @Test("undo brings back the ban that was there before")
    func undoExtension() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        _ = ban(rig, seconds: 30)
        let order = kick([Self.bob], [.aor("bob@example.test")])
        guard case .kickedAndBanned(let drop, _) = rig.perform(order) else { throw Refused() }
        #expect(rig.snapshot().bans.first?.until == .zero + .seconds(600))
        _ = rig.perform(.undoKick(audit: drop.number, actor: "ops"))
        #expect(rig.snapshot().bans.first?.until == .zero + .seconds(30))
    }

    @Test(
        "a ban that is refused keeps the kick from happening, and who left by himself is banned all the same"
    )
    func allOrNothing() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let loopback = BanSubject.source(of: .v4(0x7f00_0001))
        let first = kick([Self.bob, loopback], [.aor("bob@example.test")])
        guard case .refused = rig.perform(first) else { throw Refused() }
        #expect(rig.snapshot().registrations.count == 1 && rig.snapshot().bans.isEmpty)
        guard case .banned = rig.perform(kick([.aor("carol@example.test")], [.aor("carol@example.test")]))
        else {
            throw Refused()
        }
        #expect(rig.snapshot().bans.map(\.subject.text) == ["carol@example.test"])
    }

    @Test("each change of a ban is in one report: set, refused, over")
    func reported() {
        let rig = Rig()
        #expect(rig.changes().bans.isEmpty && !rig.hasChanges)
        _ = ban(rig)
        #expect(rig.hasChanges && rig.changes().bans.map(\.refused) == [0])
        #expect(rig.changes().bans.isEmpty)
        rig.receive(Make.register("bob", port: "5080"), from: "5080")
        #expect(rig.changes().bans.map(\.refused) == [1])
        rig.advance(.seconds(61))
        let last = rig.changes()
        #expect(last.bans.isEmpty && last.removedBans == [Self.bob])
    }

    @Test(
        "a ban is stored with what is left of its time, outlives a restart, and leaves the store at its end"
    )
    func stored() throws {
        let rig = Rig()
        rig.keep()
        let source = BanSubject.source(.v4(0xc633_6407))
        _ = ban(rig)
        _ = rig.perform(.ban(BanRequest(subjects: [source], duration: .seconds(9), actor: "ops")))
        let batch = try #require(rig.takeBatch())
        rig.stored(batch)
        #expect(Set(batch.bans.kept.map(\.subject)) == [Self.bob, source] && batch.bans.gone.isEmpty)
        #expect(batch.audit.map(\.act) == ["ban", "ban"])
        rig.receive(Make.register("bob", port: "5080"), from: "5080")
        #expect(!rig.hasBatch, "a refusal is no write")

        let next = Rig()
        next.leap(.seconds(20))
        next.keep(bans: batch.bans.kept)
        let row = try #require(next.snapshot().bans.first)
        #expect(next.snapshot().bans.count == 1 && row.until == .zero + .seconds(60) && row.actor == "ops")
        #expect(next.takeBatch()?.bans.gone == [source])
        next.receive(Make.register("bob", port: "5080"), from: "5080")
        #expect(next.one(to: "5080")?.headers("Retry-After") == ["40"])
    }

    @Test("the end of a ban and its lifting delete it from the store")
    func deleted() throws {
        let rig = Rig()
        rig.keep()
        _ = ban(rig)
        rig.stored(try #require(rig.takeBatch()))
        rig.advance(.seconds(60))
        let end = try #require(rig.takeBatch())
        #expect(end.bans.gone == [Self.bob] && end.bans.kept.isEmpty)
        rig.stored(end)
        _ = ban(rig)
        _ = rig.perform(.unban([Self.bob], actor: "ops"))
        #expect(rig.takeBatch()?.bans.gone == [Self.bob])
    }

    private struct Refused: Error {}
}
