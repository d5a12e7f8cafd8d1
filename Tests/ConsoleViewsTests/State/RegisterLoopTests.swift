import SIPFlow
import SIPReport
import Testing

@testable import ConsoleViews

@Suite("A REGISTER that is refused again and again is one line")
struct RegisterLoopTests {
    private func driver(_ count: Int, callID: (Int) -> String = { _ in "l00p@x" }) -> TestDriver {
        var driver = TestDriver(Lab(), view: .transactions)
        driver.lab.registerLoop(user: "1004", host: 24, count: count, callID: callID)
        driver.report()
        return driver
    }

    private func shown(_ driver: TestDriver) -> [UInt64] {
        driver.console.state.transactions.entries.map(\.id).sorted()
    }

    @Test("Q21 up to five in 30 s are rows of their own, more are one line with its cause")
    func threshold() {
        let few = driver(2)
        #expect(shown(few) == [700, 701, 702, 703])
        let many = driver(3)
        #expect(shown(many) == [700] && many.console.state.transactions.total == 1)
        #expect(many.screen().contains("401 loop: 6 in 5 s, wrong password of 1004"))
    }

    @Test("Q21 a phone that takes a new Call-ID each time is one line too, by its source and cause")
    func newCallIDs() {
        let driver = driver(4) { "try\($0)@x" }
        #expect(shown(driver) == [700])
        #expect(driver.screen().contains("401 loop: 8 in 7 s, wrong password of 1004"))
    }

    @Test("Q21 six in more than 30 s, another source, and a log-in that succeeds are no loop")
    func plain() {
        var slow = TestDriver(Lab(), view: .transactions)
        let rows = slow.lab.registerLoop(user: "1004", host: 24, count: 3)
        _ = slow.lab.report()
        for (place, row) in rows.enumerated() {
            var row = row
            row.startedAt = row.startedAt + .seconds(7 * place)
            slow.lab.add(row)
        }
        slow.report()
        #expect(shown(slow).count == 6)

        var two = TestDriver(Lab(), view: .transactions)
        two.lab.registerLoop(user: "1004", host: 24, count: 2) { _ in "a@x" }
        two.lab.registerLoop(user: "1004", host: 25, count: 2, callID: { _ in "b@x" }, from: 800)
        two.report()
        #expect(shown(two).count == 8)

        var fine = TestDriver(Lab(), view: .transactions)
        for number in 0..<12 {
            var row = rows[0]
            row.id = 700 + UInt64(number)
            row.code = number % 2 == 0 ? 401 : 200
            row.note = number % 2 == 0 ? row.note : ""
            fine.lab.add(row)
        }
        fine.report()
        #expect(shown(fine).count == 12)
    }

    @Test("Q21 the line stays while the oldest ends and the loop goes on; a log-in unfolds what is left")
    func life() {
        var driver = driver(6)
        #expect(shown(driver) == [700] && driver.console.state.transactions.selected == 700)
        var next = driver.lab.registerLoop(
            user: "1004",
            host: 24,
            count: 1,
            callID: { _ in "l00p@x" },
            from: 712
        )
        driver.report()
        #expect(shown(driver) == [700] && driver.console.state.transactions.selected == 700)
        for id: UInt64 in [700, 701] {
            var over = next[0]
            (over.id, over.endedAt) = (id, driver.console.state.now)
            driver.lab.add(over)
        }
        driver.report()
        driver.pass(.seconds(6))
        #expect(shown(driver) == [702] && driver.console.state.transactions.selected == 702)
        #expect(driver.screen().contains("401 loop: 14 in"))
        next[0].id = 714
        next[0].code = 200
        next[0].note = ""
        driver.lab.add(next[0])
        driver.report()
        #expect(shown(driver) == Array(702...714))
    }

    @Test("Q21 after 30 s of silence the loop is over, and nothing of it is remembered")
    func silence() {
        var driver = driver(4)
        driver.pass(.seconds(32))
        #expect(shown(driver) == Array(700...707))
        #expect(driver.console.state.mirror.loops.folded.isEmpty)
        #expect(driver.console.state.mirror.loops.words(of: 700) == nil)
    }
}

@Suite("Answers to pings")
struct PingRowTests {
    @Test("Q33 an answered ping changes the round trip, and moves no row and no selection")
    func steady() throws {
        var driver = TestDriver()
        driver.press("j", "j")
        let before = driver.screen().split(separator: "\n")
        let ids = driver.console.state.registrations.entries.map(\.id)
        var row = try #require(driver.console.state.mirror.registrations[BindingID(1)]).row
        row.roundTrip = .milliseconds(17)
        row.pings += 1
        driver.lab.add(row)
        driver.report()
        #expect(driver.console.state.registrations.entries.map(\.id) == ids)
        let changed = zip(before, driver.screen().split(separator: "\n")).filter { $0 != $1 }
        #expect(changed.count == 1 && changed.allSatisfy { $0.1.contains("17 ms") })
    }
}
