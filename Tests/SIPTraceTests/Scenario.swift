import SIPFlow

@testable import SIPTrace

/// Which way a message of a scenario goes: from or to the peer at an address.
enum Arrow {
    case from(String)
    case to(String)

    var direction: TraceRecord.Direction {
        switch self {
        case .from: .received
        case .to: .sent
        }
    }

    var peer: String {
        switch self {
        case .from(let peer), .to(let peer): peer
        }
    }
}

/// Writes the messages of a scripted call into a trace, on a virtual clock.
struct Scenario: ~Copyable {
    static let alice = "10.0.0.21:5062"
    static let bob = "10.0.0.22:5060"
    static let carol = "10.0.0.57:5060"
    static let dave = "10.0.0.58:5060"
    static let offer = sdp(codecs: [8, 0], address: "10.0.0.21")
    static let answer = sdp(codecs: [8], address: "10.0.0.22")

    var log = TraceLog()
    var callID = "8f2c@10.0.0.21"
    var from = "<sip:1001@lab.test>;tag=91x"
    var to = "<sip:2002@lab.test>"
    var isOwn = false
    var isRetransmission = false
    var drop: DropReason?
    private var now = Moment(nanoseconds: 0)

    init() {}

    static func sdp(codecs: [Int], address: String, extra: String = "a=sendrecv\r\na=ptime:20\r\n") -> String
    {
        """
        v=0\r\no=- 1 1 IN IP4 \(address)\r\ns=-\r\nc=IN IP4 \(address)\r\nt=0 0\r\n\
        m=audio 4000 RTP/AVP \(codecs.map(String.init).joined(separator: " "))\r\n\(extra)
        """
    }

    /// Lets time pass.
    mutating func wait(milliseconds: Int) {
        now = now + .milliseconds(milliseconds)
    }

    /// Appends a request.
    mutating func request(
        _ arrow: Arrow,
        _ method: String,
        branch: String,
        number: Int = 1,
        toTag: String? = nil,
        extra: [String] = [],
        body: String = ""
    ) {
        write(
            arrow,
            "\(method) sip:2002@lab.test SIP/2.0",
            branch: branch,
            number: number,
            method: method,
            toTag: toTag,
            extra: extra,
            body: body
        )
    }

    /// Appends a response.
    mutating func response(
        _ arrow: Arrow,
        _ status: String,
        to method: String = "INVITE",
        branch: String,
        number: Int = 1,
        toTag: String? = nil,
        extra: [String] = [],
        body: String = ""
    ) {
        write(
            arrow,
            "SIP/2.0 \(status)",
            branch: branch,
            number: number,
            method: method,
            toTag: toTag,
            extra: extra,
            body: body
        )
    }

    /// Appends any bytes.
    mutating func raw(_ arrow: Arrow, _ bytes: [UInt8]) {
        let flow = Flow(
            transport: .udp,
            listener: ListenerID(0),
            peer: SocketAddress(arrow.peer, defaultPort: 5060) ?? .any
        )
        let record = TraceRecord(
            sequence: 0,
            moment: now,
            direction: arrow.direction,
            flow: flow,
            isRetransmission: isRetransmission,
            isOwn: isOwn,
            drop: drop
        )
        _ = log.append(record, bytes.span)
    }

    /// Appends what the engine made itself.
    mutating func own(_ write: (inout Scenario) -> Void) {
        isOwn = true
        write(&self)
        isOwn = false
    }

    /// A book that has absorbed it all.
    func book() -> TraceBook {
        var book = TraceBook()
        for chunk in log.chunks(since: 0) { book.absorb(chunk) }
        return book
    }

    private mutating func write(
        _ arrow: Arrow,
        _ line: String,
        branch: String,
        number: Int,
        method: String,
        toTag: String?,
        extra: [String],
        body: String
    ) {
        var lines = [
            line, "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK-\(branch)", "From: \(from)",
            "To: \(to)\(toTag.map { ";tag=\($0)" } ?? "")", "Call-ID: \(callID)", "CSeq: \(number) \(method)",
        ]
        lines += extra
        if !body.isEmpty { lines.append("Content-Type: application/sdp") }
        lines += ["Content-Length: \(body.utf8.count)", "", body]
        raw(arrow, Array(lines.joined(separator: "\r\n").utf8))
    }
}

extension SocketAddress {
    static let any = SocketAddress(ip: .v4(0), port: 0)
}

