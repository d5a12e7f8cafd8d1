import SIPFlow
import SIPReport
import SIPTrace
import Testing

@testable import ConsoleViews

@Suite("Keys at the console")
struct DriverTests {
    private func kick(_ driver: inout TestDriver, _ number: UInt64, audit: UInt64 = 1) -> AuditEntry {
        let entry = AuditEntry(
            number: audit,
            unixNanoseconds: Lab.epoch,
            actor: "console",
            act: "drop",
            targets: ["1001@lab.test sip:1001@10.0.0.21:5062"],
            reason: ""
        )
        driver.lab.remove(BindingID(number), .kicked)
        driver.lab.add(entry)
        driver.report()
        driver.send(.outcome(.kicked(entry)))
        return entry
    }

    @Test("K then k orders the drop of the selected binding")
    func kick() {
        var driver = TestDriver()
        driver.press("K", "k")
        let request = KickRequest(targets: [.binding(BindingID(1))], act: .drop, reason: "", actor: "console")
        #expect(driver.effects == [.command(.kick(request))])
        #expect(driver.console.state.dialog == nil)
    }

    @Test("cancels a kick with every other way out", arguments: ["enter", "esc", "q", "ctrl-c"])
    func cancel(key: String) {
        var driver = TestDriver()
        driver.press("K", key)
        #expect(driver.effects.isEmpty)
        #expect(driver.console.state.dialog == nil)
    }

    @Test("takes a reason, in which k is a letter, and the scope of the whole AoR")
    func reasonAndScope() {
        var driver = TestDriver()
        driver.press("j", "j", "j", "j", "K", "tab")
        driver.type("kaput")
        driver.press("tab", "space", "k")
        let request = KickRequest(
            targets: [.aor("1011@lab.test")],
            act: .drop,
            reason: "kaput",
            actor: "console"
        )
        #expect(driver.effects == [.command(.kick(request))])
    }

    @Test("kicks all marked rows, and alt-k works while the reason is typed")
    func marked() {
        var driver = TestDriver()
        driver.press("space", "space", "K", "r")
        driver.type("move")
        driver.press("alt-k")
        let request = KickRequest(
            targets: [.binding(BindingID(1)), .binding(BindingID(2))],
            act: .drop,
            reason: "move",
            actor: "console"
        )
        #expect(driver.effects == [.command(.kick(request))])
    }

    @Test("keeps the target of an open dialog though the list changes under it")
    func frozen() {
        var driver = TestDriver()
        driver.press("K")
        driver.lab.register("0001", host: 5)
        driver.report()
        let before = driver.console.state.registrations.entries.map(\.id)
        #expect(before == driver.console.state.registrations.entries.map(\.id))
        #expect(!before.contains(BindingID(9)))
        driver.press("k")
        guard case .command(.kick(let request))? = driver.effects.first else {
            Issue.record("no kick")
            return
        }
        #expect(request.targets == [.binding(BindingID(1))])
        #expect(driver.console.state.registrations.entries.first?.id == BindingID(9))
        #expect(driver.console.state.registrations.selected == BindingID(1))
    }

    @Test("a paste in a dialog is text and never a command")
    func paste() {
        var driver = TestDriver()
        driver.press("K")
        driver.send(.key(.paste("k\u{1b}[2J k")))
        #expect(driver.effects.isEmpty)
        guard case .kick(let dialog)? = driver.console.state.dialog else {
            Issue.record("dialog closed")
            return
        }
        #expect(dialog.reason.text == "k[2J k")
        driver.press("esc")
        driver.send(.key(.paste("q")))
        #expect(driver.console.state.dialog == nil)
    }

    @Test("tells what a kicked phone does: away, then back after so many milliseconds")
    func ghost() {
        var driver = TestDriver()
        _ = kick(&driver, 1)
        driver.pass(.seconds(2))
        #expect(driver.screen().contains("kicked, still away 2 s"))
        #expect(driver.console.state.mirror.liveRegistrations == 7)
        driver.lab.now = driver.console.state.now + .milliseconds(31)
        driver.lab.register("1001", host: 21, port: 5_062)
        driver.report()
        #expect(driver.screen().contains("kicked, re-registered after 2 s"))
        #expect(driver.console.state.mirror.liveRegistrations == 8)
        driver.pass(.seconds(11))
        #expect(driver.console.state.mirror.registrations[BindingID(1)] == nil)
    }

