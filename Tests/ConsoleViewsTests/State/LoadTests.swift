import SIPFlow
import SIPReport
import Testing

@testable import ConsoleViews

@Suite("Many rows")
struct LoadTests {
    /// Prints what a frame and a report cost; `Tests/Benchmarks/screen` shows it for a release build.
    @Test(
        "10,000 registrations at 200x50: reports of 200 changes arrive whole, and the chosen row stays chosen",
        arguments: [ViewKind.registrations, .overview]
    )
    func frame(view: ViewKind) throws {
        var driver = TestDriver(Lab.crowd(10_000), width: 200, height: 50, view: view)
        #expect(driver.console.state.registrations.entries.count == 10_000)
        driver.press("G")
        let before = driver.console.state.registrations.selected
        let clock = ContinuousClock()
        var frames: [Duration] = []
        var reports: [Duration] = []
        for _ in 0..<50 {
            for user in 0..<200 { driver.lab.register("late\(user)", host: UInt32(user), ago: 1) }
            driver.lab.now = driver.console.state.now + .milliseconds(100)
            let report = driver.lab.report()
            reports.append(clock.measure { driver.send(report) })
            frames.append(clock.measure { _ = driver.console.draw(glyphs: .unicode) })
        }
        frames.sort()
        reports.sort()
        print(
            "\(view), 200x50, 10,000 registrations: frame \(frames[25]), report of 200 changes \(reports[25])"
        )
        #expect(driver.console.state.registrations.entries.count == 20_000)
        #expect(driver.console.state.registrations.selected == before)
    }
}
