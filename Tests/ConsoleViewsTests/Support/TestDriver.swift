import SIPFlow
import SIPReport
import Testing

@testable import ConsoleViews

/// A person at the console, with a virtual clock.
struct TestDriver {
    var console: Console
    var lab: Lab
    var effects: [ConsoleEffect] = []

    init(_ lab: Lab = .busyOffice(), width: Int = 80, height: Int = 24, view: ViewKind = .registrations) {
        self.lab = lab
        console = Console(
            size: Size(width: width, height: height),
            now: lab.now - .seconds(30),
            startsIn: view
        )
        var past = Lab()
        past.now = lab.now
        for event in past.traffic(seconds: 20) { send(event) }
        report()
    }

    /// Gives the console what changed in the lab.
    mutating func report() {
        lab.now = max(lab.now, console.state.now)
        send(lab.report())
    }

    mutating func send(_ event: ConsoleEvent) {
        effects = console.handle(event)
    }

    /// Presses keys by their names: `press("K", "k")`, `press("ctrl-d")`.
    mutating func press(_ names: String..., sourceLocation: SourceLocation = #_sourceLocation) {
        for name in names {
            guard let key = Key(name: name) else {
                Issue.record("no key \(name)", sourceLocation: sourceLocation)
                continue
            }
            send(.key(key))
        }
    }

    /// Types text letter by letter.
    mutating func type(_ text: String) {
        for scalar in text.unicodeScalars { send(.key(.character(scalar))) }
    }

    /// Lets time go on.
    mutating func pass(_ time: Interval) {
        send(.tick(console.state.now + time))
        lab.now = console.state.now
    }

    /// The screen as text.
    func screen(_ glyphs: GlyphSet = .unicode) -> String { console.draw(glyphs: glyphs).text }
}
