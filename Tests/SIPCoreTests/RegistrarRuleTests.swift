import SIPCore
import SIPFlow
import SIPRegistrar
import SIPReport
import Testing

@Suite("The registrar, seen from outside")
struct RegistrarRuleTests {
    private func answer(_ rig: Rig, _ user: String, _ contact: String, extra: [String] = []) throws -> Sent {
        rig.receive(Make.register(user, port: "5080", contact: contact, extra: extra), from: "5080")
        return try #require(rig.one(to: "5080"))
    }

    @Test(
        "G01 the steps come in order: what a later one would refuse is not looked at when an earlier one does",
        arguments: [
            ("sip:example.test", "sip:bob@example.test", ["Require: foo", "Contact: *"], 420),
            ("sip:foreign.test", "sip:bob@example.test", ["Require: foo", "Contact: *"], 403),
            ("sip:example.test", "sip:bob@foreign.test", ["Contact: *"], 404),
            ("sip:example.test", "sip:example.test", ["Contact: *"], 404),
            ("sip:example.test", "sip:bob@example.test", ["Contact: *"], 400),
            ("sip:example.test", "sip:bob@example.test", ["Contact: <sip:bob@127.0.0.1>"], 200),
        ]
    )
    func order(uri: String, to: String, extra: [String], code: Int) throws {
        let rig = Rig()
        rig.receive(
            Make.request("REGISTER", uri, to: to, port: "5080", extra: extra, contact: false),
            from: "5080"
        )
        #expect(rig.one(to: "5080")?.code == code)
    }

    @Test("G19 the configured Service-Route reaches the phone")
    func serviceRoute() throws {
        let rig = Rig { $0.serviceRoute = "<sip:127.0.0.1;lr>" }
        let reply = try answer(rig, "bob", "<sip:bob@127.0.0.1:5080>")
        #expect(reply.headers("Service-Route") == ["<sip:127.0.0.1;lr>"])
    }

    @Test("P10 the other names of this element that the configuration has are ours")
    func domainAliases() throws {
        let rig = Rig { $0.aliases = ["pbx.test"] }
        rig.register("bob", port: "5080")
        rig.send("MESSAGE", "sip:bob@PBX.test", branch: "1")
        #expect(rig.one(to: "5080")?.method == "MESSAGE")
    }

    @Test("G15 Q12 a full address of record is 503 with Retry-After, and the phones there keep ringing")
    func full() throws {
        let rig = Rig { $0.contactsPerAOR = 1 }
        rig.register("bob", port: "5081")
        let reply = try answer(rig, "bob", "<sip:bob@127.0.0.1:5080>")
        #expect(reply.startLine == "SIP/2.0 503 More Than 1 Contacts")
        #expect(reply.headers("Retry-After") == ["3600"])
        rig.invite("bob")
        #expect(rig.take(to: "5081").map(\.method) == ["INVITE"])
    }

    @Test("Q12 with the policy to replace, the newest phones ring, and the row of the evicted one says why")
    func evicted() throws {
        let rig = Rig {
            $0.contactsPerAOR = 2
            $0.registrarPolicy.overflow = .replace
        }
        _ = rig.changes()
        for port in ["5081", "5082", "5083"] {
            rig.register("bob", port: port)
            rig.advance(.seconds(1))
        }
        #expect(rig.changes().removedRegistrations.map(\.reason) == [.evicted])
        rig.invite("bob")
        #expect(rig.take(to: "5081").isEmpty)
        #expect((rig.take(to: "5082") + rig.take(to: "5083")).map(\.method) == ["INVITE", "INVITE"])
    }

    @Test("Q12 a pile of bindings of one User-Agent is marked in every row of it")
    func pile() throws {
        let rig = Rig()
        for port in 5_081...5_084 { rig.register("bob", port: "\(port)", extra: ["User-Agent: App"]) }
        rig.register("bob", port: "5090", extra: ["User-Agent: Desk"])
        let rows = rig.snapshot().registrations
        #expect(rows.filter(\.isPiledUp).map(\.userAgent) == ["App", "App", "App", "App"])
        #expect(rows.filter { !$0.isPiledUp }.map(\.alike) == [1])
    }

