import SIPFlow
import SIPSyntax
import Testing

@testable import SIPRegistrar

@Suite("GRUUs (RFC 5627)")
struct GRUUTests {
    private static let key = GRUUKey(1, 2)
    private let supported = ["Supported: gruu"]

    private func office() -> Office { Office { $0.gruuKey = Self.key } }

    private func contact(_ port: Int, instance: String = "urn:uuid:1") -> String {
        "<sip:a@10.0.0.1:\(port)>;+sip.instance=\"<\(instance)>\""
    }

    /// The value of a parameter in quotes of the first contact in an answer.
    private func value(_ name: String, _ reply: Reply) -> String? {
        guard let contact = reply.contacts.first, let range = contact.firstRange(of: ";\(name)=\"") else {
            return nil
        }
        return String(contact[range.upperBound...].prefix { $0 != "\"" })
    }

    @Test("G22 a phone that supports GRUUs gets a public one, and another temporary one each time")
    func given() throws {
        let office = office()
        let first = office.register(contact(5_060), extra: supported)
        #expect(value("pub-gruu", first) == "sip:alice@example.test;gr=urn:uuid:1")
        let temporary = try #require(value("temp-gruu", first))
        #expect(temporary.hasPrefix("sip:tgruu.") && temporary.hasSuffix("@example.test;gr"))
        #expect(!temporary.contains("alice"))
        let second = try #require(value("temp-gruu", office.register(contact(5_060), extra: supported)))
        #expect(second != temporary)
        for gruu in ["sip:alice@example.test;gr=urn:uuid:1", temporary, second] {
            #expect(office.targets(ofGRUU: gruu) == ["sip:a@10.0.0.1:5060"])
        }
    }

    @Test("G22 without its support, an instance or the configuration none is given")
    func notGiven() {
        let office = office()
        #expect(value("pub-gruu", office.register(contact(5_060))) == nil)
        #expect(value("pub-gruu", office.register("<sip:b@10.0.0.2>;q=1", extra: supported)) == nil)
        #expect(value("pub-gruu", Office().register(contact(5_060), extra: supported)) == nil)
    }

    @Test("G22 a public GRUU reaches its instance alone, however it is written, and whatever port it has now")
    func publicGRUU() {
        let office = office()
        office.register(contact(5_060), callID: "1")
        office.register(contact(5_070, instance: "urn:uuid:2;x"), callID: "2")
        let reply = office.register(contact(5_071, instance: "urn:uuid:2;x"), callID: "2", extra: supported)
        #expect(value("pub-gruu", reply) == "sip:alice@example.test;gr=urn:uuid:2%3Bx")
        #expect(
            office.targets(ofGRUU: "sip:alice@EXAMPLE.test;gr=URN:uuid:2%3bx") == ["sip:a@10.0.0.1:5071"]
        )
    }

    @Test("G22 an instance that is away is told from a GRUU that never was")
    func unknown() {
        let office = office()
        office.register(contact(5_060))
        #expect(office.targets(ofGRUU: "sip:alice@example.test;gr=urn:uuid:9") == [])
        #expect(office.targets(ofGRUU: "sip:nobody@example.test;gr=urn:uuid:1") == nil)
        #expect(office.targets(ofGRUU: "sip:alice@example.test;gr") == nil)
        let forged = "sip:tgruu.\(String(repeating: "0", count: 32))@example.test;gr"
        #expect(office.targets(ofGRUU: forged) == nil)
    }

    @Test("G22 a temporary GRUU lives through new ports, and ends with another Call-ID or the registration")
    func temporaryGRUU() throws {
        let office = office()
        let first = try #require(value("temp-gruu", office.register(contact(5_060), extra: supported)))
        office.register(contact(5_062), extra: supported)
        #expect(office.targets(ofGRUU: first) == ["sip:a@10.0.0.1:5062"])
        let reply = office.register(contact(5_062), callID: "rebooted", extra: supported)
        #expect(office.targets(ofGRUU: first) == nil)
        let second = try #require(value("temp-gruu", reply))
        office.register(contact(5_062) + ";expires=0", callID: "rebooted")
        #expect(office.targets(ofGRUU: second) == nil)
        office.register(contact(5_062), callID: "rebooted", extra: supported)
        #expect(office.targets(ofGRUU: second) == nil)
    }

    @Test("G22 every changed digit of a temporary GRUU makes it nobody's")
    func unforgeable() throws {
        let office = office()
        let gruu = try #require(value("temp-gruu", office.register(contact(5_060), extra: supported)))
        let digits = Array(gruu)
        for place in 10..<42 {
            for digit in "0123456789abcdef" where digit != digits[place] {
                var other = digits
                other[place] = digit
                #expect(office.targets(ofGRUU: String(other)) == nil)
            }
        }
    }

    @Test(
        "G22 a contact that is a GRUU of the domain is 403; those of others, and old parameters, are harmless"
    )
    func contacts() {
        let office = office()
        let loop = office.register("<sip:alice@example.test;gr=urn:uuid:1>;+sip.instance=\"<urn:uuid:1>\"")
        #expect(loop.answer == .contactIsGRUU)
        #expect(loop.code == 403)
        #expect(office.register("<sip:alice@elsewhere.test;gr=urn:uuid:1>").code == 200)
        let old = contact(5_060) + ";pub-gruu=\"sip:x@y;gr=1\";temp-gruu=\"sip:z@y;gr\";q=0.5"
        let reply = office.register(old, to: "sip:bob@example.test")
        #expect(reply.contacts == [contact(5_060) + ";q=0.5;expires=3600"])
    }

    @Test("the cipher of temporary GRUUs gives back what went in", arguments: 0..<50)
    func cipher(seed: UInt64) {
        let left = seed &* 0x9e37_79b9_7f4a_7c15
        let right = seed &* 0xbf58_476d_1ce4_e5b9
        let sealed = Self.key.encrypt(left, right)
        #expect(Self.key.decrypt(sealed.0, sealed.1) == (left, right))
        #expect(GRUUKey(1, 3).decrypt(sealed.0, sealed.1) != (left, right))
    }

    @Test(
        "the keyed hash agrees with its authors' vectors",
        arguments: [
            ([], 0x726f_db47_dd0e_0e31), ([0x0706_0504_0302_0100], 0x93f5_f579_9a93_2462),
            ([0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908], 0x3f2a_cc7f_57c2_9bdb),
        ] as [([UInt64], UInt64)]
    )
    func vectors(words: [UInt64], expected: UInt64) {
        let hash = SipHash.hash(words, first: 0x0706_0504_0302_0100, second: 0x0f0e_0d0c_0b0a_0908)
        #expect(hash == expected)
    }
}
