import SIPFlow
import SIPReport
import Testing

@testable import ConsoleViews

@Suite("Marks on what works, but is odd")
struct MarkTests {
    private func row(
        _ number: Int,
        _ aor: String,
        contact: String? = nil,
        path: Bool = false,
        _ lab: Lab
    )
        -> RegistrationRow
    {
        RegistrationRow(
            id: BindingID(UInt64(number)),
            aor: aor,
            contact: contact ?? "sip:u\(number)@10.0.0.9:\(5_060 + number)",
            flow: Lab.peer(9, UInt16(5_060 + number)),
            registeredAt: lab.now - .seconds(100),
            refreshedAt: lab.now - .seconds(100),
            expiresAt: lab.now + .seconds(600),
            userAgent: "Desk",
            hasUnaskedPath: path
        )
    }

    @Test(
        "Q09 Q16 Q18 a sign stands behind the state, a sentence below, and the row is among the problems",
        arguments: [80, 120, 200]
    )
    func registrations(width: Int) {
        var lab = Lab()
        lab.add(row(1, "9901@lab.test", contact: "sip:9901#1@10.0.0.9:5061", lab))
        lab.add(row(2, "bob@lab.test", lab))
        lab.add(row(3, "Bob@lab.test", lab))
        lab.add(row(4, "carol@lab.test", path: true, lab))
        lab.add(row(5, "dave@lab.test", lab))
        var driver = TestDriver(lab, width: width, height: 36)
        #expect(driver.screen().ranges(of: "ok !").count == 4)
        #expect(driver.screen().contains("must be escaped"))
        driver.press("j")
        #expect(driver.screen().contains("bob@lab.test is registered too"))
        driver.press("j", "j")
        #expect(driver.screen().contains("require_path_support"))
        driver.press("j")
        #expect(!driver.screen().contains("require_path_support"))
        driver.press("!")
        #expect(!driver.screen().contains("dave@lab.test"))
    }

    @Test("Q16 the sign goes when the twin does")
    func twinLeaves() {
        var lab = Lab()
        lab.add(row(1, "bob@lab.test", lab))
        lab.add(row(2, "Bob@lab.test", lab))
        var driver = TestDriver(lab, width: 120, height: 36)
        #expect(driver.screen().ranges(of: "ok !").count == 2)
        driver.press("enter")
        #expect(driver.screen().contains("Odd bob@lab.test is"))
        driver.press("esc")
        driver.lab.remove(BindingID(2), .unregistered)
        driver.report()
        #expect(driver.screen().ranges(of: "ok !").isEmpty, "who has left is registered no more")
        driver.pass(.seconds(10))
        #expect(driver.screen().ranges(of: "ok !").isEmpty)
    }

    @Test("Q28 a branch of RFC 2543 is a badge on the transaction's row, and a sentence")
    func oldBranch() {
        var lab = Lab()
        lab.add(
            TransactionRow(
                id: 4,
                role: .server,
                method: "INVITE",
                state: .proceeding,
                branch: "",
                flow: Lab.peer(9),
                startedAt: lab.now,
                callID: "old"
            )
        )
        var driver = TestDriver(lab, width: 200, height: 50)
        driver.press("3")
        let screen = driver.screen()
        #expect(screen.contains("UAS!") && screen.contains("pre-3261 branch"))
        #expect(screen.contains("matched by the rule of RFC 2543"))
    }

    @Test("Q11 when a keep-alive was last heard stands in the details")
    func heard() {
        var lab = Lab()
        lab.add(row(1, "bob@lab.test", lab))
        lab.hear(Lab.peer(9, 5_061).peer)
        var driver = TestDriver(lab, width: 200, height: 50)
        driver.pass(.seconds(7))
        driver.press("enter")
        #expect(driver.screen().contains("heard 7 s ago"))
    }
}