    @Test("Q14 the row has what was asked for and what was granted")
    func asked() throws {
        let rig = Rig { $0.maximumExpiry = 600 }
        _ = try answer(rig, "bob", "<sip:bob@127.0.0.1:5080>;expires=86400")
        let row = try #require(rig.snapshot().registrations.first)
        #expect(row.asked == 86_400)
        #expect(row.granted == 600)
    }

    @Test("Q15 a rebooted phone is told why, a repeat gets its answer again, and one kick lets it in")
    func rebooted() throws {
        let rig = Rig()
        let first = Make.register("bob", port: "5080", callID: "k", cseq: 10)
        rig.receive(first, from: "5080")
        let stored = try #require(rig.one(to: "5080"))
        rig.advance(.seconds(5))
        rig.receive(first, from: "5080")
        #expect(rig.one(to: "5080")?.text == stored.text)
        rig.receive(Make.register("bob", port: "5080", callID: "k", cseq: 5), from: "5080")
        #expect(rig.one(to: "5080")?.startLine == "SIP/2.0 500 CSeq 5 Not Above 10")
        let notes = rig.snapshot().transactions.map(\.note).filter { !$0.isEmpty }
        #expect(notes == ["CSeq 5 Not Above 10"])
        let row = try #require(rig.snapshot().registrations.first)
        #expect(row.cseq == 10)
        #expect(rig.now - row.refreshedAt == .seconds(5))
        let kick = KickRequest(targets: [.binding(row.id)], actor: "console")
        guard case .kicked = rig.perform(.kick(kick)) else {
            Issue.record("not kicked")
            return
        }
        rig.receive(Make.register("bob", port: "5080", callID: "k", cseq: 6), from: "5080")
        #expect(rig.one(to: "5080")?.code == 200)
    }

    @Test("Q16 users differ by case, unless the configuration says otherwise; no name is changed on the wire")
    func userCase() throws {
        for isIgnored in [false, true] {
            let rig = Rig { $0.ignoresUserCase = isIgnored }
            rig.receive(
                Make.request(
                    "REGISTER",
                    "sip:example.test",
                    to: "sip:Alice@Example.TEST",
                    port: "5080",
                    extra: ["Contact: <sip:Alice@127.0.0.1:5080>"],
                    contact: false
                ),
                from: "5080"
            )
            #expect(rig.one(to: "5080")?.headers("To").first?.hasPrefix("<sip:Alice@Example.TEST>") == true)
            rig.send("MESSAGE", "sip:Alice@EXAMPLE.test", branch: "1")
            #expect(rig.one(to: "5080")?.startLine == "MESSAGE sip:Alice@127.0.0.1:5080 SIP/2.0")
            rig.send("MESSAGE", "sip:alice@example.test", branch: "2")
            #expect(rig.take(to: "5070").map(\.code) == (isIgnored ? [] : [404]))
            #expect(rig.take(to: "5080").count == (isIgnored ? 1 : 0))
        }
    }

    @Test("Q09 an escaped and a plain name are one user, and a raw # is taken and kept")
    func escapes() throws {
        let rig = Rig()
        rig.register("bob%2B1", port: "5080")
        rig.send("MESSAGE", "sip:bob+1@example.test", branch: "1")
        #expect(rig.one(to: "5080")?.startLine == "MESSAGE sip:bob%2B1@127.0.0.1:5080 SIP/2.0")
        rig.register("9901#1", port: "5081")
        rig.send("MESSAGE", "sip:9901%231@example.test", branch: "2")
        #expect(rig.one(to: "5081")?.startLine == "MESSAGE sip:9901#1@127.0.0.1:5081 SIP/2.0")
    }

