import Foundation

/// Asks a running sipglass over its control socket.
enum ControlClient {
    /// Sends a request and gives back the line of JSON that answers it.
    static func ask(_ request: ControlRequest, at path: String) throws(ControlRefusal) -> Data {
        let connection: Descriptor
        do throws(UNIXSocket.Problem) {
            connection = try UNIXSocket.connect(to: path)
        } catch {
            throw ControlRefusal(
                code: .unavailable,
                message: "\(path): \(error.text); start sipglass, or name its socket with --control PATH"
            )
        }
        connection.setTimeout(seconds: 30)
        guard let line = try? JSON.encode(request), connection.write(line + [UInt8(ascii: "\n")]) else {
            throw ControlRefusal(code: .unavailable, message: "\(path): the connection broke")
        }
        let answer = Data(connection.readBytes(until: nil, limit: .max))
        guard !answer.isEmpty else {
            throw ControlRefusal(code: .unavailable, message: "\(path): no answer within 30 s")
        }
        return answer
    }
}
