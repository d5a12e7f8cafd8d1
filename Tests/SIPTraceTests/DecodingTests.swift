import SIPFlow
import SIPTrace
import Testing

@Suite("Decoded message")
struct DecodingTests {
    private func decoded(_ text: String) throws -> DecodedMessage {
        var script = Scenario()
        script.raw(.from(Scenario.alice), Array(text.utf8))
        return try #require(script.book().decoded(0))
    }

    @Test("Q01 Q05 names compact header fields in full, and puts folds on one line")
    func names() throws {
        let message = try decoded(
            "\r\nOPTIONS sip:b@x SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9hG4bK1\r\nX-Odd: 1\r\ni: c1\r\n"
                + "f: <sip:a@x>;\r\n tag=1\r\nTo: <sip:b@x>\r\nCSeq: 1 OPTIONS\r\ns:  one \r\n\t two\r\n\r\n"
        )
        #expect(message.startLine == "OPTIONS sip:b@x SIP/2.0")
        #expect(message.headers.map(\.name) == ["Via", "X-Odd", "Call-ID", "From", "To", "CSeq", "Subject"])
        #expect(message.header("from") == "<sip:a@x>; tag=1")
        #expect(message.header("Subject") == "one two")
        #expect(message.headers.map(\.isKey) == [true, false, true, true, true, true, false])
        #expect(message.problem == nil && message.body == .none)
    }

    @Test("its ranges are those of the bytes")
    func ranges() throws {
        let message = try decoded(
            "MESSAGE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nCall-ID: c1\r\nFrom: <sip:a@x>;tag=1\r\n"
                + "To: <sip:b@x>\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello+more"
        )
        func text(_ range: Range<Int>) -> String { String(decoding: message.raw[range], as: UTF8.self) }
        #expect(text(message.startLineRange) == message.startLine)
        #expect(text(message.bodyRange) == "hello")
        #expect(message.body == .text(type: "text/plain"))
        #expect(
            text(message.headers[1].line) == "Call-ID: c1\r\n" && text(message.headers[1].valueRange) == "c1"
        )
    }

    @Test("reads header fields behind a first line that is not SIP, with the right ranges")
    func brokenFirstLine() throws {
        let message = try decoded("SIP/2.0 9999 What\r\nCall-ID: c1\r\nCSeq: 4 BYE\r\n\r\nbody")
        #expect(message.startLine == "SIP/2.0 9999 What")
        #expect(message.problem == "Status Code Out of Range")
        #expect(
            message.row.kind == .unreadable && message.row.callID == "c1" && message.row.sequenceNumber == 4
        )
        #expect(message.row.summary == "SIP/2.0 9999 What")
        #expect(String(decoding: message.raw[message.headers[0].line], as: UTF8.self) == "Call-ID: c1\r\n")
        #expect(String(decoding: message.raw[message.bodyRange], as: UTF8.self) == "body")
    }

    @Test("names the first fault of a message that can be read")
    func problem() throws {
        let message = try decoded(
            "OPTIONS sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nCall-ID: c1\r\n\r\n"
        )
        #expect(message.problem?.hasPrefix("Missing") == true)
    }

    @Test("takes bytes that are no text for a binary body")
    func binary() throws {
        let message = try decoded(
            "MESSAGE sip:b@x SIP/2.0\r\nCall-ID: c\r\nContent-Type: x/y\r\n\r\n\u{1}\u{2}"
        )
        #expect(message.body == .binary(type: "x/y"))
    }

    @Test("has nothing to say about a keep-alive but its bytes")
    func keepAlive() throws {
        let message = try decoded("\r\n\r\n")
        #expect(message.headers.isEmpty && message.startLine.isEmpty && message.raw == [13, 10, 13, 10])
    }

    @Test("marks what differs from the message before of the same call")
    func changes() throws {
        let book = Scenario.simpleCall().book()
        let first = try #require(book.decoded(0))
        #expect(first.previous == nil && first.headers.allSatisfy { !$0.isChanged })
        let second = try #require(book.decoded(4))
        #expect(second.previous == 3)
        #expect(second.headers.filter(\.isChanged).map(\.name) == ["Via"])
    }

    @Test("shows a session description as such")
    func session() throws {
        let message = try #require(Scenario.simpleCall().book().decoded(0))
        guard case .sdp(let session) = message.body else {
            Issue.record("no SDP")
            return
        }
        #expect(session.media.map(\.codecs) == [["PCMA", "PCMU"]])
    }
}

@Suite("SDP in words")
struct SDPSummaryTests {
    private func read(_ lines: [String], end: String = "\r\n") -> SDPSummary {
        SDPSummary(Array((lines.joined(separator: end) + end).utf8).span)
    }

    @Test("says in words what a session offers", arguments: ["\r\n", "\n"])
    func words(end: String) {
        let session = read(
            [
                "v=0", "o=alice 12 3 IN IP4 10.0.0.21", "s=-", "c=IN IP4 10.0.0.21", "t=0 0",
                "m=audio 4000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000", "a=ptime:20",
                "a=sendonly",
                "m=video 4002/2 RTP/SAVPF 96", "c=IN IP6 2001:db8::1", "a=rtpmap:96 VP8/90000",
                "m=image 0 udptl t38",
            ],
            end: end
        )
        #expect(
            session.sentences == [
                "from alice at 10.0.0.21, session 12 v3",
                "audio PCMA, PCMU, telephone-event to 10.0.0.21:4000, sendonly, 20 ms",
                "video VP8 to [2001:db8::1]:4002, sendrecv, RTP/SAVPF",
                "image t38: off",
            ]
        )
    }

    @Test("a direction of the session holds for streams without their own (RFC 8866 §6.7)")
    func sessionDirection() {
        let session = read(["v=0", "a=inactive", "m=audio 1 RTP/AVP 0", "m=audio 3 RTP/AVP 0", "a=sendrecv"])
        #expect(session.media.map(\.direction) == [.none, .both])
    }

    @Test("keeps numbers that nothing names, and clock rates out of the ordinary")
    func codecs() {
        let session = read([
            "m=audio 1 RTP/AVP 18 97 98 99", "a=rtpmap:98 L16/44100/2", "a=rtpmap:99 opus/48000/2",
        ])
        #expect(session.media.first?.codecs == ["G729", "97", "L16/44100", "opus"])
    }

    @Test(
        "passes over what makes no sense",
        arguments: [
            "", "=", "m=", "m=audio", "a=ptime:x", "o=x", "c=", "\0\0", "m=audio 99999999999999999999 x 0",
        ]
    )
    func nonsense(text: String) {
        let session = SDPSummary(Array(text.utf8).span)
        #expect(session.origin == nil)
        #expect(session.media.allSatisfy { $0.port == 0 })
    }
}
