import SIPFlow
import SIPSyntax
import Testing

@testable import SIPTransaction

/// A layer, its outbox and a clock; messages are made of a few words.
private struct Bench: ~Copyable {
    var layer: TransactionLayer
    var outbox = Outbox()
    var now = Moment.zero
    private var index = MessageIndex()
    let flow: Flow

    init(limit: Int = 1_000) throws {
        layer = TransactionLayer(
            timers: TransactionTimers(),
            limit: limit,
            keyedHash: KeyedHash(seed: 9),
            now: .zero
        )
        let peer = try #require(SocketAddress("10.0.0.9:5060", defaultPort: 5_060))
        flow = Flow(transport: .udp, listener: ListenerID(0), peer: peer)
    }

    static func request(
        _ method: String = "INVITE",
        via: String = "10.0.0.9:5060;branch=z9hG4bKa",
        uri: String = "sip:b@x",
        callID: String = "c1",
        cseq: Int = 1,
        fromTag: String = "f",
        toTag: String = ""
    ) -> String {
        "\(method) \(uri) SIP/2.0\r\nVia: SIP/2.0/UDP \(via)\r\nFrom: <sip:a@x>;tag=\(fromTag)\r\n"
            + "To: <sip:b@x>\(toTag)\r\nCall-ID: \(callID)\r\nCSeq: \(cseq) \(method)\r\n\r\n"
    }

    mutating func open(_ text: String) throws -> TransactionID {
        let bytes = Array(text.utf8)
        try index.parse(bytes.span)
        let method = try #require(index.method)
        return layer.openServer(bytes.span, index, method: method, from: flow.peer, replyTo: flow, now: now)
    }

    mutating func find(_ text: String, as method: Method? = nil) throws -> TransactionID? {
        let bytes = Array(text.utf8)
        try index.parse(bytes.span)
        return layer.findServer(bytes.span, index, method: try #require(method ?? index.method))
    }

    mutating func call(_ text: String) throws -> TransactionID {
        let bytes = Array(text.utf8)
        try index.parse(bytes.span)
        let id = layer.openClient(
            bytes.span,
            index,
            method: try #require(index.method),
            loopHash: 7,
            parent: .none,
            context: nil,
            fork: 0,
            to: flow,
            now: now
        )
        outbox.bytes += bytes
        layer.start(id, isOwn: false, into: &outbox)
        return id
    }

    mutating func answer(
        _ id: TransactionID,
        _ code: Int,
        _ method: String = "INVITE"
    ) throws
        -> TransactionLayer.ClientResult
    {
        let text = Self.request(method, toTag: ";tag=t")
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).dropFirst()
        let bytes = Array("SIP/2.0 \(code) X\r\n\(lines.joined(separator: "\r\n"))".utf8)
        try index.parse(bytes.span)
        return layer.receive(bytes.span, index, code: code, for: id, now: now, into: &outbox)
    }

    mutating func respond(_ id: TransactionID, _ code: Int) -> Bool {
        outbox.bytes += Array("SIP/2.0 \(code) X\r\n\r\n".utf8)
        return layer.respond(id, code: code, isOwn: true, now: now, into: &outbox)
    }

    /// Lets time pass; gives what the owner was told.
    mutating func advance(_ interval: Interval) -> [TransactionEvent] {
        var events: [TransactionEvent] = []
        let end = now + interval
        while let deadline = layer.nextDeadline, deadline <= end {
            now = max(now, deadline)
            while let event = layer.nextEvent(now: now, into: &outbox) {
                events.append(event)
                if case .rangTooLong(let id) = event { layer.cancel(id, now: now, into: &outbox) }
            }
        }
        now = end
        return events
    }

    /// The first words of what was sent since the last look.
    mutating func sent() -> [String] {
        let words = outbox.entries.map { entry in
            let text = String(
                decoding: outbox.bytes[entry.start..<entry.start + entry.count],
                as: UTF8.self
            )
            return String(text.split(separator: " ").prefix(text.hasPrefix("SIP") ? 2 : 1).last ?? "")
        }
        outbox.clear()
        return words
    }

    mutating func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) {
        let left = (layer.count, layer.store.bytesInUse, layer.nextDeadline)
        #expect(left == (0, 0, nil), "transactions, bytes, timers", sourceLocation: sourceLocation)
    }
}

