import SIPFlow
import SIPReport
import SIPTrace
import Testing

@testable import ConsoleViews

/// A screen to look at: how to get there.
struct Scene: Sendable, CustomTestStringConvertible {
    var name: String
    var prepare: @Sendable (inout TestDriver) -> Void

    var testDescription: String { name }

    init(_ name: String, _ prepare: @escaping @Sendable (inout TestDriver) -> Void) {
        self.name = name
        self.prepare = prepare
    }

    static let all: [Scene] = [
        Scene("registrations") { _ in },
        Scene("registrations-filtered") { driver in
            driver.press("/")
            driver.type("ua:yealink")
            driver.press("enter")
        },
        Scene("registrations-filter-error") { driver in
            driver.press("/")
            driver.type("ua:yealink colour:red")
        },
        Scene("registrations-kicked") { driver in
            driver.press("j", "K", "k")
            driver.lab.now = driver.console.state.now + .milliseconds(40)
            driver.lab.remove(BindingID(2), .kicked)
            let entry = AuditEntry(
                number: 1,
                unixNanoseconds: Lab.epoch,
                actor: "console",
                act: "drop",
                targets: ["1002@lab.test sip:1002@10.0.0.22:5060"],
                reason: "moved desk"
            )
            driver.lab.add(entry)
            driver.report()
            driver.send(.outcome(.kicked(entry)))
            driver.pass(.seconds(3))
        },
        Scene("registration") { $0.press("enter") },
        Scene("transactions") { $0.press("3", "j", "j") },
        Scene("transaction-ended") { $0.press("3", "j", "j", "j", "j", "j") },
        Scene("transaction-targets") { driver in
            driver.lab.failover()
            driver.report()
            driver.press("3", "/")
            driver.type("callid:f41l")
            driver.press("enter", "G")
        },
        Scene("transactions-loop") { driver in
            driver.lab.registerLoop(user: "1004", host: 24, count: 7)
            driver.report()
            driver.press("3", "/")
            driver.type("method:register")
            driver.press("enter", "G")
        },
        Scene("registration-dead") { $0.press("G", "k") },
        Scene("calls") { $0.press("4") },
        Scene("ladder") { $0.press("4", "5") },
        Scene("ladder-unfolded") { $0.press("4", "5", "r", "G") },
        Scene("messages") { $0.press("6") },
        Scene("message") { $0.press("4", "5", "j", "enter", "z") },
        Scene("message-raw") { $0.press("4", "5", "enter", "d", "z") },
        Scene("message-hex") { $0.press("4", "5", "enter", "d", "d", "z") },
        Scene("overview") { $0.press("1") },
        Scene("stats") { $0.press("8") },
        Scene("stats-store") { driver in
            driver.lab.store.path = "/var/lib/sipglass/sipglass.db"
            driver.lab.store.restored = 7
            driver.lab.store.dropped = 1
            driver.report()
            driver.press("8")
        },
        Scene("store-failed") { driver in
            driver.lab.store.path = "/var/lib/sipglass/sipglass.db"
            driver.lab.store.failure = "database or disk is full"
            driver.report()
            driver.press("8")
        },
        Scene("help") { $0.press("?") },
        Scene("kick") { $0.press("K") },
        Scene("kick-scope") { driver in
            driver.press("j", "j", "j", "j", "K", "tab")
            driver.type("moved desk")
        },
        Scene("kick-ban") { driver in
            driver.press("K", "t", "t", "t")
            driver.type("90m")
            driver.press("tab", "right")
        },
        Scene("kicked-and-banned") { driver in
            driver.press("j", "K", "b")
            driver.lab.remove(BindingID(2), .kicked)
            let drop = AuditEntry(
                number: 1,
                unixNanoseconds: Lab.epoch,
                actor: "console",
                act: "drop",
                targets: ["1002@lab.test sip:1002@10.0.0.22:5060"],
                reason: "stolen"
            )
            var ban = drop
            (ban.number, ban.act, ban.targets) = (2, "ban", ["1002@lab.test"])
            driver.lab.add(drop)
            driver.lab.add(ban)
            driver.lab.add(driver.banned("1002", refused: 3))
            driver.report()
            driver.send(.outcome(.kickedAndBanned(drop, ban)))
            driver.pass(.seconds(3))
        },
        Scene("bans") { driver in
            driver.keepOut()
            driver.press("7", "j")
        },
        Scene("bans-filtered") { driver in
            driver.keepOut()
            driver.press("7", "/")
            driver.type("state:banned")
            driver.press("enter", "s")
        },
        Scene("ban") { $0.press("B") },
        Scene("ban-again") { driver in
            driver.keepOut()
            driver.press("7", "B")
        },
        Scene("kick-marked") { $0.press("space", "space", "space", "space", "space", "space", "K") },
        Scene("sort") { $0.press("s") },
        Scene("quit") { $0.press("q") },
        Scene("command") { driver in
            driver.press(":")
            driver.type("theme mono")
        },
        Scene("prefix") { $0.press("g") },
        Scene("paused") { driver in
            driver.press("p", "6")
            driver.lab.pass(.received, Lab.peer(21), "OPTIONS sip:x SIP/2.0\r\n\r\n")
            driver.report()
        },
    ]

