import SIPFlow
import SIPReport
import Testing

@Suite("Responses (rules R)")
struct ResponseRuleTests {
    /// bob on some ports, called by alice; the INVITE of each port.
    private func fork(_ ports: [String], body: (Rig, [Sent]) throws -> Void) throws {
        let rig = Rig()
        for port in ports { rig.register("bob", port: port) }
        rig.invite("bob")
        var invites: [Sent] = []
        for port in ports { invites += rig.take(to: port) }
        _ = rig.take()
        try #require(invites.count == ports.count)
        try body(rig, invites)
        rig.expectEnd()
    }

    @Test("R01 our Via goes; a response without ours on top, or with nothing below it, goes nowhere")
    func vias() throws {
        let (rig, invite) = try Rig.calling()
        let answer = Make.response(200, to: invite)
        let lines = invite.headers("Via").map { "Via: \($0)\r\n" }
        for text in [
            answer.replacing(lines[0], with: ""), answer.replacing(lines[1], with: ""),
            answer.replacing(lines[0] + lines[1], with: lines[1] + lines[0]),
        ] { rig.receive(text, from: "5080") }
        #expect(rig.take().isEmpty)
        rig.receive(answer, from: "5080")
        #expect(rig.one(to: "5070")?.headers("Via") == Array(invite.headers("Via").dropFirst()))
        rig.expectEnd()
    }

    @Test("R02 100 stays here; every other provisional and every 2xx goes up at once, from all branches")
    func provisionals() throws {
        try fork(["5081", "5082"]) { rig, invites in
            for (code, place) in [(100, 0), (180, 0), (183, 1), (199, 1), (101, 0), (200, 1), (200, 0)] {
                rig.answer(code, to: invites[place], tag: "\(place)")
                #expect(rig.take(to: "5070").map(\.code) == (code == 100 ? [] : [code]))
            }
        }
    }

    @Test("R03 once a final went up, only another 2xx to the INVITE passes")
    func afterFinal() throws {
        try fork(["5081", "5082"]) { rig, invites in
            rig.answer(200, to: invites[0])
            _ = rig.take()
            for code in [180, 183] { rig.answer(code, to: invites[1], tag: "z") }
            #expect(rig.take(to: "5070").isEmpty)
            rig.answer(200, to: invites[1], tag: "z")
            #expect(rig.take(to: "5070").map(\.code) == [200])
        }
        try fork(["5081", "5082"]) { rig, invites in
            rig.answer(200, to: invites[0])
            rig.answer(486, to: invites[1])
            #expect(rig.take(to: "5070").map(\.code) == [200])
        }
    }

    @Test("R04 a 2xx still wins over a 6xx that came first; a 6xx starts no further target")
    func decline() throws {
        try fork(["5081", "5082"]) { rig, invites in
            rig.answer(180, to: invites[1])
            rig.answer(603, to: invites[0])
            rig.answer(200, to: invites[1])
            #expect(rig.take(to: "5070").map(\.code) == [180, 200])
        }
        let rig = Rig()
        rig.register("bob", port: "5081", q: "0.9")
        rig.register("bob", port: "5082", q: "0.1")
        rig.invite("bob")
        rig.answer(603, to: try #require(rig.take(to: "5081").first))
        #expect(rig.take(to: "5070").map(\.code) == [100, 603])
        #expect(rig.take(to: "5082").isEmpty)
        rig.expectEnd()
    }

    @Test(
        "R05 Q26 of three failures, in any order: 6xx, else the lowest class, 401 407 415 420 484 first among 4xx",
        arguments: [
            ([486, 500, 503], 486), ([500, 415, 404], 415), ([302, 401, 500], 302), ([420, 486, 603], 603),
            ([484, 486, 480], 484), ([407, 415, 486], 407), ([503, 503, 500], 500), ([408, 500, 486], 486),
        ]
    )
    func best(codes: [Int], expected: Int) throws {
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            try fork(["5081", "5082", "5083"]) { rig, invites in
                for place in order { rig.answer(codes[place], to: invites[place]) }
                #expect(rig.take(to: "5070").map(\.code) == [expected])
            }
        }
    }

