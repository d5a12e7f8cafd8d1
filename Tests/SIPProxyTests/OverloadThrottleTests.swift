import SIPFlow
import SIPSyntax
import Testing

@testable import SIPProxy

@Suite("Overload control by loss (RFC 7339)")
struct OverloadThrottleTests {
    private let peer = SocketAddress(ip: .v4(0x0a00_0001), port: 5_060)

    private func feedback(_ parameters: String) throws -> OverloadFeedback? {
        let bytes = Array("SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1\(parameters)".utf8)
        return OverloadFeedback(bytes.span, try Via(bytes.span, Slice(0, bytes.count)))
    }

    /// How many of a number of requests are held back.
    private func heldBack(
        _ throttle: inout OverloadThrottle,
        of count: Int,
        mustGo: Bool = false,
        at seconds: Int = 0
    ) -> Int {
        var held = 0
        for _ in 0..<count
        where throttle.holdsBack(from: peer, mustGo: mustGo, now: .zero + .seconds(seconds)) {
            held += 1
        }
        return held
    }

    @Test(
        "O02 what counts as feedback",
        arguments: [
            (";oc=20;oc-algo=\"loss\";oc-validity=1000;oc-seq=1282321615.782", 20, 1_000),
            (";OC=0;oc-algo=\"LOSS\";oc-validity=0;oc-seq=1", 0, 0), (";oc=100", 100, 500),
            (";oc;oc-algo=\"loss\"", nil, 0), (";oc=101;oc-algo=\"loss\"", nil, 0),
            (";oc=20;oc-algo=\"rate\"", nil, 0), (";oc=20;oc-validity=soon", nil, 0),
            (";oc=20;oc-seq=1.2.3", nil, 0), (";oc=-1", nil, 0), ("", nil, 0),
        ] as [(String, Int?, Int)]
    )
    func reading(parameters: String, loss: Int?, milliseconds: Int) throws {
        let feedback = try feedback(parameters)
        #expect(feedback?.loss == loss)
        if loss != nil { #expect(feedback?.validity == .milliseconds(milliseconds)) }
    }

    @Test(
        "O02 sequence numbers are ordered as numbers with a fraction",
        arguments: [("1.9", "2.0"), ("1.05", "1.5"), ("1.5", "1.50001"), ("9", "10"), ("1", "1.1")]
    )
    func order(older: String, newer: String) throws {
        let old = try #require(try feedback(";oc=1;oc-seq=\(older)"))
        let new = try #require(try feedback(";oc=1;oc-seq=\(newer)"))
        #expect(old.sequence < new.sequence)
    }

    @Test("O02 exactly the share that was asked for is held back, evenly, and only from that hop")
    func share() throws {
        for loss in [1, 20, 50, 99, 100] {
            var throttle = OverloadThrottle()
            let told = try #require(try feedback(";oc=\(loss);oc-validity=60000;oc-seq=1"))
            throttle.receive(told, from: peer, now: .zero)
            #expect(heldBack(&throttle, of: 1_000) == 10 * loss)
            let other = SocketAddress(ip: .v4(0x0a00_0002), port: 5_060)
            let isOtherHeld = throttle.holdsBack(from: other, mustGo: false, now: .zero)
            #expect(!isOtherHeld)
        }
    }

    @Test("O02 what must go always goes, and others are held back in its stead, within bounds")
    func priority() throws {
        var throttle = OverloadThrottle()
        let told = try #require(try feedback(";oc=50;oc-validity=60000;oc-seq=1"))
        throttle.receive(told, from: peer, now: .zero)
        #expect(heldBack(&throttle, of: 6, mustGo: true) == 0)
        #expect(heldBack(&throttle, of: 6) == 6)
        #expect(heldBack(&throttle, of: 10_000, mustGo: true) == 0)
        #expect(heldBack(&throttle, of: 100) <= 60)
    }

    @Test("O02 ends with its time, with a 0, and is not changed by what is older")
    func end() throws {
        var throttle = OverloadThrottle()
        throttle.receive(try #require(try feedback(";oc=100;oc-seq=5.1")), from: peer, now: .zero)
        #expect(heldBack(&throttle, of: 1) == 1)
        throttle.receive(try #require(try feedback(";oc=0;oc-validity=0;oc-seq=5.0")), from: peer, now: .zero)
        #expect(heldBack(&throttle, of: 1) == 1)
        #expect(heldBack(&throttle, of: 1, at: 1) == 0)
        let again = try #require(try feedback(";oc=100;oc-validity=9000;oc-seq=6"))
        throttle.receive(again, from: peer, now: .zero)
        #expect(heldBack(&throttle, of: 1, at: 1) == 1)
        throttle.receive(try #require(try feedback(";oc=0;oc-validity=0;oc-seq=7")), from: peer, now: .zero)
        #expect(heldBack(&throttle, of: 1, at: 1) == 0)
        _ = heldBack(&throttle, of: 1, at: 100)
        #expect(throttle.isEmpty)
    }

    @Test("O05 a thousand hops are throttled at a time, and those of old make room")
    func bounded() throws {
        var throttle = OverloadThrottle()
        let told = try #require(try feedback(";oc=100;oc-seq=1"))
        for number in 0..<1_001 {
            let hop = SocketAddress(ip: .v4(UInt32(number)), port: 5_060)
            throttle.receive(told, from: hop, now: .zero)
        }
        let last = SocketAddress(ip: .v4(1_000), port: 5_060)
        let isFullHeld = throttle.holdsBack(from: last, mustGo: false, now: .zero)
        #expect(!isFullHeld)
        throttle.receive(told, from: last, now: .zero + .seconds(1))
        let isHeld = throttle.holdsBack(from: last, mustGo: false, now: .zero + .seconds(1))
        #expect(isHeld)
    }
}
