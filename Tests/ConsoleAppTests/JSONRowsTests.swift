import Foundation
import SIPFlow
import SIPReport
import SIPTrace
import Testing

@testable import ConsoleApp

@Suite("JSON of ctl")
struct JSONRowsTests {
    private static let clock = ClockAnchor(moment: .zero, unixNanoseconds: 1_767_225_600_000_000_000)
    private static let flow = Flow(
        transport: .udp,
        listener: ListenerID(0),
        peer: SocketAddress(ip: .v4(0x0a00_0015), port: 5_062)
    )

    @Test("a registration has every key, with times in ISO 8601 and durations in seconds")
    func registration() throws {
        let row = RegistrationRow(
            id: BindingID(7),
            aor: "1001@lab.test",
            contact: "sip:1001@10.0.0.21:5062",
            flow: Self.flow,
            registeredAt: .zero,
            refreshedAt: Moment.zero + .seconds(60),
            expiresAt: Moment.zero + .seconds(3_660),
            refreshes: 1,
            userAgent: "Phone/1",
            callID: "abc@x",
            cseq: 41,
            q: 500,
            asked: 7_200,
            reachability: .prompt,
            roundTrip: .milliseconds(12),
            pings: 5,
            lostPings: 2,
            missedPings: 1,
            answeredAt: Moment.zero + .milliseconds(60_100)
        )
        let json = RegistrationJSON(
            row,
            heard: Moment.zero + .milliseconds(60_250),
            twins: CaseTwins(),
            now: Moment.zero + .milliseconds(60_500),
            clock: Self.clock
        )
        #expect(
            try text(json) == """
                {"alike":1,"aor":"1001@lab.test","asked":7200,"call_id":"abc@x",\
                "contact":"sip:1001@10.0.0.21:5062","cseq":41,"expires":3599.5,"granted":3600,"id":7,"instance":"",\
                "last_seen":"2026-01-01T00:01:00.250Z","lost_pings":2,"marks":[],"missed_pings":1,"path":"","pings":5,\
                "q":0.5,"refreshed":"2026-01-01T00:01:00.000Z",\
                "refreshes":1,"registered":"2026-01-01T00:00:00.000Z","rtt":0.012,"source":"10.0.0.21:5062","state":"ok",\
                "transport":"UDP","user_agent":"Phone/1"}
                """
        )
    }

    @Test("a transaction names its role, its state by RFC 3261, and the time left of each timer")
    func transaction() throws {
        let row = TransactionRow(
            id: 9,
            role: .client,
            method: "INVITE",
            state: .calling,
            branch: "z9hG4bK1",
            flow: Self.flow,
            startedAt: .zero,
            timers: [
                RunningTimer(name: .a, deadline: Moment.zero + .milliseconds(1_500)),
                RunningTimer(name: .b, deadline: Moment.zero + .seconds(32)),
            ],
            retransmits: 1,
            callID: "abc@x",
            parent: 8
        )
        #expect(
            try text(TransactionJSON(row, now: Moment.zero + .seconds(1))) == """
                {"age":1,"branch":"z9hG4bK1","call_id":"abc@x","code":null,"ended_by":null,"id":9,"marks":[],"method":"INVITE",\
                "note":null,"parent":8,\
                "peer":"10.0.0.21:5062","retransmits":1,"role":"client","state":"Calling",\
                "targets":[],"timers":{"A":0.5,"B":31},"transport":"UDP"}
                """
        )
    }

    @Test("Q27 Q30 a transaction names the timer that ended it, and what each target did")
    func verdicts() throws {
        var row = TransactionRow(
            id: 9,
            role: .client,
            method: "INVITE",
            state: .completed,
            branch: "z9hG4bK1",
            flow: Self.flow,
            startedAt: .zero,
            callID: "abc@x",
            note: "rang, nobody picked up (timer C)",
            endedBy: .c
        )
        #expect(
            try text(TransactionJSON(row, now: .zero)).contains(
                #""ended_by":"C","id":9,"marks":[],"method":"INVITE","note":"rang, nobody picked up (timer C)""#
            )
        )
        row.targets = [TargetVerdict(target: "10.0.0.1:5060", verdict: "answered 503")]
        #expect(
            try text(TransactionJSON(row, now: .zero)).contains(
                #""targets":[{"target":"10.0.0.1:5060","verdict":"answered 503"}]"#
            )
        )
        row.note = ""
        row.targets.append(TargetVerdict(target: "10.0.0.2:5060", verdict: "answered 200"))
        #expect(
            try text(TransactionJSON(row, now: .zero)).contains(
                #""note":"10.0.0.1:5060 answered 503, then 10.0.0.2:5060 answered 200""#
            )
        )
    }

    @Test("calls and messages are worked out of the trace")
    func callsAndMessages() throws {
        let invite = """
            INVITE sip:bob@lab.test SIP/2.0\r
            Via: SIP/2.0/UDP 10.0.0.21:5062;branch=z9hG4bK1\r
            From: <sip:anna@lab.test>;tag=a\r
            To: <sip:bob@lab.test>\r
            Call-ID: abc@x\r
            CSeq: 1 INVITE\r
            Content-Length: 0\r
            \r

            """
        var chunk = TraceChunk(capacity: 1_000)
        let record = TraceRecord(
            sequence: 0,
            moment: Moment.zero + .seconds(1),
            direction: .received,
            flow: Self.flow,
            transaction: 3
        )
        chunk.append(record, Array(invite.utf8).span, sequence: 0)
        var book = TraceBook()
        book.absorb(chunk)
        let call = try #require(book.calls.first)
        #expect(
            try text(CallJSON(call, now: Moment.zero + .seconds(3), clock: Self.clock)) == """
                {"call_id":"abc@x","codecs":[],"diagnosis":null,"duration":2,"final_code":null,\
                "from":"anna@lab.test","legs":[],"messages":1,"retransmits":0,"setup_time":null,\
                "started":"2026-01-01T00:00:01.000Z","state":"Calling","to":"bob@lab.test"}
                """
        )
        let message = try #require(book.messages.first)
        let listener = Listener(transport: .udp, address: SocketAddress(ip: .v4(0x0a00_0001), port: 5_060))
        let json = MessageJSON(
            message,
            raw: [UInt8]("INVITE".utf8),
            listeners: [ListenerRow(listener: listener)],
            clock: Self.clock
        )
        #expect(
            try text(json) == """
                {"call_id":"abc@x","cseq":"1 INVITE","destination":"10.0.0.1:5060","direction":"received",\
                "drop":null,"own":false,"raw":"INVITE","retransmit":false,"sequence":0,"source":"10.0.0.21:5062",\
                "start_line":"INVITE sip:bob@lab.test","time":"2026-01-01T00:00:01.000Z","transaction":3,\
                "transport":"UDP"}
                """
        )
    }

    @Test("a refusal is an error object")
    func refusal() throws {
        let json = ErrorJSON(ControlRefusal(code: .readOnly, message: "no"))
        #expect(try text(json) == #"{"error":{"code":"read_only","message":"no"}}"#)
    }

    @Test("a table for people is aligned, and carries no control byte of the network")
    func table() throws {
        let json = #"{"calls":[{"from":"a\u001b[2J","to":"b","state":"Ringing","codecs":["PCMA","PCMU"]}]}"#
        let answer = try JSON.decode(JSONValue.self, from: Data(json.utf8))
        let table = try #require(TextTable(answer, of: .calls))
        #expect(
            table.lines == [
                "FROM   TO  STATE    SETUP  DURATION  RTX  CODECS     CALL-ID",
                "a.[2J  b   Ringing  -      -         -    PCMA PCMU  -",
            ]
        )
    }

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSON.encode(value), as: UTF8.self)
    }
}
