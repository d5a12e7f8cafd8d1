import SIPFlow
import SIPSyntax
import SIPTransaction
import Testing

@testable import SIPProxy

@Suite("Forwarded messages, byte for byte")
struct ForwardingTests {
    private static let branch = "z9hG4bK" + String(repeating: "0", count: 14) + "16" + "00000000000000ff"

    private func forward(
        _ text: String,
        uri: String = "sip:bob@10.0.0.9",
        path: String = "",
        routes: [String]? = nil,
        lastRoute: String = "",
        recordsRoute: Bool = false,
        bridges: Bool = false
    ) throws -> String {
        let bytes = Array(text.utf8)
        var index = MessageIndex()
        try index.parse(bytes.span)
        let four = try #require(SocketAddress("10.0.0.1:5060", defaultPort: 5_060))
        let six = try #require(SocketAddress("[2001:db8::1]:5060", defaultPort: 5_060))
        let plan = ForwardPlan(
            branch: Branch(transaction: TransactionID(number: 0x16), loopHash: 0xff),
            sending: ListenerMarks(Listener(transport: .udp, address: four)),
            receiving: ListenerMarks(Listener(transport: .udp, address: bridges ? six : four)),
            source: try #require(SocketAddress("10.0.0.7:5070", defaultPort: 5_060)),
            routeToken: recordsRoute ? 0xab : nil,
            hops: 69,
            replacesRoutes: routes != nil
        )
        let (uri, path, lastRoute) = (Array(uri.utf8), Array(path.utf8), Array(lastRoute.utf8))
        let slices = (routes ?? []).compactMap { route in
            text.firstRange(of: route).map { range in
                Slice(
                    text.utf8.distance(from: text.startIndex, to: range.lowerBound),
                    text.utf8.distance(from: text.startIndex, to: range.upperBound)
                )
            }
        }
        var output: [UInt8] = []
        appendForwardedRequest(
            bytes.span,
            index,
            plan: plan,
            uri: uri.span,
            path: path.span,
            routes: slices,
            lastRoute: lastRoute.span,
            into: &output
        )
        return String(decoding: output, as: UTF8.self)
    }

    private func answer(_ text: String, code: Int, challenges: String = "") throws -> String {
        let bytes = Array(text.utf8)
        let challenges = Array(challenges.utf8)
        var index = MessageIndex()
        try index.parse(bytes.span)
        var output: [UInt8] = []
        appendForwardedResponse(bytes.span, index, code: code, challenges: challenges.span, into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private static let head =
        "Via: SIP/2.0/UDP 10.0.0.7:5070;branch=z9hG4bKa\r\n"
    private static let tail =
        "f: \"a, b\" <sip:a@x>;tag=1\r\nTo:<sip:b@x>\r\nCall-ID : c1\r\nCSeq: 1 INVITE\r\n"
        + "X-Odd:  spaced\r\n\tand folded \r\nSUBJECT: \u{540d}\r\nl: 3\r\n\r\na\0b"
    private static let own = "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=\(branch)\r\n"

    @Test("F01 M08 all but Request-URI, Via and Max-Forwards is copied, folds, spaces and NULs included")
    func untouched() throws {
        let sent = try forward(
            "INVITE sip:bob@x SIP/2.0\r\n" + Self.head + "Max-Forwards: 70\r\n" + Self.tail
        )
        #expect(
            sent == "INVITE sip:bob@10.0.0.9 SIP/2.0\r\n" + Self.own + Self.head + "Max-Forwards: 69\r\n"
                + Self.tail
        )
    }

    @Test("P02 Max-Forwards is added when missing; other places of the field are kept")
    func maxForwards() throws {
        let sent = try forward("INVITE sip:bob@x SIP/2.0\r\n" + Self.head + Self.tail)
        #expect(
            sent == "INVITE sip:bob@10.0.0.9 SIP/2.0\r\n" + Self.own + "Max-Forwards: 69\r\n" + Self.head
                + Self.tail
        )
    }

    @Test("F02 F03 our Record-Route stands above all others; a bridge writes the sending side first")
    func recordRoute() throws {
        let text =
            "INVITE sip:bob@x SIP/2.0\r\nRecord-Route: <sip:p1;lr>\r\n" + Self.head + "Max-Forwards: 70\r\n"
            + Self.tail
        let token = "00000000000000ab"
        let rest = "Record-Route: <sip:p1;lr>\r\n" + Self.head + "Max-Forwards: 69\r\n" + Self.tail
        let start = "INVITE sip:bob@10.0.0.9 SIP/2.0\r\n" + Self.own
        let value = "Record-Route: <sip:10.0.0.1:5060;lr;sg=\(token)>\r\n"
        #expect(try forward(text, recordsRoute: true) == start + value + rest)
        let second = "Record-Route: <sip:[2001:db8::1]:5060;lr;sg=\(token)>\r\n"
        #expect(try forward(text, recordsRoute: true, bridges: true) == start + value + second + rest)
    }