@Suite("Transaction layer")
struct TransactionLayerTests {
    @Test(
        "S01 finds a server transaction by branch in any case, sent-by and method; ACK finds the INVITE",
        arguments: [
            (Bench.request(), true), (Bench.request(via: "10.0.0.9:5060;branch=Z9HG4BKA"), true),
            (Bench.request("ACK"), true), (Bench.request(uri: "sip:z@y", callID: "c2", cseq: 9), true),
            (Bench.request(via: "10.0.0.9:5060;branch=z9hG4bKb"), false),
            (Bench.request(via: "10.0.0.9:5061;branch=z9hG4bKa"), false),
            (Bench.request(via: "10.0.0.9;branch=z9hG4bKa"), false),
            (Bench.request(via: "10.0.0.8:5060;branch=z9hG4bKa"), false), (Bench.request("BYE"), false),
            (Bench.request("Invite"), false),
        ]
    )
    func matching(text: String, isFound: Bool) throws {
        var bench = try Bench()
        let id = try bench.open(Bench.request())
        let method: Method? = text.hasPrefix("ACK") ? .invite : nil
        let found = try bench.find(text, as: method)
        #expect(found == (isFound ? id : nil))
    }

    @Test(
        "S02 without the cookie: Request-URI, From tag, Call-ID, CSeq number and top Via; the To tag may differ",
        arguments: [
            (Bench.request(via: "h;branch=1"), true),
            (Bench.request("ACK", via: "h;branch=1", toTag: ";tag=t"), true),
            (Bench.request(via: "h;branch=1", uri: "sip:c@x"), false),
            (Bench.request(via: "h;branch=1", callID: "c2"), false),
            (Bench.request(via: "h;branch=1", cseq: 2), false),
            (Bench.request(via: "h;branch=1", fromTag: "g"), false),
            (Bench.request(via: "h;branch=2"), false),
        ]
    )
    func oldMatching(text: String, isFound: Bool) throws {
        var bench = try Bench()
        let id = try bench.open(Bench.request(via: "h;branch=1"))
        let found = try bench.find(text, as: .invite)
        #expect(found == (isFound ? id : nil))
    }

    @Test("unusual methods on one branch are transactions of their own")
    func unusualMethods() throws {
        var bench = try Bench()
        let ids = try [bench.open(Bench.request("FOO")), bench.open(Bench.request("BAR"))]
        let found = [try bench.find(Bench.request("FOO")), try bench.find(Bench.request("BAR"))]
        #expect(found == ids)
        let none = try bench.find(Bench.request("BAZ"))
        #expect(none == nil)
    }

    @Test("an ended transaction's number names nothing, also when its slot is used again")
    func numbers() throws {
        var bench = try Bench()
        var seen: Set<TransactionID> = []
        for _ in 0..<3 {
            let id = try bench.open(Bench.request("BYE"))
            #expect(seen.allSatisfy { old in old != id })
            for old in seen {
                let isLive = bench.layer.contains(old)
                #expect(!isLive)
            }
            seen.insert(id)
            _ = bench.respond(id, 200)
            _ = bench.advance(.seconds(33))
        }
        bench.expectNothingLeft()
    }

    @Test("a response that may not go leaves no byte in the outbox")
    func refusedResponse() throws {
        var bench = try Bench()
        let id = try bench.open(Bench.request())
        let results = [bench.respond(id, 180), bench.respond(id, 486), bench.respond(id, 200)]
        #expect(results == [true, true, false])
        #expect(bench.outbox.bytes.count == bench.outbox.entries.reduce(0) { $0 + $1.count })
        #expect(bench.sent() == ["180", "486"])
    }

    @Test(
        "an INVITE server transaction repeats, absorbs and ends with nothing left",
        arguments: [(200, 0), (486, 10), (603, 10)]
    )
    func serverInvite(code: Int, repeats: Int) throws {
        var bench = try Bench()
        let id = try bench.open(Bench.request())
        _ = bench.respond(id, code)
        _ = bench.sent()
        let events = bench.advance(.seconds(40))
        #expect(events.isEmpty && bench.sent() == Array(repeating: "\(code)", count: repeats))
        bench.expectNothingLeft()
    }

    @Test("transactions that only absorb repeats end together, none before its timer")
    func endsTogether() throws {
        var bench = try Bench()
        for number in 0..<40 {
            let id = try bench.call(Bench.request("BYE", via: "10.0.0.9:5060;branch=z9hG4bK\(number)"))
            _ = try bench.answer(id, 200, "BYE")
            _ = bench.advance(.milliseconds(1))
        }
        // Timer K of the first ends at 5,000 ms, that of the last would at 5,039 ms.
        var ends: [Interval] = []
        while let deadline = bench.layer.nextDeadline {
            ends.append(deadline - .zero)
            _ = bench.advance(deadline - bench.now)
        }
        #expect(ends == [.milliseconds(5_000), .milliseconds(5_200)])
        bench.expectNothingLeft()
    }

