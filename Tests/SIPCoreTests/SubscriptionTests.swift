import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Subscriptions to the reg event package live and end as RFC 6665 says")
struct SubscriptionTests {
    @Test(
        "the time granted: as asked, at most 7,200 s, 3,761 s when none is named; 423 only below the minimum",
        arguments: [
            ("600", 200, "600"), ("60", 200, "60"), ("100000", 200, "7200"), (nil, 200, "3761"),
            ("59", 423, nil), ("1", 423, nil), ("0", 200, "0"), ("soon", 400, nil),
        ] as [(String?, Int, String?)]
    )
    func granted(asked: String?, code: Int, granted: String?) throws {
        let rig = Rig()
        rig.subscribe(expires: asked)
        let sent = rig.take(to: "5090")
        #expect(sent[0].code == code)
        #expect(sent[0].headers("Expires").first == granted)
        #expect(sent[0].headers("Min-Expires") == (code == 423 ? ["60"] : []))
        #expect(sent.count == (code == 200 ? 2 : 1))
    }

    @Test("other packages, and reg with a template, go to the phone; to the server itself they get 489")
    func otherEvents() throws {
        for event in ["presence", "reg.winfo", "message-summary", nil] {
            let rig = Rig()
            rig.register("bob", port: "5080")
            rig.subscribe(event: event)
            #expect(rig.take(to: "5080").map(\.method) == ["SUBSCRIBE"])
            rig.subscribe(to: "sip:example.test", event: event, callID: "w2")
            let answer = try #require(rig.one(to: "5090"))
            #expect(answer.code == 489)
            #expect(answer.headers("Allow-Events") == ["reg"])
        }
    }

    @Test(
        "what cannot be served is refused, and leaves nothing behind",
        arguments: [
            ("sip:example.test", ["x: y"], 404), ("sip:bob@example.test", ["Require: eventlist"], 420),
            ("sip:bob@example.test", ["Accept: text/plain, application/pidf+xml"], 406),
            ("sip:bob@example.test", ["Accept: text/plain", "Accept: application/*;q=0.5"], 200),
        ]
    )
    func refusals(uri: String, extra: [String], code: Int) throws {
        let rig = Rig()
        rig.subscribe(to: uri, extra: extra)
        let sent = rig.take(to: "5090")
        #expect(sent.first?.code == code)
        #expect(sent.count == (code == 200 ? 2 : 1))
    }

    @Test(
        "a SUBSCRIBE without one SIP Contact is refused",
        arguments: [nil, "<sips:w@127.0.0.1>", "<sip:a@b>, <sip:c@d>"]
    )
    func contacts(contact: String?) {
        let rig = Rig()
        rig.subscribe(contact: contact)
        #expect(rig.take(to: "5090").map(\.code) == [400])
    }

    @Test(
        "where there are accounts only the owner may watch, once he proved who he is, by an alias too",
        arguments: [
            ("alice", User.alice, [407, 403]), ("bob", .bob, [407, 200]), ("reception", .bob, [407, 200]),
        ]
    )
    func policy(watcher: String, user: User, codes: [Int]) throws {
        let rig = Rig(users: [.alice, .bob]) {
            $0.userAliases = ["sip:reception@example.test": "sip:bob@example.test"]
        }
        let uri = "sip:\(watcher == "reception" ? watcher : "bob")@example.test"
        let sender = watcher == "reception" ? "bob" : watcher
        rig.subscribe(to: uri, from: sender)
        let challenge = try #require(rig.one(to: "5090"))
        rig.subscribe(to: uri, from: sender, cseq: 2, extra: [user.answer(challenge, "SUBSCRIBE", uri)])
        #expect([challenge.code, try #require(rig.take(to: "5090").first).code] == codes)
    }

    @Test("a refresh tells the full state again, without waiting for the pace, and lets it live on")
    func refresh() throws {
        let (rig, tag) = try Rig.watching()
        rig.advance(.seconds(580))
        rig.subscribe(to: "sip:127.0.0.1:5060", cseq: 2, toTag: tag)
        let sent = rig.take(to: "5090")
        try #require(sent.map(\.code) == [200, 0])
        #expect(sent[1].headers("CSeq") == ["2 NOTIFY"])
        #expect(RegInfo(sent[1]).state == "full" && RegInfo(sent[1]).version == "1")
        rig.answer(200, to: sent[1])
        rig.advance(.seconds(590))
        #expect(rig.take(to: "5090").isEmpty)
        rig.advance(.seconds(10))
        #expect(rig.one(to: "5090")?.headers("Subscription-State") == ["terminated;reason=timeout"])
    }

