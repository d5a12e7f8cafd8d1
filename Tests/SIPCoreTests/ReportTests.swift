import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Reports")
struct ReportTests {
    @Test("each change of a transaction is in one report, its end once")
    func deltas() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        #expect(rig.changes().transactions.count == 1, "the first report has everything")
        #expect(!rig.hasChanges && rig.changes().transactions.isEmpty)
        rig.invite("bob")
        let invite = try #require(rig.take(to: "5080").first)
        #expect(Set(rig.changes().transactions.map(\.state)) == [.proceeding, .calling])
        rig.answer(180, to: invite)
        rig.answer(183, to: invite)
        let ringing = rig.changes().transactions
        #expect(ringing.map(\.state) == [.proceeding, .proceeding], "two changes of one row are one row")
        #expect(Set(ringing.map(\.code)) == [183])
        #expect(rig.changes().transactions.isEmpty)
        rig.answer(486, to: invite)
        rig.send("ACK", branch: "i1", toTag: "b1")
        #expect(Set(rig.changes().transactions.map(\.state)) == [.completed, .confirmed])
        rig.advance(.seconds(100))
        let ended = rig.changes().transactions
        #expect(ended.count == 3)
        #expect(ended.allSatisfy { $0.state == .terminated && $0.endedAt != nil && $0.timers.isEmpty })
        #expect(!rig.hasChanges && rig.changes().transactions.isEmpty)
    }

    @Test("a row has role, parent, place in the fork, running timers, repeats and the branch on the wire")
    func rows() throws {
        let (rig, invite) = try Rig.calling()
        rig.advance(.milliseconds(600))
        rig.invite("bob")
        let rows = rig.snapshot().transactions.filter { $0.method == "INVITE" }
        let server = try #require(rows.first { $0.role == .server })
        let client = try #require(rows.first { $0.role == .client })
        #expect(server.branch == "z9hG4bKi1" && server.parent == nil && server.retransmits == 1)
        #expect(server.code == 100 && server.callID == "c1" && server.flow.peer.port == 5_070)
        #expect(client.parent == server.id && client.fork == 0 && client.retransmits == 1)
        #expect(invite.headers("Via")[0].hasSuffix("branch=" + client.branch))
        #expect(client.timers.map(\.name) == [.a, .b])
        #expect(client.timers.map { ($0.deadline - .zero).milliseconds } == [1_500, 32_000])
        rig.receive(
            Make.request("NEW", "sip:example.test", port: "5070").replacing("z9hG4bK", with: "old"),
            from: "5070"
        )
        let old = try #require(rig.snapshot().transactions.first { $0.method == "NEW" })
        #expect(old.branch.isEmpty, "an RFC 2543 branch says nothing")
    }

    @Test("10,000 rows arrive in slices, each row once, with what changed meanwhile")
    func slices() throws {
        let rig = Rig()
        for number in 0..<10_000 {
            rig.send("OPTIONS", "sip:nobody@example.test", branch: "o\(number)")
        }
        _ = rig.take()
        var seen: [UInt64] = []
        var reports = 0
        var hasMore = true
        while hasMore {
            let report = rig.changes()
            seen += report.transactions.map(\.id)
            hasMore = report.hasMore
            reports += 1
            #expect(report.transactions.count <= 2_000)
        }
        #expect(reports == 5 && seen.count == 10_000 && Set(seen).count == 10_000)
        rig.advance(.seconds(33))
        var ended: [UInt64] = []
        while case let report = rig.changes(), !report.transactions.isEmpty {
            ended += report.transactions.filter { $0.endedAt != nil }.map(\.id)
        }
        #expect(ended.count == 10_000 && Set(ended) == Set(seen))
    }

    @Test("registrations: set, refreshed, expired and removed are reported once each")
    func registrations() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        #expect(rig.changes().registrations.count == 1)
        rig.receive(Make.register("bob", port: "5080", cseq: 2, expires: 100), from: "5080")
        let refreshed = rig.changes()
        #expect(refreshed.registrations.map(\.refreshes) == [1] && refreshed.removedRegistrations.isEmpty)
        rig.advance(.seconds(101))
        let expired = rig.changes()
        #expect(expired.registrations.isEmpty)
        #expect(expired.removedRegistrations.map(\.reason) == [.expired])
        #expect(rig.changes().removedRegistrations.isEmpty && expired.counters.bindings == 0)
    }

    @Test("a snapshot takes nothing away from the reports")
    func snapshot() {
        let rig = Rig()
        _ = rig.changes()
        rig.register("bob", port: "5080")
        for _ in 0..<2 { #expect(rig.snapshot().registrations.count == 1) }
        #expect(rig.changes().registrations.count == 1)
    }

    @Test("counters: messages, methods, response classes, repeats and drops by reason")
    func counters() throws {
        let (rig, invite) = try Rig.calling()
        rig.invite("bob")
        rig.answer(180, to: invite)
        rig.answer(486, to: invite)
        rig.answer(486, to: invite)
        rig.send("OPTIONS", "sip:example.test", branch: "o")
        for text in ["\r\n\r\n", "garbage", "SIP/2.0 200 OK\r\n\r\n"] { rig.receive(text, from: "5070") }
        rig.receive(Make.request("BYE", "x", port: "5070", hops: 300), from: "5070")
        rig.receive([0, 0, 0, 0], from: "5070")
        rig.refuse("5099")
        let counters = rig.snapshot().counters
        #expect(counters.requests == 5 && counters.invites == 2 && counters.registers == 1)
        #expect(counters.options == 1 && counters.received == 12)
        // 100 twice and 180; 200 to REGISTER and OPTIONS; 486 and 400.
        #expect(counters.responses == [3, 2, 0, 2, 0, 0])
        // The INVITE and its 100; the 486 and its ACK.
        #expect(counters.retransmissions == 4)
        #expect(
            counters.drops == [
                "absorbed": 1, "keep-alive": 2, "malformed": 3, "send failed": 1,
            ]
        )
        #expect(counters.sent == 10)
    }

    @Test("O05 when the table is full new requests are 503, and what runs goes on")
    func limit() throws {
        let (rig, invite) = try Rig.calling { $0.transactionLimit = 3 }
        for place in 0..<3 { rig.send("OPTIONS", "sip:nobody@example.test", branch: "o\(place)") }
        #expect(rig.take().map(\.code) == [503, 503, 503])
        #expect(rig.snapshot().counters.drops == ["overload": 3])
        rig.answer(180, to: invite)
        rig.answer(200, to: invite)
        rig.invite("bob")
        #expect(rig.take(to: "5070").map(\.code) == [180, 200])
        rig.advance(.seconds(40))
        rig.send("OPTIONS", "sip:nobody@example.test", branch: "later")
        #expect(rig.take().map(\.code) == [404])
    }
}
