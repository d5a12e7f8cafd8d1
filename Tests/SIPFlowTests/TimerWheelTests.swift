import SIPFlow
import Testing

@Suite("Timer wheel")
struct TimerWheelTests {
    private static let tick = Interval.milliseconds(1)

    /// Takes off all that is due at a moment, in order.
    private func due(_ wheel: inout TimerWheel, at now: Moment) -> [UInt32] {
        var slots: [UInt32] = []
        while let slot = wheel.popDue(now: now) { slots.append(slot) }
        return slots
    }

    private func moment(_ milliseconds: Int) -> Moment { .zero + .milliseconds(milliseconds) }

    @Test("an empty wheel has nothing due and no deadline")
    func empty() {
        var wheel = TimerWheel(now: .zero)
        let slots = due(&wheel, at: moment(1_000_000))
        #expect(slots.isEmpty && wheel.nextDeadline == nil && wheel.count == 0)
    }

    @Test(
        "a deadline comes neither early nor more than a tick late, however far ahead",
        arguments: [
            1, 2, 63, 64, 65, 4_095, 4_096, 4_097, 32_000, 65_535, 65_536, 65_537, 131_072, 180_000,
            3_600_000, 90_000_000,
        ]
    )
    func single(milliseconds: Int) {
        for start in [0, 1, 63, 65_535, 1_000_003] {
            var wheel = TimerWheel(now: moment(start))
            let deadline = moment(start + milliseconds) - .microseconds(300)
            wheel.arm(7, at: deadline)
            let early = due(&wheel, at: deadline - .microseconds(1))
            let late = due(&wheel, at: deadline + Self.tick)
            #expect(early.isEmpty && late == [7] && wheel.count == 0)
        }
    }

    @Test(
        "following nextDeadline alone fires everything in its tick",
        arguments: [500, 32_000, 65_536, 200_000, 3_600_000]
    )
    func followed(milliseconds: Int) {
        var wheel = TimerWheel(now: .zero)
        let deadline = moment(milliseconds)
        wheel.arm(1, at: deadline)
        var wakes = 0
        var fired: Moment?
        while let next = wheel.nextDeadline, fired == nil, wakes < 1_000 {
            #expect(next <= deadline)
            wakes += 1
            if !due(&wheel, at: next).isEmpty { fired = next }
        }
        #expect(fired == deadline)
        #expect(wakes <= 2)
    }

    @Test("a full wheel of hour-long deadlines wakes nobody but for what is due, and once in 65 s")
    func quietWheel() {
        var wheel = TimerWheel(now: .zero)
        for slot in 0..<10_000 as Range<UInt32> { wheel.arm(slot, at: moment(3_600_000 + Int(slot) * 7)) }
        var wakes = 0
        while let next = wheel.nextDeadline, next < moment(3_600_000) {
            let early = due(&wheel, at: next)
            #expect(early.isEmpty)
            wakes += 1
        }
        #expect(wakes <= 1)
        let fired = due(&wheel, at: moment(3_670_000))
        #expect(fired == Array(0..<10_000))
    }

    @Test("earlier ticks come first, whatever the order of arming")
    func order() {
        var generator = FixedGenerator(state: 17)
        var wheel = TimerWheel(now: .zero)
        var deadlines: [Int] = []
        for slot in 0..<2_000 as Range<UInt32> {
            deadlines.append(Int.random(in: 1...200_000, using: &generator))
            wheel.arm(slot, at: moment(deadlines[Int(slot)]))
        }
        let fired = due(&wheel, at: moment(200_000)).map { deadlines[Int($0)] }
        #expect(fired == deadlines.sorted())
    }