extension Scenario {
    /// Alice calls Bob, who answers; Alice hangs up.
    static func simpleCall() -> Scenario {
        var script = Scenario()
        script.request(.from(alice), "INVITE", branch: "a", body: offer)
        script.own { $0.response(.to(alice), "100 Trying", branch: "a") }
        script.wait(milliseconds: 1)
        script.request(.to(bob), "INVITE", branch: "p1", body: offer)
        script.wait(milliseconds: 40)
        script.response(.from(bob), "180 Ringing", branch: "p1", toTag: "b71")
        script.response(.to(alice), "180 Ringing", branch: "a", toTag: "b71")
        script.wait(milliseconds: 4_000)
        script.response(.from(bob), "200 OK", branch: "p1", toTag: "b71", body: answer)
        script.response(.to(alice), "200 OK", branch: "a", toTag: "b71", body: answer)
        script.wait(milliseconds: 3)
        script.request(.from(alice), "ACK", branch: "a2", toTag: "b71")
        script.request(.to(bob), "ACK", branch: "p2", toTag: "b71")
        return script
    }

    /// Ends the simple call.
    mutating func hangUp() {
        wait(milliseconds: 60_000)
        let reason = ["Reason: Q.850;cause=16;text=\"Normal call clearing\""]
        request(.from(Self.alice), "BYE", branch: "a3", number: 2, toTag: "b71", extra: reason)
        request(.to(Self.bob), "BYE", branch: "p3", number: 2, toTag: "b71", extra: reason)
        wait(milliseconds: 12)
        response(.from(Self.bob), "200 OK", to: "BYE", branch: "p3", number: 2, toTag: "b71")
        response(.to(Self.alice), "200 OK", to: "BYE", branch: "a3", number: 2, toTag: "b71")
    }

    /// Three phones ring; one is busy, one answers, the third is cancelled.
    static func forkOfThree() -> Scenario {
        var script = Scenario()
        script.request(.from(alice), "INVITE", branch: "a", body: offer)
        script.own { $0.response(.to(alice), "100 Trying", branch: "a") }
        for (phone, branch) in [(bob, "pa"), (carol, "pb"), (dave, "pc")] {
            script.request(.to(phone), "INVITE", branch: branch, body: offer)
        }
        script.wait(milliseconds: 41)
        script.response(.from(bob), "180 Ringing", branch: "pa", toTag: "b1")
        script.response(.to(alice), "180 Ringing", branch: "a", toTag: "b1")
        script.response(.from(carol), "180 Ringing", branch: "pb", toTag: "c1")
        script.response(.to(alice), "180 Ringing", branch: "a", toTag: "c1")
        script.wait(milliseconds: 25)
        script.response(.from(dave), "486 Busy Here", branch: "pc", toTag: "d1")
        script.own { $0.request(.to(dave), "ACK", branch: "pc", toTag: "d1") }
        script.wait(milliseconds: 2_500)
        script.response(.from(carol), "200 OK", branch: "pb", toTag: "c1", body: answer)
        script.response(.to(alice), "200 OK", branch: "a", toTag: "c1", body: answer)
        script.own {
            $0.request(
                .to(bob),
                "CANCEL",
                branch: "pa",
                extra: ["Reason: SIP;cause=200;text=\"Call completed elsewhere\""]
            )
        }
        script.response(.from(bob), "200 OK", to: "CANCEL", branch: "pa", toTag: "b1")
        script.response(.from(bob), "487 Request Terminated", branch: "pa", toTag: "b1")
        script.own { $0.request(.to(bob), "ACK", branch: "pa", toTag: "b1") }
        script.request(.from(alice), "ACK", branch: "a2", toTag: "c1")
        script.request(.to(carol), "ACK", branch: "p9", toTag: "c1")
        return script
    }

    /// A phone that does not answer at all.
    static func silentPhone() -> Scenario {
        var script = Scenario()
        script.request(.from(alice), "INVITE", branch: "a", body: offer)
        script.own { $0.response(.to(alice), "100 Trying", branch: "a") }
        script.request(.to(bob), "INVITE", branch: "p1", body: offer)
        for pause in [500, 1_000, 2_000, 4_000, 8_000, 16_000] {
            script.wait(milliseconds: pause)
            script.request(.to(bob), "INVITE", branch: "p1", body: offer)
        }
        script.wait(milliseconds: 500)
        script.own { $0.response(.to(alice), "408 Request Timeout", branch: "a", toTag: "s1") }
        script.request(.from(alice), "ACK", branch: "a", toTag: "s1")
        return script
    }

