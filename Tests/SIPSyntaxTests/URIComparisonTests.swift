import SIPSyntax
import Testing

@Suite("URI comparison (RFC 3261 §19.1.4)")
struct URIComparisonTests {
    /// Whether two URIs are equivalent; nil when one cannot be read, or when it depends on the order.
    private func areEquivalent(_ left: String, _ right: String) -> Bool? {
        let leftBytes = Array(left.utf8)
        let rightBytes = Array(right.utf8)
        guard let leftURI = try? URI(leftBytes.span, Slice(0, leftBytes.count)),
            let rightURI = try? URI(rightBytes.span, Slice(0, rightBytes.count))
        else { return nil }
        let forth = leftURI.isEquivalent(leftBytes.span, to: rightURI, rightBytes.span)
        let back = rightURI.isEquivalent(rightBytes.span, to: leftURI, leftBytes.span)
        return forth == back ? forth : nil
    }

    @Test(
        "the equivalent examples of the RFC",
        arguments: [
            ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
            ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"
            ),
            (
                "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=project%20x"
            ),
        ]
    )
    func equivalentExamples(left: String, right: String) {
        #expect(areEquivalent(left, right) == true)
    }

    @Test(
        "the examples of the RFC that are not equivalent",
        arguments: [
            ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
            ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
            ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
        ]
    )
    func differentExamples(left: String, right: String) {
        #expect(areEquivalent(left, right) == false)
    }

    @Test("U01 sip and sips never match", arguments: ["a@h", "a@h:5061", "h;transport=tls"])
    func schemes(rest: String) {
        #expect(areEquivalent("sip:" + rest, "sips:" + rest) == false)
        #expect(areEquivalent("SIP:" + rest, "sip:" + rest) == true)
        #expect(areEquivalent("SIPS:" + rest, "sips:" + rest) == true)
    }

    @Test(
        "U02 the user and password compare with case, host, parameter names and values without",
        arguments: [
            ("sip:Alice@h", "sip:alice@h", false), ("sip:a:Pass@h", "sip:a:pass@h", false),
            ("sip:a:p@h", "sip:a@h", false), ("sip:a:@h", "sip:a@h", false),
            ("sip:a@HOST.Test", "sip:a@host.test", true),
            ("sip:a@[2001:DB8::1]", "sip:a@[2001:db8::1]", true),
            ("sip:a@h;MADDR=X.test", "sip:a@h;maddr=x.TEST", true), ("sip:a@h;x=ABC", "sip:a@h;X=abc", true),
            ("sip:a@h;method=INVITE", "sip:a@h;method=invite", true),
        ]
    )
    func letterCase(left: String, right: String, isEquivalent: Bool) {
        #expect(areEquivalent(left, right) == isEquivalent)
    }

    @Test(
        "U03 a port that is written is never one that is left out",
        arguments: [
            ("sip:u@h", "sip:u@h:5060", false), ("sips:u@h", "sips:u@h:5061", false),
            ("sip:u@h:5060", "sip:u@h:5061", false), ("sip:u@h:5060", "sip:u@h:05060", true),
            ("sip:u@[::1]", "sip:u@[::1]:5060", false),
        ]
    )
    func ports(left: String, right: String, isEquivalent: Bool) {
        #expect(areEquivalent(left, right) == isEquivalent)
    }

    @Test(
        "U04 an escape equals its character unless that is reserved",
        arguments: [
            ("sip:%61lice@h", "sip:alice@h", true), ("sip:%41lice@h", "sip:alice@h", false),
            ("sip:a%2Db@h", "sip:a-b@h", true), ("sip:a%7eb@h", "sip:a~b@h", true),
            ("sip:a%3Bb@h", "sip:a;b@h", false), ("sip:a%3bb@h", "sip:a%3Bb@h", true),
            ("sip:a%2Bb@h", "sip:a+b@h", false), ("sip:a%3Fb@h", "sip:a?b@h", false),
            ("sip:a%40h@h", "sip:a@h", false), ("sip:a:%70@h", "sip:a:p@h", true),
            ("sip:a@h;x=%41", "sip:a@h;x=a", true), ("sip:a@h;%78=1", "sip:a@h;x=2", false),
            ("sip:a%2", "sip:a%2", nil), ("sip:a%20b@h", "sip:a%20b@h", true),
            ("sip:sip%3Auser%40example.test@h", "sip:sip%3auser%40example.test@h", true),
        ] as [(String, String, Bool?)]
    )
    func escapes(left: String, right: String, isEquivalent: Bool?) {
        #expect(areEquivalent(left, right) == isEquivalent)
    }

    @Test(
        "U05 user, ttl, method, maddr and transport on one side only mean no match",
        arguments: [
            ("user=phone", false), ("ttl=1", false), ("method=INVITE", false), ("maddr=224.0.1.1", false),
            ("transport=udp", false), ("Transport=udp", false), ("lr", true), ("ob", true), ("x=1", true),
            ("comp=sigcomp", true),
        ]
    )
    func oneSided(parameter: String, isEquivalent: Bool) {
        #expect(areEquivalent("sip:a@h", "sip:a@h;" + parameter) == isEquivalent)
        #expect(areEquivalent("sip:a@h;y=1", "sip:a@h;y=1;" + parameter) == isEquivalent)
    }

    @Test(
        "U05 parameters on both sides must agree",
        arguments: [
            (";transport=udp", ";transport=tcp", false), (";x=1", ";x=2", false), (";x", ";x=1", false),
            (";x", ";x", true), (";x=1;y=2", ";x=1;z=3", true), (";user=ip", ";user=ip", true),
        ]
    )
    func bothSides(left: String, right: String, isEquivalent: Bool) {
        #expect(areEquivalent("sip:a@h" + left, "sip:a@h" + right) == isEquivalent)
    }

    @Test(
        "U06 the order of parameters and URI headers is nothing; URI headers are never ignored",
        arguments: [
            (";a=1;b=2", ";b=2;a=1", true), ("?a=1&b=2", "?b=2&a=1", true), ("?a=1", "", false),
            ("?a=1", "?a=2", false), ("?a=1&b=2", "?a=1", false), ("?a=1&a=2", "?a=1&a=1", false),
            ("?A=1", "?a=1", true), ("?subject=a%20b", "?subject=a%20b", true),
            ("?to=sip:bob%40h", "?to=sip:bob%40h", true), (";lr?a=1", "?a=1", true),
        ]
    )
    func order(left: String, right: String, isEquivalent: Bool) {
        #expect(areEquivalent("sip:u@h" + left, "sip:u@h" + right) == isEquivalent)
    }

    @Test("U08 a semicolon, slash or question mark before the @ is part of the user")
    func semicolonsInUser() throws {
        let text = "sip:user;par=u%40example.net;/x?y@example.com;lr"
        let bytes = Array(text.utf8)
        let uri = try URI(bytes.span, Slice(0, bytes.count))
        #expect(uri.user.map { bytes.text($0) } == "user;par=u%40example.net;/x?y")
        #expect(bytes.text(uri.host) == "example.com")
        #expect(bytes.text(uri.parameters) == ";lr")
        #expect(areEquivalent("sip:a;x=1@h", "sip:a@h") == false)
        #expect(areEquivalent("sip:a;transport=tcp@h", "sip:a@h;transport=tcp") == false)
    }

    @Test(
        "other schemes are equal when their bytes are",
        arguments: [
            ("tel:+1-555", "tel:+1-555", true), ("tel:+1-555", "tel:+1555", false),
            ("mailto:a@h", "mailto:A@h", false),
            ("tel:+1555", "sip:+1555@h;user=phone", false),
        ]
    )
    func otherSchemes(left: String, right: String, isEquivalent: Bool) {
        #expect(areEquivalent(left, right) == isEquivalent)
    }

    @Test(
        "U07 the key of an address of record",
        arguments: [
            ("sip:Alice@Example.TEST", "Alice@example.test"), ("sip:%61lice@h", "alice@h"),
            ("sips:a@h:5061;transport=tls?x=y", "a@h"), ("sip:a:secret@h", "a@h"), ("sip:H", "h"),
            ("sip:a;b@h", "a;b@h"), ("sip:a%3Bb@h", "a;b@h"), ("sip:a@[2001:DB8::1]", "a@[2001:db8::1]"),
            ("tel:+1-555", "tel:+1-555"),
        ]
    )
    func addressOfRecord(text: String, expected: String) throws {
        let bytes = Array(text.utf8)
        var key: [UInt8] = []
        try URI(bytes.span, Slice(0, bytes.count)).appendAddressOfRecord(bytes.span, to: &key)
        #expect(key.text(Slice(0, key.count)) == expected)
    }
}
