import CSystem
import Glibc
public import SIPFlow

/// All UDP sockets of the engine: datagrams in and out in batches.
///
/// - Shape: one socket a listener, in the order of `ListenerID`.
/// - Limits: 64 datagrams a system call; a received one may have 65,535 bytes.
/// - Cost: allocates nothing after it is made, save for failures. Untouched arena pages take no memory.
@safe public struct DatagramTransport: ~Copyable {
    /// The listeners, with the ports the system chose where 0 was asked for.
    public let listeners: [Listener]
    /// What the network refused since this was last emptied.
    public var failures: [TransportFailure] = []

    private var poller: CInt
    private(set) var sockets: [CInt]
    private var isReady: [Bool]
    private let incoming = MessageSlots()
    private let arena: UnsafeMutableRawPointer
    let outgoing = MessageSlots()
    var batch: [Int] = []

    private static let slotSize = 65_535
    /// From the start of a slot to the next: 17 cache lines more than a power of two.
    ///
    /// Addresses 64 KiB apart would share a few places of the cache, and a batch begins with such.
    private static let slotStride = 65_536 + 17 * 64

    /// Opens a socket for each listener; `signal` wakes `wait` too.
    ///
    /// - Errors: the first refusal; what was opened before it is closed again.
    public init(listeners: [Listener], signal: WakeSignal) throws(TransportError) {
        var bound: [Listener] = []
        var opened: [CInt] = []
        var poller: CInt = -1
        do throws(TransportError) {
            for listener in listeners {
                let socket = try openSocket(listener)
                opened.append(socket)
                bound.append(try bindSocket(socket, listener))
            }
            poller = try Self.makePoller(opened, bound, signal)
        } catch {
            for socket in opened { close(socket) }
            throw error
        }
        self.listeners = bound
        self.poller = poller
        sockets = opened
        isReady = Array(repeating: false, count: opened.count)
        batch.reserveCapacity(MessageSlots.count)
        // The arena lives as long as this value; only the incoming vectors point into it.
        unsafe arena = .allocate(byteCount: MessageSlots.count * Self.slotStride, alignment: 64)
        for index in 0..<MessageSlots.count {
            unsafe incoming.vectors[index].iov_base = arena + index * Self.slotStride
            unsafe incoming.vectors[index].iov_len = Self.slotSize
        }
    }

    private static func makePoller(
        _ sockets: [CInt],
        _ listeners: [Listener],
        _ signal: WakeSignal
    ) throws(TransportError) -> CInt {
        let poller = csystem_make_poller()
        var result = poller
        for (index, descriptor) in (sockets + [signal.descriptor]).enumerated() where result >= 0 {
            result = csystem_watch(poller, descriptor, UInt32(index))
        }
        guard result < 0, let first = listeners.first else { return poller }
        if poller >= 0 { close(poller) }
        throw TransportError(
            operation: .watch,
            code: -result,
            transport: first.transport,
            address: first.address
        )
    }

    deinit {
        unsafe arena.deallocate()
        for socket in sockets { Glibc.close(socket) }
        if poller >= 0 { Glibc.close(poller) }
    }

    /// Closes all sockets; nothing is received or sent afterwards.
    public mutating func shutDown() {
        for socket in sockets { close(socket) }
        if poller >= 0 { close(poller) }
        sockets = []
        isReady = []
        poller = -1
    }

    /// The sockets' descriptors, for a Dispatch source each.
    public var descriptors: [CInt] { sockets }

    /// What ended a wait.
    public struct WaitResult: Sendable, Hashable {
        /// True when a datagram or an error waits on a socket.
        public var hasTraffic = false
        /// True when the signal is raised.
        public var isSignalled = false
    }

