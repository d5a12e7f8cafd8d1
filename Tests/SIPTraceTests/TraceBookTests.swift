import SIPFlow
import Testing

@testable import SIPTrace

@Suite("Trace book")
struct TraceBookTests {
    @Test("passes over what it has seen, and counts what it has missed")
    func gaps() {
        var script = Scenario()
        for number in 0..<600 {
            script.request(.from(Scenario.alice), "OPTIONS", branch: "o\(number)", number: number)
        }
        let chunks = script.log.chunks(since: 0)
        #expect(chunks.count > 2)
        var book = TraceBook()
        book.absorb(chunks[0])
        #expect(book.absorb(chunks[0]).messageCount == 0)
        for chunk in chunks.dropFirst(2) { book.absorb(chunk) }
        #expect(book.lostRecords == UInt64(chunks[1].records.count))
        #expect(book.nextSequence == 600)
        #expect(book.messages.count == 600 - chunks[1].records.count)
    }

    @Test("takes the new end of a chunk whose head it has seen")
    func overlap() {
        var script = Scenario.simpleCall()
        var book = script.book()
        script.hangUp()
        var changes: [TraceChanges] = []
        for chunk in script.log.chunks(since: 0) { changes.append(book.absorb(chunk)) }
        #expect(changes.map(\.messageCount) == [4])
        #expect(changes.first?.callIDs == [script.callID])
        #expect(book.messages.map(\.sequence) == Array(0..<13))
        #expect(book.call(script.callID)?.state == .ended)
        #expect(book.lostRecords == 0)
    }

    @Test("comes to the same whether chunks come one by one or all at once")
    func piecemeal() {
        let whole = Scenario.forkOfThree()
        var book = TraceBook()
        for chunk in whole.log.chunks(since: 0) {
            for record in chunk.records {
                var piece = TraceChunk()
                piece.append(record, chunk.message(record).span, sequence: record.sequence)
                book.absorb(piece)
            }
        }
        let other = whole.book()
        #expect(book.calls == other.calls)
        #expect(Array(book.messages) == Array(other.messages))
    }

    @Test("lists every message with its first line, Call-ID and CSeq")
    func rows() throws {
        var script = Scenario.simpleCall()
        script.drop = .keepAlive
        script.raw(.from(Scenario.alice), [0x0d, 0x0a, 0x0d, 0x0a])
        let book = script.book()
        let rows = Array(book.messages)
        #expect(
            rows.map(\.summary).prefix(3) == [
                "INVITE sip:2002@lab.test", "100 Trying", "INVITE sip:2002@lab.test",
            ]
        )
        #expect(rows[1].code == 100 && rows[1].method == nil && rows[1].isOwn)
        #expect(rows[7].method == "ACK" && rows[7].sequenceNumber == 1 && rows[7].sequenceMethod == "ACK")
        #expect(rows[0].callID == script.callID)
        let last = try #require(rows.last)
        #expect(last.kind == .unreadable && last.summary == "keep-alive" && last.drop == .keepAlive)
        #expect(book.message(7) == rows[7])
        #expect(book.messages.index(of: 7) == 7 && book.messages.index(of: 700) == nil)
        #expect(book.message(700) == nil && book.raw(700) == nil && book.decoded(700) == nil)
    }

    @Test("gives the exact bytes back")
    func raw() {
        let script = Scenario.simpleCall()
        let book = script.book()
        for chunk in script.log.chunks(since: 0) {
            for record in chunk.records { #expect(book.raw(record.sequence) == chunk.message(record)) }
        }
    }

    @Test("a copy stays as it was")
    func frozen() {
        var script = Scenario.simpleCall()
        var book = script.book()
        let copy = book
        script.hangUp()
        for chunk in script.log.chunks(since: 0) { book.absorb(chunk) }
        #expect(copy.messages.count == 9 && copy.call(script.callID)?.state == .talking)
        #expect(book.messages.count == 13)
    }
}

@Suite("Trace book memory")
struct TraceBookMemoryTests {
    private static let budget = 256 << 10

    /// Absorbs a running call and then many finished ones.
    private func busyBook(running: Int, finished: Int) -> (book: TraceBook, forgotten: Int, peak: Int) {
        var script = Scenario()
        var book = TraceBook(budget: Self.budget)
        var forgotten = 0
        var peak = 0
        func read(_ script: borrowing Scenario) {
            for chunk in script.log.chunks(since: book.nextSequence) {
                forgotten += book.absorb(chunk).forgotten.count
            }
            peak = max(peak, book.store.pages.reduce(0) { $0 + $1.cost })
        }
        for number in 0..<running {
            script.callID = "running-\(number)"
            script.request(.from(Scenario.alice), "INVITE", branch: "r\(number)", body: Scenario.offer)
        }
        for number in 0..<finished {
            script.callID = "finished-\(number)"
            script.request(.from(Scenario.alice), "INVITE", branch: "f\(number)", body: Scenario.offer)
            script.response(.to(Scenario.alice), "486 Busy Here", branch: "f\(number)", toTag: "x")
            if number % 7 == 0 { read(script) }
        }
        read(script)
        return (book, forgotten, peak)
    }

    @Test("stays within its budget and forgets finished calls with their messages")
    func budget() {
        let (book, forgotten, peak) = busyBook(running: 1, finished: 2_000)
        #expect(peak < Self.budget + (80 << 10))
        #expect(book.calls.count + forgotten == 2_001)
        #expect(book.calls.last?.callID == "finished-1999")
        #expect(book.messages.map(\.sequence) == book.messages.map(\.sequence).sorted())
        #expect(book.lostRecords == 0)
    }

    @Test("keeps a running call and its messages while finished calls go")
    func runningCall() {
        let (book, _, _) = busyBook(running: 3, finished: 2_000)
        #expect(book.calls.prefix(3).map(\.callID) == ["running-0", "running-1", "running-2"])
        #expect(book.raw(0) != nil && book.sequences(callID: "running-2") == [2])
        #expect(book.messages.first?.sequence == 0)
        #expect(book.messages.index(of: 2) == 2)
        #expect(book.ladder(callIDs: ["running-0"], listeners: [], expandRetransmits: false).missing == 0)
    }

    @Test("lets running calls go, too, when they alone fill its budget")
    func onlyRunningCalls() {
        let (book, forgotten, peak) = busyBook(running: 3_000, finished: 500)
        #expect(peak < Self.budget + (80 << 10))
        #expect(forgotten > 2_000)
        #expect(book.calls.last?.callID == "finished-499")
    }

    @Test("says in a ladder how many messages it no longer has")
    func missing() {
        var script = Scenario()
        var book = TraceBook(budget: Self.budget)
        script.callID = "long"
        for number in 0..<3_000 {
            script.request(.from(Scenario.alice), "OPTIONS", branch: "o\(number)", number: number)
        }
        for chunk in script.log.chunks(since: 0) { book.absorb(chunk) }
        let ladder = book.ladder(callIDs: ["long"], listeners: [], expandRetransmits: false)
        #expect(ladder.missing > 0)
        #expect(ladder.missing + ladder.rows.count == 3_000)
        #expect(book.sequences(callID: "long").last == 2_999)
    }
}
