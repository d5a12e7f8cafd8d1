import SIPCore
import SIPFlow
import Testing

@Suite("Overload control on the wire (RFC 7339)")
struct OverloadTests {
    private func rig(limit: Int = 400_000, controls: Bool = true) -> Rig {
        let rig = Rig {
            $0.controlsOverload = controls
            $0.transactionLimit = limit
        }
        rig.register("bob", port: "5080")
        rig.advance(.seconds(60))
        return rig
    }

    private func message(_ rig: Rig, _ branch: String, offer: String = "") {
        rig.receive(
            Make.request("MESSAGE", "sip:bob@example.test", port: "5070", branch: branch + offer),
            from: "5070"
        )
    }

    /// bob answers and says how loaded he is, in our Via.
    private func answer(_ rig: Rig, _ request: Sent, load: String) {
        let text = Make.response(200, to: request).replacing(";oc;oc-algo=\"loss\"", with: load)
        rig.receive(text, from: "5080")
    }

    @Test("O02 is off by default: no parameter is written, none is heard")
    func off() throws {
        let rig = rig(controls: false)
        message(rig, "1")
        let request = try #require(rig.one(to: "5080"))
        #expect(!request.headers("Via")[0].contains(";oc"))
        rig.receive(
            Make.response(200, to: request).replacing(";branch", with: ";oc=100;oc-seq=1;branch"),
            from: "5080"
        )
        message(rig, "2")
        #expect(rig.take(to: "5080").count == 1)
    }

    @Test("O02 a next hop that asks for less gets less; what is held back is 503, dialogs go on")
    func client() throws {
        let rig = rig()
        message(rig, "1")
        let request = try #require(rig.one(to: "5080"))
        #expect(request.headers("Via")[0].hasSuffix(";oc;oc-algo=\"loss\""))
        #expect(!request.headers("Via")[1].contains(";oc"))
        answer(rig, request, load: ";oc=50;oc-algo=\"loss\";oc-validity=2000;oc-seq=1.5")
        _ = rig.take()
        for place in 0..<10 { message(rig, "m\(place)") }
        let sent = rig.take()
        #expect(sent.filter { $0.method == "MESSAGE" && $0.code == 0 }.count == 5)
        let refusals = sent.filter { $0.code == 503 }
        #expect(refusals.count == 5 && refusals.allSatisfy { $0.headers("Retry-After").isEmpty })
        rig.advance(.milliseconds(1_999))
        _ = rig.take()
        for place in 0..<4 { rig.send("BYE", branch: "b\(place)", cseq: 2 + place, toTag: "b1") }
        #expect(rig.take(to: "5080").filter { $0.method == "BYE" }.count == 4)
        rig.advance(.milliseconds(1))
        _ = rig.take()
        for place in 0..<4 { message(rig, "n\(place)") }
        #expect(rig.take(to: "5080").count == 4)
        rig.expectEnd()
    }

    @Test("O02 whoever listens is told our load in every response, rising with the table, and its end")
    func server() throws {
        let rig = rig(limit: 16)
        let offer = ";oc;oc-algo=\"loss\""
        func load(_ response: Sent?) -> String {
            let via = response?.headers("Via").first ?? ""
            return via.firstRange(of: "oc=").map { String(via[$0.lowerBound...]) } ?? via
        }
        rig.send("SUBSCRIBE", "sip:nobody@example.test", branch: "first" + offer)
        #expect(rig.one(to: "5070")?.headers("Via")[0].contains(";oc;oc-algo=\"loss\"") == true)
        for place in 0..<12 { rig.send("SUBSCRIBE", "sip:nobody@example.test", branch: "s\(place)") }
        let quiet = rig.take(to: "5070")
        #expect(quiet.allSatisfy { !$0.text.contains(";oc") }, "who does not listen is not told")
        rig.send("SUBSCRIBE", "sip:nobody@example.test", branch: "a" + offer)
        #expect(
            load(rig.one(to: "5070"))
                == "oc=48;oc-algo=\"loss\";oc-validity=500;oc-seq=1700000060.000"
        )
        rig.advance(.milliseconds(120))
        for place in 0..<2 { rig.send("SUBSCRIBE", "sip:nobody@example.test", branch: "t\(place)") }
        _ = rig.take()
        rig.send("SUBSCRIBE", "sip:nobody@example.test", branch: "full" + offer)
        let full = rig.one(to: "5070")
        #expect(full?.code == 503)
        #expect(load(full) == "oc=100;oc-algo=\"loss\";oc-validity=500;oc-seq=1700000060.120")
    }

    @Test("O02 once the overload is over, whoever may still hold back is told so")
    func over() throws {
        let rig = rig(limit: 16)
        let offer = ";oc;oc-algo=\"loss\""
        for place in 0..<13 { rig.send("SUBSCRIBE", "sip:nobody@example.test", branch: "s\(place)") }
        rig.advance(.milliseconds(31_900))
        rig.send("SUBSCRIBE", "sip:nobody@example.test", branch: "loaded" + offer)
        _ = rig.take()
        rig.advance(.milliseconds(200))
        rig.send("SUBSCRIBE", "sip:nobody@example.test", branch: "free" + offer)
        let via = try #require(rig.one(to: "5070")?.headers("Via").first)
        #expect(via.contains(";oc=0;oc-algo=\"loss\";oc-validity=0;oc-seq="))
        rig.advance(.seconds(1))
        rig.send("SUBSCRIBE", "sip:nobody@example.test", branch: "later" + offer)
        #expect(rig.one(to: "5070")?.text.contains(";oc;oc-algo") == true)
    }

    @Test("O02 a forwarded response tells it too, in the sender's Via and in no other")
    func forwarded() throws {
        let rig = rig(limit: 16)
        for place in 0..<12 { rig.send("SUBSCRIBE", "sip:nobody@example.test", branch: "s\(place)") }
        _ = rig.take()
        message(rig, "1", offer: ";oc;oc-algo=\"loss\"")
        let request = try #require(rig.one(to: "5080"))
        rig.answer(200, to: request)
        let answer = try #require(rig.one(to: "5070"))
        #expect(answer.headers("Via").count == 1)
        #expect(answer.headers("Via")[0].contains(";oc=") && !answer.text.contains(";oc;"))
    }
}