    @Test("a request without an answer ends by itself, and so does an abandoned one")
    func unanswered() throws {
        var bench = try Bench()
        _ = try bench.open(Bench.request("BYE"))
        bench.layer.abandon(try bench.open(Bench.request("INFO")))
        _ = bench.advance(.seconds(38))
        #expect(bench.sent().isEmpty)
        bench.expectNothingLeft()
    }

    @Test(
        "client transactions end with nothing left, whatever is heard",
        arguments: [
            ("INVITE", [], 7, 1), ("INVITE", [180, 486, 486], 3, 0), ("INVITE", [200, 200], 1, 0),
            ("INVITE", [100, 180], 12, 2), ("BYE", [], 11, 1), ("BYE", [200, 200], 1, 0),
            ("BYE", [100], 8, 1),
        ] as [(String, [Int], Int, Int)]
    )
    func client(method: String, codes: [Int], messages: Int, events: Int) throws {
        var bench = try Bench()
        let id = try bench.call(Bench.request(method))
        for code in codes { _ = try bench.answer(id, code, method) }
        let told = bench.advance(.seconds(300))
        #expect(told.count >= events)
        #expect(bench.sent().count == messages)
        bench.expectNothingLeft()
    }

    @Test("a wish to cancel waits for the first provisional; the CANCEL shares branch and lives by itself")
    func cancel() throws {
        var bench = try Bench()
        let id = try bench.call(Bench.request())
        bench.layer.cancel(id, now: bench.now, into: &bench.outbox)
        #expect(bench.sent() == ["INVITE"])
        let first = try bench.answer(id, 100)
        #expect(first == .deliver)
        #expect(bench.sent() == ["CANCEL"])
        let pending = bench.layer.cancelTransaction(of: id)
        let cancel = try #require(pending)
        let final = try bench.answer(id, 487)
        let confirmation = try bench.answer(cancel, 200, "CANCEL")
        #expect(final == .deliver && confirmation == .deliver)
        #expect(bench.sent() == ["ACK"])
        _ = bench.advance(.seconds(40))
        bench.expectNothingLeft()
    }

    @Test("a refused request ends at once and tells the owner; a refused ACK does not")
    func transportFailure() throws {
        var bench = try Bench()
        let id = try bench.call(Bench.request())
        let isFailed = bench.layer.transportFailed(id)
        bench.layer.settleClient(id)
        #expect(isFailed)
        bench.expectNothingLeft()
        let second = try bench.call(Bench.request())
        _ = try bench.answer(second, 486)
        let isSecondFailed = bench.layer.transportFailed(second)
        #expect(!isSecondFailed)
        _ = bench.advance(.seconds(33))
        bench.expectNothingLeft()
    }

    @Test("the limit counts all four kinds")
    func limit() throws {
        var bench = try Bench(limit: 4)
        for method in ["INVITE", "BYE"] { _ = try bench.open(Bench.request(method)) }
        let isFullBefore = bench.layer.isFull
        for method in ["INVITE", "BYE"] { _ = try bench.call(Bench.request(method)) }
        let isFull = bench.layer.isFull
        #expect(!isFullBefore && isFull)
        #expect(bench.layer.count == 4)
    }

    @Test("what ended while nobody read is kept to a bound, and what lives is still told")
    func unread() throws {
        var bench = try Bench(limit: 1_000_000)
        bench.layer.track()
        let survivor = try bench.open(Bench.request("INVITE"))
        for number in 0..<50_000 {
            let text = Bench.request("BYE", via: "10.0.0.9:5060;branch=z9hG4bK\(number)")
            bench.layer.abandon(try bench.open(text))
        }
        #expect(bench.layer.changes.dirty.count <= 20_010)
        #expect(bench.layer.changes.ended.count <= 20_000)
        var live: [TransactionID] = []
        var hasMore = true
        while hasMore {
            let taken = bench.layer.takeChanges(limit: 2_000)
            live += taken.rows.filter { !$0.hasEnded }.map(\.id)
            hasMore = taken.hasMore
        }
        #expect(live == [survivor])
    }
}