    @Test("arming again replaces the deadline; cancelling takes it away; both may be repeated")
    func rearming() {
        var wheel = TimerWheel(now: .zero)
        wheel.arm(3, at: moment(10))
        wheel.arm(3, at: moment(10))
        wheel.arm(3, at: moment(20))
        #expect(wheel.count == 1 && wheel.deadline(of: 3) == moment(20) && wheel.nextDeadline == moment(20))
        let early = due(&wheel, at: moment(19))
        #expect(early.isEmpty)
        wheel.arm(3, at: moment(5))
        #expect(wheel.deadline(of: 3) == moment(20))
        wheel.cancel(3)
        wheel.cancel(3)
        wheel.cancel(99)
        let none = due(&wheel, at: moment(100))
        #expect(
            none.isEmpty && wheel.count == 0 && wheel.deadline(of: 3) == nil && wheel.deadline(of: 99) == nil
        )
    }

    @Test("a deadline of now or before comes with the next tick")
    func past() {
        var wheel = TimerWheel(now: moment(1_000))
        wheel.arm(1, at: moment(1_000))
        wheel.arm(2, at: .zero)
        let early = due(&wheel, at: moment(1_000))
        let next = due(&wheel, at: moment(1_001))
        #expect(early.isEmpty && next.sorted() == [1, 2])
    }

    @Test("a deadline between two ticks waits for the later one")
    func rounding() {
        var wheel = TimerWheel(now: .zero)
        wheel.arm(1, at: .zero + .microseconds(1_001))
        #expect(wheel.nextDeadline == moment(2))
        let early = due(&wheel, at: .zero + .microseconds(1_999))
        let late = due(&wheel, at: moment(2))
        #expect(early.isEmpty && late == [1])
    }

    @Test("a clock that starts before zero does no harm")
    func negative() {
        var wheel = TimerWheel(now: Moment(nanoseconds: -5_500_000))
        wheel.arm(1, at: Moment(nanoseconds: -2_500_000))
        let early = due(&wheel, at: Moment(nanoseconds: -2_600_000))
        let late = due(&wheel, at: Moment(nanoseconds: -2_000_000))
        #expect(early.isEmpty && late == [1])
    }

    @Test(
        "agrees with a list of deadlines over random operations",
        arguments: [1, 2, 3, 4, 5, 6] as [UInt64]
    )
    func model(seed: UInt64) {
        var generator = FixedGenerator(state: seed)
        var now = 0
        var wheel = TimerWheel(now: .zero)
        var model: [UInt32: Int] = [:]
        for step in 0..<5_000 {
            let slot = UInt32.random(in: 0..<200, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5:
                let reach = [5, 500, 32_000, 65_536, 65_540, 400_000].randomElement(using: &generator) ?? 5
                let tick = now + Int.random(in: 0...reach, using: &generator)
                wheel.arm(
                    slot,
                    at: moment(tick) - .microseconds(Int.random(in: 0..<1_000, using: &generator))
                )
                model[slot] = max(tick, now + 1)
            case 5, 6:
                wheel.cancel(slot)
                model[slot] = nil
            case _:
                now += [0, 1, 3, 400, 40_000, 70_000, 300_000].randomElement(using: &generator) ?? 0
                let fired = due(&wheel, at: moment(now))
                let expected = model.filter { $0.value <= now }
                #expect(Set(fired) == Set(expected.keys) && fired.count == expected.count)
                let ticks = fired.compactMap { expected[$0] }
                #expect(ticks == ticks.sorted())
                for slot in fired { model[slot] = nil }
            }
            check(wheel, model, now: now, step: step)
        }
    }

    private func check(_ wheel: borrowing TimerWheel, _ model: [UInt32: Int], now: Int, step: Int) {
        let next = wheel.nextDeadline
        let earliest = model.values.min()
        let isRight =
            switch (next, earliest) {
            case (nil, nil): true
            case (let next?, let earliest?):
                // Exact within the round of 65,536 ticks, else perhaps the start of a round.
                earliest >> 16 == (now + 1) >> 16
                    ? next == moment(earliest) : next <= moment(earliest) && next > moment(now)
            case _: false
            }
        if !isRight || wheel.count != model.count {
            Issue.record("step \(step): \(String(describing: next)), not \(earliest ?? -1)")
        }
        for (slot, tick) in model where wheel.deadline(of: slot) != moment(tick) {
            Issue.record("slot \(slot)")
        }
    }
}
