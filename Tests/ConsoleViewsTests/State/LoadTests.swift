import SIPFlow
import SIPReport
import Testing

@testable import ConsoleViews

@Suite("Many rows")
struct LoadTests {
    @Test(
        "draws a 200x50 frame of 10,000 registrations in under 4 ms (release), after a report of 200 changes"
    )
    func frame() {
        var driver = TestDriver(Lab.crowd(10_000), width: 200, height: 50)
        #expect(driver.console.state.registrations.entries.count == 10_000)
        driver.press("G")
        let clock = ContinuousClock()
        var frames: [Duration] = []
        var merges: [Duration] = []
        for _ in 0..<50 {
            for user in 0..<200 { driver.lab.register("late\(user)", host: UInt32(user), ago: 1) }
            driver.lab.now = driver.console.state.now + .milliseconds(100)
            let report = driver.lab.report()
            merges.append(clock.measure { driver.send(report) })
            frames.append(clock.measure { _ = driver.console.draw(glyphs: .unicode) })
        }
        frames.sort()
        merges.sort()
        print("200x50 with 10,000 registrations: frame \(frames[25]), report of 200 changes \(merges[25])")
        #if !DEBUG
        #expect(frames[25] < .milliseconds(4))
        #expect(merges[25] < .milliseconds(4))
        #endif
    }
}
