import SIPFlow
import Testing

@testable import SIPNextHop

@Suite("Searches, their cache and their limits")
struct NextHopFinderTests {
    private let query = NextHopQuery(host: "gw.test", port: 5060)
    private let question = DNSQuestion(.a, "gw.test")

    private func answer(_ ip: String, ttl: Int) -> DNSAnswer {
        DNSAnswer(.records(IPAddress(ip).map { [.address($0)] } ?? []), timeToLive: .seconds(ttl))
    }

    private func finder() -> NextHopFinder { NextHopFinder(reach: reach(["udp 127.0.0.1"])) }

    /// The words of a search that must not wait.
    private func known(_ finder: inout NextHopFinder, at seconds: Int) -> [String]? {
        switch finder.find(query, seed: 1, now: .zero + .seconds(seconds)) {
        case .done(let result): result.words
        case .waits: nil
        }
    }

    @Test("D07 all who search for one name wait for one question")
    func coalescing() {
        var finder = finder()
        for _ in 0..<100 { _ = finder.find(query, seed: 1, now: .zero) }
        #expect(finder.takeQuestions() == [question])
        #expect(!finder.hasQuestions)
        let finished = finder.receive(answer("10.0.0.1", ttl: 60), to: question, now: .zero)
        #expect(finished.count == 100)
        #expect(Set(finished.map(\.result.words)) == [["udp 10.0.0.1:5060"]])
        #expect(finder.nextDeadline == nil)
    }

    @Test(
        "D07 an answer holds as long as its time says, from 1 s to a day; a no for 5 to 30 s, a failure for 5 s",
        arguments: [
            (DNSAnswer.Outcome.records([.address(.v4(1))]), 60, 60),
            (.records([.address(.v4(1))]), 0, 1), (.records([.address(.v4(1))]), 1_000_000, 86_400),
            (.noSuchName, 1, 5), (.noData, 12, 12), (.noSuchName, 3_600, 30), (.serverFailed, nil, 5),
            (.timedOut, nil, 5),
        ] as [(DNSAnswer.Outcome, Int?, Int)]
    )
    func times(outcome: DNSAnswer.Outcome, ttl: Int?, held: Int) {
        var finder = finder()
        _ = finder.find(query, seed: 1, now: .zero)
        let answer = DNSAnswer(outcome, timeToLive: ttl.map { .seconds($0) })
        _ = finder.receive(answer, to: question, now: .zero)
        #expect(known(&finder, at: held - 1) != nil)
        #expect(known(&finder, at: held) == nil)
    }

    @Test("D07 a name that changes is seen once its time is over")
    func change() {
        var finder = finder()
        _ = finder.find(query, seed: 1, now: .zero)
        _ = finder.receive(answer("10.0.0.1", ttl: 5), to: question, now: .zero)
        #expect(known(&finder, at: 4) == ["udp 10.0.0.1:5060"])
        #expect(known(&finder, at: 5) == nil)
        _ = finder.receive(answer("10.0.0.2", ttl: 5), to: question, now: .zero + .seconds(5))
        #expect(known(&finder, at: 6) == ["udp 10.0.0.2:5060"])
    }

    @Test("D07 a question that is never answered ends after 10 s")
    func silence() {
        var finder = finder()
        _ = finder.find(query, seed: 1, now: .zero)
        #expect(finder.nextDeadline == .zero + .seconds(10))
        #expect(finder.fire(now: .zero + .milliseconds(9_999)).isEmpty)
        let finished = finder.fire(now: .zero + .seconds(10))
        #expect(finished.map(\.result.words) == [["No Name Server Answered: gw.test"]])
        #expect(finder.nextDeadline == nil)
    }