    @Test("offers undo for ten seconds, counts down, and takes it back by the audit number")
    func undo() {
        var driver = TestDriver()
        let entry = kick(&driver, 1, audit: 77)
        #expect(driver.screen().contains("(U undo 10s)"))
        driver.pass(.milliseconds(3_500))
        #expect(driver.screen().contains("(U undo 7s)"))
        driver.press("U")
        #expect(driver.effects == [.command(.undoKick(audit: 77, actor: "console"))])
        driver.lab.register("1001", host: 21, port: 5_062)
        driver.lab.add(
            AuditEntry(
                number: 78,
                unixNanoseconds: Lab.epoch,
                actor: "console",
                act: "undo",
                targets: entry.targets,
                reason: ""
            )
        )
        driver.report()
        driver.send(.outcome(.undone(entry)))
        #expect(driver.console.state.mirror.registrations[BindingID(1)] == nil)
        #expect(driver.screen().contains("is registered again"))
    }

    @Test("offers no undo after ten seconds")
    func lateUndo() {
        var driver = TestDriver()
        _ = kick(&driver, 1)
        driver.pass(.seconds(10))
        driver.press("U")
        #expect(driver.effects.isEmpty)
        #expect(driver.screen().contains("nothing to undo"))
    }

    @Test(
        "q asks, q again leaves; enter, esc and ctrl-c stay",
        arguments: [("q", [ConsoleEffect.quit]), ("enter", []), ("esc", []), ("ctrl-c", [])]
    )
    func quit(key: String, effects: [ConsoleEffect]) {
        var driver = TestDriver()
        driver.press("q")
        #expect(driver.screen().contains("8 registrations, 2 calls."))
        driver.press(key)
        #expect(driver.effects == effects)
    }

    @Test("esc never leaves")
    func escape() {
        var driver = TestDriver()
        for _ in 0..<10 { driver.press("esc") }
        #expect(driver.effects.isEmpty)
        #expect(driver.console.state.dialog == nil)
    }

    @Test("selects by id: the row keeps the cursor when others come, go and re-sort")
    func selection() {
        var driver = TestDriver()
        driver.press("j", "j")
        #expect(driver.console.state.registrations.selected == BindingID(3))
        driver.lab.register("0001", host: 5)
        driver.lab.remove(BindingID(1), .expired)
        driver.report()
        driver.press("S")
        #expect(driver.console.state.registrations.selected == BindingID(3))
        driver.pass(.seconds(6))
        #expect(driver.console.state.registrations.entries.count == 8)
        driver.lab.remove(BindingID(3), .replaced)
        driver.report()
        #expect(driver.console.state.registrations.selected != nil)
        #expect(driver.console.state.registrations.selected != BindingID(3))
    }

    @Test("filters while typing, keeps the last good filter at an error, and goes back with esc")
    func filter() {
        var driver = TestDriver()
        driver.press("/")
        driver.type("ua:yealink")
        #expect(driver.console.state.registrations.entries.count == 3)
        driver.send(.key(.paste(" retrans>")))
        #expect(driver.console.state.registrations.entries.count == 3)
        driver.press("enter")
        #expect(driver.console.state.prompt != nil)
        driver.press("esc")
        #expect(driver.console.state.registrations.entries.count == 8)
    }

    @Test("keeps a filter per view, toggles it, and opens it again for editing")
    func filterPerView() {
        var driver = TestDriver()
        driver.press("/")
        driver.type("ua:yealink")
        driver.press("enter", "4", "2")
        #expect(driver.console.state.registrations.entries.count == 3)
        driver.press("\\")
        #expect(driver.console.state.registrations.entries.count == 8)
        driver.press("\\", "/")
        #expect(driver.console.state.prompt?.field.text == "ua:yealink")
        driver.press("ctrl-u", "enter")
        #expect(driver.console.state.registrations.entries.count == 8)
    }

    @Test("an expiring filter lets rows in as time goes on")
    func filterByTime() {
        var driver = TestDriver()
        driver.press("/")
        driver.type("expires<100s")
        driver.press("enter")
        #expect(driver.console.state.registrations.entries.count == 1)
        driver.pass(.seconds(30))
        #expect(driver.console.state.registrations.entries.count == 2)
    }

