import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("CANCEL and ACK (rules K)")
struct CancelRuleTests {
    @Test("K01 CANCEL is answered 200 by a transaction of its own; the INVITE ends with the callee's 487")
    func cancel() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        _ = rig.take()
        rig.cancel()
        rig.cancel()
        #expect(rig.take(to: "5070").map(\.code) == [200, 200], "the second is a repeat")
        let cancels = rig.take(to: "5080")
        #expect(cancels.map(\.method) == ["CANCEL"])
        rig.answer(200, to: cancels[0])
        rig.answer(487, to: invite, tag: "b9")
        let final = try #require(rig.one(to: "5070"))
        #expect(final.code == 487 && final.headers("To").first?.hasSuffix("b9") == true && !final.isOwn)
        rig.expectEnd()
    }

    @Test("K02 the CANCEL of each branch waits for its first provisional; timer B ends the silent one")
    func waiting() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.register("bob", port: "5081")
        rig.invite("bob")
        let invite = try #require(rig.take(to: "5080").first)
        rig.answer(100, to: invite)
        _ = rig.take()
        rig.cancel()
        let cancel = try #require(rig.one(to: "5080"))
        #expect(cancel.method == "CANCEL")
        rig.answer(200, to: cancel)
        rig.answer(487, to: invite)
        #expect(rig.take(to: "5070").map(\.code) == [200])
        #expect(rig.take(to: "5081").isEmpty)
        rig.advance(.seconds(32))
        #expect(rig.take(to: "5070").map(\.code) == [487])
        #expect(Set(rig.take(to: "5081").map(\.method)) == ["INVITE"])
        rig.expectEnd()
    }

    @Test(
        "K03 CANCEL has the branch's URI, top Via, Route, From, To, Call-ID and CSeq number, no Require, no body"
    )
    func copy() throws {
        let rig = Rig()
        rig.register("bob", port: "5080", extra: ["Path: <sip:127.0.0.8:5099;lr>", "Supported: path"])
        rig.invite("bob", extra: ["Require: 100rel"], body: "v=0")
        let invite = try #require(rig.take(to: "127.0.0.8:5099").first)
        rig.answer(180, to: invite)
        rig.cancel()
        let cancel = try #require(rig.one(to: "127.0.0.8:5099"))
        #expect(cancel.startLine == "CANCEL sip:bob@127.0.0.1:5080 SIP/2.0")
        #expect(cancel.headers("Via") == [invite.headers("Via")[0]])
        for name in ["Route", "From", "To", "Call-ID"] {
            #expect(cancel.headers(name) == invite.headers(name))
        }
        #expect(cancel.headers("CSeq") == ["1 CANCEL"])
        #expect(cancel.headers("Max-Forwards") == ["70"])
        #expect(cancel.headers("Require").isEmpty && cancel.body.isEmpty && cancel.isOwn)
    }

    @Test("K04 CANCEL after a final response is answered and changes nothing", arguments: [200, 486])
    func late(code: Int) throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(code, to: invite)
        _ = rig.take()
        rig.cancel()
        #expect(rig.take().map(\.code) == [200])
        rig.expectEnd()
    }

    @Test(
        "K05 a CANCEL that matches nothing is 481",
        arguments: ["bob@example.test", "example.test", "x@203.0.113.9"]
    )
    func unmatched(uri: String) throws {
        let (rig, _) = try Rig.calling()
        rig.send("CANCEL", "sip:\(uri)", branch: "other")
        #expect(rig.take().map(\.code) == [481])
    }

    @Test("K06 CANCEL and ACK are not held up by Proxy-Require, nor CANCEL by a full table")
    func unhindered() throws {
        let (rig, invite) = try Rig.calling { $0.transactionLimit = 3 }
        rig.answer(180, to: invite)
        rig.send("OPTIONS", "sip:nobody@example.test", branch: "o")
        #expect(rig.take().map(\.code) == [180, 503])
        rig.send("CANCEL", branch: "nothing")
        #expect(rig.take().map(\.code) == [503])
        rig.send("CANCEL", branch: "i1", extra: ["Proxy-Require: foo"])
        #expect(rig.take().map(\.method) == ["CANCEL", "CANCEL"])
        rig.expectEnd()
    }

    @Test("K07 a CANCEL of another request is answered 200 and changes nothing")
    func otherMethod() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        rig.send("MESSAGE", branch: "m")
        let message = try #require(rig.one(to: "5080"))
        rig.send("CANCEL", branch: "m")
        #expect(rig.take().map(\.code) == [200])
        rig.answer(202, to: message)
        #expect(rig.take(to: "5070").map(\.code) == [202])
        rig.expectEnd()
    }

    @Test("K08 a cancelled branch without a final response has ended after 64·T1, provisionals or not")
    func endless() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(180, to: invite)
        rig.cancel()
        let cancel = try #require(rig.take(to: "5080").first)
        rig.answer(200, to: cancel)
        _ = rig.take()
        for _ in 0..<31 {
            rig.advance(.seconds(1))
            rig.answer(180, to: invite)
        }
        #expect(Set(rig.take(to: "5070").map(\.code)) == [180])
        rig.advance(.seconds(1))
        #expect(rig.take(to: "5070").map(\.code) == [487])
        rig.answer(200, to: invite)
        #expect(rig.take().isEmpty)
        rig.expectEnd()
    }

    @Test("K09 Q25 the ACK to a failure ends here, also one with a Route of ours; each to a 2xx goes through")
    func acknowledgement() throws {
        let (rig, invite) = try Rig.calling()
        let route = try #require(invite.headers("Record-Route").first)
        rig.answer(486, to: invite)
        _ = rig.take()
        rig.send("ACK", branch: "i1", toTag: "b1", extra: ["Route: \(route)"])
        #expect(rig.take().isEmpty)
        rig.expectEnd()
    }
}
