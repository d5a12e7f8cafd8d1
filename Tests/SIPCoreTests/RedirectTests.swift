import SIPCore
import SIPFlow
import Testing

@Suite("Redirections followed here (RFC 3261 §16.7 step 4)")
struct RedirectTests {
    private func calling(
        follows: Bool = true,
        phones: [(port: String, q: String?)] = [("5080", nil)]
    ) throws -> (rig: Rig, invites: [Sent]) {
        let rig = Rig { $0.followsRedirects = follows }
        for phone in phones { rig.register("bob", port: phone.port, q: phone.q) }
        rig.invite("bob")
        let invites = rig.take().filter { $0.startLine.hasPrefix("INVITE") }
        try #require(!invites.isEmpty)
        return (rig, invites)
    }

    private func contacts(_ uris: String...) -> [String] { uris.map { "Contact: \($0)" } }

    @Test("R10 is off by default: the caller gets the 3xx as it came")
    func off() throws {
        let (rig, invites) = try calling(follows: false)
        rig.answer(302, to: invites[0], extra: contacts("<sip:bob@127.0.0.1:5090>"))
        #expect(rig.take(to: "5070").map { $0.headers("Contact") } == [["<sip:bob@127.0.0.1:5090>"]])
        #expect(rig.take(to: "5090").isEmpty)
    }

    @Test("R10 the contacts are tried by q, and their answer is the answer")
    func follow() throws {
        let (rig, invites) = try calling()
        rig.answer(
            302,
            to: invites[0],
            extra: contacts("<sip:b@127.0.0.1:5091>;q=0.5, <sip:c@127.0.0.1:5092;x=1>;q=0.9")
        )
        #expect(rig.take(to: "5091").isEmpty)
        let first = try #require(rig.one(to: "5092"))
        #expect(first.startLine == "INVITE sip:c@127.0.0.1:5092;x=1 SIP/2.0")
        rig.answer(486, to: first)
        let second = try #require(rig.one(to: "5091"))
        rig.answer(200, to: second, contact: "<sip:b@127.0.0.1:5091>")
        #expect(rig.take(to: "5070").map(\.code) == [200])
        rig.expectEnd()
    }

    @Test("R10 a contact with a host name is looked up; the caller waits meanwhile")
    func named() throws {
        let (rig, invites) = try calling()
        rig.answer(302, to: invites[0], extra: contacts("<sip:b@gw.test>"))
        #expect(rig.take(to: "5070").isEmpty)
        rig.answerNames(NextHopRuleTests.cluster)
        let next = try #require(rig.one(to: NextHopRuleTests.a))
        #expect(next.startLine == "INVITE sip:b@gw.test SIP/2.0")
        rig.answer(200, to: next, contact: "<sip:b@127.0.0.11:5091>")
        #expect(rig.take(to: "5070").map(\.code) == [200])
        rig.expectEnd()
    }

    @Test("R10 a contact of ours stands for its bindings")
    func ownUser() throws {
        let (rig, invites) = try calling()
        rig.register("carol", port: "5085")
        rig.answer(302, to: invites[0], extra: contacts("<sip:carol@example.test>"))
        #expect(rig.one(to: "5085")?.startLine == "INVITE sip:carol@127.0.0.1:5085 SIP/2.0")
    }

    @Test("R10 no target is tried twice: a 302 to itself, to each other, or to equal URIs ends the search")
    func loops() throws {
        let (rig, invites) = try calling()
        rig.answer(302, to: invites[0], extra: contacts("<sip:bob@127.0.0.1:5080>", "<sip:b@127.0.0.1:5091>"))
        let next = try #require(rig.one(to: "5091"))
        #expect(rig.take(to: "5080").map(\.method) == ["ACK"])
        rig.answer(
            301,
            to: next,
            extra: contacts("<sip:bob@127.0.0.1:5080>, <sip:%62@127.0.0.1:5091>, <sip:bob@example.test>")
        )
        #expect(rig.take().filter { $0.startLine.hasPrefix("INVITE") }.isEmpty)
        rig.expectEnd()
    }

