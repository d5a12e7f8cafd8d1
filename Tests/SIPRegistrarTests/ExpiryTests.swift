import SIPFlow
import Testing

@testable import SIPRegistrar

@Suite("Expiry")
struct ExpiryTests {
    @Test(
        "G06 the contact's expires, else the Expires field, else the default; what is malformed counts as 3600",
        arguments: [
            (";expires=100", nil, 100), (";expires=100", "200", 100), ("", "200", 200), ("", nil, 1_800),
            (";expires=soon", "200", 3_600), (";expires=-1", nil, 3_600), (";expires", nil, 3_600),
            ("", "tomorrow", 3_600), (";expires=4294967296", nil, 3_600), (";expires=4294967295", nil, 7_200),
            (";EXPIRES=100", nil, 100),
        ] as [(String, String?, Int)]
    )
    func granted(parameter: String, field: String?, seconds: Int) {
        let office = Office(default: 1_800)
        let reply = office.register("<sip:a@127.0.0.1>\(parameter)", expires: field)
        #expect(reply.contacts == ["<sip:a@127.0.0.1>;expires=\(seconds)"])
    }

    @Test(
        "G07 Q14 423 only for more than 0 and less than the minimum and 3600; longer than the maximum is shortened",
        arguments: [
            (60, 600, "10", nil), (60, 600, "59", nil), (60, 600, "60", 60), (60, 600, "600", 600),
            (60, 600, "86400", 600), (60, 600, "1", nil), (7_200, 9_000, "3599", nil),
            (7_200, 9_000, "3600", 3_600),
        ] as [(Int, Int, String, Int?)]
    )
    func bounds(minimum: Int, maximum: Int, asked: String, seconds: Int?) {
        let office = Office(minimum: minimum, maximum: maximum)
        let reply = office.register("<sip:a@127.0.0.1>", expires: asked)
        if let seconds {
            #expect(reply.code == 200)
            #expect(reply.values("Min-Expires").isEmpty)
            #expect(reply.contacts == ["<sip:a@127.0.0.1>;expires=\(seconds)"])
        } else {
            #expect(reply.answer == .intervalTooBrief(asked: Int(asked) ?? 0, minimum: minimum))
            #expect(reply.code == 423)
            #expect(reply.lines == ["Min-Expires: \(minimum)"])
            #expect(office.count == 0)
        }
    }

    @Test("Q14 one contact too brief leaves the other unstored, in either order")
    func allOrNothing() {
        let office = Office()
        #expect(
            office.register("<sip:a@127.0.0.1:5070>;expires=10, <sip:a@127.0.0.1:5071>;expires=300").code
                == 423
        )
        #expect(
            office.register("<sip:a@127.0.0.1:5071>;expires=300, <sip:a@127.0.0.1:5070>;expires=10").code
                == 423
        )
        #expect(office.count == 0)
    }

    @Test("a default or a malformed expiry below the minimum is no cause for a 423")
    func briefDefault() {
        let office = Office(minimum: 120, default: 90)
        #expect(office.register("<sip:a@127.0.0.1>").contacts == ["<sip:a@127.0.0.1>;expires=120"])
        #expect(office.register("<sip:a@127.0.0.1>;expires=x").contacts == ["<sip:a@127.0.0.1>;expires=3600"])
    }

    @Test("G13 expires 0 of an unknown contact is a success, and leaves no trace")
    func removeUnknown() {
        let office = Office()
        #expect(office.register("<sip:a@127.0.0.1>;expires=0").code == 200)
        #expect(office.register("<sip:a@127.0.0.1>", expires: "0").code == 200)
        #expect(!office.isKnown("sip:alice@example.test"))
    }

    @Test("phones unregister with expires=0 on the contact or with Expires: 0")
    func unregister() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>", "<sip:b@127.0.0.1>", "<sip:c@127.0.0.1>")
        let first = office.register("<sip:a@127.0.0.1>;expires=0", expires: "300")
        #expect(first.contacts == ["<sip:c@127.0.0.1>;expires=3600", "<sip:b@127.0.0.1>;expires=3600"])
        #expect(
            office.register("<sip:b@127.0.0.1>", expires: "0").contacts == ["<sip:c@127.0.0.1>;expires=3600"]
        )
    }

    @Test("G14 a lookup and a listing leave out what is over, before it is swept")
    func lookupAfterTheEnd() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>;expires=60", "<sip:b@127.0.0.1>;expires=61")
        office.wait(milliseconds: 59_999)
        #expect(office.targets() == ["sip:b@127.0.0.1", "sip:a@127.0.0.1"])
        office.wait(milliseconds: 1)
        #expect(office.targets() == ["sip:b@127.0.0.1"])
        #expect(office.register().contacts == ["<sip:b@127.0.0.1>;expires=1"])
    }

    @Test("G14 bindings go at their time, each at its own, without being looked up")
    func sweep() {
        let office = Office()
        office.track()
        office.register("<sip:a@127.0.0.1>;expires=3600", "<sip:b@127.0.0.1>;expires=90")
        _ = office.changes()
        var ends: [Int] = []
        while office.expireNext() {
            for end in office.changes().removed {
                #expect(end.reason == .expired)
                ends.append((end.moment - .zero).wholeSeconds)
            }
        }
        #expect(ends == [90, 3_600])
        #expect(office.count == 0)
    }

    @Test("a refresh moves the end, later or earlier")
    func refresh() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>;expires=100")
        office.wait(seconds: 90)
        office.register("<sip:a@127.0.0.1>;expires=100")
        office.wait(seconds: 90)
        office.expire()
        #expect(office.targets().count == 1)
        office.register("<sip:a@127.0.0.1>;expires=60")
        office.wait(seconds: 60)
        office.expire()
        #expect(office.count == 0)
    }

    @Test("a binding whose time is over holds back no one, though nobody swept it")
    func overdueCallID() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>;expires=60", cseq: 10)
        office.wait(seconds: 60)
        #expect(office.register("<sip:a@127.0.0.1>", cseq: 2).code == 200)
    }

    @Test("480 or 404: an address of record is known while it has bindings and a while after")
    func knownAfterwards() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>;expires=60")
        #expect(office.isKnown("sip:alice@example.test"))
        office.wait(seconds: 60)
        office.expire()
        #expect(office.isKnown("sip:alice@example.test"))
        #expect(!office.isKnown("sip:bob@example.test"))
        for number in 0..<Registrar.emptiedLimit {
            office.register("<sip:a@127.0.0.1>", to: "sip:u\(number)@example.test")
            office.register("*", to: "sip:u\(number)@example.test", expires: "0")
        }
        #expect(!office.isKnown("sip:alice@example.test"))
        #expect(office.isKnown("sip:u\(Registrar.emptiedLimit - 1)@example.test"))
    }

    @Test("an address of record that came back and went again is remembered from its last time on")
    func knownAgain() {
        let office = Office()
        office.register("<sip:a@127.0.0.1>")
        office.register("*", expires: "0")
        for number in 0..<Registrar.emptiedLimit {
            if number == Registrar.emptiedLimit - 2 {
                office.register("<sip:b@127.0.0.1>")
                office.register("*", expires: "0")
            }
            office.register("<sip:a@127.0.0.1>", to: "sip:u\(number)@example.test")
            office.register("*", to: "sip:u\(number)@example.test", expires: "0")
        }
        #expect(!office.isKnown("sip:u0@example.test"))
        #expect(office.isKnown("sip:alice@example.test"))
        office.register("<sip:b@127.0.0.1>;expires=0", "<sip:c@127.0.0.1>")
        #expect(office.targets() == ["sip:c@127.0.0.1"])
    }
}