    static let empty: [Scene] = [
        Scene("empty-registrations") { _ in },
        Scene("empty-transactions") { $0.press("3") },
        Scene("empty-calls") { $0.press("4") },
        Scene("empty-ladder") { $0.press("5") },
        Scene("empty-messages") { $0.press("6") },
        Scene("empty-bans") { $0.press("7") },
        Scene("empty-stats") { $0.press("8") },
    ]
}

private let sizes = [Size(width: 80, height: 24), Size(width: 120, height: 36), Size(width: 200, height: 50)]

@Suite("Screens as golden files")
struct ScreenTests {
    @Test("shows every view and dialog at the three sizes", arguments: Scene.all, sizes)
    func scenes(scene: Scene, size: Size) {
        var driver = TestDriver(width: size.width, height: size.height)
        scene.prepare(&driver)
        expectGolden(driver.screen(), "\(scene.name)-\(size.width)x\(size.height)")
    }

    @Test("says what to do where there is nothing to show", arguments: Scene.empty, sizes)
    func nothing(scene: Scene, size: Size) {
        var driver = TestDriver(Lab(), width: size.width, height: size.height)
        scene.prepare(&driver)
        expectGolden(driver.screen(), "\(scene.name)-\(size.width)x\(size.height)")
    }

    @Test("is complete in ASCII", arguments: Scene.all)
    func ascii(scene: Scene) {
        var driver = TestDriver()
        scene.prepare(&driver)
        let screen = driver.screen(.ascii)
        expectGolden(screen, "\(scene.name)-80x24-ascii")
        let foreign = screen.unicodeScalars.filter { $0.value > 0x7e && !"漢字☎".unicodeScalars.contains($0) }
        #expect(foreign.isEmpty)
    }

    @Test(
        "gives every cell its role",
        arguments: ["registrations", "registrations-kicked", "ladder", "message", "kick"]
    )
    func roles(name: String) throws {
        let scene = try #require(Scene.all.first { $0.name == name })
        var driver = TestDriver()
        scene.prepare(&driver)
        expectGolden(
            driver.console.draw(glyphs: .unicode).roles.joined(separator: "\n"),
            "\(name)-80x24-roles"
        )
    }

    @Test(
        "names what is missing on a screen that is too small",
        arguments: [Size(width: 52, height: 14), Size(width: 24, height: 4)]
    )
    func card(size: Size) {
        let driver = TestDriver(width: size.width, height: size.height)
        expectGolden(driver.screen(), "card-\(size.width)x\(size.height)")
    }

    @Test("stacks list, ladder and message on a tall and narrow screen")
    func portrait() {
        var driver = TestDriver(width: 80, height: 60)
        driver.press("4")
        expectGolden(driver.screen(), "calls-80x60")
    }
}
