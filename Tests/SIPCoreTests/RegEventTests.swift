import SIPCore
import SIPFlow
import SIPReport
import SIPTrace
import Testing

@Suite("The reg event package tells what happens to registrations (G23, G24)")
struct RegEventTests {
    @Test("G23 the first NOTIFY follows the 200 and has the full state, in a dialog of its own")
    func firstNotify() throws {
        let rig = Rig()
        rig.register(
            "bob",
            port: "5080",
            contact: "<sip:bob@127.0.0.1:5080>;+sip.instance=\"<urn:uuid:1>\"",
            q: "0.8"
        )
        rig.advance(.seconds(7))
        rig.subscribe()
        let sent = rig.take()
        try #require(
            sent.map(\.startLine) == ["SIP/2.0 200 OK", "NOTIFY sip:watcher@127.0.0.1:5090 SIP/2.0"]
        )
        #expect(sent[0].headers("Expires") == ["600"])
        #expect(sent[0].headers("Contact") == ["<sip:127.0.0.1:5060>"])
        let notify = sent[1]
        #expect(notify.isOwn)
        #expect(notify.headers("From") == sent[0].headers("To"))
        #expect(notify.headers("To") == ["<sip:watcher@example.test>;tag=a1"])
        #expect(notify.headers("Call-ID") == ["w1"])
        #expect(notify.headers("CSeq") == ["1 NOTIFY"])
        #expect(notify.headers("Event") == ["reg"])
        #expect(notify.headers("Subscription-State") == ["active;expires=600"])
        #expect(notify.headers("Content-Type") == ["application/reginfo+xml"])
        #expect(notify.headers("Content-Length") == ["\(notify.body.utf8.count)"])
        #expect(notify.headers("Max-Forwards") == ["70"])
        let document = RegInfo(notify)
        #expect(document.version == "0" && document.state == "full" && document.registration == "active")
        #expect(document.aor == "sip:bob@example.test")
        #expect(document.events == ["5080 active registered"])
        let contact = try #require(document.contacts.first)
        let expected = [
            ("expires", "3593"), ("duration-registered", "7"), ("q", "0.800"), ("callid", "reg-bob-5080"),
            ("cseq", "1"), ("id", "1"),
        ]
        for (name, value) in expected { #expect(RegInfo.value(name, in: contact) == value, "\(name)") }
        #expect(
            contact.contains(
                "<unknown-param name=\"+sip.instance\">&quot;&lt;urn:uuid:1&gt;&quot;</unknown-param>"
            )
        )
    }

    @Test("G23 nobody registered is the state init; unknown users are told nothing else")
    func nobody() throws {
        let rig = Rig()
        rig.subscribe()
        let notify = try #require(rig.take(to: "5090").last)
        #expect(RegInfo(notify).registration == "init")
        #expect(RegInfo(notify).contacts.isEmpty)
    }

    @Test("G23 each change is told once, by its event, in a partial document with the next version")
    func events() throws {
        let (rig, _) = try Rig.watching(registered: false)
        func step(_ event: String, state: String = "active", version: String, _ act: () -> Void) throws {
            act()
            let document = try #require(rig.document())
            #expect(document.events == [event])
            #expect(document.version == version && document.state == "partial")
            #expect(document.registration == state)
            rig.advance(.seconds(10))
            #expect(rig.take(to: "5090").isEmpty)
        }
        func register(_ cseq: Int, _ expires: Int) {
            rig.receive(Make.register("bob", port: "5080", cseq: cseq, expires: expires), from: "5080")
        }
        try step("5080 active registered", version: "1") { register(1, 3_600) }
        try step("5080 active refreshed", version: "2") { register(2, 3_600) }
        try step("5080 active shortened", version: "3") { register(3, 120) }
        try step("5080 terminated expired", state: "terminated", version: "4") { rig.advance(.seconds(110)) }
        try step("5080 active registered", version: "5") { register(4, 3_600) }
        try step("5080 terminated unregistered", state: "terminated", version: "6") { register(5, 0) }
    }

    @Test("G23 a contact that a phone moved away from is unregistered, its new one registered")
    func moved() throws {
        let (rig, _) = try Rig.watching(registered: false)
        let instance = ";+sip.instance=\"<urn:uuid:1>\""
        rig.receive(
            Make.register("bob", port: "5080", contact: "<sip:bob@127.0.0.1:5080>\(instance)"),
            from: "5080"
        )
        _ = rig.document()
        rig.advance(.seconds(10))
        rig.receive(
            Make.register("bob", port: "5081", contact: "<sip:bob@127.0.0.1:5081>\(instance)"),
            from: "5081"
        )
        let document = try #require(rig.document())
        #expect(document.events == ["5081 active registered", "5080 terminated unregistered"])
        #expect(document.registration == "active")
    }

    @Test(
        "G24 a kick reaches the watcher at once, by the event that the operator chose",
        arguments: [
            (KickAct.drop, "deactivated", nil), (.bounce(retryAfter: nil), "deactivated", nil),
            (.bounce(retryAfter: 120), "probation", "120"), (.reject, "rejected", nil),
        ]
    )
    func kicks(act: KickAct, event: String, retryAfter: String?) throws {
        let (rig, _) = try Rig.watching()
        // News is fresh: usual news would now wait for the pace.
        rig.receive(Make.register("bob", port: "5081"), from: "5081")
        _ = rig.document()
        rig.kick(act, reason: "moving \"racks\"\r\nX: y")
        let notify = try #require(rig.one(to: "5090"))
        let document = RegInfo(notify)
        #expect(Set(document.events) == ["5080 terminated \(event)", "5081 terminated \(event)"])
        #expect(document.registration == "terminated")
        #expect(document.contacts.allSatisfy { RegInfo.value("retry-after", in: $0) == retryAfter })
        #expect(notify.headers("Reason") == ["SIP;text=\"moving \\\"racks\\\"X: y\""])
        #expect(notify.isOwn && rig.records().last?.isOwn == true)
    }

    @Test("G24 an undone kick is told as created")
    func undo() throws {
        let (rig, _) = try Rig.watching()
        rig.kick(.drop)
        #expect(rig.document()?.events == ["5080 terminated deactivated"])
        _ = rig.perform(.undoKick(audit: 1, actor: "ops"))
        let document = try #require(rig.document())
        #expect(document.events == ["5080 active created"] && document.registration == "active")
    }

    @Test(
        "G23 one NOTIFY waits for its answer at a time; what happens meanwhile is told together, the last of each"
    )
    func coalescing() throws {
        let (rig, _) = try Rig.watching()
        rig.receive(Make.register("bob", port: "5081"), from: "5081")
        let first = try #require(rig.one(to: "5090"))
        for cseq in 2...4 { rig.receive(Make.register("bob", port: "5081", cseq: cseq), from: "5081") }
        rig.receive(Make.register("bob", port: "5082"), from: "5082")
        rig.receive(Make.register("bob", port: "5082", cseq: 2), from: "5082")
        rig.kick(.drop)
        #expect(rig.take(to: "5090").isEmpty)
        rig.answer(200, to: first)
        let document = try #require(rig.document())
        #expect(
            Set(document.events) == [
                "5080 terminated deactivated", "5081 terminated deactivated", "5082 terminated deactivated",
            ]
        )
        #expect(document.version == "2")
    }

    @Test("G23 usual news goes at most once in 5 s, and what came first of a contact is what is told")
    func pace() throws {
        let (rig, _) = try Rig.watching()
        rig.receive(Make.register("bob", port: "5081"), from: "5081")
        _ = rig.document()
        rig.receive(Make.register("bob", port: "5082"), from: "5082")
        rig.receive(Make.register("bob", port: "5082", cseq: 2), from: "5082")
        rig.advance(.milliseconds(4_990))
        #expect(rig.take(to: "5090").isEmpty)
        rig.advance(.milliseconds(20))
        #expect(rig.document()?.events == ["5082 active registered"])
    }

    @Test("G23 partial documents stay below 1,300 bytes a NOTIFY: what finds no room follows in the next")
    func size() throws {
        let (rig, _) = try Rig.watching(registered: false)
        let uris = (1...9).map { "<sip:bob@127.0.0.1:508\($0)>;p=\(String(repeating: "x", count: 100))" }
        rig.receive(Make.register("bob", port: "5080", contact: uris.joined(separator: ", ")), from: "5080")
        var told: [String] = []
        while let notify = rig.take(to: "5090").first {
            #expect(notify.text.utf8.count <= 1_300)
            told += RegInfo(notify).events
            rig.answer(200, to: notify)
        }
        #expect(told == (1...9).map { "508\($0) active registered" })
    }

    @Test("G23 hostile bytes stay inside their element, and the document is UTF-8")
    func hostile() throws {
        let (rig, _) = try Rig.watching(registered: false)
        let text = Make.register(
            "bob",
            port: "5080",
            callID: "<a>&\"'",
            contact: "<sip:b'&o%3Cb@127.0.0.1:5080>;x=\"</contact>\u{1}\u{7f}\u{e9}\""
        )
        var bytes = Array(text.utf8)
        let place = try #require(bytes.firstIndex(of: 0xc3))
        bytes[place] = 0xff
        rig.receive(bytes, from: "5080")
        let document = try #require(rig.document())
        #expect(document.contacts.count == 1)
        #expect(document.text.contains("<uri>sip:b&apos;&amp;o%3Cb@127.0.0.1:5080</uri>"))
        #expect(document.text.contains("callid=\"&lt;a&gt;&amp;&quot;&apos;\""))
        #expect(
            document.text.contains(
                "name=\"x\">&quot;&lt;/contact&gt;\u{fffd}\u{fffd}\u{fffd}\u{fffd}&quot;</unknown-param>"
            )
        )
    }

    @Test("a user part that is no bare text is escaped in the document's aor")
    func escapedUser() throws {
        let rig = Rig()
        rig.subscribe(to: "sip:b%22o%3cb%40x@example.test")
        let notify = try #require(rig.take(to: "5090").last)
        #expect(RegInfo(notify).aor == "sip:b%22o%3Cb%40x@example.test")
    }

    @Test("nobody hears of others' registrations")
    func others() throws {
        let (rig, _) = try Rig.watching()
        rig.register("carol", port: "5081")
        rig.advance(.seconds(20))
        #expect(rig.take(to: "5090").isEmpty)
    }

    @Test("more changes than are gathered make the next document a full one")
    func overflow() throws {
        let (rig, _) = try Rig.watching { $0.contactsPerAOR = 100 }
        rig.receive(Make.register("bob", port: "5081"), from: "5081")
        let first = try #require(rig.one(to: "5090"))
        for port in 5_100...5_140 { rig.receive(Make.register("bob", port: "\(port)"), from: "\(port)") }
        rig.answer(200, to: first)
        rig.advance(.seconds(5))
        let document = try #require(rig.document())
        #expect(document.state == "full" && document.contacts.count == 43)
    }
}
