import Dispatch
import SIPEngine
import SIPFlow
import SIPTransport

/// Runs the demo's phones over real UDP sockets, on a queue of their own.
final class DemoRunner: Sendable {
    /// Where the demo's engine listens unless told otherwise: loopback, on a port that is free.
    static let listenAddress = ListenAddress(
        transport: .udp,
        address: SocketAddress(ip: .v4(0x7f00_0001), port: 0)
    )

    private let stopping: WakeSignal
    private let group = DispatchGroup()

    /// Opens the phones' sockets and lets them live.
    ///
    /// - Errors: the engine has no IPv4 listener, or the system refuses a socket.
    init(listeners: [Listener]) throws(Failure) {
        guard let listener = listeners.first(where: { !$0.address.ip.isV6 }) else {
            throw Failure(
                .unavailable,
                "the demo's phones need an IPv4 listener; add --listen udp:127.0.0.1:5060"
            )
        }
        guard let stopping = WakeSignal() else {
            throw Failure(.unavailable, "the process has no file descriptors left")
        }
        self.stopping = stopping
        var server = listener.address
        if server.ip.isUnspecified { server.ip = .v4(0x7f00_0001) }
        var sockets: [PhoneSocket] = []
        for _ in DemoCast.phones { sockets.append(try PhoneSocket(server: server)) }
        Self.start(sockets, stopping, group)
    }

    /// Stops the phones and returns when they are quiet.
    func stop() {
        stopping.raise()
        group.wait()
    }

    private static func start(_ sockets: [PhoneSocket], _ stopping: WakeSignal, _ group: DispatchGroup) {
        DispatchQueue(label: "sipglass.demo").async(group: group) { @Sendable in
            live(sockets, stopping)
        }
    }

    private static func live(_ sockets: [PhoneSocket], _ stopping: WakeSignal) {
        let descriptors = sockets.map(\.descriptor) + [stopping.descriptor]
        var world = DemoWorld(
            addresses: sockets.map(\.address),
            seed: UInt64.random(in: .min ... .max),
            now: SystemClock.now
        )
        while !waitForInput([stopping.descriptor], milliseconds: 0) {
            world.advance(now: SystemClock.now)
            for message in world.takeOutput() { sockets[message.phone].send(message.bytes) }
            let pause = max(0, (world.nextDeadline - SystemClock.now).milliseconds + 1)
            waitForInput(descriptors, milliseconds: CInt(clamping: pause))
            for (phone, socket) in sockets.enumerated() {
                while let bytes = socket.receive() {
                    world.receive(bytes, phone: phone, now: SystemClock.now)
                }
            }
        }
    }
}