    @Test(
        "F05 F12 Path, what is left of the route, and a strict router's Request-URI become Route fields in order"
    )
    func routes() throws {
        let text =
            "INVITE sip:bob@x SIP/2.0\r\n" + Self.head
            + "Route: <sip:p0;lr>, <sip:p1;lr>\r\nMax-Forwards: 70\r\n"
            + "route: <sip:p2;lr>\r\n" + Self.tail
        let start = "INVITE sip:bob@10.0.0.9 SIP/2.0\r\n" + Self.own
        let rest = Self.head + "Max-Forwards: 69\r\n" + Self.tail
        #expect(
            try forward(text, routes: ["<sip:p1;lr>", "<sip:p2;lr>"])
                == start + "Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\n" + rest
        )
        #expect(
            try forward(text, path: "<sip:e1;lr>,<sip:e2;lr>", routes: [])
                == start + "Route: <sip:e1;lr>,<sip:e2;lr>\r\n" + rest
        )
        #expect(
            try forward(text, routes: ["<sip:p2;lr>"], lastRoute: "sip:bob@y")
                == start + "Route: <sip:p2;lr>\r\nRoute: <sip:bob@y>\r\n" + rest
        )
    }

    @Test("Q07 bare line feeds become CRLF, line by line")
    func bareLineFeeds() throws {
        let text =
            "INVITE sip:bob@x SIP/2.0\n" + Self.head.replacing("\r\n", with: "\n")
            + "From: <sip:a@x>;tag=1\nTo: <sip:b@x>\nCall-ID: c1\nCSeq: 1 INVITE\nSubject:\nX: a\n b\nl: 2\n\n\na"
        #expect(
            try forward(text)
                == "INVITE sip:bob@10.0.0.9 SIP/2.0\r\n" + Self.own + "Max-Forwards: 69\r\n" + Self.head
                + "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\nSubject:\r\nX: a\r\n b\r\nl: 2\r\n\r\n\na"
        )
    }

    @Test(
        "R13 Q06 a response loses the top Via value and nothing else",
        arguments: [
            ("Via: SIP/2.0/UDP p;branch=z9hG4bK1\r\nVia: SIP/2.0/UDP a\r\n", "Via: SIP/2.0/UDP a\r\n"),
            (
                "v:SIP/2.0/UDP p;branch=z9hG4bK1 , SIP/2.0/UDP a;x=\"1,2\",SIP/2.0/UDP b\r\n",
                "Via: SIP/2.0/UDP a;x=\"1,2\"\r\nVia: SIP/2.0/UDP b\r\n"
            ),
            ("Via: SIP/2.0/UDP p\r\n ;branch=z9hG4bK1\r\nVIA : SIP/2.0/UDP a\r\n", "VIA : SIP/2.0/UDP a\r\n"),
        ]
    )
    func topVia(received: String, sent: String) throws {
        let head = "SIP/2.0 180  \u{43f} r\r\nX: 1\r\n"
        #expect(try answer(head + received + Self.tail, code: 180) == head + sent + Self.tail)
    }

    @Test(
        "R07 R08 another code brings its own phrase; other branches' challenges stand before the response's own"
    )
    func rewritten() throws {
        let via = "Via: SIP/2.0/UDP p\r\nVia: SIP/2.0/UDP a\r\n"
        #expect(
            try answer("SIP/2.0 503 Busy\r\n" + via + Self.tail, code: 500)
                == "SIP/2.0 500 Server Internal Error\r\nVia: SIP/2.0/UDP a\r\n" + Self.tail
        )
        let own = "X: 1\r\nProxy-Authenticate: Digest realm=\"a\"\r\nWWW-Authenticate: Digest realm=\"b\"\r\n"
        let other = "Proxy-Authenticate: Digest realm=\"c\"\r\n"
        #expect(
            try answer("SIP/2.0 407 No\r\n" + via + own + Self.tail, code: 407)
                == "SIP/2.0 407 No\r\nVia: SIP/2.0/UDP a\r\n" + own + Self.tail
        )
        #expect(
            try answer("SIP/2.0 401 No\r\n" + via + own + Self.tail, code: 401, challenges: other)
                == "SIP/2.0 401 No\r\nVia: SIP/2.0/UDP a\r\n"
                + own.replacing("WWW-", with: other + "WWW-") + Self.tail
        )
        #expect(
            try answer("SIP/2.0 401 No\r\n" + via + Self.tail, code: 401, challenges: other)
                == "SIP/2.0 401 No\r\n" + other + "Via: SIP/2.0/UDP a\r\n" + Self.tail
        )
    }
}