    @Test("R06 nothing from any branch is 408; one failure beside silence goes up when the silence ends")
    func silence() throws {
        try fork(["5081", "5082"]) { rig, invites in
            rig.answer(404, to: invites[0])
            rig.advance(.milliseconds(31_999))
            #expect(rig.take(to: "5070").isEmpty)
            rig.advance(.milliseconds(1))
            #expect(rig.take(to: "5070").map(\.code) == [404])
        }
    }

    @Test("R07 a lone 503 becomes 500, for other requests too, and is acknowledged")
    func unavailable() throws {
        let (rig, invite) = try Rig.calling()
        rig.answer(503, to: invite, extra: ["Retry-After: 10"])
        #expect(rig.take(to: "5080").map(\.method) == ["ACK"])
        #expect(rig.take(to: "5070").map(\.startLine) == ["SIP/2.0 500 Server Internal Error"])
        rig.advance(.seconds(10))
        _ = rig.take()
        rig.send("MESSAGE", branch: "m")
        rig.answer(503, to: try #require(rig.take(to: "5080").first))
        #expect(rig.take(to: "5070").map(\.code) == [500])
        rig.expectEnd()
    }

    @Test("R08 all challenges go up unmodified, each once; those of a lone branch stay where they were")
    func challenges() throws {
        let fields = ["WWW-Authenticate: Digest realm=\"a, b\",  nonce=\"1\"", "X-After: 1"]
        try fork(["5081"]) { rig, invites in
            rig.answer(401, to: invites[0], extra: fields)
            #expect(rig.one(to: "5070")?.text.contains(fields.joined(separator: "\r\n")) == true)
        }
        try fork(["5081", "5082", "5083"]) { rig, invites in
            rig.answer(401, to: invites[0], extra: fields)
            rig.answer(401, to: invites[1], extra: ["WWW-Authenticate: Digest realm=\"c\""])
            rig.answer(404, to: invites[2], extra: ["WWW-Authenticate: Digest realm=\"no\""])
            let values = rig.one(to: "5070")?.headers("WWW-Authenticate") ?? []
            #expect(Set(values) == ["Digest realm=\"a, b\",  nonce=\"1\"", "Digest realm=\"c\""])
            #expect(values.count == 2)
        }
    }

    @Test("R09 To tags are passed as they came")
    func tags() throws {
        try fork(["5081", "5082"]) { rig, invites in
            for (place, code) in [(0, 180), (1, 183), (1, 200)] {
                rig.answer(code, to: invites[place], tag: "tag\(place)")
                #expect(rig.one(to: "5070")?.headers("To").first?.hasSuffix(";tag=tag\(place)") == true)
            }
        }
    }

    @Test("R11 a 2xx and a 6xx cancel every branch that rings", arguments: [200, 603])
    func cancels(code: Int) throws {
        try fork(["5081", "5082", "5083"]) { rig, invites in
            for invite in invites.dropFirst() { rig.answer(180, to: invite) }
            _ = rig.take()
            rig.answer(code, to: invites[0])
            let cancels = (rig.take(to: "5082") + rig.take(to: "5083")).map(\.method)
            #expect(cancels == ["CANCEL", "CANCEL"])
        }
    }

    @Test("R12 responses go to where the INVITE came from, also when a repeat came from another port")
    func way() throws {
        let rig = Rig()
        rig.register("bob", port: "5080")
        let text = Make.request("INVITE", "sip:bob@example.test", port: "5070", branch: "i1")
        rig.receive(text, from: "127.0.0.3:6001")
        rig.receive(text, from: "127.0.0.3:6002")
        rig.answer(180, to: try #require(rig.take(to: "5080").first))
        #expect(Set(rig.take().map(\.to.description)) == ["127.0.0.3:6001"])
    }

    @Test("R13 a forwarded response differs from the received one by the top Via alone")
    func copy() throws {
        let (rig, invite) = try Rig.calling()
        let answer = Make.response(
            183,
            "Sitzung l\u{e4}uft",
            to: invite,
            extra: ["X-Odd:   a,,b ;", "contact : <sip:bob@[::1]>;x", "Content-Type: application/sdp"],
            body: "v=0\r\no=\0\u{1}\r\n"
        )
        rig.receive(answer, from: "5080")
        let via = invite.headers("Via")[0]
        #expect(rig.one(to: "5070")?.text == answer.replacing("Via: \(via)\r\n", with: ""))
    }
}
