import SIPFlow
import SIPReport
import Testing

@testable import ConsoleViews

@Suite("Why a request was refused")
struct RefusalTests {
    private func refused(_ note: String, callID: String = "reg-x@y") -> TransactionRow {
        TransactionRow(
            id: 9_001,
            role: .server,
            method: "REGISTER",
            state: .completed,
            branch: "z9hG4bK-x",
            flow: Lab.peer(21),
            startedAt: Moment.zero + .seconds(601),
            callID: callID,
            code: 401,
            note: note
        )
    }

    @Test("stands in words with the transaction, without the control characters a sender put there")
    func transaction() {
        var driver = TestDriver(Lab())
        driver.lab.add(refused("unknown user mal\u{1b}[2Jlory"))
        driver.report()
        driver.press("3")
        #expect(driver.screen().contains("Why unknown user mal.[2Jlory"))
    }

    @Test("stands with the registration that the phone could not refresh")
    func registration() {
        var driver = TestDriver(.crowd(1))
        let callID = driver.console.state.selectedRegistration?.row.callID ?? ""
        driver.lab.add(refused("wrong password of 100000", callID: callID))
        driver.report()
        #expect(driver.screen().contains("Refresh refused 401 wrong password of 100000"))
    }
}