    @Test("O05 64 questions are out at a time, 4,096 searches wait, and one more is refused at once")
    func limits() {
        var finder = finder()
        var refused = 0
        for number in 0...NextHopFinder.searchLimit {
            let other = NextHopQuery(host: "h\(number).test", port: 1)
            if case .done = finder.find(other, seed: 1, now: .zero) { refused += 1 }
        }
        #expect(refused == 1)
        var answered = 0
        while finder.hasQuestions {
            let questions = finder.takeQuestions()
            #expect(questions.count <= 64)
            for question in questions {
                answered += finder.receive(DNSAnswer(.noSuchName), to: question, now: .zero).count
            }
        }
        #expect(answered == NextHopFinder.searchLimit)
    }

    @Test("a forgotten search is not finished, and a late answer only fills the cache")
    func forgotten() {
        var finder = finder()
        guard case .waits(let ticket) = finder.find(query, seed: 1, now: .zero) else {
            Issue.record("nothing is known yet")
            return
        }
        finder.forget(ticket)
        #expect(finder.receive(answer("10.0.0.1", ttl: 60), to: question, now: .zero).isEmpty)
        #expect(finder.receive(answer("10.0.0.1", ttl: 60), to: question, now: .zero).isEmpty)
        #expect(known(&finder, at: 1) == ["udp 10.0.0.1:5060"])
    }

    @Test("O05 a full cache lets go of what ends soonest")
    func fullCache() {
        var cache = DNSCache(limit: 100)
        for number in 1...1_000 {
            cache.keep(answer("10.0.0.1", ttl: number), to: DNSQuestion(.a, "n\(number)"), now: .zero)
        }
        #expect(cache.count <= 100)
        #expect(cache.answer(to: DNSQuestion(.a, "n1000"), now: .zero) != nil)
        #expect(cache.answer(to: DNSQuestion(.a, "n1"), now: .zero) == nil)
    }
}

@Suite("Next hops that are down")
struct HopHealthTests {
    private let hops = (1...3).map { number in
        NextHop(transport: .udp, address: SocketAddress(ip: .v4(UInt32(number)), port: 5060))
    }

    private func isShut(_ health: inout HopHealth, _ hop: NextHop, _ now: Moment) -> Bool {
        health.isShut(hop, now: now)
    }

    private func order(_ health: inout HopHealth, _ hops: [NextHop], _ now: Moment) -> [NextHop] {
        health.ordered(hops, now: now)
    }

    @Test("O01 a hop that asked for it is left alone until its time ends, an hour at most")
    func shut() {
        var health = HopHealth()
        health.shut(hops[0], for: .seconds(30), now: .zero)
        health.shut(hops[1], for: .seconds(1_000_000), now: .zero)
        #expect(isShut(&health, hops[0], .zero + .milliseconds(29_999)))
        #expect(!isShut(&health, hops[0], .zero + .seconds(30)))
        #expect(isShut(&health, hops[1], .zero + .seconds(3_599)))
        #expect(!isShut(&health, hops[1], .zero + .seconds(3_600)))
        #expect(!isShut(&health, hops[2], .zero))
        #expect(health.isEmpty)
    }

    @Test("Q30 a silent hop is tried last for 30 s, and is never left out")
    func silent() {
        var health = HopHealth()
        health.noteSilence(of: hops[0], now: .zero)
        #expect(order(&health, hops, .zero) == [hops[1], hops[2], hops[0]])
        #expect(order(&health, [hops[0]], .zero) == [hops[0]])
        #expect(order(&health, hops, .zero + .seconds(30)) == hops)
    }

    @Test("O05 no more than 1,024 hops are remembered")
    func bound() {
        var health = HopHealth()
        for number in 0..<5_000 {
            let hop = NextHop(transport: .udp, address: SocketAddress(ip: .v4(UInt32(number)), port: 1))
            health.shut(hop, for: .seconds(60), now: .zero)
        }
        let last = NextHop(transport: .udp, address: SocketAddress(ip: .v4(4_999), port: 1))
        #expect(!isShut(&health, last, .zero))
        health.shut(last, for: .seconds(60), now: .zero + .seconds(60))
        #expect(isShut(&health, last, .zero + .seconds(61)))
    }
}
