import SIPFlow
import SIPReport
import SIPTrace
import Testing

@Suite("Trace records")
struct TraceRecordTests {
    /// A record in short: direction, port of the other side, and its marks.
    private func words(_ record: TraceRecord) -> String {
        (record.direction == .received ? "<" : ">") + String(record.flow.peer.port)
            + (record.isOwn ? " own" : "") + (record.isRetransmission ? " again" : "")
            + (record.drop.map { " \($0.text)" } ?? "")
    }

    @Test("each message is there once, in order, what it caused right after it, with its marks")
    func order() throws {
        let (rig, invite) = try Rig.calling()
        rig.invite("bob")
        rig.advance(.milliseconds(500))
        rig.answer(180, to: invite)
        rig.answer(404, to: invite)
        rig.answer(404, to: invite)
        rig.advance(.milliseconds(500))
        rig.send("ACK", branch: "i1", toTag: "b1")
        rig.receive("garbage", from: "5099")
        rig.send("OPTIONS", "sip:nobody@example.test", branch: "o")
        rig.send("OPTIONS", "sip:nobody@example.test", branch: "o")
        #expect(
            rig.records().map(words) == [
                "<5080", ">5080 own", "<5070", ">5070 own", ">5080", "<5070 again", ">5070 own again",
                ">5080 again", "<5080", ">5070", "<5080", ">5080 own", ">5070", "<5080 again absorbed",
                ">5080 own again", ">5070 again", "<5070", "<5099 malformed", "<5070", ">5070 own",
                "<5070 again", ">5070 own again",
            ]
        )
        #expect(rig.records().map(\.sequence) == Array(0..<22))
    }

    @Test("records name the transaction: requests and their answers one side, forwarded ones the other")
    func transactions() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        rig.cancel()
        let rows = rig.snapshot().transactions
        let names = rig.records().map { record in
            rows.first { $0.id == record.transaction }.map { "\($0.role) \($0.method)" } ?? "none"
        }
        #expect(
            names == [
                "server REGISTER", "server REGISTER", "server INVITE", "server INVITE", "client INVITE",
                "client INVITE", "server INVITE", "server CANCEL", "server CANCEL", "client CANCEL",
            ]
        )
    }

    @Test("a CANCEL and our own answers keep their mark when they are repeated")
    func ownRepeats() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        rig.cancel()
        _ = rig.take()
        rig.advance(.milliseconds(500))
        rig.cancel()
        #expect(rig.take().map { [$0.isOwn, $0.isRetransmission] } == [[true, true], [true, true]])
    }
}
