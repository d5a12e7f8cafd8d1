import SIPCore
import Testing

@Suite("Names that lead to a user")
struct UserNameTests {
    @Test(
        "Q04 U09 a telephone number finds its user, whatever its separators",
        arguments: [
            "tel:+1-555-123.4567", "tel:+15551234567", "tel:5551234567;phone-context=+1",
            "TEL:+1(555)1234567",
        ]
    )
    func number(uri: String) {
        let rig = Rig()
        rig.register("+15551234567", port: "5080")
        rig.send("INVITE", uri, branch: "1")
        #expect(rig.one(to: "5080")?.startLine == "INVITE sip:+15551234567@127.0.0.1:5080 SIP/2.0")
    }

    @Test(
        "Q04 U09 an unknown number is 404, a broken one 400, and 416 where numbers are not served",
        arguments: [
            ("tel:+15550000000", true, 404), ("tel:100;phone-context=foreign.test", true, 404),
            ("tel:abc@1.2.3.4", true, 400), ("tel:", true, 400), ("tel:+15551234567", false, 416),
        ]
    )
    func refused(uri: String, isServed: Bool, code: Int) {
        let rig = Rig { $0.takesTelephoneNumbers = isServed }
        rig.register("+15551234567", port: "5080")
        rig.register("100", port: "5080")
        rig.send("MESSAGE", uri, branch: "1")
        #expect(rig.take(to: "5070").map(\.code) == [code])
    }

    @Test("U09 a local number belongs to the domain of its context")
    func local() {
        let rig = Rig()
        rig.register("100", port: "5080")
        rig.send("MESSAGE", "tel:100;phone-context=Example.test", branch: "1")
        #expect(rig.take(to: "5080").count == 1)
    }

    @Test("U09 a telephone number in To and From is left alone")
    func otherFields() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.receive(
            Make.request("MESSAGE", "sip:bob@example.test", to: "tel:+1555", port: "5070", contact: false),
            from: "5070"
        )
        #expect(rig.one(to: "5080")?.headers("To") == ["<tel:+1555>"])
    }

    @Test(
        "P10 an alias leads to its user, and an alias of a number does too",
        arguments: [
            "sip:sales@example.test", "sip:sales@127.0.0.1", "sip:s%61les@example.test", "tel:+1-555",
            "sip:+1555@example.test",
            "tel:911;phone-context=foreign.test",
        ]
    )
    func alias(uri: String) {
        let rig = Rig { $0.userAliases = Self.aliases }
        rig.register("bob", port: "5080")
        rig.send("MESSAGE", uri, branch: "1")
        #expect(rig.one(to: "5080")?.startLine == "MESSAGE sip:bob@127.0.0.1:5080 SIP/2.0")
    }

    @Test("P12 an alias whose user is away is 480, and 404 when he never was there")
    func away() {
        let rig = Rig { $0.userAliases = Self.aliases }
        rig.send("MESSAGE", "sip:sales@example.test", branch: "1")
        #expect(rig.take(to: "5070").map(\.code) == [404])
        rig.register("bob", port: "5080")
        rig.receive(Make.register("bob", port: "5080", cseq: 2, expires: 0), from: "5080")
        _ = rig.take(to: "5080")
        rig.send("MESSAGE", "sip:sales@example.test", branch: "2")
        #expect(rig.take(to: "5070").map(\.code) == [480])
    }

    @Test("G01 nobody registers as an alias: its calls would go to another")
    func registerAlias() {
        let rig = Rig { $0.userAliases = Self.aliases }
        rig.receive(Make.register("sales", port: "5080"), from: "5080")
        #expect(rig.one(to: "5080")?.startLine == "SIP/2.0 404 An Alias Cannot Register")
    }

    private static let aliases = [
        "sip:sales@localhost": "sip:bob@example.test", "tel:+1555": "sip:bob@localhost",
        "tel:911;phone-context=foreign.test": "sip:bob@example.test",
    ]
}