    /// The caller gives up while the phone rings; with `isLate`, the phone answers all the same.
    static func cancelled(isLate: Bool) -> Scenario {
        var script = Scenario()
        script.request(.from(alice), "INVITE", branch: "a", body: offer)
        script.request(.to(bob), "INVITE", branch: "p1", body: offer)
        script.wait(milliseconds: 30)
        script.response(.from(bob), "180 Ringing", branch: "p1", toTag: "b1")
        script.response(.to(alice), "180 Ringing", branch: "a", toTag: "b1")
        script.wait(milliseconds: 7_000)
        script.request(.from(alice), "CANCEL", branch: "a")
        script.own { $0.response(.to(alice), "200 OK", to: "CANCEL", branch: "a", toTag: "s1") }
        script.own { $0.request(.to(bob), "CANCEL", branch: "p1") }
        script.wait(milliseconds: 5)
        script.response(.from(bob), "200 OK", to: "CANCEL", branch: "p1", toTag: "b1")
        if isLate {
            script.response(.from(bob), "200 OK", branch: "p1", toTag: "b1", body: answer)
            script.response(.to(alice), "200 OK", branch: "a", toTag: "b1", body: answer)
            return script
        }
        script.response(.from(bob), "487 Request Terminated", branch: "p1", toTag: "b1")
        script.own { $0.request(.to(bob), "ACK", branch: "p1", toTag: "b1") }
        script.response(.to(alice), "487 Request Terminated", branch: "a", toTag: "b1")
        script.request(.from(alice), "ACK", branch: "a", toTag: "b1")
        return script
    }

    /// The engine refuses a call, or a phone does; nobody is tried when `phone` is nil.
    static func refused(_ status: String, by phone: String?, extra: [String] = []) -> Scenario {
        var script = Scenario()
        script.request(.from(alice), "INVITE", branch: "a", body: offer)
        if let phone {
            script.request(.to(phone), "INVITE", branch: "p1", body: offer)
            script.wait(milliseconds: 66)
            script.response(.from(phone), status, branch: "p1", toTag: "b1", extra: extra)
            script.own { $0.request(.to(phone), "ACK", branch: "p1", toTag: "b1") }
            script.response(.to(alice), status, branch: "a", toTag: "b1", extra: extra)
        } else {
            script.own { $0.response(.to(alice), status, branch: "a", toTag: "s1", extra: extra) }
        }
        script.request(.from(alice), "ACK", branch: "a", toTag: phone == nil ? "s1" : "b1")
        return script
    }

    /// A challenge, then the same call with credentials.
    static func challenged() -> Scenario {
        var script = Scenario()
        script.request(.from(alice), "INVITE", branch: "a", body: offer)
        script.own {
            $0.response(
                .to(alice),
                "407 Proxy Authentication Required",
                branch: "a",
                toTag: "s1",
                extra: ["Proxy-Authenticate: Digest realm=\"lab.test\", nonce=\"n1\", stale=TRUE"]
            )
        }
        script.request(.from(alice), "ACK", branch: "a", toTag: "s1")
        script.wait(milliseconds: 20)
        let credentials = "Proxy-Authorization: Digest username=\"1001\", realm=\"lab.test\", nonce=\"n1\""
        script.request(.from(alice), "INVITE", branch: "b", number: 2, extra: [credentials], body: offer)
        script.request(.to(bob), "INVITE", branch: "p1", number: 2, extra: [credentials], body: offer)
        script.wait(milliseconds: 30)
        script.response(
            .from(bob),
            "183 Session Progress",
            branch: "p1",
            number: 2,
            toTag: "b1",
            body: answer
        )
        script.response(.to(alice), "183 Session Progress", branch: "b", number: 2, toTag: "b1", body: answer)
        return script
    }

    /// A REGISTER for a domain that is not ours, then a good one, then its removal.
    static func registrations() -> Scenario {
        var script = Scenario()
        script.callID = "reg1@10.0.0.21"
        script.to = "<sip:1001@lab.test>"
        let contact = "Contact: <sip:1001@10.0.0.21:5062>"
        script.request(.from(alice), "REGISTER", branch: "r1", extra: [contact, "Expires: 3600"])
        script.own { $0.response(.to(alice), "404 Not Found", to: "REGISTER", branch: "r1", toTag: "s1") }
        script.wait(milliseconds: 5_600)
        script.request(.from(alice), "REGISTER", branch: "r2", number: 2, extra: [contact, "Expires: 3600"])
        script.own {
            $0.response(
                .to(alice),
                "200 OK",
                to: "REGISTER",
                branch: "r2",
                number: 2,
                toTag: "s2",
                extra: [contact + ";expires=600"]
            )
        }
        script.wait(milliseconds: 300)
        script.request(
            .from(alice),
            "REGISTER",
            branch: "r3",
            number: 3,
            extra: ["Contact: *", "Expires: 0"]
        )
        script.own { $0.response(.to(alice), "200 OK", to: "REGISTER", branch: "r3", number: 3, toTag: "s3") }
        return script
    }
}
