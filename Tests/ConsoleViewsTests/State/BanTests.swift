import SIPFlow
import SIPReport
import Testing

@testable import ConsoleViews

@Suite("Kick acts and bans")
struct BanTests {
    private func order(_ driver: TestDriver) -> KickRequest? {
        guard case .command(.kick(let request))? = driver.effects.first else { return nil }
        return request
    }

    private let first: [KickTarget] = [.binding(BindingID(1))]

    @Test("x rejects, at once or with alt while the reason is typed")
    func reject() {
        for keys in [["x"], ["r", "alt-x"]] {
            var driver = TestDriver()
            driver.press("K")
            for key in keys { driver.press(key) }
            #expect(order(driver)?.act == .reject && order(driver)?.targets == first)
            #expect(order(driver)?.bans == [])
        }
    }

    @Test("the time after which a bounced phone may come back is chosen from the last field")
    func retry() {
        var driver = TestDriver()
        driver.press("K", "shift-tab", "right", "right", "o")
        #expect(order(driver)?.act == .bounce(retryAfter: 60))
        driver.press("K", "shift-tab", "left", "o")
        #expect(order(driver)?.act == .bounce(retryAfter: 3_600))
    }

    @Test("w bans by the address of record, whose bindings all go, or by it and the source")
    func byName() {
        var driver = TestDriver()
        driver.press("K", "w", "b")
        #expect(order(driver)?.targets == [.aor("1001@lab.test")])
        #expect(order(driver)?.bans == [.aor("1001@lab.test")] && order(driver)?.banTime == .seconds(300))
        driver.press("K", "w")
        #expect(driver.screen().contains("b: 403 to its REGISTERs and calls for a time."))
        driver.press("w", "b")
        #expect(order(driver)?.bans == [.aor("1001@lab.test"), .source(.v4(0x0a00_0015))])
    }

    @Test(
        "a time of one's own is typed, and none but a time is taken",
        arguments: [("90s", 90), ("10m", 600), ("2h", 7_200), ("7d", 604_800), ("", 0), ("5", 0), ("0s", 0)]
    )
    func typedTime(text: String, seconds: Int) {
        var driver = TestDriver()
        driver.press("K", "t", "t", "t")
        driver.type(text)
        driver.press("b")
        #expect(order(driver)?.banTime == (seconds > 0 ? .seconds(seconds) : nil))
        #expect((driver.console.state.dialog != nil) == (seconds == 0))
        if seconds == 0 { #expect(driver.screen().contains("such as 90s, 10m, 2h or 7d")) }
    }

    @Test("a phone that was dropped and banned tells its refused tries, and the time until it may come in")
    func ghost() {
        var driver = TestDriver()
        driver.lab.remove(BindingID(1), .kicked)
        driver.lab.add(driver.banned("1001", refused: 1))
        driver.report()
        #expect(driver.screen().contains("banned, 1 refused, 1:00:00 left"))
        driver.lab.add(driver.banned("1001", refused: 3))
        driver.report()
        driver.pass(.seconds(60))
        #expect(driver.screen().contains("banned, 3 refused, 0:59:00 left"))
        driver.lab.lift(.aor("1001@lab.test"))
        driver.report()
        #expect(driver.screen().contains("kicked, still away 1 min"))
    }

    @Test("U in the list of bans lifts the selected or the marked ones, and elsewhere undoes")
    func lift() {
        var driver = TestDriver()
        driver.keepOut()
        let drop = AuditEntry(
            number: 1,
            unixNanoseconds: Lab.epoch,
            actor: "console",
            act: "drop",
            targets: ["1002@lab.test sip:1002@10.0.0.22"],
            reason: ""
        )
        driver.send(.outcome(.kicked(drop)))
        driver.press("7")
        #expect(!driver.screen().contains("U undo"))
        driver.press("U")
        #expect(driver.effects.isEmpty && driver.screen().contains("refused message by message"))
        driver.press("*", "U")
        let subjects: [BanSubject] = [.aor("1002@lab.test"), .source(.v4(0xcb00_7109))]
        #expect(driver.effects == [.command(.unban(subjects, actor: "console"))])
        let entry = AuditEntry(
            number: 3,
            unixNanoseconds: Lab.epoch,
            actor: "console",
            act: "unban",
            targets: subjects.map(\.text),
            reason: ""
        )
        for subject in subjects { driver.lab.lift(subject) }
        driver.report()
        driver.send(.outcome(.unbanned(entry)))
        #expect(driver.screen().contains("let in again: 2 at once"))
        #expect(driver.console.state.bans.marks.isEmpty && driver.console.state.bans.entries.count == 2)
        #expect(driver.console.state.mirror.banCount == 0)
        driver.press("2", "U")
        #expect(driver.effects == [.command(.undoKick(audit: 1, actor: "console"))])
    }

    @Test("B gives a ban another time and keeps its reason; on other rows it bans without a kick")
    func banAlone() {
        var driver = TestDriver()
        driver.press("B", "t", "t", "w", "b")
        let new = BanRequest(subjects: [.aor("1001@lab.test")], duration: .seconds(86_400), actor: "console")
        #expect(driver.effects == [.command(.ban(new))])
        driver.keepOut()
        driver.press("7", "j", "B", "b")
        let again = BanRequest(
            subjects: [.aor("1002@lab.test")],
            duration: .seconds(300),
            reason: "stolen",
            actor: "console"
        )
        #expect(driver.effects == [.command(.ban(again))])
        driver.press("3", "B", "b")
        guard case .command(.ban(let source))? = driver.effects.first else {
            Issue.record("no ban")
            return
        }
        #expect(source.subjects.count == 1 && source.reason.isEmpty)
    }

    @Test("bans count down, leave the list at their end, and the header has their number")
    func countdown() {
        var driver = TestDriver()
        #expect(!driver.screen().contains("bans"))
        driver.keepOut()
        driver.press("7")
        #expect(driver.screen().contains("bans 2") && driver.screen().contains("1:00:00"))
        driver.pass(.seconds(1))
        #expect(driver.screen().contains("0:59:59"))
        driver.pass(.seconds(3_600))
        #expect(driver.screen().contains("bans 1") && !driver.screen().contains("1002@lab.test"))
        #expect(driver.console.state.bans.entries.map(\.id) == [.source(.v4(0xcb00_7109))])
    }

    @Test(
        "bans are filtered and sorted like every list",
        arguments: ["ip:203.0", "aor:1002", "reason~guess", "expires<2h"]
    )
    func filtered(text: String) {
        var driver = TestDriver()
        driver.keepOut()
        driver.press("7", "/")
        driver.type(text)
        driver.press("enter")
        #expect(driver.console.state.bans.entries.count == 1)
        driver.press("\\", ">", "S")
        #expect(driver.console.state.bans.entries.count == 4)
    }
}
