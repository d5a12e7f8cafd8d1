import SIPFlow
import Testing

@testable import SIPRegistrar

@Suite("What the registrar may be told to do")
struct PolicyTests {
    private let path = ["Path: <sip:edge.example.test;lr>"]

    @Test("G18 Q18 a Path from a phone that does not support it is taken, or refused with 420 by policy")
    func pathSupport() {
        #expect(Office().register("<sip:a@10.0.0.1>", extra: path).values("Path").count == 1)
        let strict = Office { $0.requiresPathSupport = true }
        let reply = strict.register("<sip:a@10.0.0.1>", extra: path)
        #expect(reply.code == 420)
        #expect(reply.values("Unsupported") == ["path"])
        #expect(reply.answer.reasonPhrase == "Path Without Its Support", "the reason in words")
        #expect(strict.count == 0)
        #expect(strict.register("<sip:a@10.0.0.1>", extra: path + ["Supported: gruu, Path"]).code == 200)
        #expect(strict.register("<sip:b@10.0.0.1>").code == 200)
    }

    @Test("Q13 where the policy says so, the 200 lists the sender's own contacts only; a fetch lists all")
    func ownContacts() {
        let office = Office { $0.listsOnlyOwn = true }
        office.register("<sip:a@10.0.0.1>")
        #expect(office.register("<sip:b@10.0.0.2>").contacts == ["<sip:b@10.0.0.2>;expires=3600"])
        let change = office.register("<sip:c@10.0.0.2>", "<sip:b@10.0.0.2>;expires=0")
        #expect(change.contacts == ["<sip:c@10.0.0.2>;expires=3600"])
        #expect(office.register("<sip:c@10.0.0.2>;expires=0").contacts.isEmpty)
        #expect(office.register().contacts.count == 1)
    }

    @Test(
        "G25 a push service that is served is named in the 200, one that is not is 555",
        arguments: [
            (";pn-provider=apns;pn-prid=1;pn-param=t", 200, ["*;+sip.pns=\"apns\""]),
            (";pn-provider", 200, ["*;+sip.pns=\"apns\"", "*;+sip.pns=\"fcm\""]),
            (";pn-provider=webpush;pn-prid=1", 555, []), ("", 200, []),
        ]
    )
    func push(parameters: String, code: Int, capabilities: [String]) {
        let office = Office { $0.pushServices = ["apns", "fcm"] }
        let reply = office.register("<sip:a@10.0.0.1\(parameters)>")
        #expect(reply.code == code)
        #expect(reply.values("Feature-Caps") == capabilities)
        #expect(office.targets() == (code == 200 ? ["sip:a@10.0.0.1\(parameters)"] : []))
        #expect(
            office.register("<sip:a@10.0.0.1\(parameters)>;expires=0").code == 200,
            "leaving is always possible"
        )
    }

    @Test("G25 where no push service is configured, the parameters are kept and nothing is promised")
    func noPush() {
        let office = Office()
        let reply = office.register("<sip:a@10.0.0.1;pn-provider=apns;pn-prid=1;pn-param=t>")
        #expect(reply.contacts == ["<sip:a@10.0.0.1;pn-provider=apns;pn-prid=1;pn-param=t>;expires=3600"])
        #expect(reply.values("Feature-Caps").isEmpty)
    }

    @Test("Q14 what was asked for and what was granted are both known")
    func asked() {
        let office = Office(maximum: 600)
        office.register("<sip:a@10.0.0.1>;expires=86400", "<sip:b@10.0.0.1>;expires=60", "<sip:c@10.0.0.1>")
        let rows = office.snapshots().sorted { $0.contact < $1.contact }
        #expect(rows.map(\.asked) == [86_400, 60, nil])
        #expect(rows.map { ($0.expiresAt - $0.refreshedAt).wholeSeconds } == [600, 60, 600])
    }

    @Test("Q12 each binding tells how many look like it, and tells it anew when one comes or goes")
    func pile() {
        let office = Office(contacts: 20)
        office.track()
        for number in 1...4 {
            office.register("<sip:a@10.0.0.1:\(5_000 + number)>", extra: ["User-Agent: App"])
        }
        office.register("<sip:b@10.0.0.2>", extra: ["User-Agent: Desk"])
        office.register("<sip:c@10.0.0.3>")
        var rows: [String: Int] = [:]
        for row in office.changes().changed { rows[row.contact] = row.alike }
        #expect(rows.values.sorted() == [1, 1, 4, 4, 4, 4])
        office.register("<sip:a@10.0.0.1:5005>", extra: ["User-Agent: App"])
        for row in office.changes().changed { rows[row.contact] = row.alike }
        #expect(rows.values.sorted() == [1, 1, 5, 5, 5, 5, 5])
        office.register("<sip:a@10.0.0.1:5005>;expires=0")
        for row in office.changes().changed { rows[row.contact] = row.alike }
        #expect(rows.filter { $0.key != "sip:a@10.0.0.1:5005" }.values.sorted() == [1, 1, 4, 4, 4, 4])
    }
}