    /// Waits until a socket or the signal has something, and remembers which; 0 only looks.
    public mutating func wait(milliseconds: Int) -> WaitResult {
        var result = WaitResult()
        // The shim writes at most `count` entries, and says how many.
        unsafe withUnsafeTemporaryAllocation(of: csystem_ready.self, capacity: MessageSlots.count) { ready in
            let count = unsafe csystem_wait(poller, ready.baseAddress, CInt(ready.count), CInt(milliseconds))
            for entry in 0..<max(0, Int(count)) {
                let index = unsafe Int(ready[entry].tag)
                guard index < sockets.count else {
                    result.isSignalled = true
                    continue
                }
                isReady[index] = true
                result.hasTraffic = true
                if unsafe ready[entry].failed != 0 { collectErrors(of: index) }
            }
        }
        return result
    }

    /// Lets datagrams gather for a while, without waking for each; then takes every socket for ready.
    public mutating func gather(for interval: Interval) {
        var time = timespec(tv_sec: 0, tv_nsec: Int(interval.nanoseconds))
        // Both pointers live until the call returns; an early return only shortens the pause.
        unsafe nanosleep(&time, nil)
        for index in isReady.indices { isReady[index] = true }
    }

    /// True when a socket had more than one batch, or was found ready and not yet read.
    public var hasBacklog: Bool { isReady.contains(true) }

    /// Reads one batch from every ready socket and gives back how many datagrams there were.
    ///
    /// The bytes are valid only during the call of `body`.
    public mutating func receive(_ body: (Span<UInt8>, Flow) -> Void) -> Int {
        var total = 0
        for index in sockets.indices where isReady[index] {
            let count = readBatch(index)
            isReady[index] = count == MessageSlots.count
            deliver(count, from: ListenerID(index), to: body)
            total += count
        }
        return total
    }

    private mutating func readBatch(_ index: Int) -> Int {
        for _ in 0..<MessageSlots.count {
            // Headers, vectors and addresses were linked when the slots were made; the arena backs the vectors.
            let result = unsafe csystem_receive_messages(
                sockets[index],
                incoming.messages,
                UInt32(MessageSlots.count)
            )
            if result >= 0 { return Int(result) }
            if result == -EAGAIN { return 0 }
            // An ICMP error stands before the datagrams: take it away and read again.
            if result != -EINTR { collectErrors(of: index) }
        }
        return 0
    }

    private func deliver(_ count: Int, from listener: ListenerID, to body: (Span<UInt8>, Flow) -> Void) {
        for slot in 0..<count {
            // The system filled `count` slots: each with at most `slotSize` bytes, and an address that fits.
            let length = unsafe Int(incoming.messages[slot].count)
            unsafe incoming.messages[slot].header.msg_namelen = socklen_t(SystemAddress.size)
            guard let peer = unsafe SystemAddress.read(incoming.address(slot)) else { continue }
            let start = unsafe (arena + slot * Self.slotStride).assumingMemoryBound(to: UInt8.self)
            let datagram = unsafe UnsafeBufferPointer(start: start, count: length)
            unsafe body(datagram.span, Flow(transport: .udp, listener: listener, peer: peer))
        }
    }

    /// Takes what ICMP said about earlier datagrams; unreachable peers become failures.
    mutating func collectErrors(of index: Int) {
        // The shim writes at most `size` bytes of address, which is what the room has.
        unsafe withUnsafeTemporaryAllocation(byteCount: SystemAddress.size, alignment: 8) { room in
            guard let address = room.baseAddress else { return }
            var code: CInt = 0
            unsafe address.initializeMemory(as: UInt8.self, repeating: 0, count: SystemAddress.size)
            while unsafe csystem_receive_error(sockets[index], address, socklen_t(SystemAddress.size), &code)
                == 1
            {
                guard code != 0, let peer = unsafe SystemAddress.read(address) else { continue }
                let flow = Flow(transport: .udp, listener: ListenerID(index), peer: peer)
                failures.append(TransportFailure(transaction: 0, flow: flow, code: code))
            }
        }
    }
}
