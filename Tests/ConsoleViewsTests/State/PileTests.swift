import SIPFlow
import SIPReport
import Testing

@testable import ConsoleViews

@Suite("Bindings that pile up")
struct PileTests {
    /// A console with one address of record that has a pile of four and a desk phone.
    private func driver(width: Int = 120) -> TestDriver {
        var lab = Lab()
        for number in 1...5 {
            let isDesk = number == 5
            lab.add(
                RegistrationRow(
                    id: BindingID(UInt64(number)),
                    aor: "bob@lab.test",
                    contact: "sip:bob@10.0.0.9:\(5_060 + number)",
                    flow: Lab.peer(9, UInt16(5_060 + number)),
                    registeredAt: lab.now - .seconds(100 - number),
                    refreshedAt: lab.now - .seconds(100 - number),
                    expiresAt: lab.now + .seconds(600),
                    userAgent: isDesk ? "Desk" : "App",
                    alike: isDesk ? 1 : 4
                )
            )
        }
        return TestDriver(lab, width: width, height: 36)
    }

    @Test("Q12 a pile is marked with its number, and is among the problems")
    func marked() {
        var driver = driver()
        #expect(driver.screen().ranges(of: "ok 4x").count == 4)
        driver.press("!")
        #expect(driver.screen().ranges(of: "ok 4x").count == 4)
        #expect(!driver.screen().contains("10.0.0.9:5065"))
    }

    @Test("Q12 s in the kick dialog means the stale ones: all of the pile but the newest")
    func stale() {
        var driver = driver()
        driver.press("K", "s")
        #expect(driver.screen().contains("3 stale"))
        driver.press("k")
        let request = KickRequest(targets: (1...3).map { .binding(BindingID($0)) }, actor: "console")
        #expect(driver.effects == [.command(.kick(request))])
    }

    @Test("s goes on to the whole address of record, and back")
    func scopes() {
        var driver = driver()
        driver.press("K", "s", "s", "k")
        #expect(
            driver.effects == [
                .command(.kick(KickRequest(targets: [.aor("bob@lab.test")], actor: "console")))
            ]
        )
        driver.press("K", "s", "s", "s", "k")
        #expect(
            driver.effects == [
                .command(.kick(KickRequest(targets: [.binding(BindingID(1))], actor: "console")))
            ]
        )
    }
}