    @Test("opens the ladder of a call and a message of it, and goes back the same way")
    func drillDown() {
        var driver = TestDriver()
        driver.press("4", "enter")
        #expect(driver.console.state.view == .ladder)
        #expect(driver.console.state.ladder.callID == "8f2c77ab01d94e5f@10.0.0.21")
        driver.press("j", "enter")
        #expect(driver.console.state.view == .message)
        driver.press("esc")
        #expect(driver.console.state.view == .ladder)
        driver.press("q")
        #expect(driver.console.state.view == .calls)
        driver.press("[")
        #expect(driver.console.state.view == .ladder)
        driver.press("]", "-")
        #expect(driver.console.state.view == .ladder)
    }

    @Test("with room for it, enter goes to the ladder beside the list")
    func focus() {
        var driver = TestDriver(width: 120, height: 36, view: .calls)
        driver.press("enter")
        #expect(driver.console.state.view == .calls)
        #expect(driver.console.state.focus == .ladder)
        driver.press("enter")
        #expect(driver.console.state.focus == .message)
        driver.press("z")
        #expect(driver.console.state.layout.panes.count == 1)
        driver.press("esc", "esc", "esc")
        #expect(driver.console.state.focus == .calls)
    }

    @Test("a paused screen stands still and counts what it holds back")
    func pause() {
        var driver = TestDriver()
        driver.press("p")
        let before = driver.screen().split(separator: "\n").dropFirst(3)
        driver.lab.register("0001", host: 5)
        driver.lab.pass(.received, Lab.peer(5), "OPTIONS sip:x SIP/2.0\r\n\r\n")
        driver.report()
        #expect(driver.screen().split(separator: "\n").dropFirst(3) == before)
        #expect(driver.screen().contains("PAUSED +1"))
        driver.press("p")
        #expect(driver.screen().contains("0001@lab.test"))
    }

    @Test("any upward move ends following, f takes it up again")
    func follow() {
        var driver = TestDriver()
        driver.press("6")
        #expect(driver.console.state.messages.isFollowing)
        driver.press("k")
        #expect(!driver.console.state.messages.isFollowing)
        let selected = driver.console.state.messages.selected
        driver.lab.pass(.received, Lab.peer(5), "OPTIONS sip:x SIP/2.0\r\n\r\n")
        driver.report()
        #expect(driver.console.state.messages.selected == selected)
        driver.press("f")
        #expect(driver.console.state.messages.selected == 30)
    }

    @Test("jumps between what belongs together")
    func related() {
        var driver = TestDriver()
        driver.press("g", "c")
        #expect(driver.console.state.view == .calls)
        driver.press("g", "t")
        #expect(driver.console.state.view == .transactions)
        #expect(driver.console.state.transactions.selected == 44)
        driver.press("g", "l")
        #expect(driver.console.state.view == .ladder)
        driver.press("G", "g", "m")
        #expect(driver.console.state.view == .messages)
        #expect(driver.console.state.messages.selected == 27)
        driver.press("g", "r")
        #expect(driver.console.state.view == .registrations)
        #expect(driver.console.state.registrations.selected == BindingID(1))
    }

    @Test("an unfinished sequence is given up with esc and does not eat the next key")
    func sequences() {
        var driver = TestDriver()
        driver.press("g", "esc")
        #expect(driver.console.state.keys.isEmpty)
        driver.press("y", "j")
        #expect(driver.console.state.registrations.selected == BindingID(2))
        driver.press("g", "g")
        #expect(driver.console.state.registrations.selected == BindingID(1))
    }