    @Test("Q09 Q16 Q18 what is odd about a registration that works is marked on its row")
    func marks() throws {
        let rig = Rig()
        rig.register("9901#1", port: "5081")
        rig.register("Alice", port: "5082")
        rig.register("alice", port: "5083")
        rig.register("bob", port: "5084")
        rig.register("carol", port: "5085", extra: ["Path: <sip:10.0.0.3;lr>"])
        rig.register("dave", port: "5086", extra: ["Path: <sip:10.0.0.3;lr>", "Supported: path"])
        let rows = rig.snapshot().registrations
        var twins = CaseTwins()
        for row in rows { twins.insert(row.aor) }
        let marks = Dictionary(uniqueKeysWithValues: rows.map { ($0.aor, $0.marks(twins)) })
        #expect(
            marks == [
                "9901#1@example.test": [.rawByte], "Alice@example.test": [.caseTwin],
                "alice@example.test": [.caseTwin], "bob@example.test": [],
                "carol@example.test": [.unaskedPath], "dave@example.test": [],
            ]
        )
        twins.remove("Alice@example.test")
        #expect(twins.others(of: "alice@example.test").isEmpty)
    }

    @Test("Q02 a contact without brackets: its parameters are the field's, and the instance is given back")
    func noBrackets() throws {
        let rig = Rig()
        let contact = "sip:bob@127.0.0.1:5080;+sip.instance=\"<urn:uuid:1>\""
        let reply = try answer(rig, "bob", contact)
        #expect(
            reply.headers("Contact") == [
                "<sip:bob@127.0.0.1:5080>;+sip.instance=\"<urn:uuid:1>\";expires=3600"
            ]
        )
    }

    @Test("Q17 a contact under .invalid is reached at the source of its REGISTER")
    func invalidHost() throws {
        let rig = Rig()
        rig.register("bob", port: "5080", contact: "<sip:x@df7jal23ls0d.invalid>")
        rig.invite("bob")
        #expect(rig.one(to: "5080")?.startLine == "INVITE sip:x@df7jal23ls0d.invalid SIP/2.0")
    }

    @Test("Q18 a call leaves along the Path of the binding, its values as Route in their order")
    func path() throws {
        let rig = Rig()
        let path = ["Path: <sip:127.0.0.8;lr>, <sip:edge.test;lr>", "Supported: path"]
        rig.register("bob", port: "5080", contact: "<sip:bob@10.0.0.7>", extra: path)
        rig.invite("bob")
        let invite = try #require(rig.one(to: "127.0.0.8:5060"))
        #expect(invite.startLine == "INVITE sip:bob@10.0.0.7 SIP/2.0")
        #expect(invite.headers("Route") == ["<sip:127.0.0.8;lr>, <sip:edge.test;lr>"])
    }

    @Test("Q19 each contact is tried along its own Path, the lower q after the higher one failed")
    func ownPath() throws {
        let rig = Rig()
        for (number, q) in [(8, "0.9"), (9, "0.5")] {
            rig.register(
                "bob",
                port: "508\(number)",
                contact: "<sip:bob@10.0.0.\(number)>",
                q: q,
                extra: ["Path: <sip:127.0.0.\(number);lr>"]
            )
        }
        rig.invite("bob")
        let first = try #require(rig.one(to: "127.0.0.8:5060"))
        #expect(first.headers("Route") == ["<sip:127.0.0.8;lr>"])
        rig.answer(404, to: first)
        #expect(rig.one(to: "127.0.0.9:5060")?.headers("Route") == ["<sip:127.0.0.9;lr>"])
    }

    @Test("G25 a push service that nobody serves is told with its own words")
    func push() throws {
        let rig = Rig { $0.registrarPolicy.pushServices = ["apns"] }
        let refused = try answer(rig, "bob", "<sip:bob@127.0.0.1:5080;pn-provider=fcm;pn-prid=1>")
        #expect(refused.startLine == "SIP/2.0 555 Push Notification Service Not Supported")
    }
}
