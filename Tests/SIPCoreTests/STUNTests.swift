import SIPFlow
import SIPReport
import SIPTrace
import Testing

@testable import SIPCore

@Suite("STUN on the SIP port")
struct STUNTests {
    /// A Binding request whose transaction number is 1 to 12.
    private let request: [UInt8] = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42] + Array(1...12)

    private func answer(from source: String) -> [UInt8]? {
        guard let source = SocketAddress(source, defaultPort: 5_060) else { return nil }
        var bytes: [UInt8] = []
        STUN.appendResponse(to: request.span, from: source, into: &bytes)
        return bytes
    }

    @Test("T07 a Binding request over UDP is told the address that it came from")
    func version4() {
        #expect(
            answer(from: "192.0.2.1:32853")
                == [1, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42] + Array(1...12)
                + [0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]
        )
    }

    @Test("T07 an IPv6 address is hidden behind the transaction's number too")
    func version6() {
        let hidden: [UInt8] = [0x01, 0x13, 0xa9, 0xfa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13]
        #expect(
            answer(from: "[2001:db8::1]:32853")
                == [1, 1, 0, 24, 0x21, 0x12, 0xa4, 0x42] + Array(1...12)
                + [0, 0x20, 0, 20, 0, 2, 0xa1, 0x47] + [0x01, 0x13, 0xa9, 0xfa] + hidden[4...]
        )
    }

    @Test("T07 the engine answers where the request came from, keeps nothing, and counts no fault")
    func engine() {
        let rig = Rig()
        rig.receive(request, from: "127.0.0.9:40000")
        let sent = rig.take()
        #expect(sent.map(\.to) == [SocketAddress("127.0.0.9:40000", defaultPort: 0)])
        #expect(rig.snapshot().counters.transactions == 0)
        #expect(rig.records().map(\.drop) == [.keepAlive, .keepAlive], "not on the ladder")
        rig.expectEnd()
    }

    @Test(
        "Q11 other keepalives, STUN responses and cut requests are silence",
        arguments: [
            [], [0], [0, 0, 0, 0], [13, 10, 13, 10], [13, 10, 0], [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42],
            [1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42] + Array(1...12),
            [0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42] + Array(1...12),
            [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x43] + Array(1...12),
        ] as [[UInt8]]
    )
    func silence(bytes: [UInt8]) {
        let rig = Rig()
        rig.receive(bytes, from: "5080")
        #expect(rig.take().isEmpty)
    }
}
