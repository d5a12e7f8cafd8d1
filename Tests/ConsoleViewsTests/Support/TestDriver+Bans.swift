import SIPFlow
import SIPReport

@testable import ConsoleViews

extension TestDriver {
    /// A ban of a user, five minutes old, with an hour to go.
    func banned(_ user: String, refused: Int = 0, reason: String = "stolen") -> BanRow {
        BanRow(
            subject: .aor("\(user)@lab.test"),
            cause: .ban,
            since: console.state.now - .seconds(300),
            until: console.state.now + .seconds(3_600),
            lastRefusal: refused > 0 ? console.state.now - .seconds(7) : nil,
            refused: refused,
            reason: reason,
            actor: "console"
        )
    }

    /// Two bans, a scanner and a flood.
    mutating func keepOut() {
        let now = console.state.now
        lab.add(banned("1002", refused: 12))
        lab.add(
            BanRow(
                subject: .source(.v4(0xcb00_7109)),
                cause: .ban,
                since: now - .seconds(3_000),
                until: now + .seconds(83_400),
                refused: 0,
                reason: "guesses passwords, told abuse@example.net",
                actor: "ctl"
            )
        )
        lab.add(
            BanRow(
                subject: .source(.v6(high: 0x2001_0db8_0000_0007, low: 0)),
                cause: .rateLimit,
                since: now - .seconds(90),
                lastRefusal: now - .seconds(1),
                refused: 48_213
            )
        )
        lab.add(
            BanRow(
                subject: .source(.v4(0xc633_6407)),
                cause: .scanner,
                since: now - .seconds(400),
                lastRefusal: now - .seconds(200),
                refused: 33
            )
        )
        report()
    }
}