    @Test("copies ids, addresses, messages byte for byte and the ladder as text")
    func yank() {
        var driver = TestDriver()
        driver.press("y", "y")
        #expect(driver.effects == [.copy(Array("1001@lab.test".utf8), what: "name")])
        driver.press("y", "f")
        #expect(driver.effects == [.copy(Array("aor=1001@lab.test".utf8), what: "filter")])
        driver.press("4", "enter", "y", "m")
        guard case .copy(let bytes, _)? = driver.effects.first else {
            Issue.record("nothing copied")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("INVITE sip:2002@lab.test SIP/2.0\r\nVia: "))
        driver.press("y", "l")
        guard case .copy(let text, _)? = driver.effects.first else {
            Issue.record("nothing copied")
            return
        }
        #expect(
            String(decoding: text, as: UTF8.self).contains("sipglass -> 10.0.0.57:5060  INVITE  x3  fork b")
        )
    }

    @Test("help finds an action by its words and runs it")
    func help() {
        var driver = TestDriver()
        driver.press("?")
        driver.type("overview")
        driver.press("enter")
        #expect(driver.console.state.view == .overview)
        #expect(driver.console.state.dialog == nil)
    }

    @Test("commands: quit, theme, filter, sort, and a word about unknown ones")
    func commands() {
        func effects(of command: String) -> (ConsoleState, [ConsoleEffect]) {
            var driver = TestDriver()
            driver.press(":")
            driver.type(command)
            driver.press("enter")
            return (driver.console.state, driver.effects)
        }
        #expect(effects(of: "quit").1 == [.quit])
        #expect(effects(of: "theme mono").1 == [.setTheme("mono")])
        #expect(effects(of: "glyphs ascii").1 == [.setGlyphs(.ascii)])
        #expect(effects(of: "filter ua:yealink").0.registrations.entries.count == 3)
        #expect(effects(of: "sort expires").0.registrations.selected == BindingID(1))
        #expect(effects(of: "sort expires").0.registrations.entries.first?.id == BindingID(4))
        #expect(effects(of: "fly").0.flash?.level == .error)
    }

    @Test("a prompt remembers lines and completes words")
    func prompts() {
        var driver = TestDriver()
        driver.press(":")
        driver.type("the")
        driver.press("tab")
        driver.type(" mono")
        driver.press("enter", ":", "up")
        #expect(driver.console.state.prompt?.field.text == "theme mono")
        driver.press("down", "esc", "/")
        driver.type("tran")
        driver.press("tab")
        #expect(driver.console.state.prompt?.field.text == "transport:")
    }

    @Test("search in a message finds, counts and goes round")
    func search() {
        var driver = TestDriver()
        driver.press("4", "enter", "/")
        driver.type("486 busy")
        driver.press("enter")
        #expect(driver.console.state.ladder.message?.label == "486 Busy Here")
        #expect(driver.screen().contains("match 1 of 1"))
        driver.press("n")
        #expect(driver.screen().contains("from the other end"))
        driver.press("esc")
        #expect(driver.console.state.search == nil)
        #expect(driver.console.state.view == .ladder)
    }

    @Test(
        "app keys become effects",
        arguments: [("T", ConsoleEffect.setTheme(nil)), ("ctrl-l", .redraw), ("ctrl-z", .suspend)]
    )
    func app(key: String, effect: ConsoleEffect) {
        var driver = TestDriver()
        driver.press(key)
        #expect(driver.effects == [effect])
    }

    @Test("an ended transaction stays five seconds")
    func linger() {
        var driver = TestDriver(view: .transactions)
        #expect(driver.console.state.transactions.entries.count == 6)
        driver.pass(.milliseconds(4_900))
        #expect(driver.console.state.transactions.entries.count == 6)
        driver.pass(.milliseconds(200))
        #expect(driver.console.state.transactions.entries.count == 5)
    }

    @Test("an idle screen does not change within a minute, and asks for no tick before")
    func idle() {
        var driver = TestDriver(Lab())
        driver.pass(.seconds(70))
        let before = driver.console.draw(glyphs: .unicode)
        let tick = driver.console.nextTick
        #expect(tick.map { $0 - driver.console.state.now > .seconds(1) } == true)
        guard let tick else { return }
        driver.pass(tick - driver.console.state.now - .milliseconds(1))
        #expect(driver.console.draw(glyphs: .unicode) == before)
        driver.pass(.milliseconds(1))
        #expect(driver.console.draw(glyphs: .unicode) != before)
    }

    @Test("a failed listener is said at once")
    func failure() {
        var lab = Lab()
        lab.failure = "address in use"
        let driver = TestDriver(lab)
        #expect(driver.screen().contains("! UDP 10.0.0.1:5060 failed: address in use"))
        #expect(driver.screen().contains("UDP 10.0.0.1:5060 failed"))
    }
}