    @Test("a refresh moves the watcher's target; so does the Contact of its 200")
    func target() throws {
        let (rig, tag) = try Rig.watching()
        rig.subscribe(cseq: 2, toTag: tag, contact: "<sip:watcher@127.0.0.1:5091>")
        let second = try #require(rig.one(to: "5091"))
        rig.answer(200, to: second, contact: "<sip:watcher@127.0.0.1:5092>")
        rig.kick(.drop)
        #expect(rig.one(to: "5092")?.startLine == "NOTIFY sip:watcher@127.0.0.1:5092 SIP/2.0")
    }

    @Test("in a dialog: 481 without a subscription, 500 for an old CSeq, 481 for another event id")
    func faults() throws {
        let (rig, tag) = try Rig.watching()
        rig.subscribe(cseq: 1, toTag: tag, extra: ["x: y"])
        rig.subscribe(cseq: 2, toTag: "0123456789abcdef")
        rig.subscribe(callID: "w9", cseq: 2, toTag: tag)
        rig.subscribe(event: "reg;id=7", cseq: 3, toTag: tag)
        #expect(rig.take(to: "5090").map(\.code) == [500, 481, 481, 481])
    }

    @Test("the id of Event comes back in each NOTIFY")
    func eventID() throws {
        let rig = Rig()
        rig.subscribe(event: "reg ; id=\t7a")
        #expect(rig.take(to: "5090").last?.headers("Event") == ["reg;id=7a"])
    }

