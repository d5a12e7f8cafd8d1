import Dispatch
import Foundation

/// Listens on the control socket: one line of JSON in, one line out, then it closes.
///
/// - Limits: a request of 1 MiB; 5 s for the other side to write or read. The socket's mode is 0600.
final class ControlServer {
    private static let requestLimit = 1 << 20
    private let path: String
    private let source: any DispatchSourceRead

    /// Opens the socket and answers on it from now on.
    ///
    /// - Errors: another program answers at the path, or the system refuses.
    init(path: String, service: ControlService) throws(Failure) {
        self.path = path
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
        try? FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let listener: Descriptor
        do throws(UNIXSocket.Problem) {
            listener = try UNIXSocket.listen(at: path)
        } catch {
            throw Failure(
                .unavailable,
                "control socket \(path): \(error.text) (choose another with --control PATH)"
            )
        }
        source = Self.serve(listener, service)
    }

    /// Closes the socket and removes its file.
    func stop() {
        source.cancel()
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func serve(_ listener: Descriptor, _ service: ControlService) -> any DispatchSourceRead {
        let source = DispatchSource.makeReadSource(
            fileDescriptor: listener.number,
            queue: DispatchQueue(label: "sipglass.control")
        )
        let readers = DispatchQueue(label: "sipglass.control.readers", attributes: .concurrent)
        source.setEventHandler { @Sendable in
            guard let connection = UNIXSocket.accept(on: listener) else { return }
            readers.async { @Sendable in serve(connection, service) }
        }
        source.activate()
        return source
    }

    private static func serve(_ connection: Descriptor, _ service: ControlService) {
        connection.setTimeout(seconds: 5)
        let line = connection.readBytes(until: UInt8(ascii: "\n"), limit: requestLimit)
        guard !line.isEmpty else { return }
        service.answer(Data(line)) { answer in
            _ = connection.write(answer + [UInt8(ascii: "\n")])
        }
    }
}
