import SIPFlow
import SIPTrace
import Testing

@Suite("Ladder")
struct LadderTests {
    private func check(_ script: borrowing Scenario, _ name: String, expanded: Bool = false) throws {
        let ladder = script.book().ladder(
            callIDs: [script.callID],
            listeners: [],
            expandRetransmits: expanded
        )
        try expectGolden(ladder.text, name)
        let sequences = ladder.rows.compactMap { $0.message?.sequence }
        #expect(sequences == sequences.sorted())
    }

    @Test("shows a call from INVITE to BYE")
    func simpleCall() throws {
        var script = Scenario.simpleCall()
        script.hangUp()
        try check(script, "simple-call")
    }

    @Test("gives each forwarded INVITE a letter that its responses, ACK and CANCEL share")
    func fork() throws {
        try check(.forkOfThree(), "fork-of-three")
    }

    @Test("folds repeats into the row of their original")
    func folded() throws {
        try check(.silentPhone(), "silent-phone")
    }

    @Test("gives each repeat a row of its own when asked")
    func expanded() throws {
        try check(.silentPhone(), "silent-phone-expanded", expanded: true)
    }

    @Test("shows a cancelled call", arguments: [(false, "cancelled"), (true, "cancelled-late-answer")])
    func cancelled(isLate: Bool, name: String) throws {
        try check(.cancelled(isLate: isLate), name)
    }

    @Test("shows where a redirection leads")
    func redirected() throws {
        let contact = "Contact: <sip:2002@10.0.0.99:5070>, <sip:other@10.0.0.98>"
        try check(.refused("302 Moved Temporarily", by: Scenario.bob, extra: [contact]), "redirected")
    }

    @Test("shows challenges and credentials")
    func challenged() throws {
        try check(.challenged(), "challenged")
    }

    @Test("shows registrations with what was asked and granted")
    func registrations() throws {
        try check(.registrations(), "registrations")
    }

    @Test("shows why a message went no further, and what could not be read")
    func dropped() throws {
        var script = Scenario.simpleCall()
        script.drop = .strayResponse
        script.response(.from(Scenario.bob), "200 OK", branch: "unknown", toTag: "b71")
        script.drop = .malformed
        let broken = "SIP/2.0 2000 Far too much\r\nCall-ID: \(script.callID)\r\n\r\n"
        script.raw(.from(Scenario.bob), Array(broken.utf8))
        try check(script, "dropped")
    }

    @Test("joins several calls by sequence number and tells them apart")
    func severalCalls() throws {
        var script = Scenario.simpleCall()
        script.callID = "second"
        script.request(.from(Scenario.carol), "INVITE", branch: "s")
        script.callID = "8f2c@10.0.0.21"
        script.hangUp()
        let ladder = script.book().ladder(
            callIDs: ["second", script.callID],
            listeners: [],
            expandRetransmits: false
        )
        try expectGolden(ladder.text, "two-calls")
        #expect(
            ladder.rows.compactMap { $0.message?.call } == Array(repeating: 1, count: 9) + [0, 1, 1, 1, 1]
        )
    }

    @Test("puts ports of one host into one column when asked")
    func byHost() {
        var script = Scenario()
        script.request(.from("10.0.0.21:5062"), "INVITE", branch: "a")
        script.request(.from("10.0.0.21:40112"), "BYE", branch: "b", number: 2, toTag: "x")
        let ladder = script.book().ladder(
            callIDs: [script.callID],
            listeners: [],
            expandRetransmits: false,
            byHost: true
        )
        #expect(ladder.columns.map(\.name) == ["10.0.0.21", "sipglass"])
    }

    @Test("shows what we send to ourselves in our own column")
    func spiral() throws {
        let own = try #require(SocketAddress("10.0.0.1:5060", defaultPort: 5060))
        var script = Scenario()
        script.request(.from(Scenario.alice), "INVITE", branch: "a")
        script.request(.to("10.0.0.1:5060"), "INVITE", branch: "p1")
        let ladder = script.book().ladder(
            callIDs: [script.callID],
            listeners: [Listener(transport: .udp, address: own)],
            expandRetransmits: false
        )
        #expect(ladder.columns.map(\.name) == [Scenario.alice, "sipglass"])
        let last = try #require(ladder.rows.last?.message)
        #expect(last.from == 1 && last.to == 1)
    }

    @Test("has neither columns nor rows for a Call-ID that nobody has seen")
    func unknown() {
        let ladder = TraceBook().ladder(callIDs: ["nobody"], listeners: [], expandRetransmits: true)
        #expect(ladder.columns.isEmpty && ladder.rows.isEmpty && ladder.ownColumn == nil)
    }
}
