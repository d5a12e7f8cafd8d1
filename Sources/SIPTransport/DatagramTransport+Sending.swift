import CSystem
import Glibc
public import SIPFlow

extension DatagramTransport {
    /// How long a full socket may keep us waiting, and how often one message is tried again.
    private static let patienceMilliseconds: CInt = 10
    private static let attempts = 4

    /// Sends all messages of an outbox; what the network refuses goes to `failures`.
    ///
    /// - Shape: in the outbox's order on each socket; a refused message does not hold up the next ones.
    public mutating func send(_ outbox: borrowing Outbox) {
        let entries = outbox.entries
        // The bytes stay in place for this closure, and an entry's range lies in them.
        unsafe outbox.bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            for index in sockets.indices {
                for position in entries.indices where entries[position].flow.listener.index == index {
                    let entry = entries[position]
                    unsafe load(entry, at: base + entry.start)
                    batch.append(position)
                    if batch.count == MessageSlots.count { sendBatch(over: index, entries) }
                }
                sendBatch(over: index, entries)
            }
        }
    }

    private func load(_ entry: Outbox.Entry, at start: UnsafePointer<UInt8>) {
        let slot = batch.count
        // The vector is read by the system only; `slot` is below the number of slots, since a full batch is sent.
        unsafe outgoing.vectors[slot].iov_base = UnsafeMutableRawPointer(mutating: start)
        unsafe outgoing.vectors[slot].iov_len = entry.count
        unsafe outgoing.messages[slot].header.msg_namelen =
            SystemAddress.write(entry.flow.peer, into: outgoing.address(slot))
    }

    private mutating func sendBatch(over index: Int, _ entries: [Outbox.Entry]) {
        var next = 0
        var attempt = 0
        while next < batch.count {
            // The slots from `next` to the batch's end were loaded, and their bytes are still in place.
            let result = unsafe csystem_send_messages(
                sockets[index],
                outgoing.messages + next,
                UInt32(batch.count - next)
            )
            if result > 0 {
                next += Int(result)
                attempt = 0
                continue
            }
            attempt += 1
            if attempt < Self.attempts && mayRecover(from: -result, index) { continue }
            let entry = entries[batch[next]]
            failures.append(
                TransportFailure(transaction: entry.transaction, flow: entry.flow, code: -result)
            )
            next += 1
            attempt = 0
        }
        batch.removeAll(keepingCapacity: true)
    }

    /// Waits for room, or takes away the ICMP error of an earlier datagram that stood in the way.
    private mutating func mayRecover(from code: CInt, _ index: Int) -> Bool {
        switch code {
        case EINTR:
            return true
        case EAGAIN, ENOBUFS:
            var request = pollfd(fd: sockets[index], events: Int16(POLLOUT), revents: 0)
            // One entry, which lives until the call returns.
            return unsafe poll(&request, 1, Self.patienceMilliseconds) > 0
        case EMSGSIZE, EINVAL, EAFNOSUPPORT, EDESTADDRREQ:
            return false
        default:
            collectErrors(of: index)
            return true
        }
    }
}