    @Test("a fetch gets the state once")
    func fetch() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.subscribe(expires: "0")
        let sent = rig.take(to: "5090")
        try #require(sent.count == 2)
        #expect(sent[1].headers("Subscription-State") == ["terminated;reason=timeout"])
        #expect(RegInfo(sent[1]).events == ["5080 active registered"])
        rig.answer(200, to: sent[1])
        rig.kick(.drop)
        #expect(rig.take(to: "5090").isEmpty)
        rig.expectEnd()
    }

    @Test("Expires 0 ends it with a last NOTIFY; then there is nothing to refresh")
    func unsubscribe() throws {
        let (rig, tag) = try Rig.watching()
        rig.subscribe(expires: "0", cseq: 2, toTag: tag)
        let sent = rig.take(to: "5090")
        try #require(sent.map(\.code) == [200, 0])
        #expect(sent[1].headers("Subscription-State") == ["terminated;reason=timeout"])
        #expect(RegInfo(sent[1]).state == "full")
        rig.subscribe(cseq: 3, toTag: tag)
        #expect(rig.one(to: "5090")?.code == 481)
        rig.answer(200, to: sent[1])
        rig.expectEnd()
    }

    @Test("one that ends while a NOTIFY waits for its answer has its last one after it")
    func endWhileNotifying() throws {
        let (rig, tag) = try Rig.watching()
        rig.kick(.drop)
        let kicked = try #require(rig.one(to: "5090"))
        rig.subscribe(expires: "0", cseq: 2, toTag: tag)
        #expect(rig.take(to: "5090").map(\.code) == [200])
        rig.answer(200, to: kicked)
        let last = try #require(rig.one(to: "5090"))
        #expect(last.headers("Subscription-State") == ["terminated;reason=timeout"])
        rig.answer(200, to: last)
        rig.expectEnd()
    }

    @Test(
        "a NOTIFY that fails ends it, unless the answer says when to try again",
        arguments: [
            (481, nil, false), (500, nil, false), (603, nil, false), (489, "5", false), (503, "20", true),
            (500, "20 (busy);duration=3", true),
        ] as [(Int, String?, Bool)]
    )
    func failure(code: Int, retryAfter: String?, lives: Bool) throws {
        let (rig, _) = try Rig.watching()
        rig.kick(.drop)
        let notify = try #require(rig.one(to: "5090"))
        rig.answer(code, to: notify, extra: retryAfter.map { ["Retry-After: \($0)"] } ?? [])
        rig.receive(Make.register("bob", port: "5081"), from: "5081")
        rig.advance(.milliseconds(19_990))
        #expect(rig.take(to: "5090").isEmpty)
        rig.advance(.milliseconds(20))
        guard lives else { return #expect(rig.take(to: "5090").isEmpty) }
        let document = try #require(rig.document())
        #expect(document.state == "full" && document.events == ["5081 active registered"])
    }

    @Test("a watcher that answers nothing, or is not there, is given up")
    func silence() throws {
        let (rig, tag) = try Rig.watching()
        rig.kick(.drop)
        rig.advance(.seconds(33))
        #expect(rig.take(to: "5090").count == 11, "timer E")
        rig.subscribe(cseq: 2, toTag: tag)
        #expect(rig.one(to: "5090")?.code == 481)
        let (other, otherTag) = try Rig.watching()
        other.kick(.drop)
        _ = other.take()
        other.refuse("5090")
        other.subscribe(cseq: 2, toTag: otherTag)
        #expect(other.one(to: "5090")?.code == 481)
    }

    @Test("Record-Route becomes the route of each NOTIFY, in order; the 200 has it back")
    func routes() throws {
        let rig = Rig()
        rig.subscribe(extra: [
            "Record-Route: <sip:127.0.0.1:5061;lr>, <sip:127.0.0.2;lr>", "Record-Route: <sip:p3;lr>",
        ])
        #expect(rig.take(to: "5090").first?.headers("Record-Route").count == 2)
        let notify = try #require(rig.one(to: "5061"))
        #expect(notify.startLine == "NOTIFY sip:watcher@127.0.0.1:5090 SIP/2.0")
        #expect(notify.headers("Route") == ["<sip:127.0.0.1:5061;lr>", "<sip:127.0.0.2;lr>", "<sip:p3;lr>"])
    }

    @Test("a strict router gets the NOTIFY in its own name, the target comes last")
    func strictRoute() throws {
        let rig = Rig()
        rig.subscribe(extra: ["Record-Route: <sip:127.0.0.1:5061>", "Record-Route: <sip:p2;lr>"])
        let notify = try #require(rig.take(to: "5061").first)
        #expect(notify.startLine == "NOTIFY sip:127.0.0.1:5061 SIP/2.0")
        #expect(notify.headers("Route") == ["<sip:p2;lr>", "<sip:watcher@127.0.0.1:5090>"])
    }

    @Test(
        "a watcher behind NAT, or with a host name, is reached where it sends from",
        arguments: ["10.1.2.3", "pc33.invalid"]
    )
    func nat(host: String) {
        let rig = Rig()
        rig.subscribe(contact: "<sip:watcher@\(host):5099>")
        let sent = rig.take(to: "5090")
        #expect(sent.map(\.startLine).last == "NOTIFY sip:watcher@\(host):5099 SIP/2.0")
    }

    @Test("the same SUBSCRIBE on two ways makes one subscription: the second gets 482")
    func merged() {
        let rig = Rig()
        rig.subscribe()
        rig.subscribe(extra: ["x: other branch"])
        #expect(rig.take(to: "5090").map(\.code) == [200, 0, 482])
    }

    @Test(
        "O05 an address of record has a bounded number of watchers; one more gets 503, and an end makes room"
    )
    func bounds() throws {
        let rig = Rig()
        for number in 1...51 { rig.subscribe(callID: "w\(number)") }
        let sent = rig.take(to: "5090")
        #expect(sent.filter { $0.code == 200 }.count == 50)
        let refused = try #require(sent.last)
        #expect(refused.code == 503 && refused.headers("Retry-After") == ["60"])
        let first = try #require(sent.first { $0.method == "NOTIFY" })
        rig.answer(481, to: first)
        rig.subscribe(callID: "w52")
        #expect(rig.take(to: "5090").first?.code == 200)
    }

    @Test("a soak of watchers, kicks and losses leaves nothing behind")
    func soak() {
        let rig = Rig()
        for round in 1...60 {
            rig.subscribe(expires: "\(60 + round)", callID: "w\(round)")
            rig.register("bob", port: "5080")
            rig.kick(round % 2 == 0 ? .drop : .reject)
            for notify in rig.take(to: "5090") where notify.method == "NOTIFY" && round % 3 != 0 {
                rig.answer(round % 5 == 0 ? 481 : 200, to: notify)
            }
            rig.advance(.seconds(7))
        }
        for _ in 1...40 {
            for notify in rig.take(to: "5090") where notify.method == "NOTIFY" { rig.answer(200, to: notify) }
            rig.advance(.seconds(20))
        }
        #expect(rig.watchers == 0)
        rig.expectEnd()
    }
}
