import SIPFlow
import Testing

@Suite("Outbox")
struct OutboxTests {
    private let flow = Flow(
        transport: .udp,
        listener: ListenerID(0),
        peer: SocketAddress(ip: .v4(1), port: 5_060)
    )

    @Test("messages lie back to back in sending order, each with its flow and its marks")
    func messages() {
        var outbox = Outbox()
        outbox.bytes.append(contentsOf: "first".utf8)
        let first = outbox.finish(to: flow)
        #expect(outbox.messageStart == 5)
        outbox.bytes.append(contentsOf: "sec".utf8)
        outbox.bytes.append(contentsOf: "ond".utf8)
        let other = Flow(transport: .tcp, listener: ListenerID(1), peer: flow.peer, connection: 7)
        let second = outbox.finish(to: other, transaction: 9, isOwn: true, isRetransmission: true)
        let entries = outbox.entries
        #expect(entries == [first, second])
        #expect(
            first.start == 0 && first.count == 5 && first.transaction == 0 && !first.isOwn
                && !first.isRetransmission
        )
        #expect(second.start == 5 && second.count == 6 && second.transaction == 9 && second.isOwn)
        #expect(second.flow == other && second.isRetransmission)
        let text = entries.map {
            String(decoding: outbox.bytes[$0.start..<$0.start + $0.count], as: UTF8.self)
        }
        #expect(text == ["first", "second"])
    }

    @Test("after clear it is as new, and keeps its room")
    func clear() {
        var outbox = Outbox()
        let room = outbox.bytes.capacity
        outbox.bytes.append(contentsOf: "first".utf8)
        outbox.finish(to: flow)
        outbox.bytes.append(contentsOf: "never finished".utf8)
        outbox.clear()
        let isEmpty = outbox.entries.isEmpty && outbox.bytes.isEmpty && outbox.messageStart == 0
        #expect(isEmpty && outbox.bytes.capacity == room)
        let entry = outbox.finish(to: flow)
        #expect(entry.start == 0 && entry.count == 0)
    }
}
