import SIPFlow
import SIPReport
import Testing

@testable import ConsoleViews

@Suite("What the kick dialog does beside dropping")
struct KickTests {
    @Test("o bounces: watchers are told to register again")
    func bounce() {
        var driver = TestDriver(width: 120, height: 36)
        driver.press("K", "o")
        let request = KickRequest(
            targets: [.binding(BindingID(1))],
            act: .bounce(retryAfter: nil),
            actor: "console"
        )
        #expect(driver.effects == [.command(.kick(request))])
        #expect(driver.console.state.dialog == nil)
    }

    @Test("b drops and bans the address for the chosen time; U takes both back; a refused ban is said")
    func ban() throws {
        var driver = TestDriver(width: 120, height: 36)
        driver.press("K", "t", "b")
        guard case .command(.kick(let kick))? = driver.effects.first, driver.effects.count == 1,
            case .source(let source)? = kick.bans.first
        else {
            Issue.record("\(driver.effects)")
            return
        }
        #expect(kick.act == .reject && kick.targets == [.binding(BindingID(1))] && kick.bans.count == 1)
        #expect(kick.banTime == .seconds(3_600) && kick.actor == "console")
        let entry = { (act: String, target: String) in
            AuditEntry(
                number: 9,
                unixNanoseconds: 0,
                actor: "console",
                act: act,
                targets: [target],
                reason: ""
            )
        }
        let drop = entry("reject", "alice@lab.test sip:alice@\(source)")
        driver.send(.outcome(.kickedAndBanned(drop, entry("ban", "\(source)"))))
        #expect(driver.screen().contains("rejected alice@lab.test"))
        #expect(driver.screen().contains("banned \(source)"))
        driver.press("U")
        #expect(driver.effects == [.command(.undoKick(audit: 9, actor: "console"))])
        driver.send(.outcome(.refused("127.0.0.1 is this machine itself")))
        #expect(driver.screen().contains("is this machine itself"))
    }

    @Test("the kick dialog shows its keys on the lowest screen that it opens on", arguments: [16, 18, 24])
    func lowScreen(height: Int) {
        var driver = TestDriver(width: 60, height: height)
        driver.press("space", "space", "space", "space", "K")
        let screen = driver.screen()
        #expect(screen.contains("Cancel") && screen.contains("k = drop") && screen.contains("b = ban"))
    }
}
