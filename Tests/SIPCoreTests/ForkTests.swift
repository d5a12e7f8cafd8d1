import SIPFlow
import Testing

@Suite("Forking")
struct ForkTests {
    /// A rig with bob on some ports, called by alice; gives the INVITE of each port.
    private func fork(_ ports: [String], q: [String?] = []) throws -> (Rig, [Sent]) {
        let rig = Rig()
        for (place, port) in ports.enumerated() {
            rig.register("bob", port: port, q: place < q.count ? q[place] : nil)
        }
        rig.invite("bob")
        var invites: [Sent] = []
        for port in ports { invites += rig.take(to: port) }
        _ = rig.take(to: "5070")
        return (rig, invites)
    }

    @Test("F07 R11 all contacts ring with their own branch; one answer cancels the others")
    func parallel() throws {
        let (rig, invites) = try fork(["5081", "5082", "5083"])
        try #require(invites.count == 3)
        #expect(Set(invites.map { $0.headers("Via")[0] }).count == 3)
        for (port, invite) in zip(["5081", "5082", "5083"], invites) {
            rig.receive(Make.response(180, "Ringing", to: invite, tag: port), from: port)
        }
        #expect(rig.take(to: "5070").map(\.code) == [180, 180, 180])
        rig.receive(Make.response(200, "OK", to: invites[1], tag: "5082"), from: "5082")
        #expect(rig.take(to: "5070").map(\.code) == [200])
        #expect(rig.one(to: "5081")?.method == "CANCEL")
        #expect(rig.one(to: "5083")?.method == "CANCEL")
        rig.receive(Make.response(487, to: invites[0], tag: "5081"), from: "5081")
        rig.receive(Make.response(487, to: invites[2], tag: "5083"), from: "5083")
        #expect(rig.take(to: "5070").isEmpty, "R03 nothing after the 200")
        #expect(rig.take().map(\.method) == ["ACK", "ACK"])
    }

    @Test("N27 a branch without a provisional goes on repeating, and is cancelled at its first provisional")
    func late() throws {
        let (rig, invites) = try fork(["5081", "5082"])
        rig.receive(Make.response(200, "OK", to: invites[0]), from: "5081")
        #expect(rig.take(to: "5082").isEmpty)
        rig.advance(.milliseconds(600))
        #expect(rig.take(to: "5082").map(\.method) == ["INVITE"])
        rig.receive(Make.response(180, "Ringing", to: invites[1]), from: "5082")
        #expect(rig.take(to: "5082").map(\.method) == ["CANCEL"])
    }

    @Test(
        "R04 R05 R07 Q26 the best of two failures goes upstream once both are in",
        arguments: [
            ([486, 404], [486]), ([404, 486], [404]), ([503, 486], [486]), ([500, 486], [486]),
            ([302, 404], [302]),
            ([404, 401], [401]), ([486, 603], [603]), ([503, 500], [500]), ([503, 503], [500]),
            ([404, 484], [484]),
        ]
    )
    func best(codes: [Int], expected: [Int]) throws {
        let (rig, invites) = try fork(["5081", "5082"])
        rig.receive(Make.response(codes[0], to: invites[0]), from: "5081")
        #expect(rig.take(to: "5070").isEmpty)
        rig.receive(Make.response(codes[1], to: invites[1]), from: "5082")
        #expect(rig.take(to: "5070").map(\.code) == expected)
    }

    @Test("R04 a 6xx cancels the others and waits for them")
    func decline() throws {
        let (rig, invites) = try fork(["5081", "5082"])
        rig.receive(Make.response(180, to: invites[1]), from: "5082")
        _ = rig.take()
        rig.receive(Make.response(603, "Decline", to: invites[0]), from: "5081")
        #expect(rig.take(to: "5070").isEmpty)
        #expect(rig.take(to: "5082").map(\.method) == ["CANCEL"])
        rig.receive(Make.response(487, to: invites[1]), from: "5082")
        #expect(rig.take(to: "5070").map(\.code) == [603])
    }

    @Test("R08 the challenges of all 401 and 407 are merged into the one that goes upstream")
    func challenges() throws {
        let (rig, invites) = try fork(["5081", "5082"])
        rig.receive(
            Make.response(407, to: invites[0], extra: ["Proxy-Authenticate: Digest realm=\"a\""]),
            from: "5081"
        )
        rig.receive(
            Make.response(401, to: invites[1], extra: ["WWW-Authenticate: Digest realm=\"b\""]),
            from: "5082"
        )
        let answer = try #require(rig.one(to: "5070"))
        #expect(answer.code == 407)
        #expect(answer.headers("Proxy-Authenticate") == ["Digest realm=\"a\""])
        #expect(answer.headers("WWW-Authenticate") == ["Digest realm=\"b\""])
    }

    @Test("F09 Q19 contacts of lower q are tried only after those of higher q have failed")
    func serial() throws {
        let (rig, invites) = try fork(["5081", "5082", "5083", "5084"], q: ["0.9", "0.5", "0.500", nil])
        #expect(invites.map(\.to.port) == [5084])
        rig.receive(Make.response(404, to: invites[0]), from: "5084")
        let second = rig.take(to: "5081")
        #expect(second.map(\.method) == ["INVITE"])
        #expect(rig.take(to: "5070").isEmpty)
        rig.receive(Make.response(503, to: try #require(second.first)), from: "5081")
        let third = rig.take(to: "5082") + rig.take(to: "5083")
        #expect(third.map(\.method) == ["ACK", "INVITE", "INVITE"].suffix(2).map { $0 })
        rig.receive(Make.response(200, to: try #require(third.first)), from: "5082")
        #expect(rig.take(to: "5070").map(\.code) == [200])
    }

    @Test("N22 on one branch the first final counts: 4xx then 2xx, and 2xx then 4xx")
    func twoFinals() throws {
        let (rig, invites) = try fork(["5081"])
        rig.receive(Make.response(486, to: invites[0]), from: "5081")
        rig.receive(Make.response(200, to: invites[0]), from: "5081")
        rig.receive(Make.response(486, to: invites[0]), from: "5081")
        #expect(rig.take(to: "5070").map(\.code) == [486])
        #expect(rig.take(to: "5081").map(\.method) == ["ACK", "ACK"])
        let (other, more) = try fork(["5081"])
        other.receive(Make.response(200, to: more[0]), from: "5081")
        other.receive(Make.response(603, to: more[0]), from: "5081")
        #expect(other.take(to: "5070").map(\.code) == [200])
    }
}