    @Test("R10 a redirection to nobody new is 480, or the best answer of the other branches")
    func nobody() throws {
        let (rig, invites) = try calling(phones: [("5080", nil), ("5081", nil)])
        for invite in invites { rig.answer(302, to: invite, extra: contacts("<sip:bob@127.0.0.1:5081>")) }
        #expect(rig.take(to: "5070").map(\.code) == [480])
        let (other, both) = try calling(phones: [("5080", nil), ("5081", nil)])
        other.answer(302, to: both[0], extra: contacts("<sip:bob@127.0.0.1:5081>"))
        other.answer(486, to: both[1])
        #expect(other.take(to: "5070").map(\.code) == [486])
    }

    @Test("R10 what cannot be tried here stays for the caller, without what was: never sips in the clear")
    func rest() throws {
        let (rig, invites) = try calling()
        rig.answer(
            300,
            to: invites[0],
            extra: ["Warning: 399 b \"moved\""]
                + contacts("<sips:bob@127.0.0.1:5090>, <sip:b@127.0.0.1:5091>", "<mailto:bob@example.test>")
        )
        #expect(rig.take(to: "5090").isEmpty)
        let next = try #require(rig.one(to: "5091"))
        rig.answer(404, to: next)
        let answer = try #require(rig.one(to: "5070"))
        #expect(answer.code == 300 && answer.headers("Warning").count == 1)
        #expect(answer.headers("Contact") == ["<sips:bob@127.0.0.1:5090>", "<mailto:bob@example.test>"])
        rig.expectEnd()
    }

    @Test("R10 the redirected branch goes on at once while another rings, and waiting phones keep waiting")
    func besideRinging() throws {
        let (rig, invites) = try calling(phones: [("5080", nil), ("5081", nil), ("5082", "0.5")])
        let ringing = "\(invites[1].to)"
        rig.answer(180, to: invites[1])
        rig.answer(302, to: invites[0], extra: contacts("<sip:b@127.0.0.1:5091>;q=0.5"))
        let next = try #require(rig.one(to: "5091"))
        #expect(rig.take(to: "5082").isEmpty)
        rig.answer(200, to: next, contact: "<sip:b@127.0.0.1:5091>")
        #expect(rig.take(to: ringing).map(\.method) == ["CANCEL"])
        rig.expectEnd()
    }

    @Test("R10 a chain of redirections ends after 30 targets")
    func bounded() throws {
        var (rig, invites) = try calling()
        var hops = 0
        while let invite = invites.first, hops < 100 {
            hops += 1
            rig.answer(302, to: invite, extra: contacts("<sip:h\(hops)@127.0.0.1:5090>"))
            invites = rig.take(to: "5090").filter { $0.startLine.hasPrefix("INVITE") }
        }
        #expect(hops == 30)
        #expect(rig.take(to: "5070").last?.code == 302)
        rig.expectEnd()
    }

    @Test("R10 after a CANCEL, and for a URI that is not ours, nothing is followed")
    func notOurs() throws {
        let (rig, invites) = try calling()
        rig.answer(180, to: invites[0])
        rig.cancel()
        rig.answer(302, to: invites[0], extra: contacts("<sip:b@127.0.0.1:5091>"))
        #expect(rig.take(to: "5091").isEmpty)
        let relay = Rig { $0.followsRedirects = true }
        relay.register("alice", port: "5070")
        relay.send("INVITE", "sip:x@127.0.0.9:5099", branch: "r")
        let invite = try #require(relay.one(to: "127.0.0.9:5099"))
        relay.answer(302, to: invite, extra: contacts("<sip:y@127.0.0.9:5098>"))
        #expect(relay.take(to: "127.0.0.9:5098").isEmpty)
        #expect(relay.take(to: "5070").last?.code == 302)
    }

    @Test("R10 a MESSAGE is redirected as well, and Max-Breadth is dealt out again")
    func otherMethods() throws {
        let rig = Rig { $0.followsRedirects = true }
        rig.register("bob", port: "5080")
        rig.send("MESSAGE", branch: "m", extra: ["Max-Breadth: 3"])
        let message = try #require(rig.one(to: "5080"))
        rig.answer(302, to: message, extra: contacts("<sip:b@127.0.0.1:5091>, <sip:c@127.0.0.1:5092>"))
        #expect(rig.take().map { $0.headers("Max-Breadth") } == [["2"], ["1"]])
    }
}
