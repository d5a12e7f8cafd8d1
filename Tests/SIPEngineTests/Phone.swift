import SIPFlow
import SIPTransport
import Testing

/// A user agent that asks an engine for its options over a socket of its own.
struct Phone: ~Copyable {
    private var transport: DatagramTransport
    private let engine: SocketAddress

    init(_ engine: SocketAddress) throws {
        let own = SocketAddress(ip: engine.ip, port: 0)
        transport = try DatagramTransport(
            listeners: [Listener(transport: .udp, address: own)],
            signal: try #require(WakeSignal())
        )
        self.engine = engine
    }

    var address: SocketAddress { transport.listeners[0].address }

    mutating func ask(_ number: Int) {
        ask(number..<number + 1)
    }

    /// Sends one OPTIONS for each number; equal numbers make equal transactions.
    mutating func ask(_ numbers: Range<Int>) {
        var outbox = Outbox()
        for number in numbers {
            let lines = [
                "OPTIONS sip:\(engine) SIP/2.0",
                "Via: SIP/2.0/UDP \(address);branch=z9hG4bK-\(address.port)-\(number);rport",
                "Max-Forwards: 70",
                "From: <sip:phone@example.com>;tag=\(number)",
                "To: <sip:\(engine)>",
                "Call-ID: options-\(address.port)-\(number)",
                "CSeq: 1 OPTIONS",
                "Content-Length: 0",
                "", "",
            ]
            outbox.bytes.append(contentsOf: lines.joined(separator: "\r\n").utf8)
            outbox.finish(to: Flow(transport: .udp, listener: ListenerID(0), peer: engine))
        }
        transport.send(outbox)
    }

    /// Sends a REGISTER for each of some users, with its own address as the contact.
    mutating func register(_ numbers: Range<Int>, cseq: Int = 1, expires: Int = 3_600) {
        var outbox = Outbox()
        for number in numbers {
            let lines = [
                "REGISTER sip:example.com SIP/2.0",
                "Via: SIP/2.0/UDP \(address);branch=z9hG4bK-\(address.port)-r\(number)-\(cseq);rport",
                "Max-Forwards: 70",
                "From: <sip:user\(number)@example.com>;tag=\(number)",
                "To: <sip:user\(number)@example.com>",
                "Call-ID: register-\(number)",
                "CSeq: \(cseq) REGISTER",
                "Contact: \(expires == 0 ? "*" : "<sip:user\(number)@\(address)>")",
                "Expires: \(expires)",
                "Content-Length: 0",
                "", "",
            ]
            outbox.bytes.append(contentsOf: lines.joined(separator: "\r\n").utf8)
            outbox.finish(to: Flow(transport: .udp, listener: ListenerID(0), peer: engine))
        }
        transport.send(outbox)
    }

    /// The first lines of so many answers; fewer when none comes for five seconds.
    mutating func answers(_ count: Int) -> [String] {
        var lines: [String] = []
        while lines.count < count {
            guard transport.hasBacklog || transport.wait(milliseconds: 5_000).hasTraffic else { break }
            _ = transport.receive { bytes, _ in
                lines.append(String(String(bytes: bytes).prefix { $0 != "\r\n" }))
            }
        }
        return lines
    }
}
