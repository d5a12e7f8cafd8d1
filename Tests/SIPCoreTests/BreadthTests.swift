import SIPCore
import SIPFlow
import SIPReport
import Testing

@Suite("Max-Breadth (RFC 5393 §5.3)")
struct BreadthTests {
    /// A rig on which bob has phones from port 5081 on.
    private func rig(phones: Int, maximum: Int = 60) -> Rig {
        let rig = Rig {
            $0.maximumBreadth = maximum
            $0.contactsPerAOR = 100
        }
        for phone in 0..<phones { rig.register("bob", port: "\(5081 + phone)") }
        return rig
    }

    private func breadths(_ rig: Rig) -> [String] {
        rig.take().filter { $0.code == 0 && $0.method != "CANCEL" && $0.method != "ACK" }
            .map { $0.headers("Max-Breadth").joined(separator: "+") }
    }

    @Test(
        "P04 is split over parallel branches: 60 when the request names none or more, at least 1 for each",
        arguments: [
            ([], 3, ["20", "20", "20"]), (["Max-Breadth: 7"], 3, ["3", "2", "2"]),
            (["Max-Breadth: 500"], 2, ["30", "30"]), (["max-breadth: 1"], 1, ["1"]),
            (["Max-Breadth: 5"], 1, ["5"]), (["Max-Breadth: x"], 2, ["30", "30"]), ([], 1, [""]),
            (["Max-Breadth: 9", "Max-Breadth: 1"], 1, ["9"]),
        ]
    )
    func split(extra: [String], phones: Int, expected: [String]) {
        let rig = rig(phones: phones)
        rig.invite("bob", extra: extra)
        #expect(breadths(rig) == expected)
    }

    @Test("P04 a fork that is too broad goes on in parts, each with what the ended branches gave back")
    func parts() throws {
        let rig = rig(phones: 3)
        rig.invite("bob", extra: ["Max-Breadth: 2"])
        let first = rig.take().filter { $0.method == "INVITE" && $0.code == 0 }
        #expect(first.map { $0.headers("Max-Breadth") } == [["1"], ["1"]])
        rig.answer(486, to: first[0])
        #expect(rig.take().filter { $0.startLine.hasPrefix("INVITE") }.isEmpty)
        rig.answer(486, to: first[1])
        let last = try #require(rig.take().first { $0.startLine.hasPrefix("INVITE") })
        #expect(last.headers("Max-Breadth") == ["2"])
        rig.answer(486, to: last)
        #expect(rig.take(to: "5070").map(\.code) == [486])
        rig.expectEnd()
    }

    @Test("P04 when nothing is left the answer is 440, for any method, and nothing is sent on")
    func exhausted() {
        let rig = rig(phones: 2)
        rig.invite("bob", extra: ["Max-Breadth: 0"])
        rig.send("MESSAGE", branch: "m", extra: ["Max-Breadth: 0"])
        let answers = rig.take()
        #expect(answers.map(\.startLine) == Array(repeating: "SIP/2.0 440 Max-Breadth Exceeded", count: 2))
        rig.expectEnd()
    }

    @Test("P04 can be switched off: the field then passes unread")
    func off() {
        let rig = rig(phones: 2, maximum: 0)
        rig.invite("bob", extra: ["Max-Breadth: 0"])
        #expect(breadths(rig) == ["0", "0"])
    }

    @Test("P04 a broad fork counts downward through every level: never more than the limit at a time")
    func amplification() {
        // Two names, each with two bindings that lead back here to the other name: RFC 5393 §3.
        let rig = Rig()
        rig.isLoopedBack = true
        for (user, other) in [("a", "b"), ("b", "a")] {
            for copy in 1...2 {
                rig.register(
                    user,
                    port: "507\(copy)",
                    contact: "<sip:\(other)@127.0.0.1:5060;copy=\(copy)>"
                )
            }
        }
        rig.invite("a", extra: ["Max-Breadth: 8"])
        let live = rig.snapshot().transactions.filter { $0.role == .client && $0.method == "INVITE" }
        #expect(live.count < 100, "without the limit there would be 2 to the power of 70")
        rig.advance(.seconds(400))
        #expect(rig.take(to: "5070").last.map { $0.code >= 400 } == true)
        rig.expectEnd()
    }
}
